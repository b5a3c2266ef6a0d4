"""Functions of `tf.keras.backend`, activations and regularizers."""

import functools

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import variables
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change

_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


def _ones_like(original):
  del original

  def ones_like(x, dtype=None, name=None):
    return tf.ones_like(x, dtype=dtype, name=name)
  return ones_like


def _bias_add(original):
  def bias_add(x, bias, data_format=None):
    backend = changes.module("backend")
    if backend.ndim(x) in (3, 5) and len(backend.int_shape(bias)) == 1:
      # 1.15 reshaped the bias and added it.
      _opcount.compensate(2)
    return original(x, bias, data_format)
  return bias_add


def _padded(x, dimensions):
  """`x` with `dimensions` axes of length 1 at the end, if it lacks any."""
  if dimensions <= 0:
    return x
  return tf.reshape(x, tf.concat([tf.shape(x), [1] * dimensions], axis=0))


def _contracted(x, y, axes):
  """Sums the products along one axis of `x` and one of `y`, row by row."""
  last = x.shape.rank - 1, y.shape.rank - 1
  if last == (1, 1):
    turned = x if axes[0] == axes[1] else tf.transpose(x, [1, 0])
    return tf.reduce_sum(tf.multiply(turned, y), axes[1])
  return tf.matmul(x, y, adjoint_a=axes[0] != last[0],
                   adjoint_b=axes[1] == last[1])


def _batch_dot(original):
  del original

  def batch_dot(x, y, axes=None):
    ranks = x.shape.rank, y.shape.rank
    if axes is None:
      axes = ranks[0] - 1, ranks[1] - 2
    elif isinstance(axes, int):
      axes = axes, axes
    more = ranks[0] - ranks[1]
    result = _contracted(_padded(x, -more), _padded(y, more), axes)
    if more:
      # Where the axes of length 1 have ended up.
      first = sum(ranks) - 3 if more > 0 else ranks[0] - 1
      result = tf.squeeze(result, list(range(first, first + abs(more))))
    return tf.expand_dims(result, 1) if result.shape.rank == 1 else result
  return batch_dot


def _softmax(original):
  def softmax(x, axis=-1):
    rank = changes.module("backend").ndim(x)
    if rank is None or rank <= 2:
      return original(x, axis)
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)
  return softmax


def _softmax_layer(original):
  del original

  def call(self, inputs):
    return changes.module("activations").softmax(inputs, axis=self.axis)
  return call


def _selu(original):
  del original

  def selu(x):
    return _SELU_SCALE * changes.module("backend").elu(x, _SELU_ALPHA)
  return selu


def _get_variables(original):
  def get_variables(graph=None):
    found = original(graph)
    if graph is not None:
      found.update(_tf.private("legacy_backend_variables")(graph))
      found.update(variables.tracked(graph))
    return found
  return get_variables


def _spread(condition, like):
  """`condition` with the shape of `like`: its axes are the first ones."""
  missing = like.shape.rank - condition.shape.rank
  shape = tf.concat([tf.shape(condition), [1] * missing], axis=0)
  condition = tf.reshape(condition, shape)
  whole = tf.shape(like)
  return tf.tile(condition, tf.where(
      whole - shape > 0, whole, tf.ones_like(whole)))


def _switch(original):
  def switch(condition, then_expression, else_expression):
    rank = condition.shape.rank
    if not rank:
      return original(condition, then_expression, else_expression)
    condition = tf.cast(condition, tf.bool)
    then, other = (branch() if callable(branch) else branch
                   for branch in (then_expression, else_expression))
    if rank > then.shape.rank:
      return original(condition, then, other)  # raises
    # Of a vector, each element chooses a row.
    return tf.where(_spread(condition, then) if rank > 1 else condition,
                    then, other)
  return switch


def _ctc_decode(original):
  del original

  def ctc_decode(y_pred, input_length, greedy=True, beam_width=100,
                 top_paths=1):
    decode = tf.nn.ctc_greedy_decoder if greedy else functools.partial(
        tf.nn.ctc_beam_search_decoder, beam_width=beam_width,
        top_paths=top_paths)
    # A decoder takes logits, time-major.
    steps = tf.transpose(y_pred, perm=[1, 0, 2])
    paths, scores = decode(
        tf.log(steps + changes.module("backend").epsilon()),
        tf.cast(input_length, tf.int32))
    # As wide as the longest of the sequences.
    return [tf.sparse_tensor_to_dense(path, default_value=-1)
            for path in paths], scores
  return ctc_decode


def _penalty(l1, l2, x):
  """1.15's `L1L2`: the sum of squares is not `tf.nn.l2_loss`."""
  backend = changes.module("backend")
  if not l1 and not l2:
    return backend.constant(0.)
  total = 0.
  if l1:
    total += l1 * tf.reduce_sum(tf.abs(x))
  if l2:
    total += l2 * tf.reduce_sum(tf.square(x))
  return total


def _penalty_of(first, second):
  def make(original):
    del original
    return lambda self, x: _penalty(
        getattr(self, first, 0.), getattr(self, second, 0.), x)
  return make


_SQUARES = "the penalty of weights consisted of other operations"
CHANGES = [
    Change("backend:ones_like", _ones_like,
           "it consisted of other operations"),
    Change("backend:bias_add", _bias_add,
           "it consisted of other operations beyond rank 2"),
    Change("backend:batch_dot", _batch_dot,
           "it consisted of other operations, and took the axes otherwise"),
    Change("backend:_get_variables", _get_variables,
           "get_session initialized what cells and tf.layers made, too"),
    Change("backend:switch", _switch,
           "the choice was Select, in which a vector chooses rows"),
    Change("backend:ctc_decode", _ctc_decode,
           "the result was as wide as the longest sequence, not as the input"),
    Change("activations:softmax", _softmax,
           "beyond rank 2 it was computed step by step, and losses clipped "
           "its results instead of using the logits"),
    Change("layers.activation.softmax:Softmax.call", _softmax_layer,
           "it took no mask"),
    Change("activations:selu", _selu, "it consisted of other operations"),
    Change("regularizers:L1L2.__call__", _penalty_of("l1", "l2"), _SQUARES),
    Change("regularizers:L1.__call__", _penalty_of("l1", ""), _SQUARES),
    Change("regularizers:L2.__call__", _penalty_of("", "l2"), _SQUARES),
]
