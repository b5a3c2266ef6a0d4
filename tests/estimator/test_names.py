"""Names of tf.estimator and its relatives: there, refused, or not loaded."""

import importlib
import sys

import pytest

import tfcompat_rnn.tf1 as tf
from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn import seeds
from tfcompat_rnn.namespace import namespace
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.estimator import loading

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def graph_mode():
  tf.disable_v2_behavior()


def test_every_row_resolves():
  broken = []
  for family in ("core", "python", "contrib"):
    for row in tables.family(family).rows.values():
      if not row.new.startswith("tfcompat_rnn.namespace.estimator."):
        continue
      module = importlib.import_module(
          "tfcompat_rnn.tf1." + row.old.rpartition(".")[0])
      found = getattr(module, row.old.rpartition(".")[2])
      if found is not namespace.target(row.new):
        broken.append(row.old)
  assert not broken


@pytest.mark.parametrize("old", [
    "model_fn", "run_config", "estimator", "estimator_lib", "training",
    "export.export", "inputs.numpy_io", "canned.head", "canned.dnn",
    "canned.metric_keys", "canned.prediction_keys", "inputs.queues", "keras",
    "exporter", "gc", "util"])
def test_private_paths_are_the_package(old):
  module = importlib.import_module(f"tfcompat_rnn.tf1.python.estimator.{old}")
  where = "keras_lib" if old == "keras" else old
  real = loading.module(f"python.estimator.{where}")
  for name in dir(real):
    if not name.startswith("_"):
      assert getattr(module, name) is getattr(real, name)
      break
  else:
    assert module.__spec__ is not None


@pytest.mark.parametrize("module, name", [
    ("estimator", "RNNEstimator"),
    ("estimator.python.estimator.multi_head", "multi_head"),
    ("estimator.python.estimator.exporter", "StepsExporter")])
def test_paths_of_the_package_of_1_15_are_contrib(module, name):
  loading.module()
  old = importlib.import_module(f"{loading.PACKAGE}.contrib.{module}")
  new = importlib.import_module(f"tfcompat_rnn.tf1.contrib.{module}")
  assert getattr(old, name) is getattr(new, name)
  with pytest.raises(ModuleNotFoundError):
    importlib.import_module(f"{loading.PACKAGE}.contrib.nothing")


def test_nothing_of_it_is_seen_by_others():
  loading.module("python.estimator.tpu.tpu_estimator")
  import tensorflow
  assert not any(name.endswith((".estimator_training", ".tpu_embedding",
                                ".session_support")) for name in sys.modules)
  assert not tensorflow.keras.__name__.startswith("tf_keras")
  assert not hasattr(sys.modules[_tf.module_name("python") + ".util.tf_export"],
                     "ESTIMATOR_API_NAME")


def test_without_the_package_one_line_says_what_to_install(monkeypatch):
  class Blocker:
    def find_spec(self, name, path=None, target=None):
      if name.startswith(loading.PACKAGE):
        raise ModuleNotFoundError(name, name=name)
  for name in [name for name in sys.modules
               if name.split(".")[0] == loading.PACKAGE]:
    monkeypatch.delitem(sys.modules, name)
  monkeypatch.setattr(sys, "meta_path", [Blocker(), *sys.meta_path])
  with pytest.raises(_errors.MissingSymbolError) as caught:
    loading.module("python.estimator.gc")
  assert "pip install 'tensorflow-estimator==2.15.0'" in str(caught.value)
  assert "\n" not in str(caught.value)


def _tpu(**options):
  return tf.contrib.tpu.TPUEstimator(
      model_fn=lambda features, labels, mode, params: None,
      config=tf.contrib.tpu.RunConfig(), train_batch_size=8, **options)


def test_a_tpu_is_refused():
  for options in ({}, {"use_tpu": True}):
    with pytest.raises(_errors.RefusedError, match="use_tpu=False"):
      _tpu(**options)
  with pytest.raises(_errors.RefusedError, match="use_tpu=False"):
    tf.estimator.tpu.experimental.EmbeddingConfigSpec()
  assert _tpu(use_tpu=False).config.tpu_config.iterations_per_loop == 2


def test_distribution_strategies_are_refused():
  strategy = _tf.tf2.distribute.OneDeviceStrategy("/cpu:0")
  for name in ("train_distribute", "eval_distribute"):
    with pytest.raises(_errors.RefusedError, match="one device"):
      tf.estimator.RunConfig(**{name: strategy})
    with pytest.raises(_errors.RefusedError, match="one device"):
      tf.estimator.RunConfig().replace(**{name: strategy})


def test_a_model_is_not_replicated_on_several_devices():
  with pytest.raises(_errors.RefusedError, match="devices=.'/cpu:0'"):
    tf.contrib.estimator.replicate_model_fn(
        _model, devices=["/cpu:0", "/cpu:1"])


def test_a_best_exporter_compares_its_first_result(tmp_path):
  exported = []

  class Exporter(tf.estimator.Exporter):
    name = "inner"

    def export(self, *args):
      exported.append(args)
  best = tf.estimator.BestExporter(
      serving_input_receiver_fn=lambda: None, event_file_pattern=None)
  best._saved_model_exporter = Exporter()
  best._best_eval_result = {"loss": 1.0}
  best._model_dir = str(tmp_path)
  estimator = type("Estimator", (), {"model_dir": str(tmp_path)})
  best.export(estimator, str(tmp_path), "c", {"loss": 2.0}, False)
  assert not exported
  best.export(estimator, str(tmp_path), "c", {"loss": 0.5}, False)
  assert len(exported) == 1


def _model(features, labels, mode, params):
  x = tf.reshape(tf.cast(features["x"], tf.float32), [-1, 2, 1])
  with tf.variable_scope(params["scope"]):
    _, state = tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.BasicRNNCell(2), x, dtype=tf.float32)
  loss = tf.reduce_mean(tf.square(state))
  step = tf.train.get_global_step()
  train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, train_op=train, predictions={"state": state})


def _input():
  return tf.data.Dataset.from_tensors({"x": [[1., 2.]]}).repeat(2)


def test_warm_start_with_a_checkpoint_in_the_folder(tmp_path):
  """The operations of the warm start count, as in 1.15."""
  config = tf.estimator.RunConfig(tf_random_seed=1)
  first = tf.estimator.Estimator(
      _model, str(tmp_path / "first"), config, {"scope": "a"})
  first.train(_input)
  second = tf.estimator.Estimator(
      _model, str(tmp_path / "second"), config, {"scope": "b"},
      warm_start_from=tf.estimator.WarmStartSettings(
          first.model_dir, vars_to_warm_start="b/rnn/.*",
          var_name_to_prev_var_name={
              f"b/rnn/basic_rnn_cell/{name}": f"a/rnn/basic_rnn_cell/{name}"
              for name in ("kernel", "bias")}))
  counts = []

  class Count(tf.train.SessionRunHook):
    def begin(self):
      counts.append(sum(op.type == "RestoreV2" for op in
                        tf.get_default_graph().get_operations()))
  for _ in range(2):
    second.train(_input, hooks=[Count()])
  assert counts == [2, 2]
  assert second.get_variable_value("global_step") == 4


def test_an_identity_out_of_range_is_an_error():
  column = tf.feature_column.indicator_column(
      tf.feature_column.categorical_column_with_identity("x", 3))
  for values, message in (([[3]], "exceeds number of buckets"),
                          ([[-2]], "Negative bucket index")):
    with tf.Graph().as_default(), seeds.seeds_of_1_15():
      layer = tf.feature_column.input_layer(
          {"x": tf.constant(values, tf.int64)}, [column])
      with tf.Session() as session, pytest.raises(
          tf.errors.InvalidArgumentError, match=message):
        session.run(layer)


def test_a_checkpoint_hook_reads_the_step_when_it_saves(tmp_path):
  calls = []
  with tf.Graph().as_default(), seeds.seeds_of_1_15():
    step = tf.train.create_global_step()
    train = tf.assign_add(step, 1)
    # A run that trains may read the step before or after it grows, so the hook
    # sees at most 2 and expects at most 3.
    hook = tf.train.CheckpointSaverHook(str(tmp_path), save_steps=4)
    read = hook.after_run

    def after_run(context, values):
      run = context.session.run
      context.session.run = lambda *args: calls.append(1) or run(*args)
      read(context, values)
      del context.session.run
    hook.after_run = after_run
    with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
      for _ in range(2):
        session.run(train)
  assert not calls
