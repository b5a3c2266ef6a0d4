"""`tfcompat_rnn.tf1` against what TensorFlow 1.15.5 computed and had."""

import importlib
import json

import cases_names
import pytest

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn import _errors
from tfcompat_rnn import _private
from tfcompat_rnn import _tf
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import tables

with open(cases_names.RESULTS) as stream:
  EXPECTED = json.load(stream)


def test_every_case_has_a_result():
  assert sorted(EXPECTED) == sorted(c.__name__ for c in cases_names.CASES)


@pytest.mark.parametrize("case", cases_names.CASES,
                         ids=lambda case: case.__name__)
def test_same_as_1_15(v1, tmp_path, case):
  assert cases_names.run(tf1, case, str(tmp_path)) == EXPECTED[case.__name__]


def test_all_public_names_of_1_15(v1):
  """Each one is there, or refused by a message with a next step."""
  silent = []
  for module, found in names.modules().items():
    parts = module.split(".")
    if "python" in parts or parts[0] in ("contrib", "core", "keras",
                                         "compat", "estimator"):
      continue
    for name in found:
      value = tf1
      try:
        for part in [*parts, name] if module else [name]:
          value = getattr(value, part)
      except _errors.MissingSymbolError as error:
        if "not supported here yet" in str(error):
          silent.append(str(error))
  assert not silent, "\n".join(silent)


@pytest.mark.parametrize("name,part", [
    ("nn.dinamic_rnn", "did you mean tensorflow.nn.dynamic_rnn"),
    ("random.set_seed", "it came with TensorFlow 2; run programs"),
    ("train.AdamOptimiser", "tensorflow.train.AdamOptimizer"),
    ("nn.sequence_loss", "tensorflow.contrib.seq2seq.sequence_loss"),
    ("nn.make_all", "leave it out; it made documentation"),
    ("contrib.seq2seq.python.ops.sampler.Sampler", "helpers instead"),
    ("contrib.tpu.TPUDistributionStrategy", "use_tpu=False"),
    ("contrib.eager.seterr", "seterr: was in TensorFlow 1.15"),
    ("estimator.BoostedTreesClassifier", "gradient boosting"),
    ("python.data.kernel_tests.x", "TensorFlow's own tests are not supported"),
    ("contrib.learn.python.learn.estimators.head_test", "own tests are not"),
    ("tools.docs", "was in TensorFlow 1.15"),
    ("estimator.nonsense", "was not in TensorFlow 1.15"),
    ("contrib.nonsense", "was not in TensorFlow 1.15"),
    ("layers.Input", "was in TensorFlow 1.4 to 1.6, gone by 1.15"),
    ("contrib.training.Feeder", "was in TensorFlow 1.0, gone by 1.15"),
    ("contrib.seq2seq.nonsense", "check the spelling. For the names it had: "),
])
def test_missing_names(v1, name, part):
  value = tf1
  with pytest.raises(_errors.MissingSymbolError) as caught:
    for step in name.split("."):
      value = getattr(value, step)
  assert isinstance(caught.value, AttributeError)
  assert part in str(caught.value)
  assert str(caught.value).startswith("tensorflow.")


_OLDER = [
    (module, name)
    for module in ("nn.rnn_cell", "python.ops.rnn_cell",
                   "python.ops.rnn_cell_impl",
                   "contrib.rnn.python.ops.core_rnn_cell",
                   "contrib.rnn.python.ops.core_rnn_cell_impl")
    for name in ("_linear", "_Linear", "BasicLSTMCell", "EmbeddingWrapper",
                 "InputProjectionWrapper", "OutputProjectionWrapper")
] + [
    ("python.ops.rnn_cell_impl", "_like_rnncell"),
    ("python.ops.rnn_cell_impl", "_LayerRNNCell"),
    ("contrib.rnn.python.ops.core_rnn", "static_rnn"),
    ("contrib.rnn.python.ops.rnn_cell", "_linear"),
]


@pytest.mark.parametrize("module,name", _OLDER)
def test_older_versions_kept_it_elsewhere(v1, module, name):
  # TensorFlow 1.0 to 1.8; 1.15 itself had moved or dropped some of them.
  found = importlib.import_module("tfcompat_rnn.tf1." + module)
  found = getattr(found, name)
  assert found.__module__.startswith("tfcompat_rnn.")
  assert found.__name__ in (name, name.lstrip("_"))


def test_a_cell_that_takes_linear_from_rnn_cell_impl(v1):
  from tfcompat_rnn.tf1.python.ops.rnn_cell_impl import _like_rnncell
  from tfcompat_rnn.tf1.python.ops.rnn_cell_impl import _linear
  x = v1.constant([[1.0, 2.0]])
  with v1.variable_scope("gates", initializer=v1.ones_initializer()):
    y = _linear([x, x], 3, True)
  assert [v.op.name for v in v1.global_variables()] == [
      "gates/kernel", "gates/bias"]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    assert session.run(y).tolist() == [[6.0, 6.0, 6.0]]
  assert _like_rnncell(tf1.nn.rnn_cell.GRUCell(2))
  assert not _like_rnncell(tf1.nn.rnn_cell.GRUCell)
  assert not _like_rnncell("cell")


def test_dir_lists_what_is_there(v1):
  listed = dir(tf1)
  assert {"contrib", "placeholder", "nn", "layers", "keras"} <= set(listed)
  assert "LSTMCell" in dir(tf1.contrib.rnn)
  assert "ModeKeys" in dir(tf1.contrib.learn)
  assert "save_keras_model" not in dir(tf1.contrib.saved_model)


def test_repr_says_what_it_is():
  assert repr(tf1.nn) == ("<module tensorflow.nn (TensorFlow 1.15 names, "
                          "tfcompat_rnn.tf1.nn)>")


def test_a_private_target_that_is_gone_is_named(v1, monkeypatch):
  """A row whose private module a newer TensorFlow does not have."""
  del v1
  monkeypatch.setattr(_tf, "_cache", {})
  monkeypatch.setitem(_private.PRIVATE, "gone", _private.Private(
      "tensorflow.python.gone", None, "the test needs it"))
  for name in ("gone_module", "gone_name"):
    old = f"contrib.util.{name}"
    monkeypatch.setitem(tables.family("contrib").rows, old, tables.Row(
        old, "private.gone" if name == "gone_module"
        else "private.nn_ops:no_such_name"))
  reason = (r"^tensorflow.contrib.util.gone_module: TensorFlow .* has no "
            r"tensorflow.python.gone \(the test needs it\); use a TensorFlow ")
  with pytest.raises(_errors.MissingSymbolError, match=reason):
    tf1.contrib.util.gone_module
  with pytest.raises(_errors.MissingSymbolError,
                     match="no tensorflow.python.ops.nn_ops.no_such_name"):
    tf1.contrib.util.gone_name
  with pytest.raises(ImportError, match="no tensorflow.python.gone"):
    importlib.import_module("tfcompat_rnn.tf1.contrib.util.gone_module")
  assert not hasattr(tf1.contrib.util, "gone_name")
  assert "gone_name" not in dir(tf1.contrib.util)
