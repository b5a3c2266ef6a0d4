"""The names that layers get by themselves."""

import re

from tfcompat_rnn.namespace.keras.changes import Change


def _to_snake_case(original):
  del original

  def to_snake_case(name):
    name = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
    return "private" + name if name.startswith("_") else name
  return to_snake_case


CHANGES = [
    Change("utils.generic_utils:to_snake_case", _to_snake_case,
           "digits belonged to the word before: ConvLSTM2D was conv_lst_m2d"),
]
