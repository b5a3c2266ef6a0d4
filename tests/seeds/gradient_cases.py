"""Gradients of single operations: what 1.15 left in the graph, and values.

Python 3.7 syntax: the generator runs this under TensorFlow 1.15. A case is a
function of `(tf, x, y)`, two float tensors of shape [2, 3], whose shapes are
once known and once not.
"""

import numpy as np

X = np.array([[0.3, -0.7, 1.2], [0.9, 0.4, -0.2]], np.float32)
Y = np.array([[0.5, 0.25, 0.75], [0.1, 0.8, 0.6]], np.float32)


def _row(tf):
  return tf.constant([0.5, -1.5, 2.0])


def _loop(step, n=3):
  def case(tf, x, y):
    return tf.while_loop(lambda i, a: i < n,
                         lambda i, a: (i + 1, step(tf, a, y)),
                         [0, x], shape_invariants=[
                             tf.TensorShape([]), tf.TensorShape([None, 3])])[1]
  return case


def _array(tf, x, y):
  steps = tf.TensorArray(tf.float32, 3).unstack(tf.transpose(x))
  done = tf.TensorArray(tf.float32, 3)
  done = tf.while_loop(
      lambda i, a: i < 3,
      lambda i, a: (i + 1, a.write(i, steps.read(i) * y[:, 0])),
      [0, done])[1]
  return done.stack()


def _array_parts(tf, x, y):
  parts = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, [1, 1])
  rows = tf.TensorArray(tf.float32, 2).scatter([1, 0], y)
  return tf.reduce_sum(parts.concat()) + tf.reduce_sum(rows.gather([1]))


def _cells(kind, **options):
  def case(tf, x, y):
    steps = tf.stack([x, y, x * y], 1)
    cell = getattr(tf.nn.rnn_cell, kind)(
        4, **({} if kind.startswith("GRU") else options))
    with tf.variable_scope("v", initializer=tf.constant_initializer(0.1)):
      return tf.nn.dynamic_rnn(cell, steps, dtype=tf.float32)[0]
  return case


def _crf(tf, x, y):
  steps = tf.stack([x, y, x * y, x - y], 1)
  tags = tf.placeholder_with_default([[0, 2, 1, 1], [2, 0, 0, 1]],
                                     [None, None])
  lengths = tf.placeholder_with_default([2, 4], [None])
  likelihood, matrix = tf.contrib.crf.crf_log_likelihood(
      steps, tags, lengths, tf.matmul(x, y, transpose_a=True))
  return tf.concat([likelihood, tf.contrib.crf.crf_decode(
      steps, matrix, lengths)[1]], 0)


def _rows_of(tf, x, y):
  return tf.gather(x, [1, 0, 1]) * 2.0 + tf.reduce_sum(y)


def _second(function):
  """A function of the gradient of another function."""
  def case(tf, x, y):
    slope = tf.gradients(function(tf, x, y), x)[0]
    return tf.square(slope)
  return case


def _pooled(tf, x, y):
  image = tf.reshape(x * y, [1, 2, 3, 1])
  return tf.nn.max_pool(image, [1, 2, 2, 1], [1, 1, 1, 1], "VALID")


CASES = {
    "add": lambda tf, x, y: x + y,
    "add_row": lambda tf, x, y: x + _row(tf),
    "add_column": lambda tf, x, y: x + y[:, :1],
    "add_number": lambda tf, x, y: 1.0 + x,
    "add_vector": lambda tf, x, y: y + x[0],
    "add_outer": lambda tf, x, y: tf.expand_dims(x, 2) + tf.expand_dims(y, 1),
    "add_twice": lambda tf, x, y: (x + _row(tf)) * (y + _row(tf)),
    "subtract": lambda tf, x, y: x - y,
    "subtract_row": lambda tf, x, y: _row(tf) - x,
    "subtract_mean": lambda tf, x, y: x - tf.reduce_mean(x, 0),
    "multiply": lambda tf, x, y: x * y,
    "multiply_row": lambda tf, x, y: x * y * _row(tf),
    "multiply_number": lambda tf, x, y: 3.0 * x,
    "multiply_double": lambda tf, x, y: (
        tf.cast(x, tf.float64) * tf.cast(y, tf.float64)),
    "divide": lambda tf, x, y: x / y,
    "divide_column": lambda tf, x, y: x / tf.reduce_sum(y, 1, keepdims=True),
    "divide_number": lambda tf, x, y: 1.0 / (2.0 + x),
    "div": lambda tf, x, y: tf.div(x, y),
    "div_no_nan": lambda tf, x, y: tf.div_no_nan(x, y),
    "floormod": lambda tf, x, y: tf.floormod(x, y),
    "power": lambda tf, x, y: tf.pow(tf.abs(x), y),
    "power_number": lambda tf, x, y: x ** 2.0,
    "power_row": lambda tf, x, y: tf.abs(x) ** _row(tf),
    "maximum": lambda tf, x, y: tf.maximum(x, y),
    "maximum_number": lambda tf, x, y: tf.maximum(0.0, x),
    "minimum_row": lambda tf, x, y: tf.minimum(x, _row(tf)),
    "clip_by_value": lambda tf, x, y: tf.clip_by_value(x, -0.5, 0.5) * y,
    "clip_by_norm": lambda tf, x, y: (
        tf.clip_by_norm(x, 1.0) + tf.clip_by_norm(x, tf.reduce_sum(y))),
    "clip_by_global_norm": lambda tf, x, y: tf.add_n(
        tf.clip_by_global_norm([x, y], 0.5)[0]),
    "squared_difference": lambda tf, x, y: tf.squared_difference(x, y),
    "squared_difference_row": lambda tf, x, y: tf.squared_difference(
        x, _row(tf)),
    "where": lambda tf, x, y: tf.where(x > y, x, y),
    "where_v2": lambda tf, x, y: tf.compat.v2.where(x > y, x, 0.0),
    "complex": lambda tf, x, y: tf.abs(tf.complex(x, y)),
    "atan2": lambda tf, x, y: tf.atan2(x, y),
    "sign": lambda tf, x, y: tf.sign(x) * y,
    "matmul": lambda tf, x, y: tf.matmul(x, y, transpose_b=True),
    "batch_matmul": lambda tf, x, y: tf.matmul(
        tf.expand_dims(x, 2), tf.expand_dims(y, 1)),
    "batch_matmul_adjoint": lambda tf, x, y: tf.matmul(
        tf.expand_dims(x, 1), tf.expand_dims(y, 1), transpose_b=True),
    "batch_matmul_one": lambda tf, x, y: tf.matmul(
        tf.expand_dims(x, 1), tf.expand_dims(tf.transpose(y), 0)),
    "sum": lambda tf, x, y: tf.reduce_sum(x * y),
    "sum_axis": lambda tf, x, y: tf.reduce_sum(x * y, 1),
    "sum_axes": lambda tf, x, y: tf.reduce_sum(x * y, [0, -1]),
    "sum_keep": lambda tf, x, y: tf.reduce_sum(x, 0, keepdims=True) * y,
    "sum_twice": lambda tf, x, y: (tf.reduce_sum(x, 1) * tf.reduce_sum(y, 1)),
    "sum_nothing": lambda tf, x, y: tf.reduce_sum(tf.reduce_sum(x)) * y,
    "sum_fed_axis": lambda tf, x, y: tf.reduce_sum(
        x, tf.cast(y[0, 0], tf.int32)),
    "mean": lambda tf, x, y: tf.reduce_mean(x * y),
    "mean_axis": lambda tf, x, y: tf.reduce_mean(x, 0) * _row(tf),
    "mean_keep": lambda tf, x, y: x * tf.reduce_mean(y, 1, keepdims=True),
    "max": lambda tf, x, y: tf.reduce_max(x * y),
    "max_axis": lambda tf, x, y: tf.reduce_max(x, 1) - tf.reduce_min(y, 1),
    "max_keep": lambda tf, x, y: tf.reduce_max(x, 1, keepdims=True) * y,
    "prod": lambda tf, x, y: tf.reduce_prod(x, 1) + tf.reduce_prod(y),
    "crf": _crf,
    "logsumexp": lambda tf, x, y: tf.reduce_logsumexp(x, 1),
    "moments": lambda tf, x, y: tf.add_n(list(tf.nn.moments(x, [0]))) * y,
    "l2_normalize": lambda tf, x, y: tf.nn.l2_normalize(x, 1) * y,
    "norm": lambda tf, x, y: tf.norm(x - y),
    "reshape": lambda tf, x, y: tf.reshape(x, [-1]) * 2.0,
    "reshape_rows": lambda tf, x, y: tf.gather(
        tf.reshape(x, [3, 2]), [0, 2]) * 1.0,
    "expand": lambda tf, x, y: tf.squeeze(tf.expand_dims(x, 1), [1]) * y,
    "strided_slice": lambda tf, x, y: x[:, 1:] * y[:, :-1],
    "strided_slice_rows": lambda tf, x, y: x[0] * y[-1],
    "slice": lambda tf, x, y: tf.slice(x, [0, 1], [-1, 2]),
    "split": lambda tf, x, y: tf.add_n(tf.split(x, 3, 1)),
    "concat": lambda tf, x, y: tf.concat([x, y, x], 1) * 2.0,
    "concat_rows": lambda tf, x, y: tf.concat([x, y], 0) * 2.0,
    "stack": lambda tf, x, y: tf.stack([x, y], 1) * 2.0,
    "unstack": lambda tf, x, y: tf.unstack(x, axis=1)[1] * 2.0,
    "pad": lambda tf, x, y: tf.pad(x, [[0, 0], [1, 1]]) * 2.0,
    "tile": lambda tf, x, y: tf.tile(x, [1, 2]) * tf.tile(y, [1, 2]),
    "broadcast_to": lambda tf, x, y: tf.broadcast_to(x[:1], tf.shape(y)) * y,
    "gather": _rows_of,
    "gather_axis": lambda tf, x, y: tf.gather(x, [0, 2, 2], axis=1) * 2.0,
    "gather_nd": lambda tf, x, y: tf.gather_nd(x, [[0, 1], [1, 2]]) * 2.0,
    "boolean_mask": lambda tf, x, y: tf.boolean_mask(x, y > 0.3),
    "segment_sum": lambda tf, x, y: tf.segment_sum(
        tf.transpose(x), [0, 0, 1]) * 2.0,
    "segment_max": lambda tf, x, y: tf.segment_max(
        tf.transpose(x), [0, 0, 1]) * 2.0,
    "unsorted_segment_sum": lambda tf, x, y: tf.unsorted_segment_sum(
        tf.transpose(x), [0, -1, 0], 2) * 2.0,
    "unsorted_segment_max": lambda tf, x, y: tf.unsorted_segment_max(
        tf.transpose(x), [0, 1, 0], 2) * 2.0,
    "sparse_segment_sum": lambda tf, x, y: tf.sparse_segment_sum(
        tf.transpose(x), [0, 2], [0, 0]) * 2.0,
    "sparse_matmul": lambda tf, x, y: tf.sparse_tensor_dense_matmul(
        tf.SparseTensor([[0, 0], [1, 2]], x[0, :2], [2, 3]),
        tf.transpose(y)),
    "sparse_matmul_adjoint": lambda tf, x, y: tf.sparse_tensor_dense_matmul(
        tf.SparseTensor([[0, 0], [1, 2]], x[0, :2], [2, 3]), y,
        adjoint_b=True),
    "softmax": lambda tf, x, y: tf.nn.softmax(x) * y,
    "cross_entropy": lambda tf, x, y: (
        tf.nn.softmax_cross_entropy_with_logits_v2(logits=x, labels=y)),
    "sparse_cross_entropy": lambda tf, x, y: (
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            logits=x, labels=tf.argmax(y, 1))),
    "sigmoid_cross_entropy": lambda tf, x, y: (
        tf.nn.sigmoid_cross_entropy_with_logits(logits=x, labels=y)),
    "activations": lambda tf, x, y: (
        tf.nn.relu(x) + tf.tanh(x) + tf.sigmoid(x) + tf.nn.softplus(x)
        + tf.nn.elu(x) + tf.nn.relu6(x) + tf.nn.leaky_relu(x)),
    "batch_normalization": lambda tf, x, y: tf.nn.batch_normalization(
        x, *(list(tf.nn.moments(y, [0])) + [_row(tf), _row(tf), 1e-3])),
    "fused_batch_norm": lambda tf, x, y: tf.nn.fused_batch_norm(
        tf.reshape(x, [2, 1, 1, 3]), _row(tf), _row(tf))[0] * 2.0,
    "fused_batch_norm_fixed": lambda tf, x, y: tf.nn.fused_batch_norm(
        tf.reshape(x, [2, 1, 1, 3]), _row(tf), _row(tf), _row(tf),
        tf.abs(_row(tf)), is_training=False)[0] * 2.0,
    "conv3d": lambda tf, x, y: tf.nn.conv3d(
        tf.reshape(x, [1, 2, 1, 3, 1]), tf.reshape(y[:1], [1, 1, 3, 1, 1]),
        [1, 1, 1, 1, 1], "SAME"),
    "accumulate_n": lambda tf, x, y: tf.accumulate_n([x, y, x * y]),
    "add_n": lambda tf, x, y: tf.add_n([x, y, x * y]),
    "second_relu": _second(lambda tf, x, y: tf.nn.relu(x * y) * x),
    "second_leaky_relu": _second(
        lambda tf, x, y: tf.nn.leaky_relu(x * y) * x),
    "second_maximum": _second(lambda tf, x, y: tf.maximum(x, y) * x),
    "second_pool": _second(_pooled),
    "second_mean": _second(lambda tf, x, y: tf.reduce_mean(x * x * y, 0)),
    "loop": _loop(lambda tf, a, y: tf.tanh(a * y) + _row(tf)),
    "loop_matmul": _loop(lambda tf, a, y: tf.tanh(
        tf.matmul(a, tf.matmul(y, y, transpose_a=True)))),
    "loop_reductions": _loop(
        lambda tf, a, y: a / (1.0 + tf.reduce_sum(tf.abs(a), 1, keepdims=True))
        + tf.reduce_mean(y, 0)),
    "loop_cond": _loop(lambda tf, a, y: tf.cond(
        tf.reduce_sum(a) > 1.0, lambda: a * y, lambda: a + y)),
    "loop_in_loop": _loop(lambda tf, a, y: _loop(
        lambda tf, b, y: b * y)(tf, a, y) + a),
    "cond": lambda tf, x, y: tf.cond(
        tf.reduce_sum(x) > 0, lambda: x * y, lambda: x),
    "array": _array,
    "array_parts": _array_parts,
    "map_fn": lambda tf, x, y: tf.map_fn(lambda row: row * y[0], x),
    "scan": lambda tf, x, y: tf.scan(lambda a, row: a * row, x, y[0]),
    "lstm": _cells("LSTMCell"),
    "basic_lstm": _cells("BasicLSTMCell"),
    "peepholes": _cells("LSTMCell", use_peepholes=True, num_proj=2),
    "gru": _cells("GRUCell"),
}


def measure(tf, name, known):
  """What the gradient of a case leaves in the graph, and comes to.

  `{"ops": ["name:Type", ...], "values": [list or None, ...]}`.
  """
  graph = tf.Graph()
  with graph.as_default():
    shape = [2, 3] if known else [None, 3]
    x = tf.placeholder(tf.float32, shape, name="x")
    y = tf.placeholder(tf.float32, shape, name="y")
    result = CASES[name](tf, x, y)
    before = len(graph.get_operations())
    slopes = tf.gradients(result, [x, y])
    made = graph.get_operations()[before:]
    dense = [None if slope is None else tf.convert_to_tensor(slope)
             for slope in slopes]
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      values = session.run([value for value in dense if value is not None],
                           {x: X, y: Y})
  values = iter(values)
  return {"ops": ["%s:%s" % (op.name, op.type) for op in made],
          "values": [None if value is None else next(values).tolist()
                     for value in dense]}
