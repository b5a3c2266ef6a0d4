"""NASCell: a cell with other gates than those of LSTM and GRU."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import states


class NASCell(states.KeptSizes, base.LayerRNNCell):
  """The cell found by architecture search (Zoph and Le, arXiv:1611.01578).

  Example: `output, state = NASCell(16)(x, state)`

    a0 ... a7 = split(x W, 8);  b0 ... b7 = split(h U [+ b], 8)
    p = tanh(sigmoid(a0 + b0) * relu(a1 + b1))
    q = tanh(sigmoid(a2 + b2) + relu(a3 * b3))
    r = tanh(tanh(a4 + b4) * sigmoid(a5 + b5))
    s = sigmoid(tanh(a6 + b6) + sigmoid(a7 + b7))
    c' = tanh(p + c) * q
    h' = tanh(c' * tanh(r + s))  [P]

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])`, output like `h`; variables
  `recurrent_kernel` (U) `[size of h, 8 * num_units]`, `kernel` (W) `[depth,
  8 * num_units]`, `bias` `[8 * num_units]`, `projection_weights` (P)
  `[num_units, num_proj]`.

  Args:
    num_units: number of units.
    num_proj: size of the projected h; None for no projection.
    use_bias: True for a bias.
    reuse: True to use the variables that the scope already has.
    **kwargs: `name` (scope name, `nas_cell` by default), `dtype`,
      `trainable`.

  Raises TypeError if the state is not a pair or differs from the inputs in
  dtype; ValueError if it does not have two parts, or if the inputs are not
  rank 2 or their depth is unknown.

  TF 1.15: `tf.contrib.rnn.NASCell`.
  """

  _NAS_BASE = 8

  def __init__(self, num_units, num_proj=None, use_bias=False, reuse=None,
               **kwargs):
    # TensorFlow 1.0 to 1.12 called the argument "use_biases".
    use_bias = kwargs.pop("use_biases", use_bias)
    super().__init__(_reuse=reuse, **kwargs)
    self._num_units = checks.check_units("num_units", num_units)
    self._num_proj = checks.check_optional_units("num_proj", num_proj)
    self._use_bias = use_bias
    self._keep_sizes(base.LSTMStateTuple(self._num_units, self._h_size()),
                     self._h_size())

  def _h_size(self):
    return self._num_units if self._num_proj is None else self._num_proj

  def build(self, inputs_shape):
    depth = checks.known_depth(tf.TensorShape(inputs_shape).with_rank(2))
    columns = self._NAS_BASE * self._num_units
    # 1.15 made the matrix over h first, and in `call` multiplied by it first.
    self.recurrent_kernel = self.add_variable(
        "recurrent_kernel", [self._h_size(), columns])
    self.kernel = self.add_variable("kernel", [depth, columns])
    if self._use_bias:
      self.bias = self.add_variable(
          "bias", shape=[columns], initializer=tf.zeros_initializer())
    if self._num_proj is not None:
      self.projection_weights = self.add_variable(
          "projection_weights", [self._num_units, self._num_proj])
    self.built = True

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    checks.check_float_step(self, inputs, state, self.kernel)
    from_h = tf.matmul(h, self.recurrent_kernel)
    from_x = tf.matmul(inputs, self.kernel)
    # The bias is added to one of the two products only.
    if self._use_bias:
      from_h = tf.nn.bias_add(from_h, self.bias)
    from_h = arithmetic.split(from_h, self._NAS_BASE, 1)
    from_x = arithmetic.split(from_x, self._NAS_BASE, 1)

    def summed(function, place):
      return function(from_x[place] + from_h[place])

    # 1.15's order of operations: the leaves of the cell's tree, then its inner
    # nodes.
    sigmoid_0, relu_1 = summed(tf.sigmoid, 0), summed(tf.nn.relu, 1)
    sigmoid_2 = summed(tf.sigmoid, 2)
    relu_3 = tf.nn.relu(from_x[3] * from_h[3])
    tanh_4, sigmoid_5 = summed(tf.tanh, 4), summed(tf.sigmoid, 5)
    tanh_6, sigmoid_7 = summed(tf.tanh, 6), summed(tf.sigmoid, 7)
    p = tf.tanh(sigmoid_0 * relu_1)
    q = tf.tanh(sigmoid_2 + relu_3)
    r = tf.tanh(tanh_4 * sigmoid_5)
    s = tf.sigmoid(tanh_6 + sigmoid_7)
    new_c = tf.tanh(p + c) * q
    new_h = tf.tanh(new_c * tf.tanh(r + s))
    if self._num_proj is not None:
      new_h = tf.matmul(new_h, self.projection_weights)
    return new_h, base.LSTMStateTuple(new_c, new_h)

  def get_config(self):
    return {**super().get_config(), "num_units": self._num_units,
            "num_proj": self._num_proj, "use_bias": self._use_bias,
            "reuse": self._reuse}
