"""Lists the keys of a checkpoint as text and as plain data."""

import numpy as np

from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import naming


def lines(checkpoint, checked=False):
  """The keys with their shapes and dtypes, followed by a summary."""
  width = max([len(key) for key in checkpoint] + [0])
  kinds = {key: dtype.name for key, dtype in checkpoint.tf_dtypes.items()}
  for key, shape in checkpoint.shapes.items():
    yield f"{key:{width}}  {kinds[key]:8} {matching.show(shape)}"
  numbers = sum(int(np.prod(shape)) for shape in checkpoint.shapes.values())
  yield (f"{checkpoint.prefix}: {len(checkpoint)} keys, {numbers} values, "
         f"format {checkpoint.format}"
         + (", all read without errors" if checked else ""))
  older = older_keys(checkpoint)
  if older:
    yield (f"{len(older)} keys have names from older releases; `tfcompat-rnn "
           "checkpoint convert` renames them")


def older_keys(checkpoint):
  """The keys that the table in `naming` renames."""
  return [key for key in checkpoint if naming.modernize(key).rows]


def as_data(checkpoint):
  """The list as plain data, for JSON."""
  return {
      "checkpoint": checkpoint.prefix, "format": checkpoint.format,
      "keys": [{"key": key, "shape": list(shape),
                "dtype": checkpoint.tf_dtypes[key].name,
                "modern": naming.modernize(key).key}
               for key, shape in checkpoint.shapes.items()]}
