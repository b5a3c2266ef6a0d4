"""Runs in TensorFlow 1.15: restores checkpoints and writes what they give.

    python load_there.py FOLDER

For every model with a file FOLDER/MODEL.index the model is built, restored
by name with a plain Saver and run; FOLDER/MODEL.there.npz gets the numbers.
Python 3.7 syntax.
"""

import logging
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]


def main(folder):
  import numpy as np
  import real_models
  import tensorflow as tf
  assert tf.__version__.startswith("1."), tf.__version__
  logging.getLogger("tensorflow").setLevel(logging.ERROR)
  for name in real_models.MODELS:
    prefix = os.path.join(folder, name)
    if os.path.exists(prefix + ".index"):
      with tf.Graph().as_default():
        built = real_models.build(tf, name)
        with tf.Session() as session:
          tf.train.Saver().restore(session, prefix)
          numbers = real_models.compute(session, built)
        np.savez(prefix + ".there.npz", **numbers)
  print(tf.__version__)


if __name__ == "__main__":
  main(sys.argv[1])
