"""Exporters, forwarded features and heads: what `programs` do not reach."""

import numpy as np
import pytest

import tfcompat_rnn.tf1 as tf
from tfcompat_rnn import _errors
from tfcompat_rnn.namespace.estimator import steps

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def graph():
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    yield


def test_a_steps_exporter_goes_on_after_the_last_evaluation(tmp_path):
  """1.15.5 answered the same."""
  with tf.summary.FileWriter(str(tmp_path / "eval")) as writer:
    writer.add_summary(tf.Summary(), 10)
  inner = type("Inner", (), {"name": "n", "export": lambda *_: "path"})()
  estimator = type("Estimator", (), {"model_dir": str(tmp_path)})
  exporter = steps.StepsExporter([30, 5, 12, 14, 20, -1])
  exporter._saved_model_exporter = inner

  def export(result):
    return exporter.export(estimator, "to", None, result, False)
  assert [export({"global_step": step})
          for step in (11, 12, 13, 25, 30, 31)] == [
              None, "path", None, "path", "path", None]
  for result in (None, {}, {"loss": 1.}):
    with pytest.raises(ValueError, match="`eval_result` must have the key"):
      export(result)


def _estimator(predictions):
  output = tf.estimator.export.PredictOutput

  def model_fn(features, labels, mode):
    ones = tf.ones([1])
    return tf.estimator.EstimatorSpec(
        mode, predictions=predictions(features), loss=tf.constant(1.),
        train_op=tf.no_op(), export_outputs={
            "predict": output({"p": ones}),
            "serving_default": output({"p": ones}),
            "other": output({"p": ones})})
  return tf.estimator.Estimator(model_fn)


def _features():
  return {"x": tf.zeros([1, 2]),
          "s": tf.SparseTensor([[0, 0]], [1.], [1, 2])}


@pytest.mark.parametrize("keys, defaults, names", [
    ("x", None, ["p", "x"]), (["x", "s"], {"s": -1.}, ["p", "s", "x"]),
    (None, {"s": 7.}, ["p", "s", "x"])])
def test_features_are_forwarded(keys, defaults, names):
  estimator = tf.contrib.estimator.forward_features(
      _estimator(lambda features: {"p": features["x"]}), keys, defaults)
  spec = estimator.model_fn(_features(), None, "infer", None)
  assert sorted(spec.predictions) == names
  assert [sorted(spec.export_outputs[name].outputs)
          for name in ("predict", "serving_default", "other")] == [
              names, names, ["p"]]
  if defaults:
    with tf.Session() as session:
      assert session.run(spec.predictions["s"]).tolist() == [
          [1., defaults["s"]]]


@pytest.mark.parametrize("keys, defaults, error, words", [
    ("s", None, ValueError, "dense features, got 's'"),
    ("x", {"x": 1.}, ValueError, "sparse features only, got 'x'"),
    ("q", None, ValueError, "name features, got 'q'"),
    (3, None, TypeError, "a string or a list of strings, got 3"),
    ([3], None, TypeError, "strings only, got 3")])
def test_other_features_are_not_forwarded(keys, defaults, error, words):
  estimator = _estimator(lambda features: {"p": features["x"]})
  with pytest.raises(error, match=words):
    tf.contrib.estimator.forward_features(
        estimator, keys, defaults).model_fn(_features(), None, "infer", None)


def test_predictions_that_take_no_feature():
  forward = tf.contrib.estimator.forward_features
  with pytest.raises(ValueError, match="differ from the keys of the predict"):
    forward(_estimator(lambda features: {"x": features["x"]}), "x").model_fn(
        _features(), None, "infer", None)
  with pytest.raises(ValueError, match="`predictions` must be a dictionary"):
    forward(_estimator(lambda features: features["x"]), "x").model_fn(
        _features(), None, "infer", None)


def test_weights_of_heads_multiply_their_losses():
  heads = [tf.contrib.estimator.regression_head(name=name) for name in "ab"]
  logits = tf.constant([[1., 3.]])
  labels = {"a": tf.constant([[0.]]), "b": tf.constant([[1.]])}

  def loss(weights):
    return tf.contrib.estimator.multi_head(heads, weights).create_loss(
        {}, "train", logits, labels)
  alike, weighted = loss(None), loss([1., .5])
  with tf.Session() as session:
    assert session.run([alike.training_loss, weighted.training_loss]) == [5, 3]
    assert session.run(weighted.unreduced_loss) == {
        "a": np.array([[1.]]), "b": np.array([[2.]])}
    assert session.run(weighted.weights) == {"a": 1., "b": .5}


def test_heads_say_what_they_need():
  heads = [tf.contrib.estimator.regression_head(name=name) for name in "ab"]
  head = tf.contrib.estimator.multi_head(heads)
  with pytest.raises(ValueError, match="`logits` must have 2 columns"):
    head.create_estimator_spec({}, "train", tf.zeros([5, 3]), None)
  with pytest.raises(ValueError, match="`labels` must be a dictionary by the"):
    head.create_estimator_spec({}, "train", tf.zeros([5, 2]), [1])
  with pytest.raises(ValueError, match="`mode` must be one of"):
    head.create_estimator_spec(
        {}, "other", tf.zeros([5, 2]),
        {name: tf.zeros([5, 1]) for name in "ab"},
        optimizer=tf.train.AdamOptimizer())
  head = tf.contrib.estimator.multi_label_head(2)
  for options, found in (({}, "neither"), (
      {"optimizer": tf.train.AdamOptimizer(), "train_op_fn": tf.no_op},
      "both")):
    with pytest.raises(ValueError, match=f"not both, got {found}"):
      head.create_estimator_spec(
          {}, "train", tf.zeros([5, 2]), tf.zeros([5, 2], tf.int64), **options)


def test_a_predictor_says_which_outputs_there_are():
  def model(features, labels, mode):
    return tf.estimator.EstimatorSpec(
        mode, features, export_outputs={
            "p": tf.estimator.export.PredictOutput(features)})

  def receiver():
    x = tf.placeholder(tf.float32, [1])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
  with pytest.raises(KeyError) as caught:
    tf.contrib.predictor.from_estimator(
        tf.estimator.Estimator(model), receiver, output_key="q")
  assert isinstance(caught.value, _errors.TfcompatError)
  # KeyError alone would print it in quotation marks.
  assert str(caught.value).startswith("`output_key` must be one of ['p'")
