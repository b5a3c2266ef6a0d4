"""Writes checkpoints with real TensorFlow 1.x, or checks those committed.

    python tests/checkpoints/generate_real.py            # writes data/
    python tests/checkpoints/generate_real.py --check    # compares

Start it with any Python (see `tests/oracle/command.py`). Those of TensorFlow
1.4.1 are written, or checked, as well if TFCOMPAT_OLD_PYTHON names a Python
3.6 that has it; without it they stay as they are. Python 3.6 syntax.
"""

import collections
import logging
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
OLD, OLD_VARIABLE = "1.4.1", "TFCOMPAT_OLD_PYTHON"
NEW = "1.15.5"
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from oracle import command  # noqa: E402
from oracle import reference  # noqa: E402


def write(folder):
  """Every model this TensorFlow has, trained one step and saved twice."""
  import numpy as np
  import real_models
  import tensorflow as tf

  from oracle import measure
  logging.getLogger("tensorflow").setLevel(logging.ERROR)
  if not os.path.isdir(folder):
    os.makedirs(folder)
  for name in real_models.names(tf.__version__):
    with tf.Graph().as_default():
      built = real_models.build(tf, name)
      savers = collections.OrderedDict(
          (form, tf.train.Saver(write_version=getattr(tf.train.SaverDef,
                                                      form)))
          for form in ("V1", "V2"))
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        _set_variables(session, tf, measure)
        session.run(built.train, built.feeds)
        for form in savers:
          savers[form].save(
              session, os.path.join(folder, "%s.%s" % (name, form.lower())),
              write_meta_graph=False)
        numbers = real_models.compute(session, built)
      note = os.path.join(folder, "checkpoint")
      if os.path.exists(note):
        os.remove(note)
      np.savez_compressed(os.path.join(folder, name + ".npz"), **numbers)
  if tf.__version__.startswith("1.15."):
    write_converters(folder)
  print("%s: %d models" % (
      tf.__version__, len(real_models.names(tf.__version__))))


def write_converters(folder):
  """What 1.15's own converters of cuDNN's parameters make, there and back.

  Between the canonical forms only: what unpacks the buffer needs a GPU.
  """
  import numpy as np
  import tensorflow as tf

  from oracle import measure
  numbers = {}
  kinds = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "Tanh"}
  for mode in sorted(kinds):
    converter = getattr(
        tf.contrib.cudnn_rnn, "CudnnParamsFormatConverter" + kinds[mode])
    gates = {"lstm": 4, "gru": 3, "rnn_tanh": 1}[mode]
    for direction in ("unidirectional", "bidirectional"):
      ways = 1 + (direction == "bidirectional")
      key = "%s_%s" % (mode, direction)
      columns = [columns for layer in range(2) for _ in range(ways)
                 for columns in [5 if layer == 0 else 4 * ways] * gates
                 + [4] * gates]
      with tf.Graph().as_default(), tf.Session() as session:
        made = converter(2, 4, 5, direction=direction)
        there = made._cu_canonical_to_tf_canonical(
            [tf.constant(measure.numbers_for(
                "%s_matrix_%d" % (key, place), [4, width]), tf.float32)
             for place, width in enumerate(columns)],
            [tf.constant(measure.numbers_for(
                "%s_bias_%d" % (key, place), [4]), tf.float32)
             for place in range(len(columns))])
        back = made._tf_canonical_to_cu_canonical(there[0] + there[1], None)
        for name, arrays in (("weight", there[0]), ("sum", there[1]),
                             ("matrix_back", back[0]), ("half", back[1])):
          # end to end, for an archive of many small arrays is large
          numbers["%s/%s" % (key, name)] = np.concatenate([
              value.ravel() for value in session.run(arrays)])
          numbers["%s/%s_shapes" % (key, name)] = np.array(
              [(value.shape + (0,))[:2] for value in session.run(arrays)])
  np.savez_compressed(os.path.join(folder, "converters.npz"), **numbers)


def _set_variables(session, tf, measure):
  """Numbers by name, in a range in which every gate moves."""
  for variable in tf.trainable_variables():
    session.run(variable.initializer, {
        variable.initializer.inputs[1]: measure.numbers_for(
            variable.name, variable.shape.as_list())})


def work(version, checking):
  """Writes or checks one version's folder in this process."""
  folder = os.path.join(DATA, version)
  if checking:
    return command.check(write, folder)
  if os.path.isdir(folder):
    shutil.rmtree(folder)
  write(folder)
  return 0


def _work_old(checking):
  """The same in the older interpreter, if one is named."""
  python = os.environ.get(OLD_VARIABLE)
  if not python:
    print("checkpoints of %s: not looked at; name a Python 3.6 with "
          "TensorFlow %s in %s" % (OLD, OLD, OLD_VARIABLE))
    return 0
  return subprocess.call(
      [python, os.path.abspath(__file__), "--old"] + ["--check"] * checking,
      env=reference.environment())


def main(argv=None):
  argv = sys.argv[1:] if argv is None else argv
  if "--old" in argv:
    return work(OLD, "--check" in argv)
  options = command.parse(argv)
  if not reference.is_reference():
    return command.go_on_there(__file__, options)
  code = work(NEW, options.check)
  return _work_old(options.check) or code


if __name__ == "__main__":
  sys.exit(main())
