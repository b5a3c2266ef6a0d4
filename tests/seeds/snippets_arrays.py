"""Creating, splitting and joining arrays."""

from seeds.registry import snippet


def _open(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 6])


@snippet("tf.zeros([tensor, int])")
def zeros_of_mixed_list(tf):
  batch = tf.shape(_open(tf))[0]
  tf.zeros([batch, 5])
  tf.zeros([batch, 5, 2])


@snippet("tf.ones([tensor, int])")
def ones_of_mixed_list(tf):
  batch = tf.shape(_open(tf))[0]
  tf.ones([batch, 5])
  tf.ones([3, batch])


@snippet("tf.zeros of several tensors")
def zeros_of_tensors(tf):
  shape = tf.shape(_open(tf))
  tf.zeros([shape[0], shape[1]])
  tf.zeros([shape[0]])
  tf.zeros((shape[0], 4), dtype=tf.int32)


@snippet("tf.zeros(tf.stack(...)), tf.zeros(tf.shape(x))")
def zeros_of_a_tensor(tf):
  x = _open(tf)
  tf.zeros(tf.stack([tf.shape(x)[0], 4]))
  tf.zeros(tf.shape(x))
  tf.ones(tf.shape(x))


@snippet("tf.zeros, tf.ones, static")
def zeros_static(tf):
  tf.zeros([3, 4])
  tf.ones([3], tf.float64)
  tf.zeros([])
  tf.zeros(3, tf.bool)
  tf.zeros([2000, 3])
  tf.ones([40, 50])


@snippet("tf.zeros_like, tf.ones_like")
def zeros_like(tf):
  for x in (_open(tf), tf.zeros([2, 3]), tf.placeholder(tf.float32)):
    tf.zeros_like(x)
    tf.ones_like(x)
  tf.zeros_like(_open(tf), dtype=tf.int32)


@snippet("tf.fill, tf.constant")
def fill(tf):
  tf.fill([2, 3], 0.5)
  tf.fill([tf.shape(_open(tf))[0], 3], 0.5)
  tf.constant([1., 2.])
  tf.constant(0.5, shape=[2, 3])


@snippet("tf.split(x, n, axis)")
def split_evenly(tf):
  tf.split(_open(tf), 3, 1)
  tf.split(axis=0, num_or_size_splits=2, value=tf.zeros([4, 2]))


@snippet("tf.split(x, sizes)")
def split_by_sizes(tf):
  tf.split(_open(tf), [1, 2, 3], 1)
  tf.split(tf.zeros([6]), tf.constant([2, 4]), num=2)


@snippet("tf.unstack, tf.stack")
def stack_and_unstack(tf):
  parts = tf.unstack(_open(tf, 5, None, 3))
  tf.stack(parts, axis=1)
  tf.unstack(tf.transpose(_open(tf, None, 5, 3), [1, 0, 2]), 5)
  tf.stack([tf.shape(parts[0])[0], 3])


@snippet("tf.concat")
def concat(tf):
  tf.concat([_open(tf), _open(tf)], 1)
  tf.concat([tf.zeros([2]), tf.ones([3])], axis=0)
  tf.concat([_open(tf)], 0)


@snippet("tf.reshape, tf.transpose")
def reshape_and_transpose(tf):
  x = _open(tf, None, 5, 3)
  tf.reshape(x, [-1, 3])
  tf.reshape(x, [tf.shape(x)[0], 15])
  tf.transpose(x, [1, 0, 2])
  tf.transpose(x)


@snippet("x[...]")
def slices(tf):
  x = _open(tf, None, 5, 3)
  x[:, -1, :]
  x[0]
  x[..., :2]
  x[:, tf.constant(2)]
  tf.slice(x, [0, 0, 1], [-1, 2, 1])
  tf.strided_slice(x, [0], [2])


@snippet("tf.shape(x)[0], tf.size, tf.rank")
def shapes(tf):
  x = _open(tf)
  tf.shape(x)[0] * tf.shape(x)[1]
  tf.size(x)
  tf.rank(x)
  tf.unstack(tf.shape(x))
  tf.shape(tf.zeros([2, 3]))


@snippet("tf.tile, tf.expand_dims, tf.squeeze")
def tile(tf):
  x = tf.expand_dims(_open(tf), 1)
  tf.tile(x, [1, 4, 1])
  tf.tile(x, [1, tf.shape(x)[0], 1])
  tf.squeeze(x, [1])
  tf.squeeze(tf.zeros([1, 2, 1]))


@snippet("tf.gather, tf.gather_nd")
def gather(tf):
  x = _open(tf)
  tf.gather(x, [0, 1])
  tf.gather(x, [0, 1], axis=1)
  tf.gather_nd(x, [[0, 1], [1, 2]])


@snippet("tf.one_hot")
def one_hot(tf):
  tf.one_hot(tf.placeholder(tf.int32, [None]), 7)
  tf.one_hot([1, 2], depth=7, on_value=2.0, axis=0)


@snippet("tf.sequence_mask")
def sequence_mask(tf):
  lengths = tf.placeholder(tf.int32, [None])
  tf.sequence_mask(lengths)
  tf.sequence_mask(lengths, 8, dtype=tf.float32)


@snippet("tf.boolean_mask")
def boolean_mask(tf):
  x = _open(tf, 2, 3)
  tf.boolean_mask(x, [[True, False, True], [False, True, True]])
  tf.boolean_mask(_open(tf), tf.placeholder(tf.bool, [None]))


@snippet("tf.where")
def where(tf):
  x = _open(tf)
  tf.where(x > 0, x, -x)
  tf.where(tf.less(x, 1.0))


@snippet("tf.pad, tf.reverse, tf.reverse_sequence")
def pad_and_reverse(tf):
  x = _open(tf, None, 5, 3)
  tf.pad(x, [[0, 0], [1, 1], [0, 0]])
  tf.reverse(x, [1])
  tf.reverse_sequence(x, tf.placeholder(tf.int32, [None]), seq_axis=1,
                      batch_axis=0)


@snippet("tf.range, tf.linspace, tf.meshgrid")
def ranges(tf):
  tf.range(5)
  tf.range(0, tf.shape(_open(tf))[0], 2)
  tf.linspace(0., 1., 5)
  tf.meshgrid(tf.range(2), tf.range(3))


@snippet("tf.scatter_nd, tf.sparse_to_dense")
def scatter(tf):
  tf.scatter_nd([[0], [2]], [1., 2.], [4])
  tf.sparse_to_dense([1, 3], [5], 1.0)
  tf.sparse_tensor_to_dense(tf.sparse_placeholder(tf.int32))


@snippet("tf.dynamic_partition, tf.dynamic_stitch")
def dynamic_partition(tf):
  x = tf.constant([1., 2., 3., 4.])
  parts = tf.dynamic_partition(x, [0, 1, 0, 1], 2)
  tf.dynamic_stitch([[0, 2], [1, 3]], parts)


@snippet("tf.eye, tf.diag, tf.matrix_band_part")
def matrices(tf):
  tf.eye(4)
  tf.diag([1., 2.])
  tf.matrix_band_part(tf.ones([3, 3]), -1, 0)
  tf.matrix_diag(tf.ones([2, 3]))


@snippet("tf.placeholder, tf.placeholder_with_default")
def placeholders(tf):
  tf.placeholder(tf.float32, [None, 3], name="x")
  tf.placeholder_with_default(tf.zeros([2]), [None])
  tf.placeholder_with_default(0.5, shape=())
  tf.sparse_placeholder(tf.float32)


@snippet("TensorArray.unstack, read, write, stack")
def tensor_array(tf):
  array = tf.TensorArray(tf.float32, size=3, clear_after_read=False)
  array = array.unstack(tf.zeros([3, 2]))
  array = array.write(0, array.read(1))
  array.stack()
  array.size()


@snippet("TensorArray with a size given as a tensor")
def tensor_array_of_open_size(tf):
  x = _open(tf)
  array = tf.TensorArray(tf.float32, size=tf.shape(x)[0]).unstack(x)
  array.stack()
  array.size()


@snippet("TensorArray.gather, scatter, concat, split")
def tensor_array_parts(tf):
  array = tf.TensorArray(tf.float32, size=4)
  array = array.scatter([0, 1, 2, 3], tf.zeros([4, 2]))
  array.gather([1, 2])
  array.concat()
  tf.TensorArray(tf.float32, 2).split(tf.zeros([4]), [1, 3])


@snippet("TensorArray(dynamic_size=True)")
def tensor_array_dynamic(tf):
  array = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
  array.write(0, tf.zeros([2])).stack()


@snippet("tf.shape(x)[1] of a shape that is known in part")
def sizes_of_known_axes(tf):
  x = tf.placeholder(tf.float32, [None, 6, 4])
  v = tf.get_variable("v", [4])
  sizes = tf.shape(x)
  y = tf.reshape(x * v, [sizes[0], sizes[1] * sizes[-1]])
  z = tf.reshape(x * v, [-1, sizes[1], 4]) * tf.ones([sizes[0], sizes[1], 4])
  batch, steps, _ = tf.unstack(sizes)
  tf.gradients([tf.reduce_sum(tf.zeros([batch, steps, 4]) * x * v),
                tf.reduce_sum(y * tf.ones_like(y), 1),
                tf.reduce_mean(z * tf.ones([2, 6, 4]), [1, 2]),
                x[:, :sizes[1] - 1] - tf.zeros([3, 5, 4])], v)
