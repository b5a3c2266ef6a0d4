"""The module `random` of Python 2.7: the same draws from the same seed.

Both Pythons have the same generator, but draw integers from it in other ways.
The functions here draw from the generator of Python's own `random`, so that
a seed set there, and the draws of libraries, count as they do there.
"""

import math
import random as real
import types

from . import ordering

_UNSIGNED = (1 << 64) - 1


class Random(real.Random):
  """`random.Random` of Python 2.7."""

  def seed(self, a=None, *unused):
    """Seeds with an integer, or with Python 2's hash of anything else."""
    if a is not None and not isinstance(a, int):
      a = ordering.hash_value(a) & _UNSIGNED
    super(Random, self).seed(a)

  def randrange(self, start, stop=None, step=1):
    first = int(start)
    if first != start:
      raise ValueError("non-integer arg 1 for randrange()")
    if stop is None:
      if first > 0:
        return self._below(first)
      raise ValueError("empty range for randrange()")
    last = int(stop)
    if last != stop:
      raise ValueError("non-integer stop for randrange()")
    width = last - first
    if step == 1 and width > 0:
      return first + self._below(width)
    if step == 1:
      raise ValueError("empty range for randrange() (%d,%d, %d)" % (
          first, last, width))
    by = int(step)
    if by != step:
      raise ValueError("non-integer step for randrange()")
    if by == 0:
      raise ValueError("zero step for randrange()")
    count = (width + by + (-1 if by > 0 else 1)) // by
    if count <= 0:
      raise ValueError("empty range for randrange()")
    return first + by * self._below(count)

  def _below(self, n):
    if n < 1 << 53:
      return int(self.random() * n)
    bits = int(1.00001 + math.log(n - 1, 2.0))
    found = n
    while found >= n:
      found = self.getrandbits(bits)
    return found

  def randint(self, a, b):
    return self.randrange(a, b + 1)

  def choice(self, seq):
    return seq[int(self.random() * len(seq))]

  def shuffle(self, x, random=None):
    draw = random or self.random
    for at in range(len(x) - 1, 0, -1):
      other = int(draw() * (at + 1))
      x[at], x[other] = x[other], x[at]

  def sample(self, population, k):
    n = len(population)
    if not 0 <= k <= n:
      raise ValueError("sample larger than population")
    few = 21
    if k > 5:
      few += 4 ** int(math.ceil(math.log(k * 3, 4)))
    found = [None] * k
    if n <= few or hasattr(population, "keys"):
      pool = list(population)
      for place in range(k):
        drawn = int(self.random() * (n - place))
        found[place] = pool[drawn]
        pool[drawn] = pool[n - place - 1]
      return found
    if isinstance(population, (set, frozenset)):
      return self.sample(tuple(population), k)
    chosen = set()
    for place in range(k):
      drawn = int(self.random() * n)
      while drawn in chosen:
        drawn = int(self.random() * n)
      chosen.add(drawn)
      found[place] = population[drawn]
    return found

  def jumpahead(self, n):
    raise NotImplementedError(
        "random.jumpahead is not supported; seed a second Random instead")


class _Shared(Random):
  """Draws from the generator of Python's own module."""

  def __init__(self):
    super(_Shared, self).__init__(0)

  def seed(self, a=None, *unused):
    if a is not None and not isinstance(a, int):
      a = ordering.hash_value(a) & _UNSIGNED
    real.seed(a)

  def random(self):
    return real.random()

  def getrandbits(self, k):
    return real.getrandbits(k)

  def getstate(self):
    return real.getstate()

  def setstate(self, state):
    real.setstate(state)

  def gauss(self, mu=0.0, sigma=1.0):
    return real.gauss(mu, sigma)


def make():
  """The module."""
  seed_now = real.getstate()
  shared = _Shared()
  real.setstate(seed_now)
  module = types.ModuleType("random", real.__doc__)
  for name in ("randrange", "randint", "choice", "shuffle", "sample", "seed",
               "random", "getrandbits", "getstate", "setstate", "uniform",
               "gauss", "normalvariate", "lognormvariate", "triangular",
               "expovariate", "vonmisesvariate", "gammavariate",
               "betavariate", "paretovariate", "weibullvariate",
               "jumpahead"):
    setattr(module, name, getattr(shared, name))
  module.Random = Random
  module.SystemRandom = real.SystemRandom
  vars(module)["_inst"] = shared
  return module
