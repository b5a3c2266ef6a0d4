"""Decides which modules get the real TensorFlow: those for TensorFlow 2.

>>> belongs_to_today("tf_slim.layers"), belongs_to_today("__main__")
(True, False)

And `Loader`, which does something more while a module is imported.
"""

import os
import sys
import sysconfig

# Top-level packages that were written for TensorFlow 2, or do not use
# TensorFlow. They get the real one.
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

# Packages with a unique name count wherever they are, even in a checkout. The
# other names (`datasets`, `official`, `code`, ...) are also used by programs
# for their own modules, so for them the location of the file matters.
_DISTINCT = ("tensorflow", "tensorboard", "tfcompat_rnn", "tf_", "tf2onnx",
             "tfx", "keras", "numpy", "scipy", "pandas", "sklearn", "torch")

# Packages that were rewritten for TensorFlow 2, with the first such version.
TODAY_SINCE = {"sonnet": ("dm-sonnet", 2), "trfl": ("trfl", 1)}

_today = {}
_LIBRARIES = tuple(
    os.path.join(os.path.realpath(path), "") for path in {
        sysconfig.get_path(name) for name in
        ("stdlib", "platstdlib", "purelib", "platlib")} if path)


def belongs_to_today(name, file=None):
  """Whether the module `name`, located in `file`, gets the real TensorFlow.

  >>> belongs_to_today("tf_slim.layers"), belongs_to_today("__main__")
  (True, False)
  >>> belongs_to_today("datasets.mnist", "/home/me/old/datasets/mnist.py")
  False
  """
  top = name.partition(".")[0]
  if (top, file) not in _today:
    _today[top, file] = _decide(top, file)
  return _today[top, file]


def is_installed(file):
  """Whether `file` is in the standard library or an installed package."""
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
    return not file or is_installed(file)
  if top in TODAY_SINCE:
    import importlib.metadata
    distribution, since = TODAY_SINCE[top]
    try:
      version = importlib.metadata.version(distribution)
      return int(version.partition(".")[0]) >= since
    except (importlib.metadata.PackageNotFoundError, ValueError):
      return False
  return False


class Loader:
  """A module's own `loader`, executed by `load(module, loader)`."""

  def __init__(self, loader, load):
    self._loader = loader
    self._load = load

  def __getattr__(self, name):
    return getattr(self.__dict__["_loader"], name)

  def create_module(self, spec):
    return self._loader.create_module(spec)

  def exec_module(self, module):
    # From now on the module looks as if it had been loaded as usual.
    module.__spec__.loader = module.__loader__ = self._loader
    self._load(module, self._loader)
