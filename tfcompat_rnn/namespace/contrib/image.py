"""`tf.contrib.image`: images turned, shifted and warped."""

import numpy as np

from tfcompat_rnn._tf import tf

_DTYPES = (tf.uint8, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64)


def _as_batch(images):
  """(images `[batch, height, width, channels]`, a function that undoes it)"""
  images = tf.convert_to_tensor(images, name="images")
  if images.dtype.base_dtype not in _DTYPES:
    raise TypeError(f"Invalid dtype {images.dtype}.")
  rank = images.get_shape().rank
  if rank is None:
    raise TypeError("image_or_images rank must be statically known")
  if rank == 2:
    return images[None, :, :, None], lambda x: x[0, :, :, 0]
  if rank == 3:
    return images[None, :, :, :], lambda x: x[0, :, :, :]
  if rank == 4:
    return images, lambda x: x
  raise TypeError("Images should have rank between 2 and 4.")


def rotate(images, angles, interpolation="NEAREST", name=None):
  """Images turned counterclockwise by `angles` radians.

  >>> tf.contrib.image.rotate(images, math.pi / 8, interpolation="BILINEAR")

  `images` `[batch, height, width, channels]`, `[height, width, channels]` or
  `[height, width]`; `angles` a scalar or `[batch]`. Raises TypeError if the
  dtype or the rank is not one of these.

  TF 1.15: `tf.contrib.image.rotate`.
  """
  with tf.name_scope(name, "rotate"):
    batch, undo = _as_batch(images)
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
    return transform(images, translations_to_projective_transforms(
        translations), interpolation=interpolation)


def angles_to_projective_transforms(angles, image_height, image_width,
                                    name=None):
  """The transforms `[images, 8]` that turn images about their centers.

  TF 1.15: `tf.contrib.image.angles_to_projective_transforms`.
  """
  with tf.name_scope(name, "angles_to_projective_transforms"):
    angles = tf.convert_to_tensor(angles, name="angles", dtype=tf.float32)
    if angles.get_shape().rank == 0:
      angles = angles[None]
    elif angles.get_shape().rank != 1:
      raise TypeError("Angles should have rank 0 or 1.")
    # 1.15 computed every part of this where it stands.
    x_offset = ((image_width - 1) - (
        tf.cos(angles) * (image_width - 1)
        - tf.sin(angles) * (image_height - 1))) / 2.
    y_offset = ((image_height - 1) - (
        tf.sin(angles) * (image_width - 1)
        + tf.cos(angles) * (image_height - 1))) / 2.
    number = tf.shape(angles)[0]
    return tf.concat([
        tf.cos(angles)[:, None], -tf.sin(angles)[:, None],
        x_offset[:, None], tf.sin(angles)[:, None],
        tf.cos(angles)[:, None], y_offset[:, None],
        tf.zeros((number, 2), tf.float32)], axis=1)


def translations_to_projective_transforms(translations, name=None):
  """The transforms `[images, 8]` that shift images by `[dx, dy]`.

  TF 1.15: `tf.contrib.image.translations_to_projective_transforms`.
  """
  with tf.name_scope(name, "translations_to_projective_transforms"):
    translations = tf.convert_to_tensor(translations, name="translations",
                                        dtype=tf.float32)
    rank = translations.get_shape().rank
    if rank is None:
      raise TypeError(
          "translation_or_translations rank must be statically known")
    if rank == 1:
      translations = translations[None]
    elif rank != 2:
      raise TypeError("Translations should have rank 1 or 2.")
    number = tf.shape(translations)[0]
    return tf.concat([
        tf.ones((number, 1), tf.float32), tf.zeros((number, 1), tf.float32),
        -translations[:, 0, None], tf.zeros((number, 1), tf.float32),
        tf.ones((number, 1), tf.float32), -translations[:, 1, None],
        tf.zeros((number, 2), tf.float32)], axis=1)


def transform(images, transforms, interpolation="NEAREST", output_shape=None,
              name=None):
  """Images seen through projective transforms.

  A transform `[a0, a1, a2, b0, b1, b2, c0, c1]` takes the value of the pixel
  `(x, y)` from `((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)`, where
  `k = c0 x + c1 y + 1`. `transforms` is one `[8]` or `[batch, 8]`;
  `interpolation` is "NEAREST" or "BILINEAR"; `output_shape` is
  `[height, width]`. Raises TypeError if a rank does not fit.

  TF 1.15: `tf.contrib.image.transform`.
  """
  with tf.name_scope(name, "transform"):
    batch, undo = _as_batch(images)
    transforms = tf.convert_to_tensor(transforms, name="transforms",
                                      dtype=tf.float32)
    if output_shape is None:
      output_shape = tf.shape(batch)[1:3]
      known = tf.get_static_value(output_shape)
      output_shape = output_shape if known is None else known
    output_shape = tf.convert_to_tensor(output_shape, tf.int32,
                                        name="output_shape")
    if not output_shape.get_shape().is_compatible_with([2]):
      raise ValueError("output_shape must be a 1-D Tensor of 2 elements: "
                       "new_height, new_width")
    rank = transforms.get_shape().rank
    if rank is None:
      raise TypeError("transform_or_transforms rank must be statically known")
    if rank == 1:
      transforms = transforms[None]
    elif rank != 2:
      raise TypeError("Transforms should have rank 1 or 2.")
    return undo(tf.raw_ops.ImageProjectiveTransformV2(
        images=batch, transforms=transforms, output_shape=output_shape,
        interpolation=interpolation.upper()))


def compose_transforms(*transforms):
  """One transform that does what `transforms` do one after the other.

  TF 1.15: `tf.contrib.image.compose_transforms`.
  """
  assert transforms, "transforms cannot be empty"
  with tf.name_scope("compose_transforms"):
    composed = flat_transforms_to_matrices(transforms[0])
    for one in transforms[1:]:
      composed = tf.matmul(composed, flat_transforms_to_matrices(one))
    return matrices_to_flat_transforms(composed)


def flat_transforms_to_matrices(transforms):
  """Transforms `[n, 8]` as matrices `[n, 3, 3]`.

  TF 1.15: `tf.contrib.image.flat_transforms_to_matrices`.
  """
  with tf.name_scope("flat_transforms_to_matrices"):
    transforms = tf.convert_to_tensor(transforms, name="transforms")
    if transforms.shape.rank not in (1, 2):
      raise ValueError(f"Transforms should be 1D or 2D, got: {transforms}")
    transforms = tf.reshape(transforms, tf.constant([-1, 8]))
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
    if matrices.shape.rank not in (2, 3):
      raise ValueError(f"Matrices should be 2D or 3D, got: {matrices}")
    transforms = tf.reshape(matrices, tf.constant([-1, 9]))
    transforms /= transforms[:, 8:9]
    return transforms[:, :8]


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


def _phi(r, order):
  """The radial basis function of a squared distance."""
  epsilon = 1e-10
  with tf.name_scope("phi"):
    if order == 1:
      return tf.sqrt(tf.maximum(r, epsilon))
    if order == 2:
      return 0.5 * r * tf.log(tf.maximum(r, epsilon))
    if order == 4:
      return 0.5 * tf.square(r) * tf.log(tf.maximum(r, epsilon))
    r = tf.maximum(r, epsilon)
    if order % 2 == 0:
      return 0.5 * tf.pow(r, 0.5 * order) * tf.log(r)
    return tf.pow(r, 0.5 * order)


def _squared_distances(x, y):
  return (tf.expand_dims(tf.reduce_sum(tf.square(x), 2), 2)
          - 2 * tf.matmul(x, y, adjoint_b=True)
          + tf.expand_dims(tf.reduce_sum(tf.square(y), 2), 1))


def _squared_distances_to_itself(x):
  # The diagonal of the product: the distance to itself is exactly 0.
  products = tf.matmul(x, x, adjoint_b=True)
  norms = tf.expand_dims(tf.matrix_diag_part(products), 2)
  return norms - 2 * products + tf.transpose(norms, [0, 2, 1])


def interpolate_spline(train_points, train_values, query_points, order,
                       regularization_weight=0.0, name="interpolate_spline"):
  """Values at `query_points` by polyharmonic splines.

  `train_points` `[batch, n, d]` with `train_values` `[batch, n, k]`;
  `query_points` `[batch, m, d]`; the result is `[batch, m, k]`. Raises
  ValueError if `d` or `k` is not known.

  TF 1.15: `tf.contrib.image.interpolate_spline`.
  """
  with tf.name_scope(name):
    points = tf.convert_to_tensor(train_points)
    values = tf.convert_to_tensor(train_values)
    queries = tf.convert_to_tensor(query_points)
    with tf.name_scope("solve"):
      batch, n, _ = tf.unstack(tf.shape(points), num=3)
      d, k = points.shape[-1], values.shape[-1]
      if d is None:
        raise ValueError("The dimensionality of the input points (d) must be "
                         "statically-inferrable.")
      if k is None:
        raise ValueError("The dimensionality of the output values (k) must be "
                         "statically-inferrable.")
      d, k = int(d), int(k)
      with tf.name_scope("construct_linear_system"):
        a = _phi(_squared_distances_to_itself(points), order)
        if regularization_weight > 0:
          a += regularization_weight * tf.expand_dims(
              tf.eye(n, dtype=points.dtype), 0)
        ones = tf.ones_like(points[..., :1], dtype=points.dtype)
        b = tf.concat([points, ones], 2)
        left = tf.concat([a, tf.transpose(b, [0, 2, 1])], 1)
        zeros = tf.zeros([batch, d + 1, d + 1], points.dtype)
        matrix = tf.concat([left, tf.concat([b, zeros], 1)], 2)
        rest = tf.zeros([batch, d + 1, k], points.dtype)
        wanted = tf.concat([values, rest], 1)
      with tf.name_scope("solve_linear_system"):
        weights = tf.matrix_solve(matrix, wanted)
        radial, linear = weights[:, :n, :], weights[:, n:, :]
    with tf.name_scope("predict"):
      basis = _phi(_squared_distances(queries, points), order)
      result = tf.matmul(basis, radial)
      padded = tf.concat([queries, tf.ones_like(
          queries[..., :1], points.dtype)], 2)
      return result + tf.matmul(padded, linear)


def _bilinear(grid, points):
  """The values of `grid` `[b, h, w, c]` at `points` `[b, n, 2]`."""
  with tf.name_scope("interpolate_bilinear"):
    grid = tf.convert_to_tensor(grid)
    points = tf.convert_to_tensor(points)
    if len(grid.get_shape().as_list()) != 4:
      raise ValueError(
          f"Grid must be 4 dimensional. Received size: {grid.get_shape()}")
    shape = [tf.shape(grid)[axis] for axis in range(4)]
    batch, height, width, channels = shape
    with tf.control_dependencies([
        tf.assert_equal(len(points.get_shape()), 3,
                        message="Query points must be 3 dimensional."),
        tf.assert_equal(tf.shape(points)[2], 2,
                        message="Query points must be size 2 in dim 2.")]):
      number = tf.shape(points)[1]
    with tf.control_dependencies([
        tf.assert_greater_equal(
            height, 2, message="Grid height must be at least 2."),
        tf.assert_greater_equal(
            width, 2, message="Grid width must be at least 2.")]):
      parts = tf.unstack(points, axis=2)
    floors, ceilings, fractions = [], [], []
    for axis in range(2):
      with tf.name_scope(f"dim-{axis}"):
        highest = tf.cast(shape[axis + 1] - 2, points.dtype)
        lowest = tf.constant(0., dtype=points.dtype)
        floor = tf.minimum(tf.maximum(lowest, tf.floor(parts[axis])),
                           highest)
        whole = tf.cast(floor, tf.int32)
        floors.append(whole)
        ceilings.append(whole + 1)
        fraction = tf.cast(parts[axis] - floor, grid.dtype)
        least = tf.constant(0., dtype=grid.dtype)
        most = tf.constant(1., dtype=grid.dtype)
        fractions.append(tf.expand_dims(
            tf.minimum(tf.maximum(least, fraction), most), 2))
    with tf.control_dependencies([tf.assert_less_equal(
        tf.cast(batch * height * width, dtype=tf.float32),
        np.iinfo(np.int32).max / 8, message=(
            "The image size or batch size is so large that int32 may not be "
            "enough for the positions of pixels."))]):
      flat = tf.reshape(grid, [batch * height * width, channels])
      offsets = tf.reshape(tf.range(batch) * height * width, [batch, 1])

    def gather(y, x, name):
      with tf.name_scope("gather-" + name):
        found = tf.gather(flat, offsets + y * width + x)
        return tf.reshape(found, [batch, number, channels])

    top_left = gather(floors[0], floors[1], "top_left")
    top_right = gather(floors[0], ceilings[1], "top_right")
    bottom_left = gather(ceilings[0], floors[1], "bottom_left")
    bottom_right = gather(ceilings[0], ceilings[1], "bottom_right")
    with tf.name_scope("interpolate"):
      top = fractions[1] * (top_right - top_left) + top_left
      bottom = fractions[1] * (bottom_right - bottom_left) + bottom_left
      return fractions[0] * (bottom - top) + top


def dense_image_warp(image, flow, name="dense_image_warp"):
  """Images whose pixels come from where `flow` says.

  The pixel `(y, x)` has the value of `image` at `(y, x) - flow[y, x]`, by
  bilinear interpolation. `image` `[batch, height, width, channels]`, `flow`
  `[batch, height, width, 2]`. Raises ValueError if `image` has another rank.

  TF 1.15: `tf.contrib.image.dense_image_warp`.
  """
  with tf.name_scope(name):
    shape = [tf.shape(image)[axis] for axis in range(4)]
    batch, height, width, channels = shape
    grid_x, grid_y = tf.meshgrid(tf.range(width), tf.range(height))
    grid = tf.cast(tf.stack([grid_y, grid_x], axis=2), flow.dtype)
    points = tf.expand_dims(grid, axis=0) - flow
    points = tf.reshape(points, [batch, height * width, 2])
    found = _bilinear(image, points)
    return tf.reshape(found, [batch, height, width, channels])


def _tiled(array, batch):
  return np.tile(np.expand_dims(array, 0), [batch] + [1] * array.ndim)


def _edge_points(height, width, per_edge):
  """Points on the border of an image, `[points, 2]`."""
  ys, xs = np.meshgrid(np.linspace(0, height - 1, per_edge + 2),
                       np.linspace(0, width - 1, per_edge + 2),
                       indexing="ij")
  on_edge = (xs == 0) | (xs == width - 1) | (ys == 0) | (ys == height - 1)
  return np.stack([ys[on_edge], xs[on_edge]], axis=-1)


def sparse_image_warp(image, source_control_point_locations,
                      dest_control_point_locations, interpolation_order=2,
                      regularization_weight=0.0, num_boundary_points=0,
                      name="sparse_image_warp"):
  """Images warped so that some points move to others.

  Points are `[batch, points, 2]`, as `(y, x)`. Returns (images, flow).

  TF 1.15: `tf.contrib.image.sparse_image_warp`.
  """
  image = tf.convert_to_tensor(image)
  source = tf.convert_to_tensor(source_control_point_locations)
  target = tf.convert_to_tensor(dest_control_point_locations)
  flows = target - source
  with tf.name_scope(name):
    batch, height, width, _ = image.get_shape().as_list()
    ys, xs = np.meshgrid(np.linspace(0, height - 1, height),
                         np.linspace(0, width - 1, width), indexing="ij")
    grid = np.reshape(np.stack((ys, xs), -1), [height * width, 2])
    grid = tf.constant(_tiled(grid, batch), image.dtype)
    if num_boundary_points > 0:
      edge = _edge_points(height, width, num_boundary_points - 1)
      points = int(target.shape[0])
      locations = tf.constant(_tiled(edge, points), dtype=target.dtype)
      still = tf.constant(_tiled(np.zeros([len(edge), 2]), points),
                          dtype=target.dtype)
      target = tf.concat([target, locations], 1)
      flows = tf.concat([flows, still], 1)
    flow = interpolate_spline(target, flows, grid, interpolation_order,
                              regularization_weight)
    flow = tf.reshape(flow, [batch, height, width, 2])
    return dense_image_warp(image, flow), flow
