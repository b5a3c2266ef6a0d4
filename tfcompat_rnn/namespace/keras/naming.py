"""The names that layers get by themselves."""

import collections.abc
import re

from tfcompat_rnn import _scope
from tfcompat_rnn import _tf
from tfcompat_rnn.namespace.keras import standalone
from tfcompat_rnn.namespace.keras.changes import Change


def _to_snake_case(original):
  del original

  def to_snake_case(name):
    name = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
    return "private" + name if name.startswith("_") else name
  return to_snake_case


class _SharedCounts(collections.abc.MutableMapping):
  """How often each name was given: to layers of Keras and tf.layers, cells.

  They shared one map in 1.15. TensorFlow's own v1 layers count in `counts`;
  our cells count in `_scope`.
  """

  def __init__(self, counts):
    self._counts = counts

  def __getitem__(self, key):
    namespace, name = key
    return self._counts[key] + (
        0 if namespace else _scope.names_given(name))

  def __setitem__(self, key, value):
    self._counts[key] += value - self[key]

  def __delitem__(self, key):
    del self._counts[key]

  def __iter__(self):
    return iter(self._counts)

  def __len__(self):
    return len(self._counts)


def _uid_map(original):
  del original

  def get_default_graph_uid_map():
    backend = _tf.private("legacy_backend")
    return _SharedCounts(backend.get_default_graph_uid_map())
  return get_default_graph_uid_map


def _reset_uids(original):
  def reset_uids():
    original()
    _tf.private("legacy_backend").reset_uids()
  return reset_uids


def _add_weight(original):
  def add_weight(self, *args, **kwargs):
    if standalone.in_use() and args and not isinstance(
        args[0], (str, type(None))):
      # The package keras took the shape first as well.
      kwargs["shape"], *args = args
      if args and isinstance(args[0], str) and "initializer" not in kwargs:
        kwargs["initializer"], *args = args
    return original(self, *args, **kwargs)
  return add_weight


def _init_set_name(original):
  def init_set_name(self, name, zero_based=True):
    return original(
        self, name, zero_based=zero_based and not standalone.in_use())
  return init_set_name


CHANGES = [
    Change("utils.generic_utils:to_snake_case", _to_snake_case,
           "digits belonged to the word before: ConvLSTM2D was conv_lst_m2d"),
    Change("backend:get_default_graph_uid_map", _uid_map,
           "tf.layers, cells and Keras counted their layers together"),
    Change("backend:reset_uids", _reset_uids,
           "tf.layers, cells and Keras counted their layers together"),
    Change("engine.base_layer_v1:Layer.add_weight", _add_weight,
           "the package keras took the shape first as well"),
    *(Change(f"engine.{where}._init_set_name", _init_set_name,
             "the package keras numbered layers from 1")
      for where in ("base_layer_v1:Layer", "functional:Functional")),
]
