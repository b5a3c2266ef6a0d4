"""The one door to TensorFlow: its versions, and what is private in it."""

import ast
import importlib.util
import pathlib
import re
import warnings

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _private
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

PACKAGE = pathlib.Path(_tf.__file__).parent


def import_again(monkeypatch, version):
  """The warnings of importing `_tf` with a TensorFlow of this version."""
  monkeypatch.setattr(_tf.tf2, "__version__", version)
  spec = importlib.util.spec_from_file_location("tf_again", _tf.__file__)
  with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
  return [one for one in caught
          if one.category is _errors.UntestedTensorFlowWarning]


@pytest.mark.parametrize("version", ["1.15.5", "2.3.0", "2.15.1"])
def test_an_older_tensorflow_is_refused(monkeypatch, version):
  with pytest.raises(_errors.UnsupportedTensorFlowError) as caught:
    import_again(monkeypatch, version)
  assert str(caught.value) == (
      f"`tensorflow` must be 2.16 to 2.21, got {version}; "
      "pip install 'tensorflow>=2.16,<2.22'")
  assert isinstance(caught.value, ImportError)


@pytest.mark.parametrize("version", ["2.16.0", "2.18.1", "2.21.3-rc0"])
def test_a_tested_tensorflow_is_taken_in_silence(monkeypatch, version):
  assert import_again(monkeypatch, version) == []


@pytest.mark.parametrize("version", ["2.22.0-rc1", "2.30.1", "3.0.0"])
def test_a_newer_tensorflow_is_warned_of_once(monkeypatch, version):
  found = import_again(monkeypatch, version)
  assert len(found) == 1
  text = str(found[0].message)
  assert version in text and "2.16 to 2.21" in text
  assert "pip install 'tensorflow>=2.16,<2.22'" in text


def test_the_range_is_that_of_setup_cfg():
  text = (pathlib.Path(__file__).parents[1] / "setup.cfg").read_text()
  found = set(re.findall(r"tensorflow(?:\[\S+\])?>=(\d+)\.(\d+),<(\d+)\.(\d+)",
                         text))
  oldest = tuple(map(str, _tf.MINIMUM))
  after = (str(_tf.MAXIMUM[0]), str(_tf.MAXIMUM[1] + 1))
  assert found == {oldest + after}


def test_rows_are_sorted():
  assert list(_private.PRIVATE) == sorted(_private.PRIVATE)
  plain = [name for name in _private.ATTRIBUTES
           if not name.startswith("FtrlOptimizer._")]
  assert plain == sorted(plain)


@pytest.mark.parametrize("name", sorted(_private.PRIVATE))
def test_every_private_row_is_there(name):
  row = _private.PRIVATE[name]
  assert row.reason
  found = _tf.private(name)
  assert found is not None and found is not row.fallback
  assert _tf.module_name(name) == row.module


class Catcher:
  """A gradient that keeps the state of the loop it is computed in."""
  state = None


@tf.RegisterGradient("TestTfCatch")
def _catch(unused_op, gradient):
  context = tf.get_default_graph()._get_control_flow_context()
  Catcher.state = context.grad_state
  return gradient


def loop_state():
  with tf.Graph().as_default() as graph:
    x = tf.constant(2.)

    def body(i, y):
      with graph.gradient_override_map({"Identity": "TestTfCatch"}):
        y = tf.identity(y)
      return i + 1, y * x

    _, y = tf.while_loop(lambda i, y: i < 3, body, [0, x])
    tf.gradients(y, x)
  return Catcher.state


def defun_graph():
  return importlib.import_module(
      "tensorflow.python.framework.function")._FuncGraph("f", {}, set(), False)


def concrete_function():
  return tf.function(lambda x: x).get_concrete_function(tf.TensorSpec([]))


# The class in a row's name -> a function that makes such an object.
OBJECTS = {
    "AdagradOptimizer": lambda: tf.train.AdagradOptimizer(.1),
    "AdamOptimizer": tf.train.AdamOptimizer,
    "BaseSession": tf.Session,
    "Bijector": lambda: _tf.private("identity_bijector").Identity(),
    "CheckpointSaverHook": lambda: tf.train.CheckpointSaverHook(
        "folder", save_steps=1),
    "DatasetV2": lambda: tf.data.Dataset.range(3),
    "ConcreteFunction": concrete_function,
    "DefunGraph": defun_graph,
    "Distribution": lambda: tf.distributions.Normal(0., 1.),
    "FtrlOptimizer": lambda: tf.train.FtrlOptimizer(.1),
    "GradLoopState": loop_state,
    "GradientDescentOptimizer": lambda: tf.train.GradientDescentOptimizer(.1),
    "Graph": tf.Graph,
    "Layer": lambda: _tf.private("legacy_layers").Dense(1),
    "Operation": lambda: tf.constant(1.).op,
    "Optimizer": lambda: tf.train.MomentumOptimizer(.1, .9),
    "Trackable": lambda: _tf.private("trackable_base")(),
    "SequenceDenseColumn": lambda: tf.feature_column.indicator_column(
        tf.feature_column.sequence_categorical_column_with_identity("x", 2)),
    "Variable": lambda: tf.get_variable("v", [], use_resource=True),
}


@pytest.mark.parametrize("name", sorted(_private.ATTRIBUTES))
def test_every_private_attribute_is_there(v1, name):
  del v1
  kind, _, attribute = name.partition(".")
  thing = OBJECTS[kind]()
  assert _private.ATTRIBUTES[name].reason
  assert _tf.has_attribute(thing, name)
  found, wanted = _tf.attribute(thing, name), getattr(thing, attribute)
  # A property may make its value anew.
  assert found is wanted or callable(found) or found == wanted


@pytest.mark.slow
def test_no_row_is_left_over():
  used = set()
  for path in PACKAGE.rglob("*.py"):
    if path.name != "_private.py":
      used.update(node.value for node in ast.walk(ast.parse(path.read_text()))
                  if isinstance(node, ast.Constant)
                  and isinstance(node.value, str))
  begun = {text.removeprefix("private.").partition(":")[0] for text in used}
  assert not set(_private.PRIVATE) - begun
  parts = {text.rpartition("FtrlOptimizer._")[2] for text in used}
  assert not {name for name in _private.ATTRIBUTES
              if name not in used and name.partition("._")[2] not in parts}


def gone(monkeypatch, fallback=_private.NO_FALLBACK):
  monkeypatch.setattr(_tf, "_cache", {})
  monkeypatch.setattr(_tf.tf2, "__version__", "2.99.0")
  monkeypatch.setitem(_private.PRIVATE, "gone", _private.Private(
      "tensorflow.python.gone", "symbol", "the test needs it", fallback))
  monkeypatch.setitem(_private.ATTRIBUTES, "Graph._gone", _private.Attribute(
      "the test needs it", fallback))


def test_a_missing_symbol_is_named(monkeypatch):
  gone(monkeypatch)
  with pytest.raises(_errors.PrivateSymbolError) as caught:
    _tf.private("gone")
  assert str(caught.value) == (
      "TensorFlow 2.99.0 has no tensorflow.python.gone.symbol (the test needs "
      "it); use a TensorFlow from 2.16 to 2.21")
  with pytest.raises(_errors.PrivateSymbolError, match="nn_ops.nothing"):
    _tf.find("private.nn_ops:nothing")
  with pytest.raises(AttributeError):
    _tf.find("tensorflow.compat.v1:nothing")
  with pytest.raises(KeyError):
    _tf.private("no row")


def test_a_missing_attribute_is_named(monkeypatch):
  gone(monkeypatch)
  graph = tf.Graph()
  assert not _tf.has_attribute(graph, "Graph._gone")
  with pytest.raises(_errors.PrivateSymbolError, match=re.escape(
      "TensorFlow 2.99.0 has no Graph._gone (the test needs it); use")):
    _tf.attribute(graph, "Graph._gone")
  _tf.set_attribute(graph, "Graph._gone", 3)
  assert _tf.attribute(graph, "Graph._gone") == 3
  for function in (_tf.attribute, _tf.has_attribute):
    with pytest.raises(KeyError, match="Graph._no_row"):
      function(graph, "Graph._no_row")


def test_fallbacks(monkeypatch):
  gone(monkeypatch, fallback="tensorflow.compat.v1:nn.relu")
  assert _tf.private("gone") is tf.nn.relu
  gone(monkeypatch, fallback=None)
  assert _tf.private("gone") is None
  assert _tf.attribute(tf.Graph(), "Graph._gone") is None
