"""Arithmetic and reductions."""

from seeds.registry import snippet


def _open(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 6])


@snippet("+ - * / ** and comparisons")
def operators(tf):
  x, y = _open(tf), tf.constant(2.0)
  (x + y) * (x - 1.0) / (y * 3.0)
  x ** 2
  -x
  1.0 - x
  x > y
  tf.logical_and(x > 0, x < 1)
  tf.equal(x, y)
  tf.constant(3) // 2
  tf.constant(3) % 2
  tf.div(x, y)


@snippet("tf.add, tf.multiply, tf.subtract, tf.add_n")
def named_operators(tf):
  x = _open(tf)
  tf.add(x, 1.0)
  tf.multiply(x, x)
  tf.subtract(x, 2.0)
  tf.add_n([x, x, x])
  tf.maximum(x, 0.)
  tf.pow(x, 2)


@snippet("tf.exp, tf.log, tf.square, ...")
def elementwise(tf):
  x = _open(tf)
  for name in ("exp", "log", "square", "sqrt", "abs", "sign", "tanh",
               "sigmoid", "round", "floor", "sin", "cos", "rsqrt"):
    getattr(tf, name)(x)


@snippet("tf.reduce_*")
def reductions(tf):
  x = _open(tf)
  tf.reduce_sum(x)
  tf.reduce_mean(x, 1)
  tf.reduce_max(x, axis=1, keep_dims=True)
  tf.reduce_logsumexp(x, [1])
  tf.reduce_all(x > 0)
  tf.reduce_sum(x, reduction_indices=[1])


@snippet("tf.argmax, tf.nn.top_k, tf.cumsum")
def ranking(tf):
  x = _open(tf)
  tf.argmax(x, 1)
  tf.nn.top_k(x, 3)
  tf.cumsum(x, axis=1, exclusive=True)
  tf.nn.in_top_k(x, tf.placeholder(tf.int32, [None]), 1)


@snippet("tf.cast, tf.to_float, tf.to_int32")
def casts(tf):
  x = tf.placeholder(tf.int32, [None])
  tf.cast(x, tf.float32)
  tf.to_float(x)
  tf.to_int32(tf.to_float(x))
  tf.to_int64(x)
  tf.cast(x, tf.int32)


@snippet("tf.matmul")
def matmul(tf):
  x = _open(tf)
  tf.matmul(x, tf.zeros([6, 3]))
  tf.matmul(x, x, transpose_b=True)
  tf.matmul(_open(tf, 2, 3, 4), _open(tf, 2, 4, 3))


@snippet("tf.tensordot")
def tensordot(tf):
  tf.tensordot(_open(tf, None, 5, 6), tf.zeros([6, 3]), [[2], [0]])
  tf.tensordot(tf.zeros([2, 3, 4]), tf.zeros([4, 2]), 1)


@snippet("tf.tensordot of static shapes")
def tensordot_static(tf):
  tf.tensordot(tf.zeros([2, 3, 4]), tf.zeros([3, 4, 5]),
               [[1, 2], [0, 1]])
  tf.tensordot(tf.zeros([3]), tf.zeros([3]), 1)


@snippet("tf.einsum, a matrix product")
def einsum_product(tf):
  tf.einsum("ij,jk->ik", tf.zeros([2, 3]), tf.zeros([3, 4]))


@snippet("tf.einsum, a batch")
def einsum_batch(tf):
  tf.einsum("btd,dk->btk", _open(tf, 2, 3, 4), tf.zeros([4, 5]))
  tf.einsum("bij,bjk->bik", tf.zeros([2, 3, 4]), tf.zeros([2, 4, 5]))


@snippet("tf.einsum of an unknown shape")
def einsum_open(tf):
  tf.einsum("btd,dk->btk", _open(tf, None, None, 4), tf.zeros([4, 5]))
  tf.einsum("ij->j", _open(tf))


@snippet("tf.einsum, one sum of products")
def einsum_attention(tf):
  tf.einsum("bth,bh->bt", _open(tf, 2, 3, 4), _open(tf, 2, 4))


@snippet("tf.clip_by_value, tf.clip_by_norm, tf.global_norm")
def clipping(tf):
  x = _open(tf)
  tf.clip_by_value(x, -1., 1.)
  tf.clip_by_norm(x, 5.)
  tf.global_norm([x, x])


@snippet("tf.clip_by_global_norm")
def clip_by_global_norm(tf):
  tf.clip_by_global_norm([_open(tf), _open(tf), None], 5.)


@snippet("tf.norm, tf.nn.l2_normalize")
def norms(tf):
  x = _open(tf)
  tf.norm(x, axis=1)
  tf.nn.l2_normalize(x, 1)
  tf.norm(x)


@snippet("tf.segment_sum, tf.unsorted_segment_sum")
def segments(tf):
  x = tf.ones([4, 2])
  tf.segment_sum(x, [0, 0, 1, 1])
  tf.unsorted_segment_sum(x, [0, 1, 0, 1], 2)


@snippet("tf.edit_distance, sparse tensors")
def edit_distance(tf):
  one = tf.SparseTensor([[0, 0]], [1], [1, 2])
  two = tf.SparseTensor([[0, 0], [0, 1]], [1, 2], [1, 2])
  tf.edit_distance(tf.cast(one, tf.int32), two)


@snippet("tf.confusion_matrix")
def confusion_matrix(tf):
  tf.confusion_matrix([0, 1, 1], [0, 1, 0], num_classes=2)


@snippet("tf.cosine similarity, by hand")
def cosine_similarity(tf):
  table = tf.Variable(tf.random_uniform([10, 4], -1.0, 1.0))
  length = tf.sqrt(tf.reduce_sum(tf.square(table), 1, keep_dims=True))
  normal = table / length
  tf.matmul(tf.nn.embedding_lookup(normal, [1, 2]), normal,
            transpose_b=True)
