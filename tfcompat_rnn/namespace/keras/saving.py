"""Models in h5 files and JSON: in 1.15's form, and what it restored."""

import contextlib
import contextvars

from tfcompat_rnn import _tf
from tfcompat_rnn.namespace.keras.changes import Change

_with_optimizer = contextvars.ContextVar("with_optimizer", default=False)


def _compile_args(original):
  def compile_args_from_training_config(training_config, custom_objects=None):
    found = original(training_config, custom_objects)
    # Today an attribute is looked for, and the file has a dictionary.
    found["sample_weight_mode"] = training_config.get("sample_weight_mode")
    return found
  return compile_args_from_training_config


def _has_optimizer(file):
  h5py = _tf.real_module("h5py")
  if isinstance(file, h5py.File):
    return "optimizer_weights" in file
  try:
    with h5py.File(file, mode="r") as opened:
      return "optimizer_weights" in opened
  except (OSError, TypeError):
    return False  # the original says what is wrong


@contextlib.contextmanager
def _set(variable, value):
  token = variable.set(value)
  try:
    yield
  finally:
    variable.reset(token)


def _load_model(original):
  def load_model_from_hdf5(filepath, custom_objects=None, compile=True):
    with _set(_with_optimizer, compile and _has_optimizer(filepath)):
      return original(filepath, custom_objects, compile)
  return load_model_from_hdf5


def _build_arguments(original):
  def try_build_compiled_arguments(model):
    original(model)
    if _with_optimizer.get() and model._is_graph_network:
      # The optimizer's variables were made with the function for training.
      model._make_train_function()
  return try_build_compiled_arguments


# Arguments that 1.15 did not know, and what they are where nobody set them.
_NEW_ARGUMENTS = {
    "InputLayer": {"optional": False},
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose",
                     "Conv3DTranspose", "SeparableConv1D", "SeparableConv2D",
                     "DepthwiseConv2D"), {"groups": 1}),
    **dict.fromkeys((f"Global{kind}Pooling{rank}D"
                     for kind in ("Average", "Max") for rank in (1, 2, 3)),
                    {"keepdims": False}),
    **dict.fromkeys(("AlphaDropout", "GaussianDropout", "GaussianNoise"),
                    {"seed": None}),
    "Attention": {"dropout": 0.0, "score_mode": "dot"},
    "AdditiveAttention": {"dropout": 0.0},
    "Functional": {"trainable": True},
    "Sequential": {"trainable": True},
    "Ftrl": {"beta": 0.0},
}
# Initializers that were functions then: scale, mode, distribution.
_SCALINGS = {
    "HeNormal": (2.0, "fan_in", "truncated_normal"),
    "HeUniform": (2.0, "fan_in", "uniform"),
    "LecunNormal": (1.0, "fan_in", "truncated_normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"),
}


def _of_1_15(config):
  """`config`, and those in it, as 1.15 wrote them."""
  if isinstance(config, tuple):
    return tuple(_of_1_15(one) for one in config)
  if isinstance(config, list):
    return [_of_1_15(one) for one in config]
  if not isinstance(config, dict):
    return config
  name, inner = config.get("class_name"), config.get("config")
  if not isinstance(name, str) or not isinstance(inner, dict):
    return {key: _of_1_15(value) for key, value in config.items()}
  new = _NEW_ARGUMENTS.get(name, {})
  inner = {key: _of_1_15(value) for key, value in inner.items()
           if key not in new or value != new[key]}
  if name in ("Attention", "AdditiveAttention"):
    inner.setdefault("causal", False)
  elif name in ("L1", "L2"):
    name, inner = "L1L2", {"l1": 0.0, "l2": 0.0, **inner}
  elif name in _SCALINGS:
    scale, mode, distribution = _SCALINGS[name]
    name = "VarianceScaling"
    inner = {"scale": scale, "mode": mode, "distribution": distribution,
             **inner, "dtype": "float32"}
  elif name == "Functional":
    name = "Model"
  elif name == "Sequential":
    inner["layers"] = _without_input(inner.get("layers", []))
  config = {key: value for key, value in config.items()
            if key != "shared_object_id"}
  return {**config, "class_name": name, "config": inner}


def _without_input(layers):
  """1.15 did not write the input of a Sequential model down as a layer."""
  if (len(layers) > 1 and layers[0]["class_name"] == "InputLayer"
      and "batch_input_shape" in layers[1]["config"]):
    return layers[1:]
  return layers


def _updated_config(original):
  def updated_config(self):
    return _of_1_15(original(self))
  return updated_config


def _model_metadata(original):
  def model_metadata(*args, **kwargs):
    return _of_1_15(original(*args, **kwargs))
  return model_metadata


CHANGES = [
    Change("engine.training:Model._updated_config", _updated_config,
           "models were called Model, and had fewer arguments"),
    Change("saving.legacy.saving_utils:model_metadata", _model_metadata,
           "models were called Model, and had fewer arguments"),
    Change("saving.legacy.saving_utils:compile_args_from_training_config",
           _compile_args, "the file's sample_weight_mode was used"),
    Change("saving.legacy.saving_utils:try_build_compiled_arguments",
           _build_arguments, "loading built the function for training"),
    Change("saving.legacy.hdf5_format:load_model_from_hdf5", _load_model,
           "loading built the function for training"),
]
