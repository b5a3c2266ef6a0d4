"""Writes checkpoints of attention models with TensorFlow 1.15, or checks them.

    python tests/checkpoints/generate_decoding.py            # writes data/
    python tests/checkpoints/generate_decoding.py --check    # compares
    python3.7 tests/checkpoints/generate_decoding.py --load FOLDER

Start it with any Python (see `tests/oracle/command.py`). `--load` restores
FOLDER/MODEL of each model instead, and writes what it decodes to
FOLDER/MODEL.there.npz. Python 3.7 syntax.
"""

import logging
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data", "decoding")
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from oracle import command  # noqa: E402
from oracle import files  # noqa: E402


def write(folder):
  """Every model, trained and saved, and what it decodes."""
  import decoding_models
  import tensorflow as tf

  from oracle import measure
  if not os.path.isdir(folder):
    os.makedirs(folder)
  for name in decoding_models.MODELS:
    with tf.Graph().as_default():
      built = decoding_models.build(tf, name)
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        measure.set_variables(session, tf.trainable_variables())
        decoding_models.train(session, built, decoding_models.STEPS)
        tf.train.Saver().save(
            session, os.path.join(folder, name), write_meta_graph=False,
            write_state=False)
        files.write_arrays(os.path.join(folder, name + ".npz"),
                           decoding_models.compute(session, built))
    print("decoding/%s" % name)


def load(folder):
  """What each checkpoint in `folder` decodes with TensorFlow 1.15."""
  import decoding_models
  import tensorflow as tf
  assert tf.__version__.startswith("1.15."), tf.__version__
  logging.getLogger("tensorflow").setLevel(logging.ERROR)
  for name in decoding_models.MODELS:
    path = os.path.join(folder, name)
    with tf.Graph().as_default():
      built = decoding_models.build(tf, name)
      with tf.Session() as session:
        tf.train.Saver().restore(session, path)
        files.write_arrays(path + ".there.npz",
                           decoding_models.compute(session, built))


def main(argv=None):
  argv = sys.argv[1:] if argv is None else argv
  if argv[:1] == ["--load"]:
    load(argv[1])
    return 0
  return command.main(__file__, write, DATA, argv=argv)


if __name__ == "__main__":
  sys.exit(main())
