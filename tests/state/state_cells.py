"""Every cell of the package, in small sizes, for tests of kept state."""

import typing

import numpy as np
import pytest


class Kind(typing.NamedTuple):
  """`make(cells, tf, dtype)` creates the cell; `ids` if its inputs are ints.

  `double`: whether its kernels support float64. `costly`: not in the fast
  tests, because its parts are tested there already, or because it is slow.
  """
  make: typing.Callable
  double: bool = True
  ids: bool = False
  costly: bool = False


DEPTH, UNITS, CLASSES = 3, 4, 7


def _user_made(cells, tf, dtype):
  """A cell as in a paper's program: subclass of RNNCell, nested state."""
  del dtype

  class SlowAndFast(cells.RNNCell):
    state_size = {"fast": UNITS, "slow": (UNITS, 2)}
    output_size = UNITS

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "slow_and_fast"):
        kernel = tf.get_variable(
            "kernel", [inputs.shape[-1] + 2 * UNITS + 2, UNITS], inputs.dtype)
        mix = tf.get_variable("mix", [UNITS, 2], inputs.dtype)
      slow, trace = state["slow"]
      fast = tf.tanh(tf.matmul(
          tf.concat([inputs, state["fast"], slow, trace], 1), kernel))
      slow = .9 * slow + .1 * fast
      return fast + slow, {
          "fast": fast, "slow": (slow, .5 * trace + tf.matmul(fast, mix))}

  return SlowAndFast()


def _with_state_matrix(cells, tf, dtype):
  """A cell whose state is of rank 3, [batch, 2, units]."""
  del dtype

  class Delay(cells.RNNCell):
    state_size = tf.TensorShape([2, UNITS])
    output_size = UNITS

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "delay"):
        kernel = tf.get_variable(
            "kernel", [inputs.shape[-1] + UNITS, UNITS], inputs.dtype)
      new = tf.tanh(tf.matmul(tf.concat([inputs, state[:, 0]], 1), kernel))
      return new + state[:, 1], tf.stack([state[:, 1], new], 1)

  return Delay()


def _shown(cell, show, output_size=None):
  """`cell` for plain rows, which `show` converts to its inputs."""
  from tfcompat_rnn import cells
  from tfcompat_rnn._tf import tf

  class Shown(cells.RNNCell):
    state_size = cell.state_size

    @property
    def output_size(self):
      return output_size or cell.output_size

    def call(self, inputs, state):
      output, state = cell(show(inputs), state)
      return tf.reshape(output, [-1, self.output_size]), state

  return Shown()


def _phased(cells, tf, dtype):
  """Times between the phases, a period later. There the gradient of `mod` is
  right, which 1.15 treats as that of its first argument."""
  del dtype
  cell = cells.PhasedLSTMCell(
      UNITS, use_peepholes=True, leak=.3, ratio_on=.6, period_init_min=4.,
      period_init_max=4.)
  return _shown(
      cell, lambda x: (4. + .01 * tf.tanh(x[:, :1]), x))


def _images(name, shape, **arguments):
  def make(cells, tf, dtype):
    del dtype
    cell = getattr(cells, name)(
        input_shape=shape, output_channels=2,
        kernel_shape=[2] * (len(shape) - 1), **arguments)
    return _shown(
        cell, lambda x: tf.reshape(x, [-1] + shape), 2 * DEPTH)
  return make


def _simple(name, **arguments):
  return lambda cells, tf, dtype: getattr(cells, name)(UNITS, **arguments)


def _windows(name, **arguments):
  """Two windows of two frequencies."""
  return _simple(name, feature_size=2, frequency_skip=1,
                 num_frequency_blocks=[2], **arguments)


def _wrap(name, *arguments, units=UNITS, **more):
  return lambda cells, tf, dtype: getattr(cells, name)(
      cells.LSTMCell(units), *arguments, **more)


KINDS = {
    "AttentionCellWrapper": Kind(_wrap("AttentionCellWrapper", 3)),
    "BasicLSTMCell": Kind(_simple("BasicLSTMCell")),
    "BasicLSTMCell packed": Kind(
        _simple("BasicLSTMCell", state_is_tuple=False)),
    "BasicRNNCell": Kind(_simple("BasicRNNCell")),
    "BidirectionalGridLSTMCell": Kind(_windows(
        "BidirectionalGridLSTMCell", backward_slice_offset=1), costly=True),
    "CFNCell": Kind(_simple("CFNCell")),
    "CompiledWrapper": Kind(_wrap("CompiledWrapper"), costly=True),
    "Conv1DLSTMCell": Kind(_images("Conv1DLSTMCell", [DEPTH, 1]),
                           costly=True),
    "Conv2DLSTMCell": Kind(_images("Conv2DLSTMCell", [DEPTH, 1, 1])),
    "Conv3DLSTMCell": Kind(_images("Conv3DLSTMCell", [1, DEPTH, 1, 1]),
                           costly=True),
    "ConvLSTMCell": Kind(_images("ConvLSTMCell", [DEPTH, 1], conv_ndims=1,
                                 use_bias=False), costly=True),
    "CoupledInputForgetGateLSTMCell": Kind(
        _simple("CoupledInputForgetGateLSTMCell", use_peepholes=True,
                num_proj=3, num_unit_shards=2)),
    "CoupledInputForgetGateLSTMCell packed": Kind(
        _simple("CoupledInputForgetGateLSTMCell", state_is_tuple=False,
                num_proj=3, proj_clip=.8), costly=True),
    "CudnnCompatibleGRUCell": Kind(_simple("CudnnCompatibleGRUCell")),
    "CudnnCompatibleLSTMCell": Kind(
        _simple("CudnnCompatibleLSTMCell"), double=False),
    "DeviceWrapper": Kind(_wrap("DeviceWrapper", "/cpu:0")),
    "DropoutWrapper": Kind(_wrap("DropoutWrapper", output_keep_prob=1.)),
    "EmbeddingWrapper": Kind(
        lambda cells, tf, dtype: cells.EmbeddingWrapper(
            cells.GRUCell(UNITS), CLASSES, DEPTH), ids=True),
    "GLSTMCell": Kind(
        lambda cells, tf, dtype: cells.GLSTMCell(
            6, num_proj=3, number_of_groups=3)),
    "GridLSTMCell": Kind(_windows("GridLSTMCell", use_peepholes=True),
                         costly=True),
    "GRUBlockCell": Kind(_simple("GRUBlockCell"), double=False),
    "GRUBlockCellV2": Kind(_simple("GRUBlockCellV2"), double=False),
    "GRUCell": Kind(_simple("GRUCell")),
    "HighwayWrapper": Kind(_wrap("HighwayWrapper", units=DEPTH)),
    "IndRNNCell": Kind(_simple("IndRNNCell")),
    "IndyGRUCell": Kind(_simple("IndyGRUCell")),
    "IndyLSTMCell": Kind(_simple("IndyLSTMCell")),
    "InputProjectionWrapper": Kind(_wrap("InputProjectionWrapper", 5)),
    "IntersectionRNNCell": Kind(
        _simple("IntersectionRNNCell", num_in_proj=UNITS)),
    "LSTMBlockCell": Kind(
        _simple("LSTMBlockCell", use_peephole=True), double=False),
    "LSTMCell": Kind(_simple("LSTMCell")),
    "LSTMCell projected": Kind(
        _simple("LSTMCell", use_peepholes=True, num_proj=3, proj_clip=.8,
                cell_clip=2.)),
    # With layer_norm its bias is not used, as in 1.15; see tests/golden.
    "LayerNormLSTMCell": Kind(
        _simple("LayerNormLSTMCell", use_peepholes=True, num_proj=3),
        costly=True),
    "MinimalRNNCell": Kind(_simple("MinimalRNNCell")),
    "WeightNormLSTMCell": Kind(
        _simple("WeightNormLSTMCell", num_proj=3), costly=True),
    "LayerNormBasicLSTMCell": Kind(_simple("LayerNormBasicLSTMCell")),
    "MultiRNNCell": Kind(lambda cells, tf, dtype: cells.MultiRNNCell(
        [cells.LSTMCell(UNITS), cells.GRUCell(3),
         cells.MultiRNNCell([cells.BasicLSTMCell(2)] )])),
    "NASCell": Kind(_simple("NASCell", num_proj=3)),
    "OutputProjectionWrapper": Kind(_wrap("OutputProjectionWrapper", 2)),
    "PhasedLSTMCell": Kind(_phased, double=False),
    "ResidualWrapper": Kind(_wrap("ResidualWrapper", units=DEPTH)),
    "SRUCell": Kind(_simple("SRUCell")),
    "UGRNNCell": Kind(_simple("UGRNNCell")),
    "a user's": Kind(_user_made),
    "a user's, rank 3": Kind(_with_state_matrix),
}
# One for each form of state and kind of step. What a loop does of the others
# is left to the exhaustive tests: their steps are tested in tests/golden.
DIVERSE = frozenset({
    "AttentionCellWrapper", "BasicLSTMCell", "BasicLSTMCell packed",
    "BasicRNNCell", "Conv2DLSTMCell", "DropoutWrapper", "EmbeddingWrapper",
    "GRUBlockCell", "GRUCell", "GridLSTMCell", "LSTMBlockCell",
    "LSTMCell projected", "MultiRNNCell", "PhasedLSTMCell", "a user's",
    "a user's, rank 3"})
# As in 1.15, NTMCell's state_size has another shape than its memory; it is
# tested in tests/cells/test_memory.py. TimeFreqLSTMCell rejects an unknown
# batch size, as in 1.15, which some builders have; it is tested in
# tests/golden.
NO_CELLS = {"LSTMStateTuple", "LayerRNNCell", "NTMCell", "RNNCell",
            "TimeFreqLSTMCell"}


def some_fast(kinds, fast, slow=DIVERSE):
  """Parameters: those of `kinds` in `fast`, those in `slow` marked slow, and
  the others marked exhaustive."""
  for kind in kinds:
    marks = (() if kind in fast else pytest.mark.slow if kind in slow
             else pytest.mark.exhaustive)
    yield pytest.param(kind, marks=marks)


def draw_inputs(kind, rows, steps, dtype, seed=0):
  """`[rows, steps, depth]` numbers, or IDs if the cell takes IDs."""
  draw = np.random.RandomState(seed)
  if KINDS[kind].ids:
    return draw.randint(0, CLASSES, [rows, steps, 1]).astype(np.int32)
  return draw.randn(rows, steps, DEPTH).astype(dtype)
