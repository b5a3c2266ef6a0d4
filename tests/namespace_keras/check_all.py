"""Prints, as JSON, what the slow tests compare; run in a process of its own.

    python check_all.py "all programs saving snippets" FOLDER

`FOLDER` gets the files of `saving.save`.
"""

import json
import os
import sys

os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from namespace_keras import generate  # noqa: E402
from namespace_keras import programs  # noqa: E402
from namespace_keras import saving  # noqa: E402
from seeds import ours  # noqa: E402


def replicas(tf):
  """What `multi_gpu_model` computes on devices that are not there."""
  import numpy as np

  from tfcompat_rnn.namespace.keras import replicas as ours
  keras = tf.keras
  tf.reset_default_graph()
  keras.backend.clear_session()
  inputs = keras.Input((3, 2))
  hidden = keras.layers.LSTM(4)(inputs)
  model = keras.Model(inputs, [keras.layers.Dense(2, name="a")(hidden),
                               keras.layers.Dense(1, name="b")(hidden)])
  errors = []
  for gpus in (1, [0], 2):
    try:
      keras.utils.multi_gpu_model(model, gpus)
    except ValueError as error:
      errors.append(str(error))
  before, ours._devices = ours._devices, (
      lambda keras: ["/cpu:0", "/gpu:0", "/gpu:1"])
  try:
    parallel = keras.utils.multi_gpu_model(model, 2)
  finally:
    ours._devices = before
  x = np.random.RandomState(0).rand(5, 3, 2)
  gap = max(float(abs(one - two).max()) for one, two in zip(
      model.predict(x), parallel.predict(x)))
  parallel.compile("sgd", "mse")
  first = model.get_weights()
  parallel.fit(x, [np.ones([5, 2]), np.ones([5, 1])], verbose=0)
  moved = all((one != two).any()
              for one, two in zip(first, model.get_weights()))
  return {"errors": errors, "gap": gap, "moved": moved,
          "names": parallel.output_names}


def main(what, folder):
  from tfcompat_rnn import _patching
  from tfcompat_rnn import seeds
  from tfcompat_rnn.launcher import hook
  tf = ours.namespace()
  seeds.install()
  found = {}
  with _patching.Stack() as patches:
    hook.install(patches)
    if "snippets" in what:
      found["snippets"] = generate.measure_all(tf)
    if "programs" in what:
      found["programs"] = generate.run_all(
          tf, None if "all" in what else programs.QUICK)
    if "saving" in what:
      found["restored"] = saving.restore(tf, generate.DATA)
      found["saved"] = saving.save(tf, folder)
      found["again"] = saving.restore(tf, folder)
      found["replicas"] = replicas(tf)
      found["names"] = [
          v.name for v in saving.fresh(tf, 1)[0].weights]
  with open(os.path.join(folder, "found.json"), "w") as stream:
    json.dump(found, stream)


if __name__ == "__main__":
  main(sys.argv[1], sys.argv[2])
