"""Activations, initializers and constraints by name, as 1.15's Keras had them.

Example: `LSTMCell(8, activation="relu", initializer="orthogonal")`.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def _hard_sigmoid(x):
  """`0` below -2.5, `1` above 2.5, `0.2 x + 0.5` between."""
  dtype = x.dtype.base_dtype
  slope, middle = tf.constant(0.2, dtype), tf.constant(0.5, dtype)
  return tf.clip_by_value(tf.add(tf.multiply(x, slope), middle), 0.0, 1.0)


def _clip(x, low, high):
  # The limits are operations of their own, as in 1.15's graph.
  dtype = x.dtype.base_dtype
  low, high = tf.constant(low, dtype), tf.constant(high, dtype)
  return tf.clip_by_value(x, low, high)


def _selu(x):
  """`1.0507 * elu(x, 1.6733)` (arXiv:1706.02515)."""
  alpha = 1.6732632423543772848170429916717
  scale = 1.0507009873554804934193349852946
  curve = tf.nn.elu(x)
  return scale * tf.where(x > 0, curve, alpha * curve)


def _linear(x):
  return x


def _softmax(x):
  if x.shape.ndims == 1:
    raise _errors.ArgumentError(_errors.problem(
        "activation", "get at least rank 2 for softmax", "rank 1",
        "choose another activation"))
  return tf.nn.softmax(x, axis=-1)


# name -> function; the names that `tf.keras.activations.get` knew in 1.15
ACTIVATIONS = {
    "elu": lambda x: tf.nn.elu(x),
    "exponential": lambda x: tf.exp(x),
    "hard_sigmoid": _hard_sigmoid,
    "linear": _linear,
    "relu": lambda x: tf.nn.relu(x),
    "selu": _selu,
    "sigmoid": lambda x: tf.nn.sigmoid(x),
    "softmax": _softmax,
    "softplus": lambda x: tf.nn.softplus(x),
    "softsign": lambda x: tf.nn.softsign(x),
    "tanh": lambda x: tf.nn.tanh(x),
}
for _name, _function in ACTIVATIONS.items():
  _function.__name__ = _name


def find_activation(identifier):
  """The function for `identifier`: None -> tanh, a name, a callable.

  Raises `ArgumentError` (ValueError) for an unknown name,
  `ArgumentTypeError` (TypeError) for anything that cannot be called.
  """
  if not identifier:
    return tf.tanh
  if isinstance(identifier, str):
    if identifier not in ACTIVATIONS:
      raise _errors.ArgumentError(_errors.problem(
          "activation", f"be one of {', '.join(ACTIVATIONS)}, or a function",
          repr(identifier),
          "pass the function itself, as in activation=tf.nn.relu"))
    return ACTIVATIONS[identifier]
  if callable(identifier):
    return identifier
  raise _errors.ArgumentTypeError(_errors.problem(
      "activation", "be a function or its name", repr(identifier),
      "pass e.g. activation=tf.nn.relu"))


def activation_name(function):
  """The name of an activation, for `get_config`."""
  return getattr(function, "__name__", None) or repr(function)


def _with_defaults(maker, **defaults):
  return lambda **config: maker(**{**defaults, **config})


def _scaled(scale, distribution):
  return _with_defaults(tf.variance_scaling_initializer, scale=scale,
                        mode="fan_in", distribution=distribution)


_ZEROS = tf.zeros_initializer
_ONES = tf.ones_initializer
_CONSTANT = tf.constant_initializer
# Keras's defaults for these differ from those of the v1 initializers.
_UNIFORM = _with_defaults(
    tf.random_uniform_initializer, minval=-0.05, maxval=0.05)
_NORMAL = _with_defaults(tf.random_normal_initializer, stddev=0.05)
_TRUNCATED = _with_defaults(tf.truncated_normal_initializer, stddev=0.05)
_ORTHOGONAL = tf.orthogonal_initializer
_IDENTITY = tf.initializers.identity
_GLOROT_UNIFORM = tf.glorot_uniform_initializer
_GLOROT_NORMAL = tf.glorot_normal_initializer
_SCALING = tf.variance_scaling_initializer

# name -> maker(**config); the names that `tf.keras.initializers.get` knew in
# 1.15
INITIALIZERS = {
    "Constant": _CONSTANT, "constant": _CONSTANT,
    "GlorotNormal": _GLOROT_NORMAL, "glorot_normal": _GLOROT_NORMAL,
    "GlorotUniform": _GLOROT_UNIFORM, "glorot_uniform": _GLOROT_UNIFORM,
    "Identity": _IDENTITY, "identity": _IDENTITY,
    "Ones": _ONES, "ones": _ONES, "one": _ONES,
    "Orthogonal": _ORTHOGONAL, "orthogonal": _ORTHOGONAL,
    "RandomNormal": _NORMAL, "random_normal": _NORMAL, "normal": _NORMAL,
    "RandomUniform": _UNIFORM, "random_uniform": _UNIFORM,
    "uniform": _UNIFORM,
    "TruncatedNormal": _TRUNCATED, "truncated_normal": _TRUNCATED,
    "VarianceScaling": _SCALING,
    "Zeros": _ZEROS, "zeros": _ZEROS, "zero": _ZEROS,
    "he_normal": _scaled(2.0, "truncated_normal"),
    "he_uniform": _scaled(2.0, "uniform"),
    "lecun_normal": _scaled(1.0, "truncated_normal"),
    "lecun_uniform": _scaled(1.0, "uniform"),
}


def find_initializer(identifier):
  """The initializer for `identifier`: None, a name, a config dict, a callable.

  Raises `ArgumentError` (ValueError) for anything else.
  """
  if identifier is None or callable(identifier):
    return identifier
  name, config = identifier, {}
  if isinstance(identifier, dict):
    name, config = identifier.get("class_name"), identifier.get("config", {})
  if isinstance(name, str) and name in INITIALIZERS:
    return INITIALIZERS[name](**config)
  raise _errors.ArgumentError(_errors.problem(
      "initializer", "be a callable or one of " + ", ".join(INITIALIZERS),
      repr(identifier),
      "for a fixed value pass tf.constant_initializer(value)"))


def initializer_config(initializer):
  """What `find_initializer` makes the same one from, for get_config."""
  if initializer is None:
    return None
  if hasattr(initializer, "get_config"):
    return {"class_name": type(initializer).__name__,
            "config": initializer.get_config()}
  return getattr(initializer, "__name__", repr(initializer))


def kernel_and_bias_config(kernel_initializer, bias_initializer):
  """The entries of `get_config` for a cell that has both initializers."""
  return {"kernel_initializer": initializer_config(kernel_initializer),
          "bias_initializer": initializer_config(bias_initializer)}


def _norm(weights, axis):
  squares = tf.reduce_sum(tf.square(weights), axis=axis, keepdims=True)
  return tf.sqrt(_clip(squares, 0.0, float("inf")))


def _max_norm(weights, max_value=2, axis=0, epsilon=1e-7):
  norms = _norm(weights, axis)
  desired = _clip(norms, 0, max_value)
  return weights * (desired / (epsilon + norms))


def _min_max_norm(weights, min_value=0.0, max_value=1.0, rate=1.0, axis=0,
                  epsilon=1e-7):
  norms = _norm(weights, axis)
  desired = (rate * _clip(norms, min_value, max_value)
             + (1 - rate) * norms)
  return weights * (desired / (epsilon + norms))


def _non_neg(weights):
  return weights * tf.cast(
      tf.greater_equal(weights, 0.0), weights.dtype.base_dtype)


def _unit_norm(weights, axis=0, epsilon=1e-7):
  return weights / (epsilon + _norm(weights, axis))


# name -> function of the weights before projection
CONSTRAINTS = {
    "MaxNorm": _max_norm, "max_norm": _max_norm,
    "MinMaxNorm": _min_max_norm, "min_max_norm": _min_max_norm,
    "NonNeg": _non_neg, "non_neg": _non_neg,
    "UnitNorm": _unit_norm, "unit_norm": _unit_norm,
}


def find_constraint(identifier):
  """The constraint for `identifier`: None, a name or a callable.

  Raises `ArgumentError` (ValueError) for anything else.
  """
  if identifier is None or callable(identifier):
    return identifier
  if isinstance(identifier, str) and identifier in CONSTRAINTS:
    return CONSTRAINTS[identifier]
  raise _errors.ArgumentError(_errors.problem(
      "constraint", "be a callable or one of " + ", ".join(CONSTRAINTS),
      repr(identifier), "pass a function of the weights"))
