"""Saved models of estimators, and when to export them."""

import collections
import inspect
import os
import time

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
  found = ops.output_alternatives
  if not found:
    if key:
      raise ValueError(f"Requested default_output_alternative: {key}, but "
                       "available output_alternatives are: []")
    outputs = ops.predictions
    if not isinstance(outputs, dict):
      outputs = {modes.PredictionKey.GENERIC: outputs}
    return ({_DEFAULT_OUTPUT: (modes.ProblemType.UNSPECIFIED, outputs)},
            _DEFAULT_OUTPUT)
  if key:
    if key not in found:
      raise ValueError(
          f"Requested default_output_alternative: {key}, but available "
          f"output_alternatives are: {sorted(found)}")
    return found, key
  if len(found) > 1:
    raise ValueError("Please specify a default_output_alternative.  "
                     f"Available output_alternatives are: {sorted(found)}")
  return found, next(iter(found))


def predict_ops(estimator, features):
  """What the model function returns for predictions."""
  return estimator._get_predict_ops(features)


def alternatives(input_ops, ops, key):
  """({name: inputs}, {name: (problem, outputs)}, the default outputs' name)"""
  if not input_ops[0]:
    raise ValueError("Features must be defined.")
  inputs = ({DEFAULT_INPUT: input_ops.default_inputs}
            if isinstance(input_ops, InputFnOps) else {})
  return inputs, *_outputs(ops, key)


def _signatures(input_ops, ops, key):
  inputs, outputs, default = alternatives(input_ops, ops, key)
  found = {f"{one}:{other or 'None'}": _signature(tensors, results, problem)
           for one, tensors in inputs.items()
           for other, (problem, results) in outputs.items()}
  if not inputs.get(DEFAULT_INPUT):
    raise ValueError("A default input_alternative must be provided.")
  problem, results = outputs[default]
  found[_SERVING] = _signature(inputs[DEFAULT_INPUT], results, problem)
  return found


def get_timestamped_export_dir(export_dir_base):
  """A folder that does not exist yet, named after the time in seconds.

  TF 1.15: `saved_model_export_utils.get_timestamped_export_dir`.
  """
  for _ in range(10):
    folder = os.path.join(tf.compat.as_bytes(export_dir_base),
                          tf.compat.as_bytes(str(int(time.time()))))
    if not tf.gfile.Exists(folder):
      return folder
    time.sleep(1)
  raise RuntimeError("Failed to obtain a unique export directory name after "
                     "10 attempts.")


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
    features = input_ops[0]
    if not features:
      raise ValueError("Features must be defined.")
    ops = estimator._call_model_fn(features, None, modes.ModeKeys.INFER)
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
    "ExportStrategy", ["name", "export_fn", "strip_default_attrs"])):
  """How an `Experiment` exports its model.

  `export_fn` takes an estimator, a folder and any of `checkpoint_path`,
  `eval_result`, `strip_default_attrs`.

  TF 1.15: `tf.contrib.learn.ExportStrategy`.
  """

  def __new__(cls, name, export_fn, strip_default_attrs=None):
    return super().__new__(cls, name, export_fn, strip_default_attrs)

  def export(self, estimator, export_path, checkpoint_path=None,
             eval_result=None):
    """Exports; returns the folder.

    Raises ValueError if `export_fn` takes a result but no checkpoint.
    """
    takes = inspect.signature(self.export_fn).parameters
    if "eval_result" in takes and "checkpoint_path" not in takes:
      raise ValueError("An export_fn accepting eval_result must also accept "
                       "checkpoint_path.")
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
    options = {"assets_extra": assets_extra, "as_text": as_text,
               "checkpoint_path": checkpoint_path,
               "strip_default_attrs": bool(strip_default_attrs)}
    if hasattr(estimator, "fit"):
      options["default_output_alternative_key"] = (
          default_output_alternative_key)
    elif default_output_alternative_key is not None:
      raise ValueError(
          "default_output_alternative_key is not supported in core Estimator. "
          f"Given: {default_output_alternative_key}")
    result = estimator.export_savedmodel(
        tf.compat.as_str_any(export_dir_base), serving_input_fn, **options)
    garbage_collect_exports(export_dir_base, exports_to_keep)
    return result
  return ExportStrategy("Servo", export_fn, strip_default_attrs)
