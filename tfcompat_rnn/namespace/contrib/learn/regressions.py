"""Linear and logistic regression."""

from tfcompat_rnn._tf import tf


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
  return linear_regression(x, y, 0.0, 0.0)


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
  return logistic_regression(x, y, None, 0.0, 0.0)
