"""The names that layers get by themselves."""

import re

from tfcompat_rnn.namespace.keras import standalone
from tfcompat_rnn.namespace.keras.changes import Change


def _to_snake_case(original):
  del original

  def to_snake_case(name):
    name = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
    return "private" + name if name.startswith("_") else name
  return to_snake_case


def _init_set_name(original):
  def init_set_name(self, name, zero_based=True):
    return original(
        self, name, zero_based=zero_based and not standalone.in_use())
  return init_set_name


CHANGES = [
    Change("utils.generic_utils:to_snake_case", _to_snake_case,
           "digits belonged to the word before: ConvLSTM2D was conv_lst_m2d"),
    *(Change(f"engine.{where}._init_set_name", _init_set_name,
             "the package keras numbered layers from 1")
      for where in ("base_layer_v1:Layer", "functional:Functional")),
]
