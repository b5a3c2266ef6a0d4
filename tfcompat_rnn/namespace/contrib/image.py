"""`tf.contrib.image`: images turned, shifted and warped."""

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


_EPSILON = 1e-10  # Keeps logarithms and the gradient of the root finite.
# What 1.15 computed without `tf.pow`: powers of the distance's square.
_EVEN_POWERS = {2: lambda r: r, 4: tf.square}


def _phi(r, order):
  """The radial basis function of a squared distance."""
  with tf.name_scope("phi"):
    power = _EVEN_POWERS.get(order)
    if power is not None:
      return 0.5 * power(r) * tf.log(tf.maximum(r, _EPSILON))
    r = tf.maximum(r, _EPSILON)
    if order == 1:
      return tf.sqrt(r)
    power = tf.pow(r, 0.5 * order)
    return power if order % 2 else 0.5 * power * tf.log(r)


def _squared_distances(x, y):
  norms = [tf.reduce_sum(tf.square(points), 2) for points in (x, y)]
  of_x, of_y = map(tf.expand_dims, norms, (2, 1))
  return of_x - 2 * tf.matmul(x, y, adjoint_b=True) + of_y


def _squared_distances_to_itself(x):
  # The diagonal of the product: the distance to itself is exactly 0.
  products = tf.matmul(x, x, adjoint_b=True)
  norms = tf.expand_dims(tf.matrix_diag_part(products), 2)
  return norms - 2 * products + tf.transpose(norms, [0, 2, 1])


def _with_ones(points, dtype):
  return tf.concat([points, tf.ones_like(points[..., :1], dtype)], 2)


def _static(name, tensor):
  """The last dimension of a tensor."""
  size = tensor.shape.as_list()[-1]
  _require(size is not None, name, "have a known last dimension",
           tensor.shape, "call `set_shape`", kind=_errors.ArgumentError)
  return size


def interpolate_spline(train_points, train_values, query_points, order,
                       regularization_weight=0.0, name="interpolate_spline"):
  """Values at `query_points` by polyharmonic splines.

  `train_points` `[batch, n, d]` with `train_values` `[batch, n, k]`;
  `query_points` `[batch, m, d]`; the result is `[batch, m, k]`. Only `d` and
  `k` have to be known, else it raises ValueError.

  TF 1.15: `tf.contrib.image.interpolate_spline`.
  """
  with tf.name_scope(name):
    points, values, queries = map(tf.convert_to_tensor, (
        train_points, train_values, query_points))
    with tf.name_scope("solve"):
      radial, linear = _spline(points, values, order, regularization_weight)
    with tf.name_scope("predict"):
      basis = _phi(_squared_distances(queries, points), order)
      return tf.matmul(basis, radial) + tf.matmul(
          _with_ones(queries, points.dtype), linear)


def _spline(points, values, order, regularization_weight):
  """(weights of the radial functions, weights of the linear part)

  The values at the points are those of the sum, and the radial weights are
  orthogonal to every linear function: one system of equations.
  """
  batch, count, _ = tf.unstack(tf.shape(points), num=3)
  linear = _static("train_points", points) + 1
  outputs = _static("train_values", values)
  with tf.name_scope("construct_linear_system"):
    radial = _phi(_squared_distances_to_itself(points), order)
    if regularization_weight > 0:
      radial += regularization_weight * tf.expand_dims(
          tf.eye(count, dtype=points.dtype), 0)
    affine = _with_ones(points, points.dtype)

    def zeros(columns):
      return tf.zeros([batch, linear, columns], points.dtype)

    left = tf.concat([radial, tf.transpose(affine, [0, 2, 1])], 1)
    right = tf.concat([affine, zeros(linear)], 1)
    system = tf.concat([left, right], 2), tf.concat(
        [values, zeros(outputs)], 1)
  with tf.name_scope("solve_linear_system"):
    weights = tf.matrix_solve(*system)
    return weights[:, :count, :], weights[:, count:, :]


def _clipped(least, x, most):
  return tf.minimum(tf.maximum(least, x), most)


def _cell(positions, size, dtype):
  """(pixel before, pixel after, fraction between them) of positions."""
  highest = tf.cast(size - 2, positions.dtype)
  before = _clipped(tf.constant(0., positions.dtype), tf.floor(positions),
                    highest)
  first = tf.cast(before, tf.int32)
  after = first + 1
  fraction = tf.cast(positions - before, dtype)
  return first, after, tf.expand_dims(_clipped(
      tf.constant(0., dtype), fraction, tf.constant(1., dtype)), 2)


def _between(one, two, fraction):
  return fraction * (two - one) + one


def _bilinear(grid, points):
  """The values of `grid` `[b, h, w, c]` at `points` `[b, n, 2]`."""
  with tf.name_scope("interpolate_bilinear"):
    grid, points = tf.convert_to_tensor(grid), tf.convert_to_tensor(points)
    _require(len(grid.get_shape().as_list()) == 4, "image",
             "be [batch, height, width, channels]", grid.get_shape(),
             "add the dimensions that are missing",
             kind=_errors.ArgumentError)
    batch, height, width, channels = [tf.shape(grid)[axis]
                                      for axis in range(4)]
    with tf.control_dependencies([
        tf.assert_equal(len(points.get_shape()), 3,
                        message="`points` must have rank 3"),
        tf.assert_equal(tf.shape(points)[2], 2,
                        message="`points` must be pairs of row and column")]):
      number = tf.shape(points)[1]
    with tf.control_dependencies([
        tf.assert_greater_equal(size, 2, message=(
            f"`image` must be at least 2 pixels {extent}"))
        for size, extent in ((height, "high"), (width, "wide"))]):
      rows_and_columns = tf.unstack(points, axis=2)
    cells = []
    for axis, (positions, size) in enumerate(zip(
        rows_and_columns, (height, width), strict=True)):
      with tf.name_scope(f"dim-{axis}"):
        cells.append(_cell(positions, size, grid.dtype))
    with tf.control_dependencies([tf.assert_less_equal(
        tf.cast(batch * height * width, tf.float32),
        np.iinfo(np.int32).max / 8, message=(
            "`image` must have fewer pixels, for int32 counts them; warp "
            "parts of the batch"))]):
      flat = tf.reshape(grid, [batch * height * width, channels])
      offsets = tf.reshape(tf.range(batch) * height * width, [batch, 1])
    *rows, down = cells[0]
    *columns, across = cells[1]
    corners = []
    for edge, y in zip(("top", "bottom"), rows, strict=True):
      for side, x in zip(("left", "right"), columns, strict=True):
        with tf.name_scope(f"gather-{edge}_{side}"):
          corners.append(tf.reshape(tf.gather(flat, offsets + y * width + x),
                                    [batch, number, channels]))
    with tf.name_scope("interpolate"):
      top = _between(*corners[:2], across)
      bottom = _between(*corners[2:], across)
      return _between(top, bottom, down)


def dense_image_warp(image, flow, name="dense_image_warp"):
  """Images whose pixels come from where `flow` says.

  The pixel `(y, x)` has the value of `image` at `(y, x) - flow[y, x]`, by
  bilinear interpolation. `image` `[batch, height, width, channels]`, `flow`
  `[batch, height, width, 2]`. Raises ValueError if `image` has another rank.

  TF 1.15: `tf.contrib.image.dense_image_warp`.
  """
  with tf.name_scope(name):
    size = batch, height, width, _ = [tf.shape(image)[axis]
                                      for axis in range(4)]
    columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
    pixels = tf.cast(tf.stack([rows, columns], axis=2), flow.dtype)
    sources = tf.reshape(tf.expand_dims(pixels, axis=0) - flow,
                         [batch, height * width, 2])
    return tf.reshape(_bilinear(image, sources), size)


def _grid(height, width, rows, columns):
  """Points `(y, x)` at equal distances from corner to corner, in rows."""
  return np.stack(np.meshgrid(np.linspace(0, height - 1, rows),
                              np.linspace(0, width - 1, columns),
                              indexing="ij"), axis=-1)


def _edge(height, width, per_edge):
  """Points on the border of an image, `[points, 2]`."""
  grid = _grid(height, width, per_edge + 2, per_edge + 2)
  return grid[((grid == 0) | (grid == [height - 1, width - 1])).any(axis=-1)]


def sparse_image_warp(image, source_control_point_locations,
                      dest_control_point_locations, interpolation_order=2,
                      regularization_weight=0.0, num_boundary_points=0,
                      name="sparse_image_warp"):
  """Images warped so that some points move to others.

  Points are `[batch, points, 2]`, as `(y, x)`. Returns (images, flow).

  TF 1.15: `tf.contrib.image.sparse_image_warp`.
  """
  image, source, target = map(tf.convert_to_tensor, (
      image, source_control_point_locations, dest_control_point_locations))
  moves = target - source
  with tf.name_scope(name):
    batch, height, width, _ = image.get_shape().as_list()

    def repeated(array, count, dtype):
      return tf.constant(np.stack([array] * count), dtype)

    pixels = repeated(_grid(height, width, height, width).reshape(-1, 2),
                      batch, image.dtype)
    if num_boundary_points > 0:
      edge = _edge(height, width, num_boundary_points - 1)
      fixed = [repeated(one, int(target.shape[0]), target.dtype)
               for one in (edge, np.zeros_like(edge))]
      target, moves = [tf.concat([points, more], 1) for points, more in zip(
          (target, moves), fixed, strict=True)]
    flow = tf.reshape(interpolate_spline(
        target, moves, pixels, interpolation_order, regularization_weight),
                      [batch, height, width, 2])
    return dense_image_warp(image, flow), flow
