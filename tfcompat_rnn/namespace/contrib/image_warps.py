"""`tf.contrib.image`: images warped by a flow, or by points that move."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

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
  _errors.require(size is not None, name, "have a known last dimension",
                  tensor.shape, "call `set_shape`")
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
    _errors.require(len(grid.get_shape().as_list()) == 4, "image",
                    "be [batch, height, width, channels]", grid.get_shape(),
                    "add the dimensions that are missing")
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
