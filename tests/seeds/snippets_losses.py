"""tf.losses, tf.metrics, tf.summary."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 5])


@snippet("tf.losses.mean_squared_error")
def mean_squared_error(tf):
  tf.losses.mean_squared_error(_x(tf), _x(tf))


@snippet("mean_squared_error(weights)")
def mean_squared_error_weights(tf):
  tf.losses.mean_squared_error(_x(tf), _x(tf), weights=_x(tf, None, 1))
  tf.losses.mean_squared_error(_x(tf), _x(tf), weights=0.5)


@snippet("tf.losses.softmax_cross_entropy")
def losses_softmax(tf):
  tf.losses.softmax_cross_entropy(_x(tf), _x(tf))
  tf.losses.softmax_cross_entropy(_x(tf), _x(tf), label_smoothing=0.1)


@snippet("tf.losses.sparse_softmax_cross_entropy")
def losses_sparse_softmax(tf):
  tf.losses.sparse_softmax_cross_entropy(
      tf.placeholder(tf.int32, [None]), _x(tf))


@snippet("sparse_softmax_cross_entropy(weights)")
def losses_sparse_softmax_weights(tf):
  tf.losses.sparse_softmax_cross_entropy(
      tf.placeholder(tf.int32, [None, 3]), _x(tf, None, 3, 5),
      weights=_x(tf, None, 3))


@snippet("tf.losses.sigmoid_cross_entropy")
def losses_sigmoid(tf):
  tf.losses.sigmoid_cross_entropy(_x(tf), _x(tf))


@snippet("tf.losses.absolute_difference, huber_loss, hinge_loss, log_loss")
def other_losses(tf):
  tf.losses.absolute_difference(_x(tf), _x(tf))
  tf.losses.huber_loss(_x(tf), _x(tf))
  tf.losses.hinge_loss(_x(tf), _x(tf))
  tf.losses.log_loss(_x(tf), _x(tf))


@snippet("tf.losses.cosine_distance")
def cosine_distance(tf):
  tf.losses.cosine_distance(_x(tf), _x(tf), axis=1)


@snippet("tf.losses.compute_weighted_loss, add_loss")
def weighted_loss(tf):
  tf.losses.compute_weighted_loss(_x(tf, None), 2.0)
  tf.losses.compute_weighted_loss(
      _x(tf), reduction=tf.losses.Reduction.MEAN)
  tf.losses.add_loss(tf.constant(1.0))


@snippet("tf.losses.get_total_loss")
def total_loss(tf):
  tf.get_variable("w", [5, 2],
                  regularizer=tf.contrib.layers.l2_regularizer(0.1))
  tf.losses.mean_squared_error(_x(tf), _x(tf))
  tf.losses.get_total_loss()
  tf.losses.get_regularization_loss()


@snippet("a loss by hand: reduce_mean(square(a - b))")
def loss_by_hand(tf):
  tf.reduce_mean(tf.square(_x(tf) - _x(tf)))
  tf.reduce_sum(tf.pow(_x(tf) - _x(tf), 2)) / (2 * 5)
  tf.reduce_mean(-tf.reduce_sum(_x(tf) * tf.log(_x(tf)), 1))


@snippet("L2 over tf.trainable_variables")
def l2_over_variables(tf):
  tf.get_variable("w", [5, 2])
  tf.get_variable("b", [2])
  0.01 * sum(tf.nn.l2_loss(v) for v in tf.trainable_variables())
  tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables()
            if "b" not in v.name])


@snippet("tf.metrics.accuracy")
def metrics_accuracy(tf):
  tf.metrics.accuracy(tf.placeholder(tf.int64, [None]),
                      tf.argmax(_x(tf), 1))


@snippet("tf.metrics.mean, mean_squared_error")
def metrics_mean(tf):
  tf.metrics.mean(_x(tf))
  tf.metrics.mean_squared_error(_x(tf), _x(tf))


@snippet("tf.metrics.precision, recall, auc")
def metrics_precision(tf):
  labels = tf.placeholder(tf.bool, [None])
  tf.metrics.precision(labels, labels)
  tf.metrics.recall(labels, labels)
  tf.metrics.auc(labels, tf.placeholder(tf.float32, [None]),
                 num_thresholds=5)


@snippet("tf.contrib.metrics.accuracy")
def contrib_metrics(tf):
  tf.contrib.metrics.accuracy(tf.constant([1, 2]), tf.constant([1, 3]))


@snippet("tf.summary.scalar, histogram, image, text, merge_all")
def summaries(tf):
  tf.summary.scalar("loss", tf.constant(1.0))
  tf.summary.histogram("weights", tf.get_variable("w", [5]))
  tf.summary.image("image", _x(tf, None, 4, 4, 1))
  tf.summary.text("text", tf.constant("a"))
  tf.summary.merge_all()


@snippet("summaries of a variable, as in tutorials")
def variable_summaries(tf):
  var = tf.Variable(tf.random_normal([5]))
  with tf.name_scope("summaries"):
    mean = tf.reduce_mean(var)
    tf.summary.scalar("mean", mean)
    with tf.name_scope("stddev"):
      stddev = tf.sqrt(tf.reduce_mean(tf.square(var - mean)))
    tf.summary.scalar("stddev", stddev)
    tf.summary.scalar("max", tf.reduce_max(var))
    tf.summary.histogram("histogram", var)
  tf.summary.merge_all()
