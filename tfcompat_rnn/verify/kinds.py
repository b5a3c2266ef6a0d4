"""The cells that `verify` can build, as a table. Does not load TensorFlow."""

import typing

from tfcompat_rnn import _errors


class Kind(typing.NamedTuple):
  """One cell.

  name: the name for `--cell` and in the table.
  make: `(cells, depth, units) -> cell`.
  double: whether its kernels support float64.
  symbols: 0, or the number of symbols from which its inputs are drawn
    (`[..., 1]`, int32) instead of numbers.
  race: whether the backward pass reads the buffer of the first state again, so
    that overwriting it in between makes the gradients wrong. None: unknown.
  stacks: whether it can take the outputs of another such cell; otherwise the
    upper layer is a GRUCell.
  """
  name: str
  make: typing.Callable
  double: bool = True
  symbols: int = 0
  race: typing.Optional[bool] = None
  stacks: bool = True


def _simple(name, **arguments):
  return lambda cells, depth, units: getattr(cells, name)(units, **arguments)


def _wrap(name, *arguments, **more):
  return lambda cells, depth, units: getattr(cells, name)(
      cells.LSTMCell(units), *arguments, **more)


def _as_wide_as_inputs(name):
  return lambda cells, depth, units: getattr(cells, name)(
      cells.LSTMCell(depth))


def _windows(name, **arguments):
  """Two windows of two frequencies."""
  return _simple(name, feature_size=2, frequency_skip=2,
                 num_frequency_blocks=[2], **arguments)


# The cells that `verify` uses without `--cell`.
DEFAULT = ("BasicRNNCell", "GRUCell", "LSTMCell", "LSTMCell+peepholes")

_ROWS = [
    # Its step copies the state into [x, h] and does not read it again.
    Kind("BasicRNNCell", _simple("BasicRNNCell"), race=False),
    Kind("GRUCell", _simple("GRUCell"), race=True),
    Kind("LSTMCell", _simple("LSTMCell"), race=True),
    Kind("LSTMCell+peepholes", _simple("LSTMCell", use_peepholes=True),
         race=True),
    Kind("AttentionCellWrapper", _wrap("AttentionCellWrapper", 3)),
    Kind("BasicLSTMCell", _simple("BasicLSTMCell"), race=True),
    Kind("BidirectionalGridLSTMCell", _windows(
        "BidirectionalGridLSTMCell", backward_slice_offset=1), stacks=False),
    Kind("CFNCell", _simple("CFNCell")),
    Kind("CoupledInputForgetGateLSTMCell", _simple(
        "CoupledInputForgetGateLSTMCell", use_peepholes=True, num_proj=4)),
    Kind("CudnnCompatibleGRUCell", _simple("CudnnCompatibleGRUCell")),
    Kind("CudnnCompatibleLSTMCell", _simple("CudnnCompatibleLSTMCell"),
         double=False),
    Kind("DeviceWrapper", _wrap("DeviceWrapper", "/cpu:0")),
    Kind("DropoutWrapper", _wrap("DropoutWrapper", output_keep_prob=1.)),
    Kind("EmbeddingWrapper", lambda cells, depth, units:
         cells.EmbeddingWrapper(cells.GRUCell(units), 7, depth), symbols=7,
         stacks=False),
    Kind("GLSTMCell", lambda cells, depth, units: cells.GLSTMCell(
        depth, number_of_groups=2)),
    Kind("GRUBlockCell", _simple("GRUBlockCell"), double=False),
    Kind("GRUBlockCellV2", _simple("GRUBlockCellV2"), double=False),
    Kind("GridLSTMCell", _windows("GridLSTMCell", use_peepholes=True),
         stacks=False),
    Kind("HighwayWrapper", _as_wide_as_inputs("HighwayWrapper")),
    Kind("IndRNNCell", _simple("IndRNNCell")),
    Kind("IndyGRUCell", _simple("IndyGRUCell")),
    Kind("IndyLSTMCell", _simple("IndyLSTMCell")),
    Kind("InputProjectionWrapper", _wrap("InputProjectionWrapper", 3)),
    Kind("IntersectionRNNCell", lambda cells, depth, units:
         cells.IntersectionRNNCell(depth, num_in_proj=depth)),
    Kind("LSTMBlockCell", _simple("LSTMBlockCell"), double=False),
    Kind("LSTMCell+projection", _simple(
        "LSTMCell", num_proj=3, proj_clip=.8, cell_clip=2.)),
    Kind("LayerNormBasicLSTMCell", _simple("LayerNormBasicLSTMCell")),
    Kind("LayerNormLSTMCell", _simple("LayerNormLSTMCell", layer_norm=True),
         double=False),
    Kind("MinimalRNNCell", _simple("MinimalRNNCell")),
    Kind("MultiRNNCell", lambda cells, depth, units: cells.MultiRNNCell(
        [cells.LSTMCell(units), cells.GRUCell(3)]), race=True),
    Kind("NASCell", _simple("NASCell", num_proj=3)),
    Kind("OutputProjectionWrapper", _wrap("OutputProjectionWrapper", 2)),
    Kind("ResidualWrapper", _as_wide_as_inputs("ResidualWrapper")),
    Kind("SRUCell", _simple("SRUCell")),
    Kind("TimeFreqLSTMCell", _simple(
        "TimeFreqLSTMCell", feature_size=4, use_peepholes=True),
         stacks=False),
    Kind("UGRNNCell", _simple("UGRNNCell")),
    Kind("WeightNormLSTMCell", _simple("WeightNormLSTMCell", num_proj=4)),
]
KINDS = {row.name: row for row in _ROWS}
# cell -> why it has no row: its inputs are not a sequence of vectors.
LEFT_OUT = {
    **dict.fromkeys(("Conv1DLSTMCell", "Conv2DLSTMCell", "Conv3DLSTMCell",
                     "ConvLSTMCell"), "its inputs are images"),
    "CompiledWrapper": "it does not change the cell that it wraps",
    "NTMCell": "its state does not have the shape of its state_size",
    "PhasedLSTMCell": "its inputs are pairs, with the time of each step",
}
ALL = "all"


def _plain(name):
  """Normalizes a name: `LSTM`, `lstmcell` and `LSTMCell` are the same."""
  return name.lower().replace("cell", "")


def find(names=None):
  """The rows with these names, without duplicates, in table order.

  >>> [kind.name for kind in find(["gru", "LSTM+peepholes"])]
  ['GRUCell', 'LSTMCell+peepholes']

  None stands for `DEFAULT`, and "all" for every row. Raises `ArgumentError` for
  an unknown name.
  """
  if isinstance(names, str):
    names = [names]
  names = list(DEFAULT if names is None else names)
  if ALL in names:
    return list(_ROWS)
  known = {_plain(name): row for name, row in KINDS.items()}
  unknown = [name for name in names if _plain(str(name)) not in known]
  if unknown or not names:
    raise _errors.ArgumentError(_errors.problem(
        "cell", 'be "all" or one of ' + ", ".join(KINDS),
        ", ".join(map(repr, unknown)) or "none", "pass one of them"))
  wanted = {_plain(name) for name in names}
  return [row for row in _ROWS if _plain(row.name) in wanted]
