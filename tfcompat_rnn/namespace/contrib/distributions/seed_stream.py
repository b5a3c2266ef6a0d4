"""`SeedStream`: many seeds made from one."""

import hashlib


class SeedStream:
  """Seeds that follow from `seed`, one at each call; None if it is None.

  >>> seeds = tf.contrib.distributions.SeedStream(42, salt="model")
  >>> first, second = seeds(), seeds()

  TF 1.15: `tf.contrib.distributions.SeedStream`.
  """

  def __init__(self, seed, salt):
    self._seed = seed.original_seed if isinstance(seed, SeedStream) else seed
    self._salt = salt
    self._calls = 0

  def __call__(self):
    self._calls += 1
    if self._seed is None:
      return None
    text = str((self._seed, self._calls, self._salt))
    return int(hashlib.sha512(text.encode("utf-8")).hexdigest(), 16)

  @property
  def original_seed(self):
    """The seed that all others follow from."""
    return self._seed

  @property
  def salt(self):
    """What tells this stream from others with the same seed."""
    return self._salt
