"""Sentences as numbers, cut into batches that continue each other."""
from __future__ import division

import collections

import numpy as np

NOUNS = ["sailor", "miller", "heron", "baker"]
VERBS = ["sees", "helps", "follows"]


def read_text(sentences):
  """A text of made-up sentences."""
  draw = np.random.RandomState(3)
  words = []
  for _ in range(sentences):
    words += ["the", NOUNS[draw.randint(4)], VERBS[draw.randint(3)],
              "the", NOUNS[draw.randint(4)], "."]
  return " ".join(words)


class Reader(object):
  """Characters by their number, the most frequent first."""

  def __init__(self, text, batch_size, num_steps):
    counts = collections.Counter(text)
    self.chars = sorted(counts, key=lambda char: (-counts[char], char))
    self.numbers = dict(zip(self.chars, range(len(self.chars))))
    data = np.array([self.numbers[char] for char in text], dtype=np.int)
    self.num_batches = (len(data) - 1) // (batch_size * num_steps)
    used = self.num_batches * batch_size * num_steps
    self.inputs = data[:used].reshape(batch_size, -1)
    self.targets = data[1:used + 1].reshape(batch_size, -1)
    self.num_steps = num_steps

  def batches(self):
    """Yields inputs and targets [batch_size, num_steps]."""
    for i in range(self.num_batches):
      part = slice(i * self.num_steps, (i + 1) * self.num_steps)
      yield self.inputs[:, part], self.targets[:, part]
