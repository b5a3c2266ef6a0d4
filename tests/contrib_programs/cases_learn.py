"""Cases about `tf.contrib.learn`. Python 3.7 syntax too."""

import os
import tempfile

import numpy as np

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def arrays(count=30, time=4, depth=3):
  draw = np.random.RandomState(5)
  x = draw.uniform(-1, 1, (count, time, depth)).astype(np.float32)
  return x, (x.sum(axis=(1, 2)) > 0).astype(np.int32)


def model(tf, result="ops"):
  """A model function with a recurrent cell, as in 2016."""
  learn = tf.contrib.learn

  def model_fn(features, labels, mode, params):
    if isinstance(features, dict):
      features = features["x"]
    cell = tf.nn.rnn_cell.GRUCell(params["units"])
    outputs, _ = tf.nn.dynamic_rnn(cell, features, dtype=tf.float32)
    hidden = tf.layers.dropout(outputs[:, -1], 0.2,
                               training=mode == learn.ModeKeys.TRAIN)
    logits = tf.contrib.layers.fully_connected(hidden, 2, None)
    predictions = {"class": tf.argmax(logits, 1, output_type=tf.int32),
                   "prob": tf.nn.softmax(logits)}
    loss = train_op = None
    if mode != learn.ModeKeys.INFER:
      loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == learn.ModeKeys.TRAIN:
      train_op = tf.contrib.layers.optimize_loss(
          loss, tf.train.get_global_step(), learning_rate=0.05,
          optimizer="Adam")
    if result == "tuple":
      return predictions, loss, train_op
    return learn.ModelFnOps(mode=mode, predictions=predictions, loss=loss,
                            train_op=train_op)
  return model_fn


def estimator(tf, result="ops", **options):
  learn = tf.contrib.learn
  folder = tempfile.mkdtemp()
  config = learn.RunConfig(
      tf_random_seed=3, save_checkpoints_steps=5, save_checkpoints_secs=None,
      session_config=tf.ConfigProto(intra_op_parallelism_threads=1,
                                    inter_op_parallelism_threads=1))
  return learn.Estimator(model_fn=model(tf, result), model_dir=folder,
                         config=config, params={"units": 5}, **options)


def metrics(tf):
  spec = tf.contrib.learn.MetricSpec
  return {"accuracy": spec(metric_fn=tf.metrics.accuracy,
                           prediction_key="class"),
          "error": spec(metric_fn=tf.metrics.mean_absolute_error,
                        prediction_key="class")}


def flat(prefix, results):
  return {"%s_%s" % (prefix, key): np.asarray(value)
          for key, value in results.items()}


def trained_variables(model):
  return {"var_" + name.replace("/", "."): model.get_variable_value(name)
          for name in sorted(model.get_variable_names())}


@case
def arrays_fit(tf):
  x, y = arrays()
  model = estimator(tf)
  model.fit(x=x, y=y, steps=7, batch_size=8)
  found = flat("eval", model.evaluate(x=x, y=y, batch_size=10,
                                      metrics=metrics(tf)))
  rows = list(model.predict(x=x[:5]))
  found["classes"] = np.array([row["class"] for row in rows])
  found["probs"] = np.array([row["prob"] for row in rows])
  found["whole"] = model.predict(x=x, as_iterable=False,
                                 batch_size=7)["prob"]
  found.update(trained_variables(model))
  return found


@case
def tuples(tf):
  x, y = arrays()
  model = tf.contrib.learn.SKCompat(estimator(tf, "tuple"))
  model.fit(x, y, batch_size=6, steps=4)
  found = flat("score", model.score(x, y, batch_size=30))
  found["predictions"] = model.predict(x[:4])["prob"]
  return found


def input_fn_of(tf, x, y, batch=10):
  def input_fn():
    data = tf.data.Dataset.from_tensor_slices((x, y)).repeat().batch(batch)
    return data.make_one_shot_iterator().get_next()
  return input_fn


@case
def input_functions(tf):
  x, y = arrays()
  model = estimator(tf)
  model.fit(input_fn=input_fn_of(tf, x, y), steps=6)
  model.partial_fit(input_fn=input_fn_of(tf, x, y), steps=2)
  model.fit(input_fn=input_fn_of(tf, x, y), max_steps=10)
  found = flat("eval", model.evaluate(
      input_fn=input_fn_of(tf, x, y), steps=2, metrics=metrics(tf)))
  found.update(trained_variables(model))
  found["eval_files"] = str(any(
      name.startswith("events") for name in os.listdir(
          os.path.join(model.model_dir, "eval"))))
  return found


@case
def experiment(tf):
  x, y = arrays()
  learn = tf.contrib.learn
  kept = []

  def experiment_fn(run_config, hparams):
    def model_fn(features, labels, mode, params):
      return model(tf)(features, labels, mode, {"units": params.units})
    kept.append(learn.Estimator(model_fn=model_fn, config=run_config,
                                params=hparams))
    return learn.Experiment(
        estimator=kept[0], train_input_fn=input_fn_of(tf, x, y),
        eval_input_fn=input_fn_of(tf, x[:20], y[:20]),
        eval_metrics=metrics(tf), train_steps=8, eval_steps=2,
        min_eval_frequency=4)

  config = learn.RunConfig(
      tf_random_seed=3, save_checkpoints_steps=4, save_checkpoints_secs=None,
      session_config=tf.ConfigProto(intra_op_parallelism_threads=1,
                                    inter_op_parallelism_threads=1),
      model_dir=tempfile.mkdtemp())
  results, exported = learn.learn_runner.run(
      experiment_fn, run_config=config,
      hparams=tf.contrib.training.HParams(units=5))
  found = flat("eval", results)
  found["exported"] = str(exported)
  return found


@case
def monitors(tf):
  x, y = arrays()
  learn = tf.contrib.learn
  model = estimator(tf)
  validation = learn.monitors.ValidationMonitor(
      x, y, every_n_steps=3, early_stopping_rounds=100,
      check_interval_secs=None)
  capture = learn.monitors.CaptureVariable("fully_connected/biases:0",
                                           every_n=2)
  printing = learn.monitors.PrintTensor(["fully_connected/biases:0"], 5)
  model.fit(x=x, y=y, batch_size=8, steps=9,
            monitors=[validation, capture, printing])
  found = flat("best", validation.best_metrics)
  found["best_step"] = np.asarray(validation.best_step)
  for step, value in capture.values.items():
    found["captured_%d" % step] = value
  return found


@case
def exported(tf):
  x, y = arrays()
  learn = tf.contrib.learn
  model = estimator(tf)
  model.fit(x=x, y=y, batch_size=8, steps=3)

  def serving_input_fn():
    features = tf.placeholder(tf.float32, [None, 4, 3], name="features")
    return learn.InputFnOps({"x": features}, None, {"x": features})

  strategy = learn.make_export_strategy(serving_input_fn, exports_to_keep=1)
  folder = strategy.export(model, os.path.join(model.model_dir, "export"))
  with tf.Session(graph=tf.Graph()) as session:
    meta = tf.saved_model.loader.load(
        session, ["serve"], tf.compat.as_str_any(folder))
    signature = meta.signature_def["serving_default"]
    found = session.run(
        {key: info.name for key, info in signature.outputs.items()},
        {signature.inputs["x"].name: x[:3]})
    found["signatures"] = ", ".join(sorted(meta.signature_def))
    found["method"] = signature.method_name
  return found


@case
def runs(tf):
  x = tf.get_variable("x", [2], initializer=tf.random_uniform_initializer())
  y = tf.placeholder_with_default(1.0, [])
  calls = []
  run = tf.Session.run

  def counted(self, *args, **kwargs):
    calls.append(1)
    return run(self, *args, **kwargs)
  tf.Session.run = counted
  try:
    found = tf.contrib.learn.run_n({"z": x * y}, {y: 3.0}, n=2)
    fed = tf.contrib.learn.run_feeds({"z": x * y}, [{y: 2.0}, {y: 4.0}])
  finally:
    tf.Session.run = run
  return {"found": np.stack([one["z"] for one in found + fed]),
          "calls": np.asarray(len(calls))}


@case
def metric_functions(tf):
  spec = tf.contrib.learn.MetricSpec

  def labels_first(labels, predictions, weights=None):
    return labels * 10 + predictions

  def odd_names(target, logit):
    return target * 10 + logit

  def by_place(x, label):
    return label * 10 + x

  def predictions_alone(predictions):
    return predictions * 2
  one, two = tf.constant(1), tf.constant(2)
  return {function.__name__: spec(function).create_metric_ops(
      None, one, two) for function in (labels_first, odd_names, by_place,
                                       predictions_alone)}


@case
def irises(tf):
  iris = tf.contrib.learn.datasets.load_dataset("iris")
  return {"data": iris.data, "target": iris.target}


@case
def configuration(tf):
  config = tf.contrib.learn.RunConfig(model_dir="logs", tf_random_seed=4)
  names = ("master num_ps_replicas task_id task_type is_chief model_dir "
           "tf_random_seed save_summary_steps save_checkpoints_secs "
           "save_checkpoints_steps keep_checkpoint_max environment "
           "evaluation_master num_worker_replicas log_step_count_steps "
           "session_creation_timeout_secs").split()
  return {name: str(getattr(config, name)) for name in names}
