"""Writes one small checkpoint in each form, with TensorFlow 1.15: data/forms.

    python tests/checkpoints/make_forms.py

V1 and V2, whole (v1, v2) and in shards (v1s, v2s); with a variable in parts,
strings, bool, int64 and float16. Start it with a Python 3.7 that has 1.15.5.
"""

import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data",
                      "forms")


def build():
  tf.get_variable("w", initializer=tf.constant(
      np.arange(6., dtype="f").reshape(2, 3)))
  tf.get_variable("part", [5, 4],
                  initializer=tf.random_normal_initializer(),
                  partitioner=tf.fixed_size_partitioner(3))
  with tf.device("/cpu:0"):
    tf.get_variable("step", initializer=tf.constant(7, tf.int64))
    tf.Variable(["a", "bc"], name="s")
  with tf.device("/gpu:0"):
    tf.get_variable("h", initializer=tf.constant([1., 2.], tf.float16))
    tf.get_variable("b", initializer=tf.constant([True, False]))


def main():
  shutil.rmtree(FOLDER, ignore_errors=True)
  form = tf.train.SaverDef
  with tf.Graph().as_default():
    build()
    savers = {"v2": tf.train.Saver(),
              "v1": tf.train.Saver(write_version=form.V1),
              "v2s": tf.train.Saver(sharded=True),
              "v1s": tf.train.Saver(sharded=True, write_version=form.V1)}
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as run:
      run.run(tf.global_variables_initializer())
      for name, saver in savers.items():
        os.makedirs(os.path.join(FOLDER, name))
        saver.save(run, os.path.join(FOLDER, name, "model.ckpt"),
                   global_step=3, write_meta_graph=False)
      pieces = [variable for variable in tf.global_variables()
                if variable.op.name.startswith("part")]
      np.save(os.path.join(FOLDER, "part.npy"), run.run(tf.concat(pieces, 0)))


if __name__ == "__main__":
  main()
