"""LayerNormBasicLSTMCell: layer normalization and recurrent dropout."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import _dropout
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import states


def normalize(inp, scope, gain, shift, dtype=None):
  """`inp` normalized over its last axis, then scaled and shifted.

  Example: `j = normalize(j, "transform", 1.0, 0.0)`

    (inp - mean) / sqrt(variance + 1e-12) * gamma + beta

  `inp` is `[batch, width]`. The variables `gamma` and `beta` `[width]` are in
  the variable scope `scope` and start at `gain` and `shift`. Their dtype is
  `dtype` (None: the scope's), which must be that of `inp`, or else
  `tf.get_variable` raises ValueError. As in 1.15, float16 is normalized in
  float32 and with a larger epsilon.

  TF 1.15: `tf.contrib.layers.layer_norm`, as the cells called it.
  """
  width = inp.shape[-1:]
  with tf.variable_scope(scope):
    for name, start in (("gamma", gain), ("beta", shift)):
      tf.get_variable(name, shape=width, dtype=dtype,
                      initializer=tf.constant_initializer(start))
  # 1.15 opened the scope a second time, which the names of the operations show,
  # and there asked for beta before gamma.
  with tf.variable_scope(scope, reuse=True):
    beta, gamma = (
        tf.get_variable(name, shape=width, dtype=inp.dtype.base_dtype)
        for name in ("beta", "gamma"))
    mean, variance = tf.nn.moments(inp, [1], keep_dims=True)
    return tf.nn.batch_normalization(
        inp, mean, variance, offset=beta, scale=gamma,
        variance_epsilon=1e-3 if inp.dtype == tf.float16 else 1e-12)


class LayerNormBasicLSTMCell(states.PairState, base.RNNCell):
  """LSTM whose gates and memory are normalized over the units.

  Example: `output, state = LayerNormBasicLSTMCell(16)(x, state)`

    i, j, f, o = split([x, h] W, 4)
    i, j, f, o = norm(i), norm(j), norm(f), norm(o)
    c' = norm(c * sigmoid(f + forget_bias)
              + sigmoid(i) * dropout(activation(j)))
    h' = activation(c') * sigmoid(o)
    norm(a) = (a - mean(a)) / sqrt(variance(a) + 1e-12) * gamma + beta

  Layer normalization: arXiv:1607.06450. Recurrent dropout without memory
  loss: arXiv:1603.05118. Gate order `i, j, f, o`.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c, h)` of
  `[batch, num_units]` each, output `[batch, num_units]`; variables `kernel`
  `[depth + num_units, 4 * num_units]`; `gamma` and `beta` `[num_units]` in
  each of the scopes `input`, `transform`, `forget`, `output`, `state`; with
  `layer_norm=False`, `bias` `[4 * num_units]` instead.

  Args:
    num_units: number of units.
    forget_bias: number added to the logits of the forget gate.
    input_size: not used, with a warning, as in 1.15.
    activation: a function or its name; tanh by default.
    layer_norm: False for no normalization, but a bias, which, as in 1.15,
      starts random unless the scope has an initializer.
    norm_gain, norm_shift: initial values of gamma and beta.
    dropout_keep_prob: number or scalar tensor, the share that dropout keeps.
    dropout_prob_seed: an int, the seed of the dropout.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if the state is not a pair or differs from the inputs in
  dtype; ValueError if it does not have two parts or the depth of the inputs is
  unknown.

  TF 1.15: `tf.contrib.rnn.LayerNormBasicLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, forget_bias=1.0, input_size=None,
               activation=tf.tanh, layer_norm=True, norm_gain=1.0,
               norm_shift=0.0, dropout_keep_prob=1.0, dropout_prob_seed=None,
               reuse=None):
    super().__init__(_reuse=reuse)
    if input_size is not None:
      tf.logging.warning(
          "LayerNormBasicLSTMCell: input_size is not used; leave it out.")
    self._num_units = checks.check_units("num_units", num_units)
    self._activation = identifiers.find_activation(activation)
    self._forget_bias = forget_bias
    self._keep_prob = dropout_keep_prob
    self._seed = dropout_prob_seed
    self._layer_norm = layer_norm
    self._norm_gain = norm_gain
    self._norm_shift = norm_shift

  def _norm(self, inp, scope, dtype=tf.float32):
    """`inp` normalized, with gamma and beta of `scope`."""
    return normalize(inp, scope, self._norm_gain, self._norm_shift, dtype)

  def _linear(self, args):
    columns = 4 * self._num_units
    depth = checks.known_depth(args.shape)
    kernel = tf.get_variable("kernel", [depth, columns], dtype=args.dtype)
    mixed = tf.matmul(args, kernel)
    if not self._layer_norm:
      bias = tf.get_variable("bias", [columns], dtype=args.dtype)
      mixed = tf.nn.bias_add(mixed, bias)
    return mixed

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    joined = tf.concat([inputs, h], 1)
    i, j, f, o = arithmetic.split(self._linear(joined), 4, 1)
    if self._layer_norm:
      i, j, f, o = (
          self._norm(gate, scope, dtype=joined.dtype) for gate, scope in (
              (i, "input"), (j, "transform"), (f, "forget"), (o, "output")))
    # As in 1.15, the new values and their dropout come before what is kept.
    written = self._activation(j)
    if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
      written = _dropout.dropout_1_15(
          written, self._keep_prob, seed=self._seed)
    kept = c * tf.sigmoid(f + self._forget_bias)
    new_c = kept + tf.sigmoid(i) * written
    if self._layer_norm:
      new_c = self._norm(new_c, "state", dtype=joined.dtype)
    new_h = self._activation(new_c) * tf.sigmoid(o)
    return new_h, base.LSTMStateTuple(new_c, new_h)

  def get_config(self):
    return {"num_units": self._num_units, "forget_bias": self._forget_bias,
            "activation": identifiers.activation_name(self._activation),
            "layer_norm": self._layer_norm, "norm_gain": self._norm_gain,
            "norm_shift": self._norm_shift,
            "dropout_keep_prob": self._keep_prob,
            "dropout_prob_seed": self._seed, "reuse": self._reuse}
