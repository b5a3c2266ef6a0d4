"""Whether a contestant computes what the plain loop computes."""

import numpy as np

# Relative to the largest element of a tensor. Sums over rows and steps are
# made in different orders in float32.
TOLERANCE = 1e-3


def read(path):
  """The arrays in a worker's file, in order."""
  with np.load(path) as file:
    return [file[f"arr_{number}"] for number in range(len(file.files))]


def difference(found, wanted):
  """The largest difference, relative to the largest element of its tensor.

  `found` and `wanted` are lists of arrays. Infinite, if shapes or numbers of
  arrays differ or a value is not finite.

  >>> difference([np.array([1., 2.])], [np.array([1., 4.])])
  0.5
  """
  if [one.shape for one in found] != [one.shape for one in wanted]:
    return float("inf")
  largest = 0.
  for one, other in zip(found, wanted):
    scale = np.abs(other).max(initial=0.)
    off = np.abs(one.astype("float64") - other).max(initial=0.)
    if not np.isfinite(off):
      return float("inf")
    if off:
      largest = max(largest, float(off / scale) if scale else float("inf"))
  return largest
