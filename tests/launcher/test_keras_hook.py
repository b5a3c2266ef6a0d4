"""`import keras` under the hook: Keras 2 for programs, Keras 3 for others."""

import builtins
import sys
import types

import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn.launcher import hook
from tfcompat_rnn.namespace.keras import standalone

OLD = "tfcompat_rnn.tf1.keras"


@pytest.fixture
def hooked(monkeypatch):
  """The hook; whoever imports keras, it is only noted."""
  asked, real = [], builtins.__import__
  starts = "keras", OLD

  def fake(name, globals=None, locals=None, fromlist=(), level=0):
    if not name.startswith(starts):
      return real(name, globals, locals, fromlist, level)
    asked.append(name)
    return types.ModuleType(name)

  monkeypatch.setattr(builtins, "__import__", fake)
  monkeypatch.setitem(sys.modules, OLD, types.ModuleType(OLD))
  monkeypatch.setattr(standalone._State, "in_use", False)
  monkeypatch.setattr(standalone._State, "own", False)
  with _patching.Stack() as patches:
    hook.install(patches)
    yield asked


def importing(name, fromlist, importer):
  return builtins.__import__(name, {"__name__": importer}, {}, fromlist, 0)


@pytest.mark.parametrize("importer,name,got", [
    ("__main__", "keras", OLD), ("__main__", "keras.layers", OLD + ".layers"),
    ("model", "keras.backend", OLD + ".backend"),
    ("__main__", "keras_contrib", "keras_contrib"),
    ("__main__", "keras_preprocessing.text", OLD + ".preprocessing.text"),
    ("tf_keras.src", "keras_preprocessing", "keras_preprocessing"),
    ("tensorflow.python", "keras", "keras"), ("keras.src", "keras", "keras"),
    ("tf_keras.src", "keras.layers", "keras.layers"),
    ("transformers", "keras", "keras")])
def test_the_importer_decides(hooked, importer, name, got):
  importing(name, ("x",), importer)
  assert hooked[-1] == got


def test_one_line_says_so(hooked, capsys):
  assert importing("keras.layers", None, "__main__") is sys.modules[OLD]
  importing("keras.models", ("Sequential",), "__main__")
  assert standalone.in_use()
  assert capsys.readouterr().err == f"tfcompat-rnn: {standalone.NOTE}\n"


def test_a_program_s_own_package_keras_stays(hooked, monkeypatch, tmp_path):
  (tmp_path / "keras").mkdir()
  (tmp_path / "keras" / "__init__.py").touch()
  monkeypatch.syspath_prepend(str(tmp_path))
  monkeypatch.setattr(standalone._State, "own", None)
  importing("keras.models", ("Sequential",), "__main__")
  assert hooked[-1] == "keras.models" and not standalone.in_use()


def test_keras_applications_is_refused(hooked):
  with pytest.raises(ModuleNotFoundError, match=(
      "^keras_applications, which TensorFlow 1.15 installed, is not part of "
      "this package; take the networks from tf.keras.applications, or pip "
      "install keras_applications$")):
    importing("keras_applications.vgg16", ("VGG16",), "__main__")


def test_an_installed_keras_preprocessing_is_used(
    hooked, monkeypatch, tmp_path):
  (tmp_path / "keras_preprocessing.py").touch()
  monkeypatch.syspath_prepend(str(tmp_path))
  importing("keras_preprocessing", None, "__main__")
  assert hooked[-1] == "keras_preprocessing"
