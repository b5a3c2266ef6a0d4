"""Bijectors made of other bijectors or of functions."""

import itertools

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions.bijectors import Bijector


def is_injective(bijector):
  """Whether the inverse of `bijector` is one value."""
  return _tf.attribute(bijector, "Bijector._is_injective")


def _needs_inverse(bijector):
  if not is_injective(bijector):
    raise NotImplementedError(_errors.problem(
        "bijector", "be injective", f"{bijector.name!r}, which is not",
        "use one whose inverse is a single value"))


def _least_rank(ranks):
  """The least event rank that a chain of bijectors takes.

  `ranks` are the least ranks that each takes and gives, the first one first.
  """
  changes = itertools.accumulate((gives - takes for takes, gives in ranks),
                                 initial=0)
  return max([0] + [takes - change
                    for (takes, _), change in zip(ranks, changes)])


def _size(shape):
  """The number of dimensions in the vector `shape`, an int if it is known."""
  size = tf.size(shape)
  known = tf.get_static_value(size)
  return size if known is None else int(known)


class Chain(Bijector):
  """The bijectors of a list one after the other, the last one first.

  >>> log_normal = tfb.Chain([tfb.Exp(), tfb.AffineScalar(shift=1.)])

  TF 1.15: `tf.contrib.distributions.bijectors.Chain`.
  """

  bijectors = parameters.kept(
      "bijectors", "The bijectors; the last one is applied first.")

  def __init__(self, bijectors=None, validate_args=False, name=None):
    self._bijectors = parts = bijectors or ()
    for part in parts:
      _needs_inverse(part)
    dtypes = {part.dtype for part in parts} - {None}
    if len(dtypes) > 1:
      raise ValueError(_errors.problem(
          "bijectors", "have one dtype",
          ", ".join(sorted(dtype.name for dtype in dtypes)),
          "make their parameters of one dtype"))
    ranks = [(part.inverse_min_event_ndims, part.forward_min_event_ndims)
             for part in parts]
    names = ["chain", *(part.name for part in parts)]
    super().__init__(
        graph_parents=list(itertools.chain.from_iterable(
            part.graph_parents for part in parts)),
        is_constant_jacobian=all(
            part.is_constant_jacobian for part in parts),
        inverse_min_event_ndims=_least_rank(ranks),
        forward_min_event_ndims=_least_rank(
            [pair[::-1] for pair in reversed(ranks)]),
        dtype=next(iter(dtypes), None), validate_args=validate_args,
        name=name or ("_of_".join(names) if parts else "identity"))

  def _order(self, way):
    return self.bijectors if way == "inverse" else reversed(self.bijectors)

  def _shape(self, way, what, shape):
    for part in self._order(way):
      shape = getattr(part, f"{way}_{what}")(shape)
    return shape

  def _forward_event_shape(self, input_shape):
    return self._shape("forward", "event_shape", input_shape)

  def _forward_event_shape_tensor(self, input_shape):
    return self._shape("forward", "event_shape_tensor", input_shape)

  def _inverse_event_shape(self, output_shape):
    return self._shape("inverse", "event_shape", output_shape)

  def _inverse_event_shape_tensor(self, output_shape):
    return self._shape("inverse", "event_shape_tensor", output_shape)

  def _through(self, way, x, arguments):
    for part in self._order(way):
      x = getattr(part, way)(x, **arguments.get(part.name, {}))
    return x

  def _forward(self, x, **kwargs):
    return self._through("forward", x, kwargs)

  def _inverse(self, y, **kwargs):
    return self._through("inverse", y, kwargs)

  def _forward_log_det_jacobian(self, x, **kwargs):
    return self._log_det("forward", tf.convert_to_tensor(x, name="x"),
                         self.forward_min_event_ndims, kwargs)

  def _inverse_log_det_jacobian(self, y, **kwargs):
    return self._log_det("inverse", tf.convert_to_tensor(y, name="y"),
                         self.inverse_min_event_ndims, kwargs)

  def _log_det(self, way, x, rank, arguments):
    total = tf.cast(0., dtype=x.dtype.base_dtype)
    if not self.bijectors:
      return total
    is_static = x.shape.is_fully_defined()
    shape = (x.shape[x.shape.rank - rank:] if is_static
             else tf.shape(x)[tf.rank(x) - rank:])
    for part in self._order(way):
      own = arguments.get(part.name, {})
      total += getattr(part, f"{way}_log_det_jacobian")(
          x, event_ndims=rank, **own)
      known = (is_static and x.shape.is_fully_defined()
               and isinstance(rank, int))
      what = "event_shape" if known else "event_shape_tensor"
      shape = getattr(part, f"{way}_{what}")(shape)
      rank = shape.rank if known else _size(shape)
      x = getattr(part, way)(x, **own)
    return total


def _inner(method):
  """A method that calls `method` of the bijector inside."""
  return lambda self, x, **kwargs: getattr(self.bijector, method)(x, **kwargs)


class Invert(Bijector):
  """The inverse of a bijector.

  TF 1.15: `tf.contrib.distributions.bijectors.Invert`.
  """

  bijector = parameters.kept("bijector", "The bijector that is inverted.")

  def __init__(self, bijector, validate_args=False, name=None):
    _needs_inverse(bijector)
    self._bijector = bijector
    super().__init__(
        bijector.graph_parents, bijector.is_constant_jacobian, validate_args,
        bijector.dtype, bijector.inverse_min_event_ndims,
        bijector.forward_min_event_ndims,
        name or f"invert_{bijector.name}")

  _forward = _inner("_inverse")
  _inverse = _inner("_forward")
  _forward_event_shape = _inner("_inverse_event_shape")
  _inverse_event_shape = _inner("_forward_event_shape")
  _forward_event_shape_tensor = _inner("_inverse_event_shape_tensor")
  _inverse_event_shape_tensor = _inner("_forward_event_shape_tensor")
  _forward_log_det_jacobian = _inner("_inverse_log_det_jacobian")
  _inverse_log_det_jacobian = _inner("_forward_log_det_jacobian")


def _given(argument):
  """A method that calls the function which the constructor got."""
  def call(self, x, **kwargs):
    function = self._functions[argument]
    if not callable(function):
      raise NotImplementedError(_errors.problem(
          argument, "be a function to do this", function,
          "pass one to Inline"))
    return function(x, **kwargs)
  return call


def _unchanged(shape):
  return shape


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
    self._functions = {
        "forward_fn": forward_fn,
        "inverse_fn": inverse_fn,
        "forward_log_det_jacobian_fn": forward_log_det_jacobian_fn,
        "inverse_log_det_jacobian_fn": inverse_log_det_jacobian_fn,
        "forward_event_shape_fn": forward_event_shape_fn or _unchanged,
        "inverse_event_shape_fn": inverse_event_shape_fn or _unchanged,
        "forward_event_shape_tensor_fn":
            forward_event_shape_tensor_fn or _unchanged,
        "inverse_event_shape_tensor_fn":
            inverse_event_shape_tensor_fn or _unchanged}
    super().__init__(None, is_constant_jacobian, validate_args, None,
                     forward_min_event_ndims, inverse_min_event_ndims, name)

  _forward = _given("forward_fn")
  _inverse = _given("inverse_fn")
  _forward_log_det_jacobian = _given("forward_log_det_jacobian_fn")
  _inverse_log_det_jacobian = _given("inverse_log_det_jacobian_fn")
  _forward_event_shape = _given("forward_event_shape_fn")
  _inverse_event_shape = _given("inverse_event_shape_fn")
  _forward_event_shape_tensor = _given("forward_event_shape_tensor_fn")
  _inverse_event_shape_tensor = _given("inverse_event_shape_tensor_fn")
