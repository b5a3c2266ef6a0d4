"""The matrix products of a step and nothing else: what no loop can undercut.

The product of the inputs is one for all steps, as is the gradient of each
matrix; the products of the states come one after the other. The gradient of
the inputs is needed for all layers but the first. NumPy computes them, or
PyTorch where it is installed and faster.
"""

import time

import arrays
import numpy as np


class Contestant:
  """`way` is not used."""

  def __init__(self, way, threads):
    # For NumPy, the number of threads is in the environment.
    self._libraries = {"NumPy": (np.dot, np.asarray)}
    self.versions = {"NumPy": np.__version__}
    try:
      import torch
    except ImportError:
      return
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    self._libraries["PyTorch"] = torch.mm, torch.from_numpy
    self.versions["PyTorch"] = torch.__version__

  def build(self, spec):
    random = np.random.RandomState(spec["seed"])
    steps, batch, units = spec["steps"], spec["batch"], spec["units"]
    rows = steps * batch
    # The columns of the products that need the old state, one by one.
    widths = {"RNN": [units], "LSTM": [4 * units], "GRU-after": [3 * units],
              "GRU": [2 * units, units]}[spec["kind"]]
    gates = arrays.GATES[spec["kind"]] * units

    def draw(*shape):
      return random.randn(*shape).astype("float32")

    once, each = [], []
    for layer in range(spec["layers"]):
      depth = spec["depth"] if layer == 0 else units
      inputs, kernel = draw(rows, depth), draw(depth, gates)
      slopes = draw(rows, gates)
      once.append((inputs, kernel, draw(rows, gates)))
      if spec["training"]:
        if layer:
          once.append((slopes, draw(gates, depth), draw(rows, depth)))
      for width in widths:
        state, made = draw(batch, units), draw(batch, width)
        each.append((state, draw(units, width), made))
        if spec["training"]:
          each.append((made, draw(width, units), draw(batch, units)))
          both = draw(depth + units, rows)
          once.append((both, draw(rows, width),
                             draw(depth + units, width)))
    self._choose(once, each, steps)

  def _choose(self, once, each, steps):
    """Keeps the library whose products need the least time."""
    best = None
    for product, convert in self._libraries.values():
      run = (product, _converted(once, convert), _converted(each, convert),
             steps)
      needed = _seconds(product, run[1]) + steps * _seconds(product, run[2])
      if best is None or needed < best[0]:
        best = needed, run
    self._run = best[1]

  def step(self):
    product, once, each, steps = self._run
    for a, b, out in once:
      product(a, b, out=out)
    for _ in range(steps):
      for a, b, out in each:
        product(a, b, out=out)

  def results(self):
    return None


def _converted(products, convert):
  return [tuple(map(convert, product)) for product in products]


def _seconds(product, products):
  """The seconds of each of `products`, at best, together."""
  found = 0.
  for a, b, out in products:
    taken = []
    for _ in range(4):
      begun = time.perf_counter()
      product(a, b, out=out)
      taken.append(time.perf_counter() - begun)
    found += min(taken)
  return found
