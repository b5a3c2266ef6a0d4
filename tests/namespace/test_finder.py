"""Modules beneath `tfcompat_rnn.tf1` are real modules."""

import importlib
import importlib.util
import inspect
import sys
import types

import pytest
import tensorflow.compat.v1 as compat

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn import _errors
from tfcompat_rnn.namespace import finder
from tfcompat_rnn.namespace import missing
from tfcompat_rnn.namespace import names

MODULES = ["nn", "nn.rnn_cell", "contrib", "contrib.rnn", "layers", "losses",
           "train", "python", "python.ops", "python.ops.rnn_cell",
           "python.framework.ops", "python.util.nest", "data.experimental",
           "examples.tutorials.mnist.input_data", "estimator", "summary"]


@pytest.mark.parametrize("old", MODULES)
def test_a_module_is_a_module(old):
  full = "tfcompat_rnn.tf1." + old
  module = importlib.import_module(full)
  assert isinstance(module, types.ModuleType)
  assert inspect.ismodule(module)
  assert sys.modules[full] is module
  assert module.__name__ == full
  assert module.__spec__.name == full
  assert module.__package__ == full
  assert module.__doc__
  assert importlib.util.find_spec(full) is module.__spec__
  parent, _, name = full.rpartition(".")
  assert getattr(sys.modules[parent], name) is module
  assert importlib.import_module(full) is module


def test_attribute_and_import_give_the_same_module():
  for old in MODULES:
    value = tf1
    for part in old.split("."):
      value = getattr(value, part)
    assert value is importlib.import_module("tfcompat_rnn.tf1." + old)


def test_one_finder_that_answers_for_tf1_only():
  finder.install()
  ours = [f for f in sys.meta_path if isinstance(f, finder.NamespaceFinder)]
  assert len(ours) == 1
  for name in ("tensorflow", "tensorflow.contrib", "tfcompat_rnn",
               "tfcompat_rnn.tf1", "tfcompat_rnn.tf10", "json"):
    assert ours[0].find_spec(name) is None


def test_a_missing_module_is_an_import_error():
  with pytest.raises(_errors.MissingModuleError) as caught:
    importlib.import_module("tfcompat_rnn.tf1.contrib.bigtable")
  assert isinstance(caught.value, ModuleNotFoundError)
  assert caught.value.name == "tensorflow.contrib.bigtable"
  with pytest.raises(ImportError):
    importlib.import_module("tfcompat_rnn.tf1.nn.relu")
  with pytest.raises(ImportError, match="tensorflow.nn.relv"):
    from tfcompat_rnn.tf1.nn import relv  # noqa: F401 the import must fail


def test_todays_files_are_not_loaded_twice():
  from tfcompat_rnn.tf1.core.framework import graph_pb2
  assert graph_pb2.GraphDef is compat.GraphDef
  assert graph_pb2.__name__ == "tensorflow.core.framework.graph_pb2"
  from tfcompat_rnn.tf1.python.framework import dtypes
  assert dtypes.float32 is compat.float32


def test_compat_v1_is_the_namespace_itself():
  import tfcompat_rnn.tf1.compat.v1 as v1
  assert v1 is tf1
  import tfcompat_rnn.tf1.compat.v1.contrib.rnn as rnn
  assert rnn is tf1.contrib.rnn
  assert tf1.compat.as_str is compat.compat.as_str


def test_no_module_hides_a_tools_question():
  for name in ("__wrapped__", "_ipython_display_", "__signature__"):
    assert not hasattr(tf1, name)
  assert inspect.getdoc(tf1.nn)
  assert inspect.unwrap(tf1) is tf1


def test_a_script_may_put_its_own_names_there():
  tf1.nn.my_own = 3
  try:
    assert tf1.nn.my_own == 3
    assert not hasattr(compat.nn, "my_own")
  finally:
    del tf1.nn.my_own


def test_the_dictionary_of_a_module_of_rows_is_full():
  import tfcompat_rnn.tf1.contrib.rnn as rnn
  assert rnn.LSTMCell in rnn.__dict__.values()
  assert vars(rnn)["GRUCell"] is rnn.GRUCell


@pytest.mark.parametrize("module,name,target", [
    ("ops.rnn", "rnn_cell_impl", "ops.rnn_cell_impl"),
    ("ops.rnn", "vs", "ops.variable_scope"),
    ("ops.rnn_cell_impl", "init_ops", "ops.init_ops"),
    ("ops.nn", "rnn_cell", "ops.rnn_cell"),
    ("framework.tensor_spec", "dtypes", "framework.dtypes"),
    ("ops.array_ops", "gen_array_ops", "ops.gen_array_ops"),
])
def test_modules_that_private_modules_had_imported(module, name, target):
  root = "tfcompat_rnn.tf1.python."
  found = getattr(importlib.import_module(root + module), name)
  assert found is importlib.import_module(root + target)


@pytest.mark.parametrize("old", [
    "python.keras.preprocessing.text.Tokenizer",
    "python.keras.preprocessing.sequence.pad_sequences",
    "python.keras.preprocessing.image.load_img",
    "python.keras.utils.data_utils.urlretrieve",
    "python.platform.flags.ArgumentParser",
    "contrib.grid_rnn.python.ops.grid_rnn_cell.namedtuple"])
def test_what_1_15_imported_from_other_packages_is_not_called_unknown(old):
  # An earlier list had only what TensorFlow's own files defined.
  assert names.home(old)
  assert "was not in TensorFlow 1.15" not in missing.message(old)


def test_a_function_hides_the_module_of_its_name():
  # As in 1.15, where the package imported the function from the module.
  from tfcompat_rnn.tf1.contrib.framework.python import ops
  function = ops.arg_scope
  module = importlib.import_module(f"{ops.__name__}.arg_scope")
  assert module.arg_scope is function and ops.arg_scope is function
  assert module.add_arg_scope is ops.add_arg_scope
