"""Writes checkpoints with TensorFlow 0.12, 1.0 or 1.1: data/old/VERSION.

    python3.6 tests/checkpoints/make_old.py

Start it with a Python 3.6 that has such a TensorFlow; `pip install
tensorflow==0.12.1` (1.0.1, 1.1.0) still finds them. Python 3.6 syntax.
"""

import os
import shutil
import sys

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import old_models  # noqa: E402


def write(folder):
  if os.path.isdir(folder):
    shutil.rmtree(folder)
  os.makedirs(folder)
  for number, name in enumerate(old_models.names(tf.__version__)):
    with tf.Graph().as_default():
      built = old_models.build(tf, name)
      # V1 was the format of 0.11; the oldest release here still writes it
      form = "V1" if number < 2 and tf.__version__ < "1" else "V2"
      saver = tf.train.Saver(write_version=getattr(tf.train.SaverDef, form))
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for place, variable in enumerate(tf.trainable_variables()):
          session.run(variable.initializer, {
              variable.initializer.inputs[1]: old_models.numbers(
                  place, variable.get_shape().as_list())})
        session.run(built.train, built.feeds)
        saver.save(session, os.path.join(folder, name + ".ckpt"),
                   write_meta_graph=False)
        np.savez_compressed(os.path.join(folder, name + ".npz"),
                            **old_models.compute(session, built))
  os.remove(os.path.join(folder, "checkpoint"))


if __name__ == "__main__":
  write(os.path.join(HERE, "data", "old", tf.__version__))
