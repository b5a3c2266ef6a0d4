"""LSTMs whose gates or weights are normalized: LayerNorm and WeightNorm."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import linear
from tfcompat_rnn.cells import normalized
from tfcompat_rnn.cells import states


class _PeepholeLSTM(states.KeptSizes, states.PairState, base.RNNCell):
  """What both share: LSTMCell's step. They compute the gates differently."""

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, use_peepholes, cell_clip, initializer,
               num_proj, proj_clip, forget_bias, activation, reuse):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._num_proj = checks.check_optional_units("num_proj", num_proj)
    self._use_peepholes = use_peepholes
    self._cell_clip = cell_clip
    self._initializer = initializer
    self._proj_clip = proj_clip
    self._forget_bias = forget_bias
    self._activation = activation or tf.tanh
    self._keep_sizes(*states.pair_sizes(self))

  def _linear(self, args, output_size, bias):
    """`concat(args, 1) W [+ b]`, variables in the current scope."""
    raise NotImplementedError

  def _norm_gates(self, gates):
    return gates

  def _norm_memory(self, c):
    return c

  def _step(self, inputs, state):
    """One step, called in the scope that gets the variables."""
    c, h = checks.split_pair(self, state)
    checks.known_depth(inputs.shape)
    mixed = self._linear([inputs, h], 4 * self._num_units, True)
    gates = self._norm_gates(arithmetic.split(mixed, 4, 1))
    peepholes = None
    if self._use_peepholes:
      # 1.15 made these only now, and the one for f first.
      peepholes = [
          tf.get_variable(f"w_{gate}_diag", shape=[self._num_units],
                          dtype=inputs.dtype) for gate in "fio"]
    new_c, new_h = arithmetic.peephole_lstm(
        c, gates, self._forget_bias, self._activation, peepholes,
        self._cell_clip, self._norm_memory)
    if self._num_proj is not None:
      with tf.variable_scope("projection"):
        new_h = self._linear([new_h], self._num_proj, False)
      new_h = arithmetic.clip(new_h, self._proj_clip)
    return new_h, base.LSTMStateTuple(new_c, new_h)


class LayerNormLSTMCell(_PeepholeLSTM):
  """LSTMCell with layer normalization of the gates and the memory.

  Example: `output, state = LayerNormLSTMCell(16, layer_norm=True)(x, state)`

    i, j, f, o = split([x, h] W [+ b], 4)            [each normalized]
    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * activation(j)    [normalized, clipped]
    h' = sigmoid(o [+ w_o * c']) * activation(c')  [P, clipped]

  Layer normalization: arXiv:1607.06450. Gate order `i, j, f, o`. As in 1.15,
  with `layer_norm` the bias is made but not added.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])`, output like `h`; variables `kernel`
  `[depth + size of h, 4 * num_units]`, `bias` `[4 * num_units]`; `gamma` and
  `beta` `[num_units]` in each of the scopes `input`, `transform`, `forget`,
  `output`, `state`; `w_f_diag`, `w_i_diag`, `w_o_diag` `[num_units]`;
  `projection/kernel` `[num_units, num_proj]`.

  Args:
    num_units: number of units.
    use_peepholes: True for the diagonal connections from c to the gates.
    cell_clip: limit to which c' is clipped: `[-cell_clip, cell_clip]`.
    initializer: for kernel, peepholes and projection.
    num_proj: size of the projected h; None for no projection.
    proj_clip: limit to which the projected h is clipped.
    forget_bias: number added to the logits of the forget gate.
    activation: a function; tanh by default.
    layer_norm: True to normalize.
    norm_gain, norm_shift: initial values of gamma and beta.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if the state is not a pair; ValueError if it does not have
  two parts, if the depth of the inputs is unknown, or if the inputs do not have
  the dtype of the scope, which is that of gamma and beta: for float64, call the
  cell in a scope of that dtype.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.LayerNormLSTMCell`.
  """

  def __init__(self, num_units, use_peepholes=False, cell_clip=None,
               initializer=None, num_proj=None, proj_clip=None,
               forget_bias=1.0, activation=None, layer_norm=False,
               norm_gain=1.0, norm_shift=0.0, reuse=None):
    super().__init__(num_units, use_peepholes, cell_clip, initializer,
                     num_proj, proj_clip, forget_bias, activation, reuse)
    self._layer_norm = layer_norm
    self._norm_gain = norm_gain
    self._norm_shift = norm_shift

  def call(self, inputs, state):
    with tf.variable_scope(
        tf.get_variable_scope(), initializer=self._initializer):
      return self._step(inputs, state)

  def _linear(self, args, output_size, bias):
    rows = sum(checks.known_depth(tensor.shape) for tensor in args)
    dtype = args[0].dtype
    with tf.variable_scope(tf.get_variable_scope()):
      kernel = tf.get_variable("kernel", [rows, output_size], dtype=dtype)
      result = tf.matmul(linear.join(args), kernel)
      if not bias:
        return result
      biases = linear.get_bias(output_size, dtype)
    if not self._layer_norm:
      result = tf.nn.bias_add(result, biases)
    return result

  def _norm_gates(self, gates):
    if not self._layer_norm:
      return gates
    scopes = ("input", "transform", "forget", "output")
    return [normalized.normalize(gate, scope, self._norm_gain,
                                 self._norm_shift)
            for gate, scope in zip(gates, scopes)]

  def _norm_memory(self, c):
    if not self._layer_norm:
      return c
    return normalized.normalize(
        c, "state", self._norm_gain, self._norm_shift)


class WeightNormLSTMCell(_PeepholeLSTM):
  """LSTMCell in which the kernel's columns are unit vectors times a gain.

  Example: `output, state = WeightNormLSTMCell(16)(x, state)`

    i, j, f, o = split([x, h] [norm(W_x) * g_x; norm(W_h) * g_h] + b, 4)
    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * activation(j)           [clipped]
    h' = sigmoid(o [+ w_o * c']) * activation(c')  [norm(P) * g_p, clipped]

  Weight normalization: arXiv:1602.07868; `norm(W)` has columns of length one.
  Gate order `i, j, f, o`. As in 1.15, the gains start random and not at one.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])`, output like `h`; variables `kernel`
  (W_x above W_h) `[depth + size of h, 4 * num_units]`, `norm_0`, `norm_1`
  (g_x, g_h) `[4 * num_units]`, `bias` `[4 * num_units]`, `w_f_diag`,
  `w_i_diag`, `w_o_diag` `[num_units]`, `projection/kernel` (P) `[num_units,
  num_proj]`, `projection/norm_0` (g_p) `[num_proj]`. They are in the scope
  `wn_lstm_cell/wn_lstm_cell`, and a second cell in the same scope gets no other
  name: share the variables with `reuse`, or call it in a scope of its own.

  Args:
    num_units: number of units.
    norm: False for LSTMCell's kernel, without normalization.
    use_peepholes: True for the diagonal connections from c to the gates.
    cell_clip: limit to which c' is clipped: `[-cell_clip, cell_clip]`.
    initializer: for all variables except the bias.
    num_proj: size of the projected h; None for no projection.
    proj_clip: limit to which the projected h is clipped.
    forget_bias: number added to the logits of the forget gate.
    activation: a function; tanh by default.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if the state is not a pair; ValueError if it does not have
  two parts, if the depth of the inputs is unknown, or if the variables exist
  and `reuse` is not set.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.WeightNormLSTMCell`.
  """

  # 1.15 used this string where a layer keeps the scope that it captured.
  _FIXED_SCOPE = "wn_lstm_cell"

  def __init__(self, num_units, norm=True, use_peepholes=False,
               cell_clip=None, initializer=None, num_proj=None,
               proj_clip=None, forget_bias=1, activation=None, reuse=None):
    super().__init__(num_units, use_peepholes, cell_clip, initializer,
                     num_proj, proj_clip, forget_bias, activation, reuse)
    self._norm = norm
    self._weights_variable_name = "kernel"
    self._bias_variable_name = "bias"
    self._scope = self._FIXED_SCOPE
    self._op_names = []

  def forget_variables(self):
    super().forget_variables()
    self._scope = self._FIXED_SCOPE
    self._op_names = []

  def _name_ops(self):
    # In 1.15 the ops of the first two calls were named after the name scope of
    # the call, and those of all later calls after that of the second.
    graph = tf.get_default_graph()
    if self._op_names[:1] != [graph]:
      self._op_names = [graph]
    if len(self._op_names) < 3:
      self._op_names.append(graph.get_name_scope())
    name = self._op_names[-1]
    return tf.name_scope(name + "/" if name else None)

  def call(self, inputs, state):
    with self._name_ops(), tf.variable_scope(
        self._FIXED_SCOPE, initializer=self._initializer):
      return self._step(inputs, state)

  def _linear(self, args, output_size, bias):
    depths = [checks.known_depth(tensor.shape) for tensor in args]
    dtype = args[0].dtype
    with tf.variable_scope(tf.get_variable_scope()):
      kernel = tf.get_variable(
          "kernel", [sum(depths), output_size], dtype=dtype)
      if self._norm:
        kernel = self._normalized(kernel, depths)
      result = tf.matmul(linear.join(args), kernel)
      if not bias:
        return result
      return tf.nn.bias_add(result, linear.get_bias(output_size, dtype))

  def _normalized(self, kernel, depths):
    """The kernel, its columns normalized within each block of rows."""
    blocks, start = [], 0
    # Outside any loop, where the loop permits: it is the same in each step.
    with tf.control_dependencies(None):
      for place, depth in enumerate(depths):
        block = kernel[start:start + depth, :]
        gain = tf.get_variable(
            f"norm_{place}", block.shape[1:], dtype=block.dtype)
        blocks.append(tf.nn.l2_normalize(block, axis=0) * gain)
        start += depth
      return tf.concat(blocks, axis=0)
