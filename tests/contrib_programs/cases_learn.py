"""Cases about `tf.contrib.learn`. Python 3.7 syntax too."""

import os
import tempfile

import numpy as np

from contrib_programs.refusing import refused

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
def monitor_calls(tf):
  monitors = tf.contrib.learn.monitors
  called = []

  class Watcher(monitors.EveryN):

    def every_n_step_begin(self, step):
      called.append("begin %d" % step)
      return ["x"]

    def every_n_step_end(self, step, outputs):
      called.append("end %d %s" % (step, sorted(outputs)))
      return step == 9

    def every_n_post_step(self, step, session):
      called.append("post %d, last %s" % (step, self._last_active_step))

  def drive(monitor, steps):
    monitor.begin(max_steps=None)
    for step in steps:
      asked = list(monitor.step_begin(step))
      stop = monitor.step_end(step, {name: step * 0.5 for name in asked})
      monitor.post_step(step, None)
      called.append("%d %s %s" % (step, asked, bool(stop)))
      if stop:
        break
    monitor.end()

  drive(Watcher(4, first_n_steps=2), range(1, 9))
  drive(Watcher(every_n_steps=4), range(1, 15))
  drive(monitors.StopAtStep(num_steps=3), range(5, 20))
  drive(monitors.StopAtStep(last_step=7), range(5, 20))
  capture = monitors.CaptureVariable("v:0", every_n=3, first_n=2)
  drive(capture, range(1, 10))
  drive(monitors.PrintTensor({"tag": "t:0"}, 2), range(1, 4))
  drive(monitors.NanLoss("loss:0", fail_on_nan_loss=False), range(1, 4))
  base = monitors.BaseMonitor
  nan = monitors.NanLoss("loss:0")
  for number, call in enumerate([
      lambda: monitors.StopAtStep(),
      lambda: monitors.StopAtStep(1, 2),
      lambda: monitors.ValidationMonitor(),
      lambda: base().end(),
      lambda: (lambda one: [one.begin(), one.begin()])(base()),
      lambda: (lambda one: [one.begin(3), one.step_begin(4)])(base()),
      lambda: (lambda one: [one.begin(3), one.step_begin(3)])(base()),
      lambda: base().step_begin(-1),
      lambda: base().step_end(1, {}),
      lambda: base().epoch_begin(-1),
      lambda: base().epoch_end(0),
      lambda: (lambda one: [one.epoch_begin(0), one.epoch_begin(1)])(base()),
      lambda: (lambda one: [one.epoch_begin(0), one.epoch_end(0)])(base()),
      lambda: base().set_estimator(None),
      lambda: monitors.ValidationMonitor("x").every_n_step_end(1, {}),
      lambda: (nan.step_begin(1), nan.step_end(1, {"loss:0": np.nan}))]):
    try:
      call()
      called.append("%d passes" % number)
    except (ValueError, RuntimeError) as error:
      called.append("%d %s" % (number, (
          ValueError if isinstance(error, ValueError) else RuntimeError)))
  return {"called": [line.replace("u'", "'") for line in called],
          "captured": str(sorted(capture.values.items()))}


@case
def early_stopping(tf):
  monitors = tf.contrib.learn.monitors
  folder = tempfile.mkdtemp()
  found = {}

  class Model(object):
    model_dir = folder

    def __init__(self, losses):
      self.losses = iter(losses)

    def fit(self):
      pass

    def evaluate(self, **arguments):
      names = sorted(arguments)
      found["arguments"] = ", ".join(names)
      return {"loss": next(self.losses), "other": 1}

  for minimize in (True, False):
    monitor = monitors.ValidationMonitor(
        "x", "y", every_n_steps=2, early_stopping_rounds=5,
        early_stopping_metric_minimize=minimize, check_interval_secs=None)
    monitor.set_estimator(Model([3.0, 2.0, 2.5, 2.5, 2.0, 1.0, 1.5, 0.5, 4.0]))
    lines = []
    monitor.begin()
    for step in range(1, 19):
      if step % 4 != 3:
        with open(os.path.join(folder, "m-%d.index" % step), "w"):
          pass
        with open(os.path.join(folder, "checkpoint"), "w") as file:
          file.write('model_checkpoint_path: "m-%d"\n' % step)
      monitor.step_begin(step)
      stop = monitor.step_end(step, {})
      monitor.post_step(step, None)
      lines.append("%d %s %s %s %s %s" % (
          step, bool(stop), monitor.early_stopped, monitor.best_step,
          monitor.best_value, sorted((monitor.best_metrics or {}).items())))
    found["minimize_%s" % minimize] = lines
  return found


@case
def refusals(tf):
  learn = tf.contrib.learn
  x, y = arrays()
  ops, modes = learn.ModelFnOps, learn.ModeKeys
  one = estimator(tf)
  config = learn.RunConfig(model_dir=tempfile.mkdtemp())
  strategy = learn.make_export_strategy(lambda: None)
  spec = learn.MetricSpec

  def experiment(run_config=None, hparams=None, **options):
    return learn.Experiment(one, lambda: None, lambda: None, **options)

  def run(function, *args, **kwargs):
    return learn.learn_runner.run(function, *args, **kwargs)

  def no_params(features, labels):
    return features, labels, None

  def with_params(features, labels, params):
    return features, labels, params

  tensor = tf.constant([[1.0]])
  return {"estimator": refused([
      lambda: one.fit(),
      lambda: one.fit(x, y, steps=1, max_steps=2),
      lambda: one.fit(x, input_fn=lambda: None),
      lambda: one.fit(tensor, y),
      lambda: one.fit(input_fn=lambda: None, batch_size=3),
      lambda: one.evaluate(x, y, feed_fn=lambda: None),
      lambda: one.evaluate(input_fn=lambda: None, metrics=[1]),
      lambda: one.evaluate(x, y),
      lambda: one.predict(x),
      lambda: one.predict(),
      lambda: one.export_savedmodel("x", None),
      lambda: one.set_params(units=3),
      lambda: learn.Estimator(no_params, params={}),
      lambda: learn.Estimator(with_params),
      lambda: learn.Estimator(with_params, "other", config),
      lambda: learn.Estimator(with_params, config.model_dir, config)]),
          "model": refused([
              lambda: ops(modes.TRAIN, tensor, tensor),
              lambda: ops(modes.TRAIN, None, tensor, tensor),
              lambda: ops(modes.TRAIN, None, None, tensor),
              lambda: ops(modes.EVAL, tensor),
              lambda: ops(modes.EVAL, None, tensor),
              lambda: ops(modes.EVAL, {"a": tensor}, tensor),
              lambda: ops(modes.INFER),
              lambda: ops(modes.INFER, tensor),
              lambda: ops("inference", tensor),
              lambda: ops(modes.EVAL, tensor, tf.constant([1.0, 2.0])),
              lambda: ops(modes.INFER, tensor, eval_metric_ops=[tensor]),
              lambda: ops(modes.INFER, tensor, training_hooks=[tensor])]),
          "metrics": refused([
              lambda: spec(lambda labels, label, predictions: 1),
              lambda: spec(lambda predictions: 1, label_key="a"),
              lambda: spec(lambda predictions: 1, weight_key="a"),
              lambda: spec(lambda predictions: 1).metric_fn(tensor),
              lambda: spec(lambda predictions: 1, "a").create_metric_ops(
                  None, tensor, tensor),
              lambda: spec(lambda predictions: 1, "a").create_metric_ops(
                  None, tensor, {"b": tensor}),
              lambda: spec(lambda predictions: 1).create_metric_ops(
                  None, tensor, {"a": tensor, "b": tensor}),
              lambda: spec(lambda predictions: 1).create_metric_ops(
                  None, tensor, {"a": tensor})]),
          "experiment": refused([
              lambda: experiment(),
              lambda: experiment(saving_listeners=[]),
              lambda: experiment(train_steps_per_iteration=1.5),
              lambda: experiment(export_strategies=[1]),
              lambda: experiment(export_strategies=strategy),
              lambda: experiment(export_strategies=[strategy, strategy]),
              lambda: learn.Experiment(1, None, None),
              lambda: experiment().continuous_eval(
                  continuous_eval_predicate_fn=1),
              lambda: experiment().run_std_server(),
              lambda: learn.ExportStrategy("a", lambda e, p, eval_result: 1
                                           ).export(one, "b"),
              lambda: learn.ExportStrategy("a", lambda e, p: 1
                                           ).export(one, "b")]),
          "runner": refused([
              lambda: run(experiment),
              lambda: run(experiment, "a", run_config=config),
              lambda: run(1, "a"),
              lambda: run(experiment, ""),
              lambda: run(lambda output_dir: experiment(), "a", hparams=1),
              lambda: run(lambda output_dir: 1, "a"),
              lambda: run(lambda output_dir: experiment(), "a", "nothing"),
              lambda: run(lambda output_dir: experiment(), "a", "eval_steps"),
              lambda: run(experiment, run_config=1),
              lambda: run(experiment, run_config=learn.RunConfig()),
              lambda: run(experiment, run_config=config, hparams=1),
              lambda: run(experiment, run_config=config)])}


@case
def input_signatures(tf):
  try:
    from tensorflow.contrib.learn.python.learn.estimators import (
        tensor_signature as lib,
    )
  except ImportError:
    lib = tf.contrib.learn.estimators.tensor_signature
  tensors = [tf.placeholder(dtype, shape) for dtype, shape in (
      (tf.float32, [2, 3]), (tf.float32, [5, 3]), (tf.float32, [None, 4]),
      (tf.float32, None), (tf.int32, [2, 3]), (tf.float32, [2, 3, 1]))]
  values = tensors + [None, {"a": tensors[0]}, {"a": tensors[4]},
                      {"a": tensors[0], "b": tensors[2]}, {}]
  # 1.15 cannot compare two sparse ones.
  tensors.append(tf.sparse_placeholder(tf.int32))
  fits = [[lib.tensors_compatible(one, lib.create_signatures(two))
           for two in values] for one in values]
  placeholders = lib.create_placeholders_from_signatures(
      lib.create_signatures(values[9]))
  return {"fits": np.array(fits), "placeholders": str(sorted(
      (key, value.dtype.name, value.shape.as_list())
      for key, value in placeholders.items())),
          "specs": [str(lib.TensorSignature(one).get_feature_spec().dtype.name)
                    for one in tensors if one is not tensors[3]]}


@case
def arrays_from_files(tf):
  base = tf.contrib.learn.datasets.base
  path = os.path.join(tempfile.mkdtemp(), "data.csv")
  rows = "1.5,2,0\n3,4,1\n5,6.25,2\n"
  found = {}
  for name, header in (("with", "3,2,a,b\n"), ("without", "")):
    with open(path, "w") as file:
      file.write(header + rows)
    load = getattr(base, "load_csv_%s_header" % name)
    for target, data, column in ((np.int64, np.float32, -1),
                                 (np.float32, np.float64, 0)):
      data = load(path, target, data, column)
      found["%s_%d_data" % (name, column)] = data.data
      found["%s_%d_target" % (name, column)] = data.target
  return found


@case
def sequence_lists(tf):
  ops = tf.contrib.learn.ops
  x = tf.constant(np.arange(12.).reshape(2, 3, 2))
  y = tf.constant(np.arange(8.).reshape(2, 2, 2).astype("f"))
  parts = ops.seq2seq_inputs(x, y, 3, 2)
  predictions, loss = ops.sequence_classifier(
      [tf.constant([[1., 2.]]), tf.constant([[0., 3.]])],
      [tf.constant([[1., 0.]]), tf.constant([[0., 1.]])])
  sampled, _ = ops.sequence_classifier(
      [tf.constant([[1., 2.]])], [tf.constant([[1., 0.]])],
      [tf.constant([[0., 3.]])])
  return {"x": tf.stack(parts[0]), "decoder": tf.stack(parts[1]),
          "wanted": tf.stack(parts[2]), "predictions": predictions,
          "loss": loss, "sampled": sampled,
          "name": str(loss.op.name)}


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
