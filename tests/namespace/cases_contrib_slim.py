"""Small graphs for `tf.contrib.slim`, `losses` and `metrics`."""

from namespace import cases_layers

_data = cases_layers._data
_image = cases_layers._image
_rows = cases_layers._rows

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def _pair(tf):
  return (tf.constant(_data(4, 3) * .5 + .5),
          tf.constant([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.], [1., 0., 0.]]))


@case
def scoped_network(tf):
  slim = tf.contrib.slim
  with slim.arg_scope([slim.conv2d, slim.fully_connected],
                      activation_fn=tf.tanh,
                      weights_regularizer=slim.l2_regularizer(0.01),
                      normalizer_fn=slim.batch_norm,
                      normalizer_params={"is_training": True, "scale": True}):
    net = slim.conv2d(_image(tf), 4, [3, 3], scope="conv1")
    net = slim.max_pool2d(net, [2, 2], scope="pool1")
    net = slim.repeat(net, 2, slim.conv2d, 3, [3, 3], scope="conv2")
    net = slim.avg_pool2d(net, [2, 2])
    net = slim.flatten(net)
    net = slim.dropout(net, 0.5, is_training=False)
    net = slim.fully_connected(net, 5, scope="fc")
  return [slim.fully_connected(net, 2, activation_fn=None, scope="logits")]


@case
def end_points(tf):
  slim = tf.contrib.slim
  with tf.variable_scope("net", values=[_image(tf)]):
    with slim.arg_scope([slim.conv2d], outputs_collections="ends"):
      net = slim.conv2d(_image(tf), 2, 3, scope="a")
      net = slim.conv2d(net, 2, 3, scope="b")
  ends = slim.layers.utils.convert_collection_to_dict("ends") if hasattr(
      slim.layers, "utils") else slim.utils.convert_collection_to_dict("ends")
  assert sorted(ends) == ["net/a", "net/b"], sorted(ends)
  return [net, slim.one_hot_encoding(tf.constant([1, 0]), 3)]


@case
def slim_variables(tf):
  slim = tf.contrib.slim
  w = slim.model_variable("w", shape=[2, 2],
                          initializer=tf.ones_initializer(),
                          regularizer=slim.l2_regularizer(0.5))
  v = slim.variable("v", shape=[2], initializer=tf.zeros_initializer())
  step = slim.get_or_create_global_step()
  assert slim.get_model_variables() == [w]
  assert slim.get_variables_to_restore() == [w, v, step]
  assert slim.get_variables("v") == [v]
  return [w, v, slim.losses.get_total_loss(), slim.get_global_step()]


@case
def slim_train_op(tf):
  slim = tf.contrib.slim
  w = slim.model_variable("w", shape=[3],
                          initializer=tf.constant_initializer(.5))
  loss = tf.losses.mean_squared_error(tf.constant([1., 2., 3.]), w)
  train = slim.learning.create_train_op(
      loss, tf.train.GradientDescentOptimizer(0.1), clip_gradient_norm=1.0,
      gradient_multipliers={w: 2.0}, summarize_gradients=True)
  with tf.control_dependencies([train]):
    return [w.read_value(), tf.train.get_global_step().read_value()]


@case
def contrib_train_op(tf):
  training = tf.contrib.training
  w = tf.get_variable("w", [3], initializer=tf.constant_initializer(.5))
  loss = tf.reduce_sum(w * w)
  train = training.create_train_op(
      loss, tf.train.GradientDescentOptimizer(0.1),
      transform_grads_fn=training.clip_gradient_norms_fn(0.5))
  with tf.control_dependencies([train]):
    return [w.read_value()]


@case
def losses(tf):
  losses = tf.contrib.losses
  a, b = _pair(tf)
  weights = tf.constant([1., 0., 2., 1.])
  out = [
      losses.absolute_difference(a, b), losses.absolute_difference(
          a, b, weights=tf.reshape(weights, [4, 1])),
      losses.cosine_distance(tf.nn.l2_normalize(a, 1), b, dim=1),
      losses.hinge_loss(a, b), losses.log_loss(tf.nn.sigmoid(a), b),
      losses.mean_pairwise_squared_error(a, b),
      losses.mean_squared_error(a, b, weights=0.5),
      losses.sigmoid_cross_entropy(a, b, label_smoothing=.1),
      losses.softmax_cross_entropy(a, b, weights=weights),
      losses.sparse_softmax_cross_entropy(a, tf.constant([0, 1, 2, 0])),
      losses.compute_weighted_loss(a, .5)]
  losses.add_loss(tf.constant(3.))
  assert len(losses.get_losses()) >= 11
  return out + [losses.get_total_loss(), tf.add_n(losses.get_losses())]


@case
def metric_learning(tf):
  learning = tf.contrib.losses.metric_learning
  points = tf.nn.l2_normalize(tf.constant(_data(6, 4)), 1)
  labels = tf.constant([0, 0, 1, 1, 2, 2])
  return [
      learning.contrastive_loss(tf.constant([1, 0, 1, 0, 0, 1]), points,
                                points[::-1]),
      learning.lifted_struct_loss(labels, points),
      learning.npairs_loss(labels, points, points[::-1]),
      learning.triplet_semihard_loss(labels, points)]


def _streams(tf, names, *args, **kwargs):
  out = []
  for name in names:
    value, update = getattr(tf.contrib.metrics, name)(*args, **kwargs)
    with tf.control_dependencies([update]):
      out.append(tf.identity(update))
  return out


@case
def metrics_regression(tf):
  a, b = _pair(tf)
  out = _streams(tf, ["streaming_mean_absolute_error",
                      "streaming_mean_squared_error",
                      "streaming_root_mean_squared_error",
                      "streaming_pearson_correlation",
                      "streaming_covariance"], a, b)
  out += _streams(tf, ["streaming_mean", "streaming_mean_tensor",
                       "streaming_concat"], a)
  out += _streams(tf, ["streaming_percentage_less"], a, 0.5)
  out += _streams(tf, ["streaming_mean_relative_error"], a, b, b + 1.)
  out += _streams(tf, ["streaming_mean_cosine_distance"],
                  tf.nn.l2_normalize(a, 1), b, 1)
  return out


@case
def metrics_classes(tf):
  labels = tf.constant([0, 1, 1, 0, 1])
  guesses = tf.constant([0, 1, 0, 0, 1])
  out = _streams(tf, ["streaming_accuracy", "streaming_precision",
                      "streaming_recall", "streaming_true_positives",
                      "streaming_true_negatives",
                      "streaming_false_positives",
                      "streaming_false_negatives",
                      "streaming_false_positive_rate",
                      "streaming_false_negative_rate"], guesses, labels)
  out += _streams(tf, ["streaming_mean_iou"], guesses, labels, 2)
  out += _streams(tf, ["cohen_kappa"], labels, guesses, 2)
  out += _streams(tf, ["count"], labels)
  metrics = tf.contrib.metrics
  return out + [metrics.accuracy(guesses, labels),
                tf.identity(metrics.confusion_matrix(labels, guesses)),
                metrics.set_size(tf.sparse.from_dense([[1, 2], [3, 0]]))]


@case
def metrics_scores(tf):
  labels = tf.constant([False, True, True, False, True])
  scores = tf.constant([.1, .8, .4, .3, .9])
  out = _streams(tf, ["streaming_auc"], scores, labels)
  out += _streams(tf, ["streaming_precision_at_thresholds",
                       "streaming_recall_at_thresholds",
                       "streaming_true_positives_at_thresholds",
                       "streaming_false_negatives_at_thresholds"],
                  scores, labels, [.2, .5])
  out += _streams(tf, ["streaming_sensitivity_at_specificity",
                       "streaming_specificity_at_sensitivity"],
                  scores, labels, .5)
  out += _streams(tf, ["recall_at_precision"], labels, scores, .6)
  value, update = tf.contrib.metrics.f1_score(labels, scores)
  return out + [update]


@case
def metrics_at_k(tf):
  logits = tf.constant(_data(3, 5))
  labels = tf.constant([[1], [0], [4]], tf.int64)
  out = _streams(tf, ["streaming_sparse_recall_at_k",
                      "streaming_sparse_precision_at_k",
                      "streaming_sparse_average_precision_at_k"], logits,
                 labels, 2)
  out += _streams(tf, ["streaming_sparse_precision_at_top_k",
                       "streaming_sparse_average_precision_at_top_k"],
                  tf.nn.top_k(logits, 2)[1], labels)
  return out + _streams(tf, ["streaming_recall_at_k"], logits,
                        labels[:, 0], 2)


@case
def metrics_maps(tf):
  metrics = tf.contrib.metrics
  a, b = _pair(tf)
  values, updates = metrics.aggregate_metrics(
      metrics.streaming_mean(a), metrics.streaming_mean(b))
  names, moves = metrics.aggregate_metric_map(
      {"mean": metrics.streaming_mean(a * 2.)})
  assert list(names) == ["mean"] and len(values) == 2
  return updates + list(moves.values())


@case
def auc_histogram(tf):
  return [tf.contrib.metrics.auc_using_histogram(
      tf.constant([True, False, True]), tf.constant([.8, .3, .2]),
      [0.0, 1.0])[1]]


@case
def learn_models(tf):
  models = tf.contrib.learn.models
  x = tf.constant(_data(4, 3))
  out = models.linear_regression(x, tf.constant([1., 2., 3., 4.]))
  with tf.variable_scope("b"):
    out += models.logistic_regression(x, _pair(tf)[1])
  with tf.variable_scope("c"):
    out += models.linear_regression_zero_init(x, tf.constant(_data(4, 2)))
  return list(out)


@case
def lookup_tables(tf):
  lookup = tf.contrib.lookup
  words = tf.constant(["lake", "emerson", "x"])
  hashed = lookup.HashTable(
      lookup.KeyValueTensorInitializer(["a", "b"], [1, 2], tf.string,
                                       tf.int64), -1)
  assert hashed.init is not None
  floats = lookup.HashTable(lookup.KeyValueTensorInitializer(
      tf.constant([1, 2], tf.int64), tf.constant([.5, .7])), -1.)
  mutable = lookup.MutableHashTable(tf.string, tf.int64, -1)
  with tf.control_dependencies([mutable.insert(["q"], tf.constant(
      [7], tf.int64))]):
    moved = mutable.lookup(tf.constant(["q", "r"]))
  dense = lookup.MutableDenseHashTable(
      tf.int64, tf.int64, -1, empty_key=0, deleted_key=-5)
  with tf.control_dependencies([dense.insert(tf.constant(
      [3], tf.int64), tf.constant([4], tf.int64))]):
    found = dense.lookup(tf.constant([3, 9], tf.int64))
  return [
      lookup.index_table_from_tensor(
          mapping=["emerson", "lake"], num_oov_buckets=2).lookup(words),
      lookup.index_table_from_tensor(
          [5, 7], dtype=tf.int64).lookup(tf.constant([7, 1], tf.int64)),
      lookup.index_to_string_table_from_tensor(
          ["a", "b"]).lookup(tf.constant([1, 5], tf.int64)),
      lookup.string_to_index(words, ["lake"]),
      lookup.index_to_string(tf.constant([0], tf.int64), ["lake"]),
      lookup.string_to_index_table_from_tensor(["x"]).lookup(words),
      hashed.lookup(tf.constant(["b", "z"])),
      floats.lookup(tf.constant([2, 3], tf.int64)), moved, found,
      hashed.size()]


def _drain(tf, dataset, count):
  get_next = tf.data.make_one_shot_iterator(dataset).get_next
  return [get_next() for _ in range(count)]


@case
def data_functions(tf):
  data = tf.contrib.data
  numbers = tf.data.Dataset.range(7)
  out = _drain(tf, numbers.apply(data.batch_and_drop_remainder(3)), 1)
  out += _drain(tf, numbers.apply(data.map_and_batch(lambda n: n * n, 4)), 1)
  out += _drain(tf, numbers.apply(data.group_by_window(
      lambda n: n % 2, lambda key, rows: rows.batch(3), window_size=3)), 1)
  out += _drain(tf, numbers.apply(data.sliding_window_batch(
      3, window_shift=2)), 1)
  out += _drain(tf, numbers.map(lambda n: tf.fill([n], n)).apply(
      data.bucket_by_sequence_length(lambda row: tf.shape(row)[0], [3],
                                     [2, 2])), 1)
  out += _drain(tf, numbers.map(lambda n: tf.fill([n], n)).apply(
      data.padded_batch_and_drop_remainder(3, [None])), 1)
  out += _drain(tf, numbers.batch(2).apply(data.unbatch()), 1)
  out += _drain(tf, numbers.apply(data.enumerate_dataset(start=4)), 1)[0]
  out += _drain(tf, numbers.apply(data.scan(
      tf.constant(0, tf.int64), lambda old, n: (old + n, old + n))), 1)
  out += _drain(tf, data.sample_from_datasets([numbers], [1.]), 1)
  out += _drain(tf, data.Counter(start=5), 1)
  out.append(data.reduce_dataset(numbers, data.Reducer(
      lambda _: tf.constant(0, tf.int64), lambda state, n: state + n,
      lambda state: state * 2)))
  return out


@case
def distributions(tf):
  made = tf.contrib.distributions
  normal = made.Normal(loc=1., scale=2.)
  logits = tf.constant([[.1, .2, .7]])
  categorical = made.Categorical(logits=logits)
  bernoulli = made.Bernoulli(probs=.3)
  return [normal.prob(0.), normal.log_prob([0., 1.]), normal.entropy(),
          categorical.log_prob([2]), categorical.entropy(),
          bernoulli.prob([0, 1]), bernoulli.mean(),
          made.kl_divergence(normal, made.Normal(0., 1.)),
          made.Uniform(0., 2.).prob(1.), made.Gamma(2., 1.).log_prob(1.5)]


@case
def signals(tf):
  signal = tf.contrib.signal
  x = tf.constant(_data(64))
  spectrum = signal.stft(x, 16, 8)
  return [tf.abs(spectrum),
          tf.identity(signal.inverse_stft(spectrum, 16, 8)),
          signal.hann_window(8), tf.identity(signal.frame(x, 8, 4)),
          signal.linear_to_mel_weight_matrix(4, 9, 16000.)]


@case
def metrics_more(tf):
  labels = tf.constant([False, True, True, False, True])
  scores = tf.constant([.1, .8, .4, .3, .9])
  limits = [.2, .5]
  out = _streams(tf, ["streaming_true_negatives_at_thresholds",
                      "streaming_false_positives_at_thresholds",
                      "streaming_false_positive_rate_at_thresholds",
                      "streaming_false_negative_rate_at_thresholds"],
                 scores, labels, limits)
  metrics = tf.contrib.metrics
  out.append(metrics.precision_at_recall(labels, scores, .5)[1])
  out += _streams(tf, ["sparse_recall_at_top_k"],
                  tf.constant([[1], [0]], tf.int64),
                  tf.constant([[1, 2], [2, 1]], tf.int64))
  left, right = tf.constant([[1, 2, 3]]), tf.constant([[2, 3, 4]])
  for name in ("set_union", "set_intersection", "set_difference"):
    out.append(tf.sparse_tensor_to_dense(
        getattr(metrics, name)(left, right)))
  return [tf.identity(part) for part in out]
