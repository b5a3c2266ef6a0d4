"""Functions that few recurrent programs used."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


@snippet("tf.fft, tf.ifft, tf.spectral.rfft")
def fourier(tf):
  x = tf.placeholder(tf.complex64, [4])
  tf.ifft(tf.fft(x))
  tf.spectral.rfft(_x(tf, 2, 8))


@snippet("tf.spectral.dct")
def cosine_transform(tf):
  tf.spectral.dct(_x(tf, 2, 8))


@snippet("tf.angle")
def angle(tf):
  tf.angle(tf.placeholder(tf.complex64, [4]))


@snippet("tf.bincount, tf.histogram_fixed_width")
def histograms(tf):
  tf.bincount(tf.placeholder(tf.int32, [None]))
  tf.histogram_fixed_width(_x(tf), [0., 1.])


@snippet("tf.linalg.expm, tf.linalg.diag")
def matrix_functions(tf):
  tf.linalg.expm(_x(tf, 4, 4))
  tf.linalg.diag(_x(tf, 3))


@snippet("tf.contrib.framework.sort, tf.argsort")
def sorting(tf):
  tf.contrib.framework.sort(_x(tf))
  tf.argsort(_x(tf))


@snippet("tf.nn.swish and its gradient")
def swish(tf):
  x = _x(tf)
  tf.gradients(tf.nn.swish(x), [x])


@snippet("gradients of tf.random_shuffle")
def gradients_of_shuffle(tf):
  x = _x(tf)
  try:
    tf.gradients(tf.random_shuffle(x), [x])
  except LookupError:  # 1.15 had no gradient
    pass


@snippet("gradients of svd, self_adjoint_eig, triangular_solve")
def gradients_of_decompositions(tf):
  x = _x(tf, 3, 4)
  tf.gradients(tf.svd(x, compute_uv=False), [x])
  y = _x(tf, 4, 4)
  tf.gradients(tf.self_adjoint_eig(y), [y])
  tf.gradients(tf.matrix_triangular_solve(y, _x(tf, 4, 1)), [y])


@snippet("gradients of matrix_solve_ls")
def gradients_of_least_squares(tf):
  x = _x(tf, 3, 4)
  tf.gradients(tf.matrix_solve_ls(x, _x(tf, 3, 1)), [x])


@snippet("tf.image.flip_*, rot90, transpose_image of a batch")
def flipped_images(tf):
  images = _x(tf, 2, 8, 8, 3)
  tf.image.flip_left_right(images)
  tf.image.rot90(_x(tf, 8, 8, 3))
  tf.image.transpose_image(images)


@snippet("tf.image.flip_* of a batch of unknown size")
def flipped_open_images(tf):
  tf.image.flip_left_right(_x(tf, None, 8, 8, 3))
  tf.image.flip_up_down(tf.placeholder(tf.float32))


@snippet("tf.nn.sufficient_statistics, weighted_moments")
def statistics(tf):
  tf.nn.sufficient_statistics(_x(tf), [0])
  tf.nn.weighted_moments(_x(tf), [0], 0.5)


@snippet("tf.saturate_cast, tf.atan2 and its gradient")
def saturate_cast(tf):
  tf.saturate_cast(_x(tf), tf.int32)
  x = _x(tf)
  tf.gradients(tf.atan2(x, x + 1.), [x])


@snippet("tf.contrib.metrics.streaming_concat")
def streaming_concat(tf):
  tf.contrib.metrics.streaming_concat(_x(tf, 4))


@snippet("tf.sparse_transpose, sparse_reduce_sum, sparse_concat")
def sparse_functions(tf):
  sparse = tf.SparseTensor([[0, 1], [1, 2]], [1., 2.], [3, 4])
  tf.sparse_transpose(sparse)
  tf.sparse_reduce_sum(sparse, 1)
  tf.sparse_concat(0, [sparse, sparse])


@snippet("tf.segment_prod, reduce_euclidean_norm, gradients")
def gradients_of_rare_reductions(tf):
  x = _x(tf, 3, 4)
  tf.gradients(tf.math.reduce_euclidean_norm(x), [x])
  tf.gradients(tf.math.reduce_std(x), [x])
  tf.gradients(tf.math.bessel_i0e(x), [x])


@snippet("tf.repeat, tf.roll, tf.unique, tf.setdiff1d")
def sets_and_rolls(tf):
  tf.roll(_x(tf), 1, 0)
  tf.unique(tf.placeholder(tf.int32, [None]))
  tf.setdiff1d([1, 2, 3], [2])
  tf.repeat([1, 2], 3)


@snippet("tf.extract_image_patches, space_to_depth, batch_to_space")
def patches(tf):
  image = _x(tf, 2, 8, 8, 1)
  tf.extract_image_patches(image, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1],
                           "VALID")
  tf.space_to_depth(image, 2)
  tf.space_to_batch(image, [[0, 0], [0, 0]], 2)


@snippet("tf.contrib.layers.conv3d, conv1d, convolution2d_in_plane")
def contrib_rare_layers(tf):
  tf.contrib.layers.conv3d(_x(tf, 2, 4, 4, 4, 1), 2, 2)
  tf.contrib.layers.conv1d(_x(tf, 2, 8, 2), 3, 3)
  tf.contrib.layers.conv2d_in_plane(_x(tf, 2, 8, 8, 2), 3)


@snippet("tf.contrib.layers.instance_norm, group_norm, maxout")
def contrib_rare_norms(tf):
  image = _x(tf, 2, 4, 4, 4)
  tf.contrib.layers.instance_norm(image)
  tf.contrib.layers.group_norm(image, 2)
  tf.contrib.layers.maxout(_x(tf), 2)


@snippet("tf.contrib.layers.spatial_softmax, images_to_sequence")
def contrib_images(tf):
  image = _x(tf, 2, 4, 4, 3)
  tf.contrib.layers.spatial_softmax(image)
  tf.contrib.layers.images_to_sequence(image)


@snippet("the old tf.contrib.losses")
def contrib_losses(tf):
  tf.contrib.losses.mean_squared_error(_x(tf), _x(tf))
  tf.contrib.losses.softmax_cross_entropy(_x(tf), _x(tf))
  tf.contrib.losses.get_total_loss()
