"""`tf.contrib.learn` without estimators: modes, runs, regressions."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class ModeKeys(object):
  """The modes of a model function.

  TF 1.15: `tf.contrib.learn.ModeKeys`.
  """

  TRAIN = "train"
  EVAL = "eval"
  INFER = "infer"

  @classmethod
  def validate(cls, key):
    """Raises ArgumentError unless `key` is one of the three."""
    if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
      raise _errors.ArgumentError(_errors.problem(
          "key", "be one of ModeKeys.TRAIN, EVAL, INFER", repr(key),
          "pass one of them"))


def run_feeds_iter(output_dict, feed_dicts, restore_checkpoint_path=None):
  """Yields the values of `output_dict` for each feed, in a new session.

  Variables are initialized, or restored from `restore_checkpoint_path`;
  queue runners are started. Raises ArgumentError if there are no outputs or
  no feeds.

  TF 1.15: `tf.contrib.learn.graph_actions.run_feeds_iter`.
  """
  if not output_dict or not feed_dicts:
    raise _errors.ArgumentError(_errors.problem(
        "output_dict and feed_dicts", "not be empty",
        f"{output_dict}, {feed_dicts}", "pass {name: tensor} and feeds"))
  graph = next(iter(output_dict.values())).graph
  with graph.as_default(), tf.Session() as session:
    if restore_checkpoint_path:
      tf.train.Saver().restore(session, restore_checkpoint_path)
    else:
      session.run(tf.global_variables_initializer())
    session.run(tf.local_variables_initializer())
    session.run(tf.tables_initializer())
    coordinator = tf.train.Coordinator()
    threads = []
    try:
      threads = tf.train.start_queue_runners(session, coord=coordinator)
      for feed in feed_dicts:
        yield session.run(output_dict, feed)
    finally:
      coordinator.request_stop()
      coordinator.join(threads, stop_grace_period_secs=120)


def run_feeds(output_dict, feed_dicts, restore_checkpoint_path=None):
  """`run_feeds_iter` as a list.

  TF 1.15: `tf.contrib.learn.run_feeds`.
  """
  return list(run_feeds_iter(output_dict, feed_dicts,
                             restore_checkpoint_path))


def run_n(output_dict, feed_dict=None, restore_checkpoint_path=None, n=1):
  """Runs the tensors of `output_dict` `n` times in a new session.

  >>> tf.contrib.learn.run_n({"x": x}, n=2)
  [{'x': ...}, {'x': ...}]

  TF 1.15: `tf.contrib.learn.run_n`.
  """
  return run_feeds(output_dict, [feed_dict] * n, restore_checkpoint_path)


def mean_squared_error_regressor(tensor_in, labels, weights, biases,
                                 name=None):
  """`(x w + b, its mean squared error)`.

  TF 1.15: `tf.contrib.learn.ops.mean_squared_error_regressor`.
  """
  with tf.name_scope(name, "mean_squared_error_regressor",
                     [tensor_in, labels]):
    predictions = tf.nn.xw_plus_b(tensor_in, weights, biases)
    if labels.get_shape().rank == 1 and predictions.get_shape().rank == 2:
      predictions = tf.squeeze(predictions, axis=[1])
    return predictions, tf.losses.mean_squared_error(labels, predictions)


def softmax_classifier(tensor_in, labels, weights, biases, class_weight=None,
                       name=None):
  """`(softmax(x w + b), its cross entropy with one-hot labels)`.

  TF 1.15: `tf.contrib.learn.ops.softmax_classifier`.
  """
  with tf.name_scope(name, "softmax_classifier", [tensor_in, labels]):
    logits = tf.nn.xw_plus_b(tensor_in, weights, biases)
    if class_weight is not None:
      logits = tf.multiply(logits, class_weight)
    return (tf.nn.softmax(logits),
            tf.losses.softmax_cross_entropy(labels, logits))


def _weights_and_bias(x, outputs, init_mean, init_stddev):
  dtype = x.dtype.base_dtype
  initializer = None
  if init_mean is not None:
    initializer = tf.random_normal_initializer(init_mean, init_stddev,
                                               dtype=dtype)
  weights = tf.get_variable("weights", [x.get_shape()[1], outputs],
                            initializer=initializer, dtype=dtype)
  bias = tf.get_variable("bias", [outputs], initializer=initializer,
                         dtype=dtype)
  return weights, bias


def _histograms(scope, **values):
  for name, value in values.items():
    tf.summary.histogram(f"{scope}.{name}", value)


def linear_regression(x, y, init_mean=None, init_stddev=1.0):
  """`(predictions, loss)` of a linear regression of `y` on `x`.

  >>> predictions, loss = tf.contrib.learn.models.linear_regression(x, y)

  `x` `[batch, depth]`, `y` `[batch]` or `[batch, outputs]`. Variables
  `linear_regression/weights` and `bias` are drawn from a normal distribution
  with `init_mean` and `init_stddev` if a mean is given, else with the scope's
  initializer.

  TF 1.15: `tf.contrib.learn.models.linear_regression`.
  """
  with tf.variable_scope("linear_regression") as scope:
    _histograms(scope.name, x=x, y=y)
    outputs = 1 if y.get_shape().rank == 1 else y.get_shape()[1]
    weights, bias = _weights_and_bias(x, outputs, init_mean, init_stddev)
    _histograms(scope.name, weights=weights, bias=bias)
    return mean_squared_error_regressor(x, y, weights, bias)


def linear_regression_zero_init(x, y):
  """`linear_regression` that starts from zeros.

  TF 1.15: `tf.contrib.learn.models.linear_regression_zero_init`.
  """
  return linear_regression(x, y, init_mean=0.0, init_stddev=0.0)


def logistic_regression(x, y, class_weight=None, init_mean=None,
                        init_stddev=1.0):
  """`(probabilities, loss)` of a softmax regression of one-hot `y` on `x`.

  Variables `logistic_regression/weights` and `bias`. Without `class_weight`
  the graph's tensor `class_weight:0` is used, if there is one.

  TF 1.15: `tf.contrib.learn.models.logistic_regression`.
  """
  with tf.variable_scope("logistic_regression") as scope:
    _histograms(scope.name, x=x, y=y)
    weights, bias = _weights_and_bias(x, y.get_shape()[-1], init_mean,
                                      init_stddev)
    _histograms(scope.name, weights=weights, bias=bias)
    if class_weight is None:
      try:
        class_weight = tf.get_default_graph().get_tensor_by_name(
            "class_weight:0")
      except KeyError:
        pass
    return softmax_classifier(x, y, weights, bias, class_weight=class_weight)


def logistic_regression_zero_init(x, y):
  """`logistic_regression` that starts from zeros.

  TF 1.15: `tf.contrib.learn.models.logistic_regression_zero_init`.
  """
  return logistic_regression(x, y, init_mean=0.0, init_stddev=0.0)
