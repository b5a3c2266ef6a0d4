"""What SavedModels contain: `tf.contrib.saved_model` without Keras."""

import os

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


def read_saved_model(saved_model_dir):
  """The `SavedModel` protocol buffer of a folder.

  Raises `OSError` if there is none, as 1.15's reader did.
  TF 1.15: `tensorflow.contrib.saved_model.python.saved_model.reader`.
  """
  return private("parse_saved_model")(
      tf.compat.as_str_any(os.fspath(saved_model_dir)))


def get_saved_model_tag_sets(saved_model_dir):
  """The sorted tags of each graph of a saved model."""
  return sorted(sorted(graph.meta_info_def.tags)
                for graph in read_saved_model(saved_model_dir).meta_graphs)


def get_meta_graph_def(saved_model_dir, tags):
  """The `MetaGraphDef` with exactly these tags, separated by commas.

  Raises `ValueError` if there is none.
  """
  wanted = {tag.strip() for tag in tags.split(",")}
  for graph in read_saved_model(saved_model_dir).meta_graphs:
    if set(graph.meta_info_def.tags) == wanted:
      return graph
  raise _errors.ArgumentError(_errors.problem(
      "tags", f"be one of {get_saved_model_tag_sets(saved_model_dir)}", tags,
      "pass all tags of one graph"))


def get_signature_def_by_key(meta_graph_def, signature_def_key):
  """One signature of a graph of a saved model.

  Raises `ValueError` if there is none of this name.
  TF 1.15: `tf.contrib.saved_model.get_signature_def_by_key`.
  """
  if signature_def_key not in meta_graph_def.signature_def:
    raise _errors.ArgumentError(_errors.problem(
        "signature_def_key", f"be one of {list(meta_graph_def.signature_def)}",
        repr(signature_def_key), "pass one of them"))
  return meta_graph_def.signature_def[signature_def_key]
