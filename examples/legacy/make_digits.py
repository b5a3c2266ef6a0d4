"""Writes a small set of digit-like images in MNIST's file format.

For a machine without the MNIST files. The images are generated: a 5x7 dot
font, blown up, shifted, slanted and speckled. They are not MNIST.
"""
from __future__ import division
from __future__ import print_function

import gzip
import os
import struct

import numpy as np

GLYPHS = [
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00110 01000 10000 11111",
    "01110 10001 00001 00110 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "01110 10000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00001 01110",
]
NAMES = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
         "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]


def glyph(digit):
  rows = GLYPHS[digit].split()
  return np.array([[float(dot) for dot in row] for row in rows])


def draw(digit, rnd):
  """One 28x28 image: for each pixel, looks up the dot it lies on."""
  dots = glyph(digit)
  height, width = rnd.uniform(17, 22), rnd.uniform(11, 16)
  top, left = rnd.uniform(2, 26 - height), rnd.uniform(4, 24 - width)
  slant = rnd.uniform(-0.2, 0.2)
  # four samples a pixel, for soft edges
  y, x = np.mgrid[0:28:0.5, 0:28:0.5] + 0.25
  x = x + slant * (y - 14)
  row = np.floor((y - top) / height * 7).astype(int)
  col = np.floor((x - left) / width * 5).astype(int)
  inside = (row >= 0) & (row < 7) & (col >= 0) & (col < 5)
  ink = np.where(inside, dots[row.clip(0, 6), col.clip(0, 4)], 0.0)
  image = ink.reshape(28, 2, 28, 2).mean(axis=(1, 3)) * rnd.uniform(0.7, 1.0)
  image += np.abs(rnd.normal(scale=0.04, size=image.shape)) * (image > 0)
  return (image.clip(0, 1) * 255).astype(np.uint8)


def write_idx(path, array):
  magic = 2051 if array.ndim == 3 else 2049
  with gzip.open(path, "wb") as f:
    f.write(struct.pack(">%dI" % (1 + array.ndim), magic, *array.shape))
    f.write(array.tobytes())


def make_digits(folder, n_train=4000, n_test=600, seed=42):
  """Fills `folder` with the four files, unless they are there already."""
  paths = [os.path.join(folder, name) for name in NAMES]
  if all(os.path.exists(path) for path in paths):
    return folder
  if not os.path.isdir(folder):
    os.makedirs(folder)
  rnd = np.random.RandomState(seed)
  for part, count in enumerate([n_train, n_test]):
    labels = rnd.randint(0, 10, count).astype(np.uint8)
    images = np.stack([draw(digit, rnd) for digit in labels])
    write_idx(paths[2 * part], images)
    write_idx(paths[2 * part + 1], labels)
  print("No MNIST files in %s: generated %d + %d digit-like images there "
        "(stand-ins, not MNIST)" % (folder, n_train, n_test))
  return folder


if __name__ == "__main__":
  import sys
  make_digits(sys.argv[1] if len(sys.argv) > 1 else "MNIST_data")
