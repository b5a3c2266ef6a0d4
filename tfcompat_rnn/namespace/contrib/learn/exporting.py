"""Saved models of estimators, and when to export them."""

import collections
import inspect
import os
import time

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import modes

DEFAULT_INPUT = "default_input_alternative"
_DEFAULT_OUTPUT = "default_output_alternative"
_SERVING = "serving_default"


class InputFnOps(collections.namedtuple(
    "InputFnOps", ["features", "labels", "default_inputs"])):
  """What a serving input function returns.

  TF 1.15: `tf.contrib.learn.InputFnOps`.
  """


def build_parsing_serving_input_fn(feature_spec, default_batch_size=None):
  """An input function that parses serialized `tf.train.Example`s.

  TF 1.15: `tf.contrib.learn.build_parsing_serving_input_fn`.
  """
  def input_fn():
    examples = tf.placeholder(dtype=tf.string, shape=[default_batch_size],
                              name="input_example_tensor")
    features = tf.parse_example(examples, feature_spec)
    return InputFnOps(features, None, {"examples": examples})
  return input_fn


def build_default_serving_input_fn(features, default_batch_size=None):
  """An input function with a placeholder for each of `features`.

  TF 1.15:
  `tf.contrib.learn.utils.input_fn_utils.build_default_serving_input_fn`.
  """
  def input_fn():
    placeholders = {}
    for name, tensor in features.items():
      shape = [default_batch_size] + tensor.get_shape().as_list()[1:]
      placeholders[name] = tf.placeholder(dtype=tensor.dtype, shape=shape,
                                          name=tensor.op.name)
    return InputFnOps(placeholders, None, placeholders)
  return input_fn


def _signature(inputs, outputs, problem):
  """The signature that serving expects for a kind of problem."""
  keys = modes.PredictionKey
  kinds = modes.ProblemType
  define = tf.saved_model.signature_def_utils
  if len(inputs) == 1:
    examples = next(iter(inputs.values()))
    scores = outputs.get(keys.SCORES, outputs.get(keys.PROBABILITIES))
    classes = outputs.get(keys.CLASSES)
    if classes is not None and classes.dtype != tf.string:
      classes = None
    one = next(iter(outputs.values())) if len(outputs) == 1 else None
    if (problem in (kinds.CLASSIFICATION, kinds.LOGISTIC_REGRESSION)
        and not classes is scores is one is None):
      if classes is None and scores is None:
        classes, scores = ((one, None) if one.dtype == tf.string
                           else (None, one))
      return define.classification_signature_def(examples, classes, scores)
    if problem == kinds.LINEAR_REGRESSION and one is not None:
      return define.regression_signature_def(examples, one)
  return define.predict_signature_def(inputs, outputs)


def _outputs(ops, key):
  """({name: (problem, outputs)}, the name of the default)"""
  found = ops.output_alternatives or {}
  name = "default_output_alternative_key"
  # Not sorted: None may be among the keys.
  _require(not key or key in found, name,
           f"be one of the output alternatives, {list(found)}", repr(key),
           "pass one of them" if found else "leave it out")
  if key:
    return found, key
  _require(len(found) < 2, name, "be given where there are several outputs",
           None, f"pass one of {list(found)}")
  if found:
    return found, next(iter(found))
  outputs = ops.predictions
  if not isinstance(outputs, dict):
    outputs = {modes.PredictionKey.GENERIC: outputs}
  return ({_DEFAULT_OUTPUT: (modes.ProblemType.UNSPECIFIED, outputs)},
          _DEFAULT_OUTPUT)


def predict_ops(estimator, features):
  """What the model function returns for predictions."""
  return estimator._get_predict_ops(features)


def alternatives(input_ops, ops, key):
  """({name: inputs}, {name: (problem, outputs)}, the default outputs' name)"""
  _check_features(input_ops)
  inputs = ({DEFAULT_INPUT: input_ops.default_inputs}
            if isinstance(input_ops, InputFnOps) else {})
  return inputs, *_outputs(ops, key)


def _check_features(input_ops):
  _require(input_ops[0], "serving_input_fn", "return features", input_ops[0],
           "return an InputFnOps with them")


def _signatures(input_ops, ops, key):
  inputs, outputs, default = alternatives(input_ops, ops, key)
  found = {f"{one}:{other or 'None'}": _signature(tensors, results, problem)
           for one, tensors in inputs.items()
           for other, (problem, results) in outputs.items()}
  _require(inputs.get(DEFAULT_INPUT), "serving_input_fn",
           "return the placeholders that are fed", inputs,
           "return an InputFnOps with default_inputs")
  problem, results = outputs[default]
  found[_SERVING] = _signature(inputs[DEFAULT_INPUT], results, problem)
  return found


class _FolderError(_errors.TfcompatError, RuntimeError):
  """There is no name for a new folder."""


def get_timestamped_export_dir(export_dir_base):
  """A folder that does not exist yet, named after the time in seconds.

  TF 1.15: `saved_model_export_utils.get_timestamped_export_dir`.
  """
  for pause in (1,) * 10:
    seconds = tf.compat.as_bytes(str(int(time.time())))
    folder = os.path.join(tf.compat.as_bytes(export_dir_base), seconds)
    if not tf.gfile.Exists(folder):
      return folder
    time.sleep(pause)
  raise _FolderError(_errors.problem(
      "export_dir_base", "be a folder without one for each second",
      export_dir_base, "export to another folder"))


def export(estimator, base, serving_input_fn, key, assets_extra, as_text,
           checkpoint_path, strip_default_attrs):
  """Writes a saved model with the variables of a checkpoint."""
  folder = get_timestamped_export_dir(base)
  parent, name = os.path.split(folder)
  temporary = os.path.join(parent, b"temp-" + name)
  builder = tf.saved_model.Builder(tf.compat.as_str_any(temporary))
  with tf.Graph().as_default() as graph:
    tf.train.create_global_step(graph)
    input_ops = serving_input_fn()
    _check_features(input_ops)
    ops = estimator._call_model_fn(input_ops[0], None, modes.ModeKeys.INFER)
    signatures = _signatures(input_ops, ops, key)
    initialize = tf.group(tf.local_variables_initializer(),
                          tf.tables_initializer())
    with tf.Session("") as session:
      saver = ops.scaffold.saver if ops.scaffold is not None else None
      if saver is None:
        saver = tf.train.Saver(sharded=True)
      saver.restore(session, checkpoint_path)
      builder.add_meta_graph_and_variables(
          session, [tf.saved_model.tag_constants.SERVING],
          signature_def_map=signatures,
          assets_collection=tf.get_collection(
              tf.GraphKeys.ASSET_FILEPATHS),
          main_op=initialize, strip_default_attrs=strip_default_attrs)
  for relative, source in (assets_extra or {}).items():
    target = os.path.join(temporary, b"assets.extra",
                          tf.compat.as_bytes(relative))
    tf.gfile.MakeDirs(os.path.dirname(target))
    tf.gfile.Copy(source, target)
  builder.save(as_text)
  tf.gfile.Rename(temporary, folder)
  return folder


class ExportStrategy(collections.namedtuple(
    "ExportStrategy", ["name", "export_fn", "strip_default_attrs"],
    defaults=[None])):
  """How an `Experiment` exports its model.

  `export_fn` takes an estimator, a folder and any of `checkpoint_path`,
  `eval_result`, `strip_default_attrs`.

  TF 1.15: `tf.contrib.learn.ExportStrategy`.
  """

  def export(self, estimator, export_path, checkpoint_path=None,
             eval_result=None):
    """Exports; returns the folder.

    Raises ValueError if `export_fn` takes a result but no checkpoint.
    """
    takes = inspect.signature(self.export_fn).parameters
    _require("checkpoint_path" in takes or "eval_result" not in takes,
             "export_fn", "take `checkpoint_path` if it takes `eval_result`",
             list(takes), "add the argument")
    known = {"checkpoint_path": checkpoint_path, "eval_result": eval_result,
             "strip_default_attrs": self.strip_default_attrs}
    return self.export_fn(estimator, export_path, **{
        name: value for name, value in known.items() if name in takes})


def _exports(base):
  """The folders of exports in `base`, the oldest first."""
  base = tf.compat.as_str_any(base)
  if not tf.gfile.IsDirectory(base):
    return []
  names = [name.rstrip("/") for name in tf.gfile.ListDirectory(base)]
  return [os.path.join(base, name) for name in sorted(
      (name for name in names if len(name) == 10 and name.isdigit()),
      key=int)]


def garbage_collect_exports(export_dir_base, exports_to_keep):
  """Deletes all but the newest `exports_to_keep` exports (None: keeps all).

  TF 1.15: `saved_model_export_utils.garbage_collect_exports`.
  """
  if exports_to_keep is None:
    return
  found = _exports(export_dir_base)
  for folder in found[:max(0, len(found) - exports_to_keep)]:
    tf.gfile.DeleteRecursively(folder)


def make_export_strategy(serving_input_fn,
                         default_output_alternative_key=None,
                         assets_extra=None, as_text=False, exports_to_keep=5,
                         strip_default_attrs=None):
  """A strategy that writes saved models and keeps the newest.

  TF 1.15: `tf.contrib.learn.make_export_strategy`.
  """
  def export_fn(estimator, export_dir_base, checkpoint_path=None,
                strip_default_attrs=False):
    key = default_output_alternative_key
    has_key = hasattr(estimator, "fit")
    _require(has_key or key is None, "default_output_alternative_key",
             "be None for a tf.estimator.Estimator", repr(key), "leave it out")
    options = {"default_output_alternative_key": key} if has_key else {}
    options.update(assets_extra=assets_extra, as_text=as_text,
                   checkpoint_path=checkpoint_path,
                   strip_default_attrs=bool(strip_default_attrs))
    result = estimator.export_savedmodel(
        tf.compat.as_str_any(export_dir_base), serving_input_fn, **options)
    garbage_collect_exports(export_dir_base, exports_to_keep)
    return result
  return ExportStrategy("Servo", export_fn, strip_default_attrs)
