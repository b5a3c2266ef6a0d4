"""The names of variables before TensorFlow 1.15: a table, and its use.

A row rewrites whole components of a key. Rows apply from top to bottom, each
to the result of the rows above it. So `RNN/MultiRNNCell/Cell0/BasicLSTMCell/
Linear/Matrix` of 0.12 becomes, scope by scope,
`rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel`. Suffixes appended by an
optimizer or a moving average (`/Adam`, `/ExponentialMovingAverage`) are kept.
"""

import re
import typing


class Row(typing.NamedTuple):
  """One change of a name.

  `old` is a regular expression for whole components of a key. A group named
  `part` is the number of one of several pieces, which are concatenated along
  axis 0. `versions` are the (first, last) releases that used `old`; None as
  the first means before 0.12, the oldest release that was examined.
  """
  name: str
  old: str
  new: str
  versions: tuple
  example: str
  becomes: str


_FIRST, _0_12, _1_1 = None, "0.12", "1.1"

# Cells whose scope changed while their variables kept their names.
_SCOPES = (
    ("CoupledInputForgetGateLSTMCell", "coupled_input_forget_gate_lstm_cell",
     "W_0", "W_0"),
    ("TimeFreqLSTMCell", "time_freq_lstm_cell", "W_F_diag", "W_F_diag"),
    ("BidirectionalGridLSTMCell", "bidirectional_grid_lstm_cell",
     "fwd/W_f_0_0", "fwd/W_f_0_0"),
    ("GridLSTMCell", "grid_lstm_cell", "B_t_0", "B_t_0"),
    ("LayerNormBasicLSTMCell", "layer_norm_basic_lstm_cell", "input/gamma",
     "input/gamma"),
    ("BasicRNNCell", "basic_rnn_cell", "Linear/Matrix", "kernel"),
    ("BasicLSTMCell", "basic_lstm_cell", "Linear/Bias", "bias"),
    ("GRUCell", "gru_cell", "Gates/Linear/Bias", "gates/bias"),
    ("LSTMCell", "lstm_cell", "B", "bias"),
    ("LSTMBlockCell", "lstm_cell", "W", "kernel"),
    ("LSTMBlockFusedCell", "lstm_fused_cell", "W_0", "kernel"),
    ("EmbeddingWrapper", "embedding_wrapper", "embedding", "embedding"),
    ("InputProjectionWrapper", "input_projection_wrapper", "Linear/Matrix",
     "kernel"),
    ("OutputProjectionWrapper", "output_projection_wrapper", "Linear/Bias",
     "bias"),
    ("AttentionCellWrapper", "attention_cell_wrapper", "Linear/Matrix",
     "kernel"),
)

# Scopes in which 1.0 and 1.1 used weights and biases for kernel and bias.
# Not all scopes changed: 1.15's ConvLSTMCell and the layers of tf.contrib
# still have `biases`.
_WEIGHTED = (
    "basic_rnn_cell", "basic_lstm_cell", "lstm_cell", "lstm_cell/projection",
    "gru_cell/gates", "gru_cell/candidate", "lstm_fused_cell",
    "layer_norm_basic_lstm_cell", "input_projection_wrapper",
    "output_projection_wrapper", "attention_cell_wrapper",
    "attention_cell_wrapper/attention",
    "attention_cell_wrapper/attn_output_projection", "attention_decoder",
    "attention_decoder/Attention_\\d+",
    "attention_decoder/AttnOutputProjection",
)


def _scope_rows():
  for old, new, leaf, new_leaf in _SCOPES:
    yield Row(old, old, new, (_FIRST, _0_12), f"RNN/{old}/{leaf}",
              f"rnn/{new}/{new_leaf}")


def _weights_rows():
  for scope in _WEIGHTED:
    shown = scope.replace("\\d+", "0")
    for old, new in (("weights", "kernel"), ("biases", "bias")):
      yield Row(f"{shown} {old}", f"(?P<scope>{scope})/{old}",
                rf"\g<scope>/{new}", ("1.0", _1_1), f"rnn/{shown}/{old}",
                f"rnn/{shown}/{new}")


def _peephole_rows():
  for gate in "FIO":
    yield Row(
        f"W_{gate}_diag",
        rf"(?P<scope>lstm_cell|lstm_fused_cell)/W_{gate}_diag",
        rf"\g<scope>/w_{gate.lower()}_diag", (_FIRST, _0_12),
        f"RNN/LSTMCell/W_{gate}_diag", f"rnn/lstm_cell/w_{gate.lower()}_diag")
    yield Row(
        f"wc{gate.lower()}", rf"lstm_cell/wc{gate.lower()}",
        rf"lstm_cell/w_{gate.lower()}_diag", (_FIRST, _0_12),
        f"RNN/LSTMBlockCell/wc{gate.lower()}",
        f"rnn/lstm_cell/w_{gate.lower()}_diag")


ROWS = (
    Row("RNN", r"RNN", r"rnn", (_FIRST, _0_12),
        "model/RNN/BasicRNNCell/Linear/Bias",
        "model/rnn/basic_rnn_cell/bias"),
    Row("BiRNN/FW", r"BiRNN/FW", r"bidirectional_rnn/fw", (_FIRST, _0_12),
        "BiRNN/FW/BasicLSTMCell/Linear/Matrix",
        "bidirectional_rnn/fw/basic_lstm_cell/kernel"),
    Row("BiRNN/BW", r"BiRNN/BW", r"bidirectional_rnn/bw", (_FIRST, _0_12),
        "BiRNN/BW/GRUCell/Gates/Linear/Matrix",
        "bidirectional_rnn/bw/gru_cell/gates/kernel"),
    Row("MultiRNNCell/Cell", r"MultiRNNCell/Cell(?P<layer>\d+)",
        r"multi_rnn_cell/cell_\g<layer>", (_FIRST, _0_12),
        "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"),
    *_scope_rows(),
    Row("gru_cell/Gates", r"gru_cell/Gates", r"gru_cell/gates",
        (_FIRST, _0_12), "RNN/GRUCell/Gates/Linear/Matrix",
        "rnn/gru_cell/gates/kernel"),
    Row("gru_cell/Candidate", r"gru_cell/Candidate", r"gru_cell/candidate",
        (_FIRST, _0_12), "RNN/GRUCell/Candidate/Linear/Bias",
        "rnn/gru_cell/candidate/bias"),
    Row("layer norm linear", r"layer_norm_basic_lstm_cell/linear/weights",
        r"layer_norm_basic_lstm_cell/kernel", (_FIRST, _0_12),
        "RNN/LayerNormBasicLSTMCell/linear/weights",
        "rnn/layer_norm_basic_lstm_cell/kernel"),
    Row("Attention", r"attention_cell_wrapper/Attention",
        r"attention_cell_wrapper/attention", (_FIRST, _0_12),
        "RNN/AttentionCellWrapper/Attention/Linear/Matrix",
        "rnn/attention_cell_wrapper/attention/kernel"),
    Row("AttnW", r"attention_cell_wrapper/attention/AttnW",
        r"attention_cell_wrapper/attention/attn_w", (_FIRST, _0_12),
        "RNN/AttentionCellWrapper/Attention/AttnW",
        "rnn/attention_cell_wrapper/attention/attn_w"),
    Row("AttnV", r"attention_cell_wrapper/attention/AttnV",
        r"attention_cell_wrapper/attention/attn_v", (_FIRST, _0_12),
        "RNN/AttentionCellWrapper/Attention/AttnV",
        "rnn/attention_cell_wrapper/attention/attn_v"),
    Row("AttnOutputProjection",
        r"attention_cell_wrapper/AttnOutputProjection",
        r"attention_cell_wrapper/attn_output_projection", (_FIRST, _0_12),
        "RNN/AttentionCellWrapper/AttnOutputProjection/Linear/Bias",
        "rnn/attention_cell_wrapper/attn_output_projection/bias"),
    # LSTMBlockCell and LSTMCell have shared a scope since 1.0
    Row("LSTMBlockCell W", r"lstm_cell/W", r"lstm_cell/kernel",
        (_FIRST, _0_12), "RNN/LSTMBlockCell/W", "rnn/lstm_cell/kernel"),
    Row("LSTMBlockCell b", r"lstm_cell/b", r"lstm_cell/bias",
        (_FIRST, _0_12), "RNN/LSTMBlockCell/b", "rnn/lstm_cell/bias"),
    *_peephole_rows(),
    # num_unit_shards created W_0, W_1, …; without it there is only W_0
    Row("W_0", r"(?P<scope>lstm_cell|lstm_fused_cell)/W_(?P<part>\d+)",
        r"\g<scope>/kernel", (_FIRST, _0_12), "RNN/LSTMCell/W_0",
        "rnn/lstm_cell/kernel"),
    Row("W_P_0", r"lstm_cell/W_P_(?P<part>\d+)",
        r"lstm_cell/projection/kernel", (_FIRST, _0_12),
        "RNN/LSTMCell/W_P_0", "rnn/lstm_cell/projection/kernel"),
    Row("B", r"(?P<scope>lstm_cell|lstm_fused_cell)/B", r"\g<scope>/bias",
        (_FIRST, _0_12), "RNN/LSTMCell/B", "rnn/lstm_cell/bias"),
    Row("Linear/Matrix", r"Linear/Matrix", r"kernel", (_FIRST, _0_12),
        "mine/Linear/Matrix", "mine/kernel"),
    Row("Linear/Bias", r"Linear/Bias", r"bias", (_FIRST, _0_12),
        "mine/Linear/Bias", "mine/bias"),
    Row("lstm_block_wrapper", r"lstm_block_wrapper", r"lstm_fused_cell",
        ("1.0", "1.4"), "lstm_block_wrapper/kernel",
        "lstm_fused_cell/kernel"),
    Row("GRUBlockCell", r"GRUBlockCell(?=/(?:[wb]_(?:ru|c)))", r"gru_cell",
        (_FIRST, "1.4"), "rnn/GRUBlockCell/w_ru", "rnn/gru_cell/w_ru"),
    Row("GRUBlockCellV2", r"GRUBlockCellV2(?=/(?:gates|candidate)/)",
        r"gru_cell", ("1.4", "1.4"), "rnn/GRUBlockCellV2/gates/kernel",
        "rnn/gru_cell/gates/kernel"),
    Row("nas_rnn weights", r"nas_rnn/weights", r"nas_cell/kernel",
        ("1.1", _1_1), "rnn/nas_rnn/weights", "rnn/nas_cell/kernel"),
    Row("nas_rnn recurrent_weights", r"nas_rnn/recurrent_weights",
        r"nas_cell/recurrent_kernel", ("1.1", _1_1),
        "rnn/nas_rnn/recurrent_weights", "rnn/nas_cell/recurrent_kernel"),
    Row("nas_rnn", r"nas_rnn(?=/(?:bias|projection_weights))", r"nas_cell",
        ("1.1", _1_1), "rnn/nas_rnn/projection_weights",
        "rnn/nas_cell/projection_weights"),
    *_weights_rows(),
    # a variable whose pieces were saved under their own names
    Row("part_0", r"(?P<name>\w+)/part_(?P<part>\d+)", r"\g<name>",
        (_FIRST, "1.15"), "rnn/lstm_cell/kernel/part_0",
        "rnn/lstm_cell/kernel"),
)

# Up to 1.1, the scope of a wrapped cell was next to its wrapper's, not inside
# it. Only the graph can tell which cell was wrapped.
WRAPPERS = ("embedding_wrapper", "input_projection_wrapper",
            "output_projection_wrapper", "attention_wrapper")

# In scopes that a program named itself, kernel or bias was one of these. This
# applies only if the graph is known, because layers of tf.contrib still use
# weights.
LEAVES = {"kernel": ("weights", "Matrix"), "bias": ("biases", "Bias")}


class Modern(typing.NamedTuple):
  """A key's name in 1.15, the rows that applied, and the number of a piece."""
  key: str
  rows: tuple
  part: typing.Optional[int] = None


_COMPILED = [(re.compile(rf"(?<![^/])(?:{row.old})(?![^/])"), row)
             for row in ROWS]


def modernize(key):
  """The `Modern` of `key`, without rows if the name is 1.15's already.

  >>> modernize("RNN/LSTMCell/W_0").key
  'rnn/lstm_cell/kernel'
  """
  used = []
  part = None
  for pattern, row in _COMPILED:
    match = pattern.search(key)
    if match is None:
      continue
    found = match.groupdict().get("part")
    if found is not None:
      if part is not None:
        continue  # no release wrote pieces of pieces
      part = int(found)
    key = pattern.sub(row.new, key)
    used.append(row)
  return Modern(key, tuple(used), part)


# More forms than this of one key are not tried: no release wrote such keys.
_MOST_FORMS = 1024


def partial_forms(key):
  """What `key` becomes if rows apply in some places only, with `key` itself.

  A program may have given one of its scopes a name that a row rewrites, such
  as `RNN` or `BasicLSTMCell`; that scope is still called so in its graph.

  >>> sorted(form.key for form in partial_forms("RNN/LSTMCell/B"))[:2]
  ['RNN/LSTMCell/B', 'RNN/lstm_cell/B']
  """
  forms = {key: Modern(key, ())}
  for pattern, row in _COMPILED:
    for form in list(forms.values()):
      for changed, part in _places(pattern, row, form):
        if len(forms) < _MOST_FORMS:
          forms.setdefault(changed, Modern(changed, form.rows + (row,), part))
  return list(forms.values())


def _places(pattern, row, form):
  """Yields (key, part) for each choice of places in which `row` applies."""
  matches = list(pattern.finditer(form.key))
  for places in range(1, 1 << len(matches)):
    part, key = form.part, form.key
    for at in reversed(range(len(matches))):
      if not places >> at & 1:
        continue
      found = matches[at].groupdict().get("part")
      if found is not None:
        if part is not None:
          break        # no release wrote pieces of pieces
        part = int(found)
      start, end = matches[at].span()
      key = key[:start] + matches[at].expand(row.new) + key[end:]
    else:
      yield key, part


def older_forms(key):
  """Older forms of a graph's `key` that the rows do not cover.

  Yields `(form, why)`; each form uses the names that the rows produce.
  """
  beside = _drop_wrappers(key)
  if beside != key:
    yield beside, "before 1.2, the cell's scope was next to its wrapper's"
  base, slot = split_slot(key)
  scope, _, leaf = base.rpartition("/")
  for old in LEAVES.get(leaf, ()):
    form = f"{scope}/{old}{slot}" if scope else old + slot
    yield form, f"before 1.2, `{leaf}` was `{old}`"


def _drop_wrappers(key):
  parts = key.split("/")
  # the wrapper's own variables keep their scope
  last = len(parts) - 2 if not split_slot(key)[1] else len(parts) - 3
  return "/".join(part for at, part in enumerate(parts)
                  if part not in WRAPPERS or at >= last)


# Suffixes of a variable's key: regular expression -> description.
SLOTS = (
    (r"/Adam", "first moment (Adam)"),
    (r"/Adam_1", "second moment (Adam)"),
    (r"/AdaMax", "first moment (AdaMax)"),
    (r"/AdaMax_1", "infinity norm (AdaMax)"),
    (r"/Momentum", "momentum (Momentum)"),
    (r"/RMSProp(_\d)?", "mean square or momentum (RMSProp)"),
    (r"/Adagrad", "sum of squares (Adagrad)"),
    (r"/AdagradDA(_1)?", "accumulator (AdagradDA)"),
    (r"/Adadelta", "mean square (Adadelta)"),
    (r"/Adadelta_1", "mean square of updates (Adadelta)"),
    (r"/Ftrl", "sum of squares (Ftrl)"),
    (r"/Ftrl_1", "linear term (Ftrl)"),
    (r"/ProximalAdagradOptimizer", "accumulator (ProximalAdagrad)"),
    (r"/ExponentialMovingAverage", "moving average"),
    (r"/ExponentialMovingAverage/(biased|local_step)",
     "the counter of a moving average"),
)
_SLOT = re.compile("(?P<base>.+?)(?P<slot>" + "|".join(
    f"(?:{pattern})" for pattern, _ in SLOTS) + ")$")


def split_slot(key):
  """Splits "rnn/kernel/Adam" into "rnn/kernel" and "/Adam" (or "")."""
  match = _SLOT.match(key)
  return (match.group("base"), match.group("slot")) if match else (key, "")


def describe_slot(slot):
  """A description of a slot such as `/Adam_1`."""
  for pattern, what in SLOTS:
    if re.fullmatch(pattern, slot):
      return what
  return "optimizer's slot"
