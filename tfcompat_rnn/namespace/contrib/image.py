"""`tf.contrib.image`: images turned, shifted and seen in perspective."""

import functools
import operator

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

_DTYPES = (tf.uint8, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64)
# By rank: how images become a batch with channels, and how they were before.
_VIEWS = {2: (np.s_[None, :, :, None], np.s_[0, :, :, 0]),
          3: (np.s_[None, :, :, :], np.s_[0, :, :, :]),
          4: (None, None)}


_require = functools.partial(
    _errors.require, kind=_errors.ArgumentTypeError)


def _as_batch(images):
  """(images `[batch, height, width, channels]`, a function that undoes it)"""
  dtype, shape = images.dtype.base_dtype, images.get_shape()
  _require(dtype in _DTYPES, "images",
           "have one of the dtypes " + ", ".join(one.name for one in _DTYPES),
           dtype.name, "convert them with tf.cast")
  _require(shape.rank in _VIEWS, "images", "have a known rank of 2, 3 or 4",
           shape, "call `set_shape` or add dimensions")
  there, back = _VIEWS[shape.rank]
  return (images if there is None else images[there],
          lambda batch: batch if back is None else batch[back])


def _as_rows(name, tensor, rank):
  """`tensor` of this rank; what has one dimension less is its only row."""
  shape = tensor.get_shape()
  _require(shape.rank in (rank - 1, rank), name,
           f"have a known rank of {rank - 1} or {rank}", shape,
           "pass one for all images, or one for each")
  return tensor if shape.rank == rank else tensor[None]


def rotate(images, angles, interpolation="NEAREST", name=None):
  """Images turned counterclockwise by `angles` radians.

  >>> tf.contrib.image.rotate(images, math.pi / 8, interpolation="BILINEAR")

  `images` `[batch, height, width, channels]`, `[height, width, channels]` or
  `[height, width]`; `angles` a scalar or `[batch]`. Raises TypeError if the
  dtype or the rank is not one of these.

  TF 1.15: `tf.contrib.image.rotate`.
  """
  with tf.name_scope(name, "rotate"):
    batch, undo = _as_batch(tf.convert_to_tensor(images))
    height = tf.cast(tf.shape(batch)[1], tf.float32)[None]
    width = tf.cast(tf.shape(batch)[2], tf.float32)[None]
    return undo(transform(
        batch, angles_to_projective_transforms(angles, height, width),
        interpolation=interpolation))


def translate(images, translations, interpolation="NEAREST", name=None):
  """Images shifted by `[dx, dy]`, or by one such vector each.

  TF 1.15: `tf.contrib.image.translate`.
  """
  with tf.name_scope(name, "translate"):
    shifts = translations_to_projective_transforms(translations)
    return transform(images, shifts, interpolation)


def angles_to_projective_transforms(angles, image_height, image_width,
                                    name=None):
  """The transforms `[images, 8]` that turn images about their centers.

  TF 1.15: `tf.contrib.image.angles_to_projective_transforms`.
  """
  with tf.name_scope(name, "angles_to_projective_transforms"):
    angles = _as_rows("angles", tf.convert_to_tensor(
        angles, name="angles", dtype=tf.float32), 1)
    # 1.15 computed every part of this where it stands.
    cos, sin = lambda: tf.cos(angles), lambda: tf.sin(angles)
    right, bottom = lambda: image_width - 1, lambda: image_height - 1

    def centered(extent, turned):
      return (extent - turned) / 2.

    x = centered(right(), cos() * right() - sin() * bottom())
    y = centered(bottom(), sin() * right() + cos() * bottom())
    number = tf.shape(angles)[0]
    column = operator.itemgetter((slice(None), None))
    return _affine(number, (column(cos()), -column(sin()), column(x),
                            column(sin()), column(cos()), column(y)))


def _affine(number, parts):
  """Transforms of six columns, and two of zeros: nothing recedes."""
  return tf.concat([*parts, tf.zeros((number, 2), tf.float32)], axis=1)


def translations_to_projective_transforms(translations, name=None):
  """The transforms `[images, 8]` that shift images by `[dx, dy]`.

  TF 1.15: `tf.contrib.image.translations_to_projective_transforms`.
  """
  with tf.name_scope(name, "translations_to_projective_transforms"):
    translations = _as_rows("translations", tf.convert_to_tensor(
        translations, name="translations", dtype=tf.float32), 2)
    number = tf.shape(translations)[0]

    def parts():
      for axis, units in enumerate(((tf.ones, tf.zeros), (tf.zeros, tf.ones))):
        yield from (unit((number, 1), tf.float32) for unit in units)
        yield -translations[:, axis, None]

    return _affine(number, parts())


def transform(images, transforms, interpolation="NEAREST", output_shape=None,
              name=None):
  """Images seen through projective transforms.

  A transform has the numbers `[a0, a1, a2, b0, b1, b2, c0, c1]`. The pixel at
  column x and row y of the result is that of the image at column
  `(a0 x + a1 y + a2) / k` and row `(b0 x + b1 y + b2) / k` with
  `k = c0 x + c1 y + 1`. `transforms` is one `[8]` or `[batch, 8]`;
  `interpolation` is "NEAREST" or "BILINEAR"; `output_shape` is
  `[height, width]`. Raises TypeError if a rank does not fit.

  TF 1.15: `tf.contrib.image.transform`.
  """
  with tf.name_scope(name, "transform"):
    images = tf.convert_to_tensor(images, name="images")
    transforms = tf.convert_to_tensor(transforms, name="transforms",
                                      dtype=tf.float32)
    batch, undo = _as_batch(images)
    if output_shape is None:
      output_shape = tf.shape(batch)[1:3]
      static = tf.get_static_value(output_shape)
      if static is not None:
        output_shape = static
    size = tf.convert_to_tensor(output_shape, tf.int32, name="output_shape")
    _require(size.get_shape().is_compatible_with([2]), "output_shape",
             "be [height, width]", size.get_shape(), "pass two numbers",
             kind=_errors.ArgumentError)
    transforms = _as_rows("transforms", transforms, 2)
    return undo(tf.raw_ops.ImageProjectiveTransformV2(
        images=batch, transforms=transforms, output_shape=size,
        interpolation=interpolation.upper()))


def compose_transforms(*transforms):
  """One transform that does what `transforms` do one after the other.

  TF 1.15: `tf.contrib.image.compose_transforms`.
  """
  assert transforms, _errors.problem("transforms", "be one or more", "none",
                                     "pass a transform")
  with tf.name_scope("compose_transforms"):
    return matrices_to_flat_transforms(functools.reduce(
        tf.matmul, map(flat_transforms_to_matrices, transforms)))


def flat_transforms_to_matrices(transforms):
  """Transforms `[n, 8]` as matrices `[n, 3, 3]`.

  TF 1.15: `tf.contrib.image.flat_transforms_to_matrices`.
  """
  with tf.name_scope("flat_transforms_to_matrices"):
    transforms = tf.convert_to_tensor(transforms, name="transforms")
    transforms = _as_list("transforms", transforms, (8,))
    ones = tf.ones([tf.shape(transforms)[0], 1])
    return tf.reshape(tf.concat([transforms, ones], axis=1),
                      tf.constant([-1, 3, 3]))


def matrices_to_flat_transforms(transform_matrices):
  """Matrices `[n, 3, 3]` as transforms `[n, 8]`.

  TF 1.15: `tf.contrib.image.matrices_to_flat_transforms`.
  """
  with tf.name_scope("matrices_to_flat_transforms"):
    matrices = tf.convert_to_tensor(transform_matrices,
                                    name="transform_matrices")
    flat = _as_list("transform_matrices", matrices, (3, 3))
    return (flat / flat[:, 8:9])[:, :8]


def _as_list(name, tensor, shape):
  """`[n, size]` of a tensor `shape` or `[n, *shape]`."""
  rank = len(shape)
  _require(tensor.shape.rank in (rank, rank + 1), name,
           f"have rank {rank} or {rank + 1}", tensor.shape,
           f"pass {[*shape]} or {['n', *shape]}", kind=_errors.ArgumentError)
  return tf.reshape(tensor, tf.constant([-1, int(np.prod(shape))]))


def _transform_gradient(op, grad):
  """The gradient seen through the inverse transforms, as in 1.15."""
  inverse = tf.matrix_inverse(flat_transforms_to_matrices(op.inputs[1]))
  return [tf.raw_ops.ImageProjectiveTransformV2(
      images=grad, transforms=matrices_to_flat_transforms(inverse),
      output_shape=tf.shape(op.inputs[0])[1:3],
      interpolation=op.get_attr("interpolation")), None, None]


try:
  tf.RegisterGradient("ImageProjectiveTransformV2")(_transform_gradient)
except KeyError:  # a library that is installed has registered the same
  pass
