"""Evaluation and prediction with the variables of a checkpoint."""

import importlib

import numpy as np

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf

_EVALUATION = "tfcompat_rnn.namespace.contrib.slim_copy.training.evaluation"


def evaluate(ops, step, steps, checkpoint_path, folder, hooks, master,
             session_config, log_progress):
  """({metric: value}, step) of the metrics of `ops`, also as a summary."""
  evaluation = importlib.import_module(_EVALUATION)
  update, values = _split(ops.eval_metric_ops)
  if steps:
    hooks.append(evaluation.StopAfterNEvalsHook(steps, log_progress))
  elif steps == 0:
    tf.logging.warning("`steps` is 0, which means no limit: the evaluation "
                       "ends when the input does. None says the same.")
  # A metric may have the step's name already.
  key = "global_step"
  while key in values:
    key = f"_{key}"
  values[key] = step
  results = evaluation.evaluate_once(
      checkpoint_path=checkpoint_path, master=master, scaffold=ops.scaffold,
      eval_ops=update, final_ops=values, hooks=hooks, config=session_config)
  _write(folder, results, results[key])
  return results, results[key]


def _split(metrics):
  """(one operation for all updates or None, {name: value})"""
  updates, values = [], {}
  for name, metric in metrics.items():
    parts = metric if isinstance(metric, (list, tuple)) else ()
    if len(parts) == 2:
      values[name], update = parts
      updates.append(update)
    else:
      values[name] = metric
      if parts:
        tf.logging.warning("Metric %s is not updated: it is no pair of value "
                           "and update, but has %s parts.", name, len(parts))
  return (tf.group(*updates) if updates else None), values


def _write(folder, results, step):
  shown = ", ".join(
      f"{name} = {value}" if np.isscalar(value)
      and not isinstance(value, (str, bytes))
      else f"Type of {name} = {type(value)}"
      for name, value in sorted(results.items()))
  tf.logging.info("Saving dict for global step %d: %s", step, shown)
  writer = tf.summary.FileWriterCache.get(folder)
  summary = tf.Summary()
  for name, value in results.items():
    if name == "global_step" or value is None:
      continue
    if np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu":
      summary.value.add(tag=name, simple_value=float(value))
    elif isinstance(value, np.ndarray):
      part = summary.value.add(tag=name, node_name=name)
      part.tensor.CopyFrom(tf.make_tensor_proto(value))
    elif isinstance(value, (str, bytes)):
      _add_serialized(summary, name, value)
    else:
      tf.logging.warning("No summary of %s: it is no number, no array and no "
                         "serialized Summary.", name)
  writer.add_summary(summary, step)
  writer.flush()


def _add_serialized(summary, name, value):
  try:
    parts = tf.Summary.FromString(tf.compat.as_bytes(value)).value
  except Exception:  # whatever the installed protobuf raises
    tf.logging.warning("No summary of %s: its text is no serialized Summary.",
                       name)
    return
  for part in parts:
    part.tag = name
  summary.value.extend(parts)


def wanted(predictions, outputs):
  """`predictions`, or those with a key in `outputs`.

  Raises ValueError if there is none, or if they are no dict.
  """
  if not outputs:
    return predictions
  _require(isinstance(predictions, dict), "outputs",
           "be None if the predictions are no dict", outputs,
           "leave it out, or let the model function return a dict")
  found = {key: predictions[key] for key in predictions if key in outputs}
  _require(found, "outputs", f"name one of {list(predictions)}", outputs,
           "pass keys of the predictions")
  return found


def predictions_of(session, predictions, feed_fn, whole_batches):
  """Yields predictions until the input ends; constant input gives one batch."""
  with session:
    while not session.should_stop():
      batch = session.run(predictions, feed_fn() if feed_fn else None)
      if whole_batches:
        yield batch
      elif not isinstance(predictions, dict):
        yield from batch
      else:
        first = next(iter(batch.values()))
        count = (first.dense_shape if isinstance(first, tf.SparseTensorValue)
                 else first.shape)[0]
        for place in range(count):
          yield {key: value[place] for key, value in batch.items()}
      if feed_fn is None and not session.graph.get_collection(
          tf.GraphKeys.QUEUE_RUNNERS):
        return
