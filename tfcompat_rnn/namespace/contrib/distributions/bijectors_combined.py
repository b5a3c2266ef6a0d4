"""Bijectors made of other bijectors or of functions."""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions.bijectors import Bijector


def is_injective(bijector):
  """Whether the inverse of `bijector` is one value."""
  return _tf.attribute(bijector, "Bijector._is_injective")


def _least_rank(bijectors, forward):
  """The least event rank that a chain of `bijectors` takes."""
  least = 0
  covered = 0
  for bijector in reversed(bijectors) if forward else bijectors:
    takes = (bijector.forward_min_event_ndims if forward
             else bijector.inverse_min_event_ndims)
    gives = (bijector.inverse_min_event_ndims if forward
             else bijector.forward_min_event_ndims)
    least += max(0, takes - covered)
    covered = max(takes, covered) - (takes - gives)
  return least


class Chain(Bijector):
  """The bijectors of a list one after the other, the last one first.

  >>> log_normal = tfb.Chain([tfb.Exp(), tfb.AffineScalar(shift=1.)])

  TF 1.15: `tf.contrib.distributions.bijectors.Chain`.
  """

  def __init__(self, bijectors=None, validate_args=False, name=None):
    bijectors = bijectors or ()
    for bijector in bijectors:
      if not is_injective(bijector):
        raise NotImplementedError(
            "Invert is not implemented for non-injective bijector "
            f"({bijector.name})")
    dtypes = {bijector.dtype for bijector in bijectors} - {None}
    if len(dtypes) > 1:
      raise ValueError(f"incompatible dtypes: {sorted(map(str, dtypes))}")
    self._bijectors = bijectors
    super().__init__(
        graph_parents=[parent for bijector in bijectors
                       for parent in bijector.graph_parents],
        forward_min_event_ndims=_least_rank(bijectors, True),
        inverse_min_event_ndims=_least_rank(bijectors, False),
        is_constant_jacobian=all(bijector.is_constant_jacobian
                                 for bijector in bijectors),
        validate_args=validate_args,
        dtype=next(iter(dtypes), None),
        name=name or ("_of_".join(["chain"] + [
            bijector.name for bijector in bijectors]) if bijectors
            else "identity"))

  @property
  def bijectors(self):
    """The bijectors; the last one is applied first."""
    return self._bijectors

  def _through(self, method, shape, backwards):
    order = reversed(self.bijectors) if backwards else self.bijectors
    for bijector in order:
      shape = getattr(bijector, method)(shape)
    return shape

  def _forward_event_shape(self, input_shape):
    return self._through("forward_event_shape", input_shape, True)

  def _forward_event_shape_tensor(self, input_shape):
    return self._through("forward_event_shape_tensor", input_shape, True)

  def _inverse_event_shape(self, output_shape):
    return self._through("inverse_event_shape", output_shape, False)

  def _inverse_event_shape_tensor(self, output_shape):
    return self._through("inverse_event_shape_tensor", output_shape, False)

  def _forward(self, x, **kwargs):
    for bijector in reversed(self.bijectors):
      x = bijector.forward(x, **kwargs.get(bijector.name, {}))
    return x

  def _inverse(self, y, **kwargs):
    for bijector in self.bijectors:
      y = bijector.inverse(y, **kwargs.get(bijector.name, {}))
    return y

  def _forward_log_det_jacobian(self, x, **kwargs):
    return self._log_det(x, reversed(self.bijectors), "forward",
                         self.forward_min_event_ndims, kwargs)

  def _inverse_log_det_jacobian(self, y, **kwargs):
    return self._log_det(y, self.bijectors, "inverse",
                         self.inverse_min_event_ndims, kwargs)

  def _log_det(self, x, order, way, rank, kwargs):
    x = tf.convert_to_tensor(x, name="x" if way == "forward" else "y")
    total = tf.cast(0., dtype=x.dtype.base_dtype)
    if not self.bijectors:
      return total
    is_static = x.shape.is_fully_defined()
    shape = (x.shape[x.shape.rank - rank:] if is_static
             else tf.shape(x)[tf.rank(x) - rank:])
    for bijector in order:
      own = kwargs.get(bijector.name, {})
      total += getattr(bijector, f"{way}_log_det_jacobian")(
          x, event_ndims=rank, **own)
      if is_static and x.shape.is_fully_defined() and isinstance(rank, int):
        shape = getattr(bijector, f"{way}_event_shape")(shape)
        rank = shape.rank
      else:
        shape = getattr(bijector, f"{way}_event_shape_tensor")(shape)
        rank = tf.size(shape)
        known = tf.get_static_value(rank)
        rank = rank if known is None else int(known)
      x = getattr(bijector, way)(x, **own)
    return total


class Invert(Bijector):
  """The inverse of a bijector.

  TF 1.15: `tf.contrib.distributions.bijectors.Invert`.
  """

  def __init__(self, bijector, validate_args=False, name=None):
    if not is_injective(bijector):
      raise NotImplementedError(
          "Invert is not implemented for non-injective bijectors.")
    self._bijector = bijector
    super().__init__(
        graph_parents=bijector.graph_parents,
        forward_min_event_ndims=bijector.inverse_min_event_ndims,
        inverse_min_event_ndims=bijector.forward_min_event_ndims,
        is_constant_jacobian=bijector.is_constant_jacobian,
        validate_args=validate_args, dtype=bijector.dtype,
        name=name or f"invert_{bijector.name}")

  @property
  def bijector(self):
    """The bijector that is inverted."""
    return self._bijector

  def _forward_event_shape(self, input_shape):
    return self.bijector._inverse_event_shape(input_shape)

  def _forward_event_shape_tensor(self, input_shape):
    return self.bijector._inverse_event_shape_tensor(input_shape)

  def _inverse_event_shape(self, output_shape):
    return self.bijector._forward_event_shape(output_shape)

  def _inverse_event_shape_tensor(self, output_shape):
    return self.bijector._forward_event_shape_tensor(output_shape)

  def _forward(self, x, **kwargs):
    return self.bijector._inverse(x, **kwargs)

  def _inverse(self, y, **kwargs):
    return self.bijector._forward(y, **kwargs)

  def _inverse_log_det_jacobian(self, y, **kwargs):
    return self.bijector._forward_log_det_jacobian(y, **kwargs)

  def _forward_log_det_jacobian(self, x, **kwargs):
    return self.bijector._inverse_log_det_jacobian(x, **kwargs)


class Inline(Bijector):
  """A bijector given by functions.

  >>> exp = tfb.Inline(tf.exp, tf.log, lambda y: -tf.log(y),
  ...                  forward_min_event_ndims=0)

  Raises NotImplementedError if a function that is needed is missing.

  TF 1.15: `tf.contrib.distributions.bijectors.Inline`.
  """

  def __init__(self, forward_fn=None, inverse_fn=None,
               inverse_log_det_jacobian_fn=None,
               forward_log_det_jacobian_fn=None, forward_event_shape_fn=None,
               forward_event_shape_tensor_fn=None,
               inverse_event_shape_fn=None,
               inverse_event_shape_tensor_fn=None,
               is_constant_jacobian=False, validate_args=False,
               forward_min_event_ndims=None, inverse_min_event_ndims=None,
               name="inline"):
    super().__init__(
        forward_min_event_ndims=forward_min_event_ndims,
        inverse_min_event_ndims=inverse_min_event_ndims,
        is_constant_jacobian=is_constant_jacobian,
        validate_args=validate_args, name=name)
    self._functions = {
        "forward": forward_fn, "inverse": inverse_fn,
        "inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
        "forward_log_det_jacobian": forward_log_det_jacobian_fn}
    self._shapes = {
        "forward": (forward_event_shape_fn, forward_event_shape_tensor_fn),
        "inverse": (inverse_event_shape_fn, inverse_event_shape_tensor_fn)}

  def _shape(self, way, place, shape):
    function = self._shapes[way][place]
    return shape if function is None else function(shape)

  def _call(self, what, x, kwargs):
    function = self._functions[what]
    if not callable(function):
      raise NotImplementedError(f"{what}_fn is not a callable function.")
    return function(x, **kwargs)

  def _forward_event_shape(self, input_shape):
    return self._shape("forward", 0, input_shape)

  def _forward_event_shape_tensor(self, input_shape):
    return self._shape("forward", 1, input_shape)

  def _inverse_event_shape(self, output_shape):
    return self._shape("inverse", 0, output_shape)

  def _inverse_event_shape_tensor(self, output_shape):
    return self._shape("inverse", 1, output_shape)

  def _forward(self, x, **kwargs):
    return self._call("forward", x, kwargs)

  def _inverse(self, y, **kwargs):
    return self._call("inverse", y, kwargs)

  def _inverse_log_det_jacobian(self, y, **kwargs):
    return self._call("inverse_log_det_jacobian", y, kwargs)

  def _forward_log_det_jacobian(self, x, **kwargs):
    return self._call("forward_log_det_jacobian", x, kwargs)
