"""An LSTM regression with many hooks, warm started by a second model."""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

STEPS = 8


class CountHook(tf.train.SessionRunHook):
  """Counts calls, as hooks of that time did."""

  def begin(self):
    self.calls = 0
    self.step = tf.train.get_global_step()

  def before_run(self, run_context):
    return tf.train.SessionRunArgs({"step": self.step})

  def after_run(self, run_context, run_values):
    self.calls += 1
    self.last = run_values.results["step"]

  def end(self, session):
    print("hook saw", self.calls, "calls; step", session.run(self.step))


class Listener(tf.train.CheckpointSaverListener):
  """Prints when a checkpoint is saved."""

  def after_save(self, session, global_step_value):
    print("saved", global_step_value)


def series(count):
  t = np.arange(count + STEPS, dtype=np.float32)
  wave = np.sin(t * 0.3).astype(np.float32)
  return (np.stack([wave[k:k + STEPS] for k in range(count)])[..., None],
          wave[STEPS:STEPS + count] + 3)


def model_fn(features, labels, mode, params):
  x = features["x"]
  cells = [tf.contrib.rnn.BasicLSTMCell(size) for size in params["layers"]]
  stacked = tf.contrib.rnn.MultiRNNCell(cells)
  outputs, _ = tf.contrib.rnn.static_rnn(
      stacked, tf.unstack(x, axis=1), dtype=tf.float32)
  hidden = tf.contrib.layers.fully_connected(
      outputs[-1], params["hidden"], activation_fn=tf.nn.relu)
  predictions = tf.squeeze(tf.layers.dense(hidden, 1), axis=1)
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(
        mode, predictions={"predictions": predictions},
        export_outputs={"serving_default":
                        tf.estimator.export.RegressionOutput(predictions)})
  loss = tf.losses.mean_squared_error(labels, predictions)
  metrics = {"rmse": tf.metrics.root_mean_squared_error(labels, predictions)}
  optimizer = tf.train.AdagradOptimizer(params["rate"])
  train_op = optimizer.minimize(loss, tf.train.get_global_step())
  hooks = [
      tf.train.LoggingTensorHook({"mse": loss}, every_n_iter=5),
      tf.train.SummarySaverHook(
          save_steps=3, output_dir=params["summaries"],
          summary_op=tf.summary.scalar("mse", loss)),
      tf.train.StepCounterHook(every_n_steps=4,
                               output_dir=params["summaries"])]
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, train_op=train_op, eval_metric_ops=metrics,
      training_hooks=hooks)


def input_fn(epochs):
  x, y = series(24)
  return tf.estimator.inputs.numpy_input_fn(
      {"x": x}, y, batch_size=6, num_epochs=epochs, shuffle=False)


def main():
  folder = tempfile.mkdtemp()
  params = {"layers": [5, 4], "hidden": 3, "rate": 0.1,
            "summaries": os.path.join(folder, "summaries")}
  config = tf.estimator.RunConfig(tf_random_seed=2).replace(
      save_checkpoints_steps=5, save_checkpoints_secs=None)
  first = tf.estimator.Estimator(
      model_fn=model_fn, model_dir=os.path.join(folder, "first"),
      config=config, params=params)
  first.train(input_fn(None), steps=8, hooks=[CountHook()],
              saving_listeners=[Listener()])
  print({key: "%.4f" % value for key, value in sorted(
      first.evaluate(input_fn(1)).items())})
  print(sorted(os.listdir(os.path.join(folder, "first"))
               )[-1].startswith("model"), first.latest_checkpoint()[-1])
  warm = tf.estimator.WarmStartSettings(
      ckpt_to_initialize_from=first.model_dir,
      vars_to_warm_start="rnn/.*kernel",
      var_name_to_prev_var_name={})
  second = tf.estimator.Estimator(
      model_fn, os.path.join(folder, "second"), config,
      dict(params, hidden=2), warm_start_from=warm)
  second.train(input_fn(None), steps=2)
  second.train(input_fn(None), steps=1)
  same = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"
  print("%.4f %.4f" % (first.get_variable_value(same).sum(),
                       second.get_variable_value(same).sum()))
  for answer, _ in zip(second.predict(input_fn(1)), range(3)):
    print("%.4f" % answer["predictions"])
  evaluator = tf.estimator.experimental.InMemoryEvaluatorHook(
      first, input_fn(1), every_n_iter=4)
  first.train(input_fn(None), max_steps=14, hooks=[evaluator])
  feature_spec = {"x": tf.FixedLenFeature([STEPS, 1], tf.float32)}
  exported = first.export_savedmodel(
      os.path.join(folder, "export"),
      tf.estimator.export.build_parsing_serving_input_receiver_fn(
          feature_spec))
  x, _ = series(2)
  examples = [tf.train.Example(features=tf.train.Features(feature={
      "x": tf.train.Feature(float_list=tf.train.FloatList(
          value=row.ravel()))})).SerializeToString() for row in x]
  predict = tf.contrib.predictor.from_saved_model(exported)
  print(predict({"inputs": examples}) if "inputs" in predict.feed_tensors
        else {key: value.shape for key, value in predict(
            {list(predict.feed_tensors)[0]: examples}).items()})
  shutil.rmtree(folder)


if __name__ == "__main__":
  tf.logging.set_verbosity(tf.logging.INFO)
  main()
