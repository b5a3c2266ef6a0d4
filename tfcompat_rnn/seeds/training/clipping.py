"""tf.clip_by_norm and tf.clip_by_global_norm, with 1.15's operations."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _values(t, name):
  sparse = isinstance(t, tf.IndexedSlices)
  return tf.convert_to_tensor(t.values if sparse else t, name=name)


def _like(t, values):
  """`values` as `IndexedSlices` if `t` is one."""
  if isinstance(t, tf.IndexedSlices):
    return tf.IndexedSlices(values, t.indices, t.dense_shape)
  return values


def _make_clip_by_norm(original):
  del original

  def clip_by_norm(t, clip_norm, axes=None, name=None):
    with tf.name_scope(name, "clip_by_norm", [t, clip_norm]) as name:
      values = _values(t, "t")
      squares = tf.reduce_sum(values * values, axes, keepdims=True)
      # The root only where it has a derivative.
      positive = squares > 0
      safe = tf.where(positive, squares, tf.ones_like(squares))
      norm = tf.where(positive, tf.sqrt(safe), squares)
      scaled = values * clip_norm
      values.shape.merge_with(scaled.shape)
      clipped = tf.identity(scaled / tf.maximum(norm, clip_norm), name=name)
      return _like(t, clipped)
  return clip_by_norm


def _make_clip_by_global_norm(original):
  def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    if not isinstance(t_list, (list, tuple)):
      return original(t_list, clip_norm, use_norm, name)
    t_list = list(t_list)
    norm = tf.global_norm(t_list, name) if use_norm is None else use_norm
    with tf.name_scope(
        name, "clip_by_global_norm", t_list + [clip_norm]) as name:
      inverse = 1.0 / norm
      scale = clip_norm * tf.minimum(
          inverse, tf.constant(1.0, dtype=norm.dtype) / clip_norm)
      # A norm that is not finite makes everything NaN.
      finite = tf.is_finite(norm)
      scale = tf.where(finite, scale,
                       tf.constant(float("nan"), dtype=norm.dtype))
      values = [None if t is None else _values(t, f"t_{i}")
                for i, t in enumerate(t_list)]
      clipped = []
      for i, (t, value) in enumerate(zip(t_list, values)):
        if value is None:
          clipped.append(None)
          continue
        with tf.colocate_with(value):
          clipped.append(_like(t, tf.identity(value * scale,
                                              name=f"{name}_{i}")))
    return clipped, norm
  return clip_by_global_norm


ROWS = [
    Restored("clip_ops:clip_by_norm", _make_clip_by_norm,
             "today's bounds a norm given as a tensor from below"),
    Restored("clip_ops:clip_by_global_norm", _make_clip_by_global_norm,
             "1.15 asked whether the norm is finite with other operations"),
]
