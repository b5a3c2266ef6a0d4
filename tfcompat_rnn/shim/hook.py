"""Who imports decides: old programs get the old-shaped `tensorflow`.

`install()` replaces `builtins.__import__` and `importlib.import_module`. When
the importing module belongs to today (TensorFlow itself, Keras 3, tf-slim,
TensorBoard, this package, the standard library, ...) nothing changes. Anyone
else who says `tensorflow` gets `tfcompat_rnn.tf1`: the script, the modules
beside it, libraries of that age. `sys.modules["tensorflow"]` stays the real
one, always. `uninstall()` puts Python's own functions back.
"""

import builtins
import importlib
import importlib.metadata
import os
import sys
import sysconfig

ROOT = "tfcompat_rnn.tf1"

# Top-level packages written against TensorFlow 2, or against no TensorFlow:
# they get the real one.
TODAY = frozenset("""
    tensorflow tensorflow_core tfcompat_rnn keras tf_keras tf_slim tensorboard
    tensorboard_data_server tensorboard_plugin_wit tensorboard_plugin_profile
    tensorflow_estimator tensorflow_probability tensorflow_hub
    tensorflow_datasets tensorflow_metadata tensorflow_text tensorflow_io
    tensorflow_io_gcs_filesystem tensorflow_addons tensorflow_cloud
    tensorflow_model_optimization tensorflow_recommenders tensorflow_ranking
    tensorflow_decision_forests tensorflow_lattice tensorflow_federated
    tensorflow_privacy tensorflow_graphics tensorflow_transform
    tensorflow_data_validation tensorflow_model_analysis tensorflow_serving
    tensorflow_docs tensorflow_gnn tensorflow_similarity tensorflow_ranking
    tfx tfx_bsl ydf official orbit keras_cv keras_nlp keras_hub keras_tuner
    keras_core kerastuner autokeras larq tf2onnx onnx onnxruntime tf_agents
    gin ray wandb mlflow optuna transformers datasets huggingface_hub
    safetensors accelerate torch torchvision jax jaxlib flax numpyro
    numpy scipy pandas sklearn matplotlib seaborn plotly bokeh altair PIL cv2
    h5py absl google grpc astunparse ml_dtypes opt_einsum optree wrapt gast
    termcolor namex rich six cloudpickle dill joblib IPython ipykernel
    nbformat nbclient traitlets pytest _pytest pluggy hypothesis coverage
    pip setuptools pkg_resources _distutils_hack cython Cython numba
    xarray dask distributed pyarrow tqdm array_api_compat typeguard jaxtyping
    einops horovod deepspeed lightning pytorch_lightning
""".split())

# Those whose name nobody else uses are today's wherever they lie, a checkout
# included. The others (`datasets`, `official`, `code`, ...) are names that a
# program's own modules have too: there it matters where the file lies.
_DISTINCT = ("tensorflow", "tensorboard", "tfcompat_rnn", "tf_", "tf2onnx",
             "tfx", "keras", "numpy", "scipy", "pandas", "sklearn", "torch")

# Packages that were rewritten for TensorFlow 2: today's from this version on.
TODAY_SINCE = {"sonnet": ("dm-sonnet", 2), "trfl": ("trfl", 1)}

# Python's own functions. They stay here after `uninstall()`, for whoever
# still holds ours.
_saved = {"__import__": builtins.__import__,
          "import_module": importlib.import_module}
_state = {"installed": False}
_beneath = set()
_today = {}
_LIBRARIES = tuple(
    os.path.join(os.path.realpath(path), "") for path in {
        sysconfig.get_path(name) for name in
        ("stdlib", "platstdlib", "purelib", "platlib")} if path)


def belongs_to_today(name, file=None):
  """Does the module `name`, that lies in `file`, get the real TensorFlow?

  >>> belongs_to_today("tf_slim.layers"), belongs_to_today("__main__")
  (True, False)
  >>> belongs_to_today("datasets.mnist", "/home/me/old/datasets/mnist.py")
  False
  """
  top = name.partition(".")[0]
  if (top, file) not in _today:
    _today[top, file] = _decide(top, file)
  return _today[top, file]


def _is_installed(file):
  """Does `file` lie with the standard library or the installed packages?"""
  parts = os.path.normpath(file).split(os.sep)
  return ("site-packages" in parts or "dist-packages" in parts
          or os.path.realpath(file).startswith(_LIBRARIES))


def _decide(top, file):
  if top == "__main__" or top == "__mp_main__":
    return False
  if top in TODAY and top.startswith(_DISTINCT):
    return True
  if (top in TODAY or top in sys.stdlib_module_names
      or top in sys.builtin_module_names):
    return not file or _is_installed(file)
  if top in TODAY_SINCE:
    distribution, since = TODAY_SINCE[top]
    try:
      version = importlib.metadata.version(distribution)
      return int(version.partition(".")[0]) >= since
    except (importlib.metadata.PackageNotFoundError, ValueError):
      return False
  return False


def _is_tensorflow(name):
  return name == "tensorflow" or name.startswith("tensorflow.")


def _importer(namespace):
  return namespace.get("__name__") or namespace.get("__package__") or ""


def _gets_the_real_one(namespace):
  return belongs_to_today(_importer(namespace), namespace.get("__file__"))


def _written_by_today(namespace):
  """Is this code that TensorFlow generated and is executing just now?

  The wrappers of a custom op's library run in a module whose name is a hash;
  it has no file, and nobody can import it.
  """
  if "__file__" in namespace or namespace.get("__name__") in sys.modules:
    return False
  frame = sys._getframe(2).f_back
  return frame is not None and _gets_the_real_one(frame.f_globals)


def _hooked_import(name, globals=None, locals=None, fromlist=(), level=0):
  """`builtins.__import__` while the hook is installed."""
  original = _saved["__import__"]
  if (level == 0 and name.startswith("tensorflow") and _is_tensorflow(name)
      and _state["installed"]):
    where = globals
    if where is None:
      where = sys._getframe(1).f_globals
    # C code (pickle) asks with this fromlist and reads sys.modules itself.
    if (fromlist != ["__doc__"] and not _gets_the_real_one(where)
        and not _written_by_today(where)):
      module = original(ROOT + name[len("tensorflow"):], globals, locals,
                        fromlist, 0)
      return module if fromlist else sys.modules[ROOT]
  return original(name, globals, locals, fromlist, level)


def _hooked_import_module(name, package=None):
  """`importlib.import_module` while the hook is installed."""
  if _is_tensorflow(name) and _state["installed"]:
    caller = sys._getframe(1).f_globals
    if not _gets_the_real_one(caller):
      name = ROOT + name[len("tensorflow"):]
  return _saved["import_module"](name, package)


def installed():
  """Is the hook in place?"""
  return _state["installed"]


def install():
  """Leads old programs' imports of `tensorflow` to `tfcompat_rnn.tf1`."""
  if not _state["installed"]:
    _state["installed"] = True
    _put(builtins, "__import__", _hooked_import)
    _put(importlib, "import_module", _hooked_import_module)


def _put(holder, name, ours):
  current = getattr(holder, name)
  # Beneath somebody else's function ours is still called: to put it on top
  # as well would make the two call each other for ever.
  beneath = name in _beneath and current is not _saved[name]
  if current is not ours and not beneath:
    _saved[name] = current
    setattr(holder, name, ours)
  _beneath.discard(name)


def _take(holder, name, ours):
  if getattr(holder, name) is ours:
    setattr(holder, name, _saved[name])
  else:
    _beneath.add(name)


def uninstall():
  """Puts Python's own import functions back.

  If somebody put theirs over ours in the meantime, theirs stay, and ours
  beneath pass everything on.
  """
  if _state["installed"]:
    _state["installed"] = False
    _take(builtins, "__import__", _hooked_import)
    _take(importlib, "import_module", _hooked_import_module)
