"""Runs exported models in a process without this package.

  python -c SOURCE JOBS.json

JOBS.json is a list of {"kind": "saved_model" | "frozen" | "onnx", "path": ...,
"calls": [{"signature": ..., "inputs": X.npz, "outputs": Y.npz, "names": {name:
node} of frozen graphs}]}. Each call reads its inputs and writes its outputs.
This is one file that imports nothing of the package, so that what it runs
depends on nothing of it.
"""

import json
import sys

import numpy as np


def main(path):
  with open(path, encoding="utf-8") as file:
    jobs = json.load(file)
  for job in jobs:
    run = {"saved_model": saved_model, "frozen": frozen, "onnx": onnx}[
        job["kind"]](job["path"])
    for call in job["calls"]:
      with np.load(call["inputs"], allow_pickle=False) as stored:
        inputs = {name: stored[name] for name in stored.files}
      outputs = run(call, inputs)
      np.savez(call["outputs"], **{
          name: value.astype("S") if value.dtype == object else value
          for name, value in outputs.items()})
  ours = [name for name in sys.modules
          if name.partition(".")[0] == "tfcompat_rnn"]
  if ours:
    raise RuntimeError(f"the process has loaded {ours[0]}")


def saved_model(path):
  """Calls a signature as `tf.saved_model.load` of TensorFlow 2 gives it."""
  import tensorflow as tf
  model = tf.saved_model.load(path)

  def run(call, inputs):
    signature = model.signatures[call["signature"]]
    found = signature(**{name: tf.constant(value)
                         for name, value in inputs.items()})
    return {name: value.numpy() for name, value in found.items()}
  return run


def frozen(path):
  """Imports a frozen graph as a function of TensorFlow 2."""
  import tensorflow as tf
  with open(path, "rb") as file:
    graph_def = tf.compat.v1.GraphDef.FromString(file.read())
  wrapped = tf.compat.v1.wrap_function(
      lambda: tf.compat.v1.import_graph_def(graph_def, name=""), [])

  def run(call, inputs):
    scope, find = call["signature"], wrapped.graph.get_tensor_by_name
    names = sorted(inputs)
    function = wrapped.prune(
        [find(f"{scope}/inputs/{name}:0") for name in names],
        {name: find(f"{scope}/outputs/{name}:0") for name in call["names"]})
    found = function(*[tf.constant(inputs[name]) for name in names])
    return {name: value.numpy() for name, value in found.items()}
  return run


def onnx(path):
  """Runs an ONNX model with onnxruntime."""
  import onnxruntime
  session = onnxruntime.InferenceSession(
      path, providers=["CPUExecutionProvider"])

  def run(call, inputs):
    names = call["names"]
    found = session.run([f"{name}_out" if name in inputs else name
                         for name in names], inputs)
    return dict(zip(names, found))
  return run


if __name__ == "__main__":
  main(sys.argv[1])
