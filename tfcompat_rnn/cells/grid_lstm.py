"""Grid LSTM: two LSTMs, along the frequencies of a frame and along time."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import coupled
from tfcompat_rnn.cells import frequency
from tfcompat_rnn.cells import states


class _Weights(collections.namedtuple("_Weights", "kernel bias diagonals")):
  """The weights of one of a block's two LSTMs.

  `diagonals`: `{"f": (from c along the frequencies, from c along time),
  "i": ..., "o": ...}`; empty without peepholes.
  """
  __slots__ = ()


class GridLSTMCell(states.KeptSizes, base.RNNCell):
  """Two LSTMs per window, one along the frequencies and one along time.

  Example: `GridLSTMCell(16, feature_size=8, frequency_skip=4,
  num_frequency_blocks=[10])`

    for each window x_k of a block, from the lowest, where F is the LSTM along
    the frequencies (its state c^F, h^F is zero before the first window) and T
    the one along time:
      i, j, f, o = split([x_k, h^T_k, h^F_{k-1}] W_L + B_L, 4)
      c'^L = sigmoid(f + forget_bias [+ peepholes]) * c^L
             + sigmoid(i [+ peepholes]) * tanh(j)              [clipped]
      h'^L = sigmoid(o [+ peepholes]) * tanh(c'^L)         for L = F, T
    peepholes = w^L_f * c^F_{k-1} + w^L_t * c^T_k (for o: of the new c)
    output = [h'^T_0, h'^F_0, h'^T_1, h'^F_1, ...]
    state = (c'^T_0, h'^T_0, c'^T_1, ...)

  Kalchbrenner et al., arXiv:1507.01526; with peepholes Sainath and Li,
  Interspeech 2016. Gate order `i, j, f, o`; `i, j, o` with coupled gates.

  Shapes: `x` `[batch, depth]`; state a named tuple with
  `state_f<window>_b<block>_c` and `..._m` `[batch, num_units]` for each
  window (with `state_is_tuple=False` one tensor, of which, as in 1.15, every
  block reads the first block's part), output `[batch, 2 * num_units *
  windows]`; variables for each block b `W_f_<b>_0` `[feature_size +
  2 * num_units, gates * num_units]`, `B_f_<b>`, `W_t_<b>_0`, `B_t_<b>`,
  `W_F_diag_freqf_<b>`, `W_F_diag_freqt_<b>`, `W_F_diag_timef_<b>`,
  `W_F_diag_timet_<b>` `[num_units]`, and the same with `I` and `O`.

  Args:
    num_units: number of units.
    use_peepholes: True for the diagonal connections.
    share_time_frequency_weights: True for one set of weights for both LSTMs.
    cell_clip: limit to which both c' are clipped: `[-cell_clip, cell_clip]`.
    initializer: not used, as in 1.15; set one for the surrounding scope.
    num_unit_shards: number of variables that each matrix is split into, by
      rows.
    forget_bias: number added to the logits of the forget gates.
    feature_size: width of a window.
    frequency_skip: distance from one window to the next.
    num_frequency_blocks: list with the number of windows in each block.
    start_freqindex_list, end_freqindex_list: where each block starts and
      ends; without them the whole frame is one block.
    couple_input_forget_gates: True to use `1 - i` as the forget gate.
    state_is_tuple: False for a state in one concatenated tensor.
    reuse: True to use the variables that the scope already has.

  Raises ValueError if `num_frequency_blocks` is missing or does not fit the
  inputs and the other lists, or if the inputs are not rank 2 or their depth is
  unknown; TypeError if `feature_size` or `frequency_skip` is missing;
  AttributeError if the state lacks a field.

  TF 1.15: `tf.contrib.rnn.GridLSTMCell`.
  """

  def __init__(self, num_units, use_peepholes=False,
               share_time_frequency_weights=False, cell_clip=None,
               initializer=None, num_unit_shards=1, forget_bias=1.0,
               feature_size=None, frequency_skip=None,
               num_frequency_blocks=None, start_freqindex_list=None,
               end_freqindex_list=None, couple_input_forget_gates=False,
               state_is_tuple=True, reuse=None):
    super().__init__(_reuse=reuse)
    if not state_is_tuple:
      tf.logging.warn("%s: state_is_tuple=False is slower; pass True.", self)
    if num_frequency_blocks is None:
      raise _errors.ArgumentError(problem(
          "num_frequency_blocks", "be given", "None",
          "pass the number of windows in each block, e.g. [10]"))
    self._num_units = checks.check_units("num_units", num_units)
    self._use_peepholes = use_peepholes
    self._share_time_frequency_weights = share_time_frequency_weights
    self._couple_input_forget_gates = couple_input_forget_gates
    self._state_is_tuple = state_is_tuple
    self._cell_clip = cell_clip
    self._initializer = initializer
    self._num_unit_shards = num_unit_shards
    self._forget_bias = forget_bias
    self._feature_size = feature_size
    self._frequency_skip = frequency_skip
    self._start_freqindex_list = start_freqindex_list
    self._end_freqindex_list = end_freqindex_list
    self._num_frequency_blocks = num_frequency_blocks
    self._total_blocks = sum(int(count) for count in num_frequency_blocks)
    self._state_tuple_type = None
    if state_is_tuple:
      self._state_tuple_type = collections.namedtuple(
          "GridLSTMStateTuple", self._state_names("state"))
    self._keep_widths(2 * self._num_units * self._total_blocks)

  def _state_names(self, prefix):
    """`state_f00_b00_c`, `state_f00_b00_m`, ...: by block, then by window."""
    return [f"{_state_name(prefix, window, block)}_{part}"
            for block, count in enumerate(self._num_frequency_blocks)
            for window in range(count) for part in "cm"]

  @property
  def gate_order(self):
    """The blocks of each kernel's columns."""
    return tuple("ijo" if self._couple_input_forget_gates else "ijfo")

  def _keep_widths(self, width):
    sizes = width
    if self._state_tuple_type is not None:
      sizes = self._state_tuple_type(
          *[self._num_units] * len(self._state_tuple_type._fields))
    self._keep_sizes(sizes, width)

  @property
  def state_tuple_type(self):
    """The state's named tuple; None if the state is one tensor."""
    return self._state_tuple_type

  def call(self, inputs, state):
    self._check_state(state)
    batch_size = inputs.shape.as_list()[0] or tf.shape(inputs)[0]
    outputs, new_states = [], []
    for block, windows in enumerate(self._make_windows(inputs)):
      block_outputs, block_states = self._compute(
          windows, block, state, batch_size)
      outputs += block_outputs
      new_states += block_states
    if self._state_is_tuple:
      new_state = self._state_tuple_type(*new_states)
    else:
      new_state = tf.concat(new_states, 1)
    return tf.concat(outputs, 1), new_state

  def _check_state(self, state):
    if not self._state_is_tuple:
      checks.check_leaf(self, state)
      return
    wanted = self._state_tuple_type._fields
    if not set(wanted) <= set(getattr(state, "_fields", ())):
      raise _errors.StateFieldError(problem(
          "state", f"have the {len(wanted)} fields {wanted[0]} ... "
          f"{wanted[-1]}", type(state).__name__,
          "start from zero_state, or build cell.state_tuple_type"))

  def _compute(self, windows, block, state, batch_size, prefix="state"):
    """Both LSTMs over one block's windows: (outputs, new states)."""
    along_f, along_t = self._get_weights(
        block, windows[0].shape.as_list()[1], windows[0].dtype)
    # 1.15's order: h before c here, and below, both memories before both
    # outputs.
    h_f = tf.zeros([batch_size, self._num_units], windows[0].dtype)
    c_f = tf.zeros([batch_size, self._num_units], windows[0].dtype)
    outputs, new_states = [], []
    for place, window in enumerate(windows):
      c_t, h_t = self._read_state(state, prefix, place, block)
      joined = tf.concat([window, h_t, h_f], 1)
      gates_f = self._gates(joined, along_f)
      gates_t = (gates_f if self._share_time_frequency_weights
                 else self._gates(joined, along_t))
      new_c_f = self._memory(gates_f, along_f, c_f, c_t, c_f)
      new_c_t = self._memory(gates_t, along_t, c_f, c_t, c_t)
      h_f = self._output(gates_f, along_f, new_c_f, new_c_t, new_c_f)
      h_t = self._output(gates_t, along_t, new_c_f, new_c_t, new_c_t)
      c_f = new_c_f
      new_states += [new_c_t, h_t]
      outputs += [h_t, h_f]
    return outputs, new_states

  def _read_state(self, state, prefix, place, block):
    if self._state_is_tuple:
      name = _state_name(prefix, place, block)
      return getattr(state, name + "_c"), getattr(state, name + "_m")
    units = self._num_units
    return (tf.slice(state, [0, 2 * place * units], [-1, units]),
            tf.slice(state, [0, (2 * place + 1) * units], [-1, units]))

  def _get_weights(self, block, feature_size, dtype):
    """The block's `_Weights` along the frequencies and along time."""
    shared = self._share_time_frequency_weights
    columns = len(self.gate_order) * self._num_units
    rows = feature_size + 2 * self._num_units
    kernels, biases = {}, {}
    # 1.15 made both kernels with their biases, then the peepholes; these not
    # in the order of the gates but f's first.
    for letter in "f" if shared else "ft":
      kernels[letter] = coupled.get_rows(
          f"W_{letter}_{block}", [rows, columns], dtype,
          self._num_unit_shards)
      biases[letter] = frequency.get_bias(f"B_{letter}_{block}", columns, dtype)
    diagonals = {"f": {}, "t": {}}
    if self._use_peepholes:
      for letter, kind in [("f", "freq")] + [("t", "time")] * (not shared):
        for gate in "io" if self._couple_input_forget_gates else "fio":
          diagonals[letter][gate] = [
              tf.get_variable(f"W_{gate.upper()}_diag_{kind}{source}_{block}",
                              shape=[self._num_units], dtype=dtype)
              for source in "ft"]
    weights = {letter: _Weights(kernels[letter], biases[letter],
                                diagonals[letter]) for letter in kernels}
    return weights["f"], weights["f" if shared else "t"]

  def _gates(self, joined, weights):
    mixed = tf.nn.bias_add(tf.matmul(joined, weights.kernel), weights.bias)
    return dict(zip(
        self.gate_order, arithmetic.split(mixed, len(self.gate_order), 1)))

  def _memory(self, gates, weights, c_f, c_t, c):
    # The input gate before the forget gate, unlike in `peephole_lstm`.
    i = tf.sigmoid(_peep(gates["i"], weights, "i", c_f, c_t))
    if self._couple_input_forget_gates:
      f = 1.0 - i
    else:
      f = tf.sigmoid(_peep(
          gates["f"] + self._forget_bias, weights, "f", c_f, c_t))
    return arithmetic.clip(f * c + i * tf.tanh(gates["j"]), self._cell_clip)

  def _output(self, gates, weights, c_f, c_t, c):
    return tf.sigmoid(_peep(gates["o"], weights, "o", c_f, c_t)) * tf.tanh(c)

  def _make_windows(self, inputs, offset=0):
    """Lists of windows, one list per block.

    An `offset` moves all windows up, and the frame is padded with zeros at
    that end. For a negative one, 1.15 only padded the frame at its start.
    """
    width = frequency.known_width(inputs)
    if offset:
      padding = [0, offset] if offset > 0 else [-offset, 0]
      inputs = tf.pad(inputs, tf.constant(
          [0, 0] + padding, shape=[2, 2], dtype=tf.int32), "CONSTANT")
      offset = max(offset, 0)
    return [
        [tf.slice(inputs,
                  [0, start + offset + place * self._frequency_skip],
                  [-1, self._feature_size]) for place in range(count)]
        for start, count in self._blocks(width)]

  def _blocks(self, width):
    """`(start, number of windows)` of each block, checked."""
    frequency.check_window(self._feature_size, self._frequency_skip)
    counts = self._num_frequency_blocks
    starts, ends = [0], [width]
    if self._start_freqindex_list:
      starts, ends = self._start_freqindex_list, self._end_freqindex_list
    lengths = [len(ends or ()), len(counts)]
    if lengths != [len(starts)] * 2:
      raise _errors.ArgumentError(problem(
          "num_frequency_blocks", "be as long as start_freqindex_list and "
          "end_freqindex_list (one block without them)",
          f"{len(counts)} with {len(starts)} starts and {lengths[0]} ends",
          "pass one entry per block in each"))
    for start, end, count in zip(starts, ends, counts):
      fit = frequency.count_windows(
          end - start, self._feature_size, self._frequency_skip)
      if fit != count:
        raise _errors.ArgumentError(problem(
            "num_frequency_blocks", f"be {fit} for the frequencies {start} "
            f"to {end}", count, "check feature_size and frequency_skip"))
    return list(zip(starts, counts))


def _state_name(prefix, window, block):
  return f"{prefix}_f{window:02d}_b{block:02d}"


def _peep(logits, weights, gate, c_f, c_t):
  if not weights.diagonals:
    return logits
  from_f, from_t = weights.diagonals[gate]
  return logits + from_f * c_f + from_t * c_t


class BidirectionalGridLSTMCell(GridLSTMCell):
  """GridLSTMCell up the frequencies and, with separate weights, down them.

  Example: `BidirectionalGridLSTMCell(16, feature_size=8, frequency_skip=4,
  num_frequency_blocks=[10])`

  There is only one direction along time, so it suits online recognition.

  State: a named tuple with `fwd_state_f<window>_b<block>_c`, `..._m`, then
  those of `bwd`; output `[batch, 4 * num_units * windows]`, forward before
  backward. Variables: those of `GridLSTMCell` in the scopes `fwd` and `bwd`.

  Arguments and errors are those of `GridLSTMCell`, without `state_is_tuple`
  and with:
    backward_slice_offset: how much higher the windows are on the way down.

  TF 1.15: `tf.contrib.rnn.BidirectionalGridLSTMCell`.
  """

  def __init__(self, num_units, use_peepholes=False,
               share_time_frequency_weights=False, cell_clip=None,
               initializer=None, num_unit_shards=1, forget_bias=1.0,
               feature_size=None, frequency_skip=None,
               num_frequency_blocks=None, start_freqindex_list=None,
               end_freqindex_list=None, couple_input_forget_gates=False,
               backward_slice_offset=0, reuse=None):
    super().__init__(
        num_units, use_peepholes, share_time_frequency_weights, cell_clip,
        initializer, num_unit_shards, forget_bias, feature_size,
        frequency_skip, num_frequency_blocks, start_freqindex_list,
        end_freqindex_list, couple_input_forget_gates, True, reuse)
    self._backward_slice_offset = int(backward_slice_offset)
    self._state_tuple_type = collections.namedtuple(
        "BidirectionalGridLSTMStateTuple",
        self._state_names("fwd_state") + self._state_names("bwd_state"))
    self._keep_widths(4 * self._num_units * self._total_blocks)

  def call(self, inputs, state):
    self._check_state(state)
    batch_size = inputs.shape.as_list()[0] or tf.shape(inputs)[0]
    upward = downward = self._make_windows(inputs)
    if self._backward_slice_offset:
      downward = self._make_windows(inputs, self._backward_slice_offset)
    outputs, new_states = [], []
    for scope, blocks, order in (("fwd", upward, 1), ("bwd", downward, -1)):
      with tf.variable_scope(scope):
        for block, windows in enumerate(blocks):
          block_outputs, block_states = self._compute(
              windows[::order], block, state, batch_size, scope + "_state")
          outputs += block_outputs
          new_states += block_states
    return tf.concat(outputs, 1), self._state_tuple_type(*new_states)
