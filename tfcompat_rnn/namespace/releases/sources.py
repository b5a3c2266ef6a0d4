"""What the text of a program tells about the release it was written for.

`add_file` and `add_text` take the program's sources. They are read as tokens,
so Python 2 and notebooks will do as well. The result is used where a call
looks the same in two releases and means different things.
"""

import functools
import io
import re
import tokenize

from tfcompat_rnn.namespace.releases import probes

_texts = {}

# Names of `tf`, of its submodules and of cells: text -> last release.
_OLD_NAMES = re.compile(r"\b(?:tf|tensorflow)((?:\.\w+)+)")

# Calls in the old form, and modules without the prefix `tf`.
_OLD_FORMS = (
    (re.compile(r"\b(?:tf|array_ops)\.concat\(\s*(\d+\s*,|concat_dim\b)"),
     "tf.concat(concat_dim, values, ...)", "0.12"),
    (re.compile(r"\b(?:tf|array_ops)\.split\(\s*(\d+\s*,|split_dim\b)"),
     "tf.split(split_dim, num_split, ...)", "0.12"),
    (re.compile(r"\btensorflow\.models\.rnn\b"),
     "tensorflow.models.rnn", "0.7"),
    (re.compile(r"\bpython\.ops(\.seq2seq\b| import [^\n]*\bseq2seq\b)"),
     "tf.nn.seq2seq", "0.12"),
    # What programs also imported from its module.
    (re.compile(r"\b(simple|attention)_decoder_fn_(train|inference)\b"
                r"|\bprepare_attention\b|\bdynamic_rnn_decoder\b"),
     "tf.contrib.seq2seq's decoder functions", "1.0"),
    (re.compile(r"\bcore_rnn(_cell_impl)?\b|\brnn\.core_rnn_cell\b"),
     "tf.contrib.rnn's core_rnn modules", "1.1"),
    (re.compile(r"\bDynamicAttentionWrapper\b"),
     "tf.contrib.seq2seq.DynamicAttentionWrapper", "1.1"),
)
# What came with 1.0 or later. A program with both chooses at run time.
_RECENT = re.compile(
    r"\btf\.(nn\.static_(bidirectional_)?rnn|layers\.|data\.|losses\."
    r"|contrib\.(legacy_seq2seq|seq2seq|data)\b"
    r"|contrib\.rnn\.(BasicLSTM|BasicRNN|LSTM|GRU|MultiRNN)Cell"
    r"|contrib\.rnn\.static_)")

# The state of an LSTM as one tensor, `[batch, 2 * num_units]`.
_CONCATENATED = tuple(re.compile(text) for text in (
    r"\btensorflow\.models\.rnn\b",
    r"\btf\.models\.rnn\b",
    r"\bzero_state\([^()]*(\([^()]*\)[^()]*)*\)\.eval\(",
    r"\b\w*state\w*(\[[^\]]*\])?\.(eval|get_shape|assign|set_shape)\(",
    # [batch_size, cell.state_size], (batch_size, cell.state_size)
    r"[\[(]\s*[\w.]+\s*,\s*[\w.]*\bcell\w*\.state_size\s*[\])]",
    r"\[\s*[\w.]+\s*,\s*[\w.]*(?<!self)\.state_size\s*\]",
    r"\(\(\s*[\w.]+\s*,\s*[\w.]*\.state_size\s*\)",
    r"\bcell\w*\.state_size\s*[*+/-]|[*+/-]\s*[\w.]*cell\w*\.state_size\b",
    # istate = tf.placeholder("float", [None, 2 * n_hidden])
    r"\b\w*state\w*\s*[=:][^=\n]*(?<![\w.])2\s*\*\s*[\w.]+",
    r"\b\w*state\w*\s*[=:][^=\n]*[\w.]+\s*\*\s*2(?![\w.])",
    r"\btf\.(slice|shape|zeros_like|reshape)\(\s*\w*state\w*\s*[,)]",
    r"\btf\.split\(\s*1\s*,\s*\d+\s*,\s*\w*state\w*",
    r"\btf\.Variable\([^\n]*zero_state\(",
))
# The state as a tuple (c, h), and what came with or after it.
_TUPLE = tuple(re.compile(text) for text in (
    r"\bLSTMStateTuple\b",
    r"\b\w*state\w*(\[[^\]]*\])*\.[ch]\b(?!\s*\()",
    r"\(\s*c\s*,\s*h\s*\)\s+in\s+enumerate\(",
    r"\bglobal_variables_initializer\b",
    r"\blocal_variables_initializer\b",
    r"\btf\.(global_variables|summary\.\w+|stack|unstack|multiply|subtract"
    r"|negative)\(",
))


def _code(text):
  """`text` without comments and strings, as far as it can be read."""
  kept = []
  skip = (tokenize.COMMENT, tokenize.STRING)
  row, column = 1, 0
  try:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
      (start_row, start), (end_row, end) = token.start, token.end
      if start_row > row:
        kept.append("\n")
        column = 0
      if start > column:
        kept.append(" ")
      if token.type not in skip and token.type != tokenize.ENCODING:
        kept.append(token.string)
      elif token.type == tokenize.STRING:
        kept.append('""')
      row, column = end_row, end
  except (tokenize.TokenError, SyntaxError, IndentationError):
    # What could not be read is kept as it is, without its comments.
    rest = text.split("\n")[row:]
    kept.append("\n" + "\n".join(line.partition("#")[0] for line in rest))
  return re.sub(r"[ \t]+", " ", "".join(kept))


def add_text(name, text):
  """Takes the source `text` of the file or notebook `name`."""
  if name in _texts:
    return
  # In an upgraded program.
  text = text.replace("tfcompat_rnn.tf1", "tensorflow")
  _texts[name] = _code(probes.without_probes(text))
  _clear()


def add_file(path):
  """Takes the source file `path`, once; one that cannot be read is left out."""
  if path in _texts:
    return
  try:
    with open(path, "rb") as file:
      data = file.read(2_000_000)
  except OSError:
    _texts[path] = ""
    return
  add_text(path, data.decode("utf-8", "replace").replace("\r\n", "\n"))


def forget():
  """Forgets all sources."""
  _texts.clear()
  _clear()


def _clear():
  old_names.cache_clear()
  states.cache_clear()


@functools.lru_cache(maxsize=None)
def old_names():
  """{"tf.pack": "0.12"}: the old names in the sources, in order."""
  from tfcompat_rnn.namespace import tables
  found = {}
  for text in _texts.values():
    for match in _OLD_NAMES.finditer(text):
      old = match.group(1)[1:]
      row = None
      while old and row is None:
        row = tables.row(old)
        old = old if row is not None else old.rpartition(".")[0]
      last = getattr(row, "last", None)
      if last and not getattr(row, "still", False):
        found.setdefault(f"tf.{old}", last)
    for pattern, name, last in _OLD_FORMS:
      if pattern.search(text):
        found.setdefault(name, last)
  if any(_RECENT.search(text) for text in _texts.values()):
    found = {name: last for name, last in found.items()
             if not last.startswith("0.")}
  return found


def find(pattern):
  """The first match of the regular expression `pattern` in the sources."""
  for text in _texts.values():
    match = re.search(pattern, text)
    if match:
      return match
  return None


@functools.lru_cache(maxsize=None)
def states():
  """(signs of concatenated states, signs of tuples) in the sources."""
  return tuple(
      [match.group(0).strip() for pattern in patterns
       for text in _texts.values()
       for match in [pattern.search(text)] if match]
      for patterns in (_CONCATENATED, _TUPLE))
