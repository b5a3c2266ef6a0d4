"""Importing TensorFlow loads no Keras 3 and collects no garbage."""

import gc
import random
import subprocess
import sys

import pytest

from tfcompat_rnn import _first_import
from tfcompat_rnn import _randomness

PROGRAM = """
import gc
import random
import sys
import tfcompat_rnn.tf1 as tf
import tensorflow as tf2
print([name for name in ("keras", "tf_keras", "sklearn", "matplotlib", "pandas",
                         "keras.src.optimizers") if name in sys.modules])
print(gc.isenabled(), gc.get_freeze_count())
random.seed(42)
print(tf2.keras.optimizers.SGD.__module__.split(".")[0], tf2.keras.__version__)
print("%.6f" % random.random(), type(sys.modules["keras"].__loader__).__name__)
import keras
print(keras.optimizers.SGD is tf2.keras.optimizers.SGD,
      any("_Keeper" in str(finder) for finder in sys.meta_path))
"""


@pytest.mark.slow
def test_keras_is_imported_when_it_is_used():
  keras = pytest.importorskip("keras")
  done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True,
                        text=True, timeout=300)
  assert done.stdout.splitlines() == [
      "[]", "True 0", f"keras {keras.__version__}",
      "0.639427 SourceFileLoader", "True False"], done.stderr


@pytest.fixture
def unloaded(monkeypatch):
  for name in ("tensorflow", "keras", "keras.src.optimizers"):
    monkeypatch.delitem(sys.modules, name, raising=False)


def test_the_import_fails(unloaded):
  with pytest.raises(ZeroDivisionError), _first_import.lean():
    assert not gc.isenabled()
    with pytest.raises(ImportError):
      import keras.src.optimizers  # noqa: F401
    1 / 0
  assert gc.isenabled() and "keras.src.optimizers" not in sys.modules


def test_a_program_without_collection(unloaded):
  gc.disable()
  try:
    with _first_import.lean():
      pass
    assert not gc.isenabled()
  finally:
    gc.enable()


def test_frozen_objects_stay_frozen(unloaded):
  gc.freeze()
  try:
    frozen = gc.get_freeze_count()
    with _first_import.lean():
      pass
    assert 0 < frozen <= gc.get_freeze_count()
  finally:
    gc.unfreeze()


@pytest.mark.parametrize("loaded", ["tensorflow", "keras"])
def test_what_is_loaded_is_left_alone(unloaded, monkeypatch, loaded):
  monkeypatch.setitem(sys.modules, loaded, sys)
  monkeypatch.setitem(sys.modules, "keras.src.optimizers", random)
  with _first_import.lean():
    assert sys.modules["keras.src.optimizers"] is random
    assert gc.isenabled() == (loaded == "tensorflow")
  assert sys.modules["keras.src.optimizers"] is random


def test_generators_are_kept_by_whoever_imports(tmp_path, monkeypatch):
  (tmp_path / "draws_later.py").write_text("import random; random.random()")
  monkeypatch.syspath_prepend(str(tmp_path))
  monkeypatch.delitem(sys.modules, "draws_later", raising=False)
  before = list(sys.meta_path)
  _randomness.keep_during("draws_later")
  random.seed(2)
  import importlib.util
  assert importlib.util.find_spec("draws_later") is not None
  assert sys.meta_path != before  # looking for it is not importing it
  import draws_later
  assert random.random() == random.Random(2).random()
  assert sys.meta_path == before
  assert type(draws_later.__loader__).__name__ == "SourceFileLoader"
  _randomness.keep_during("draws_later")  # it is loaded
  assert sys.meta_path == before
