"""The first operation of a script edited in one line turns 1.x ways on."""

import pickle
import types
import warnings

import pytest
import tensorflow.compat.v1 as compat

from tfcompat_rnn import _tf
from tfcompat_rnn.namespace import behavior
from tfcompat_rnn.namespace import namespace


@pytest.fixture
def undecided(monkeypatch):
  """As in a process that still executes eagerly; records the switch."""
  switched = []

  def disable():
    switched.append(True)
    behavior.note_graph_mode()

  monkeypatch.setattr(behavior, "_state", types.SimpleNamespace(
      graph_mode=False, wants_eager=False))
  monkeypatch.setattr(behavior, "disable_v2_behavior", disable)
  monkeypatch.setattr(behavior.tf, "executing_eagerly", lambda: True)
  return switched


@pytest.fixture
def module():
  """A fresh root module: nothing is remembered from other tests."""
  fresh = namespace.NamespaceModule("tfcompat_rnn.tf1", "")
  fresh.__dict__["__tfcompat_source__"] = compat
  return fresh


def inner(old):
  fresh = namespace.NamespaceModule("tfcompat_rnn.tf1." + old, old)
  fresh.__dict__["__tfcompat_source__"] = getattr(compat, old)
  return fresh


@pytest.mark.parametrize("call", [
    lambda tf: tf.placeholder(compat.float32, [2]),
    lambda tf: tf.InteractiveSession(),
    lambda tf: tf.set_random_seed(1),
    lambda tf: tf.constant(1.0),
    lambda tf: tf.get_variable("v", [2]),
    lambda tf: tf.Variable(1.0, name="w"),
    lambda tf: tf.variable_scope("a"),
    lambda tf: tf.name_scope("a"),
    lambda tf: tf.FIFOQueue(3, [compat.float32]),
])
def test_a_call_that_builds_switches_once(undecided, module, call):
  with compat.Graph().as_default():
    with warnings.catch_warnings(record=True) as caught:
      warnings.simplefilter("always")
      made = call(module)
      call_again = module.constant
      call_again(2.0)
  if hasattr(made, "close") and hasattr(made, "run"):
    made.close()  # else it stays the default session of the tests to come
  ours = [w for w in caught if "1.x behaviour is on" in str(w.message)]
  assert undecided == [True]
  assert len(ours) == 1
  assert ours[0].filename == __file__
  # From here on the real objects are given out.
  assert call_again is compat.constant


@pytest.mark.parametrize("old,name", [
    ("train", "get_or_create_global_step"), ("train", "Saver"),
    ("data", "Dataset"), ("nn", "relu"), ("losses", "softmax_cross_entropy"),
    ("summary", "scalar")])
def test_names_in_modules(undecided, old, name):
  assert isinstance(getattr(inner(old), name), behavior.Deferred)


def test_private_ops_build_as_well(undecided):
  array_ops = _tf.real_module("tensorflow.python.ops.array_ops")
  private = namespace.NamespaceModule("x", "python.ops.array_ops")
  private.__tfcompat_source__ = array_ops
  assert isinstance(private.zeros, behavior.Deferred)


def test_a_classmethod_builds_as_well(undecided):
  with compat.Graph().as_default(), pytest.warns(UserWarning):
    inner("data").Dataset.from_tensor_slices([1, 2])
  assert undecided == [True]


@pytest.mark.parametrize("old,name", [
    ("", "ConfigProto"), ("", "Graph"), ("", "float32"), ("", "GraphKeys"),
    ("", "random_uniform_initializer"), ("", "executing_eagerly"),
    ("train", "AdamOptimizer"), ("train", "latest_checkpoint"),
    ("train", "Optimizer"), ("logging", "info"), ("gfile", "Exists"),
    ("app", "run"), ("flags", "DEFINE_string"), ("errors", "OutOfRangeError"),
    ("compat", "as_str")])
def test_what_builds_nothing_is_the_real_thing(undecided, module, old, name):
  if old:
    module = inner(old)
    real = getattr(getattr(compat, old), name)
  else:
    real = getattr(compat, name)
  assert getattr(module, name) is real
  assert not undecided


def test_a_stand_in_behaves_as_the_class(undecided, module):
  variable = module.Variable
  with compat.Graph().as_default():
    real = compat.Variable(1.0, use_resource=False)
  assert isinstance(real, variable) and not isinstance(1.0, variable)
  assert issubclass(compat.Variable, variable)
  assert variable == compat.Variable and compat.Variable == variable
  assert hash(variable) == hash(compat.Variable)
  assert repr(variable) == repr(compat.Variable)

  class Mine(variable):
    pass

  assert Mine.__mro__[1] is compat.Variable
  assert not undecided


def test_a_stand_in_behaves_as_the_function(undecided, module):
  tanh = module.tanh
  assert tanh.__name__ == "tanh"
  assert pickle.loads(pickle.dumps(tanh)) is compat.tanh

  class Model:
    activation = tanh

  assert Model.activation == compat.tanh
  assert not undecided


def test_inside_a_graph_the_real_objects(monkeypatch, module):
  monkeypatch.setattr(behavior, "_state", types.SimpleNamespace(
      graph_mode=False, wants_eager=False))
  with compat.Graph().as_default():
    assert module.placeholder is compat.placeholder
  # Not remembered: outside, the question is open again.
  assert "placeholder" not in module.__dict__


def test_who_asks_for_eager_keeps_it(undecided, module, monkeypatch):
  monkeypatch.setattr(behavior.tf, "enable_eager_execution",
                      lambda *arguments: None)
  behavior.enable_eager_execution()
  assert module.constant is compat.constant
  assert not undecided
