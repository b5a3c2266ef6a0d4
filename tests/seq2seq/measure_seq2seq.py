"""Runs the cases and records what they built and computed.

As a program, under a Python with TensorFlow 1.15, it writes the expected
values: `python tests/seq2seq/measure_seq2seq.py`.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

EXPECTED = os.path.join(HERE, "seq2seq_1_15.json")


def flatten(nest):
  if isinstance(nest, (list, tuple)):
    return [leaf for part in nest for leaf in flatten(part)]
  return [nest]


def measure(tf, loss, legacy, case):
  """Builds `case` in the default graph and returns the record."""
  result, by = case(tf, loss, legacy)
  ops = ["%s %s %s" % (op.name, op.type, " ".join(i.name for i in op.inputs))
         for op in tf.get_default_graph().get_operations()]
  leaves = flatten(result)
  total = tf.add_n([tf.reduce_sum(leaf ** 2) / 2 for leaf in leaves])
  variables = tf.trainable_variables()
  slopes = tf.gradients(total, list(variables) + list(by))
  slopes = [tf.constant(0.0) if s is None else tf.convert_to_tensor(s)
            for s in slopes]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values, slopes = session.run([leaves, slopes])
  return {
      "ops": ops,
      "names": [leaf.name for leaf in leaves],
      "shapes": [leaf.shape.as_list() for leaf in leaves],
      "variables": [[v.op.name, v.shape.as_list()] for v in variables],
      "values": [value.tolist() for value in values],
      "gradients": [slope.tolist() for slope in slopes],
  }


def main():
  import tensorflow as tf
  from tensorflow.contrib import legacy_seq2seq, seq2seq
  import seq2seq_cases
  assert tf.__version__.startswith("1.15"), tf.__version__
  lines = []
  for name in sorted(seq2seq_cases.CASES):
    with tf.Graph().as_default():
      record = measure(
          tf, seq2seq, legacy_seq2seq, seq2seq_cases.CASES[name])
    lines.append("%s: %s" % (
        json.dumps(name), json.dumps(record, sort_keys=True)))
  with open(EXPECTED, "w") as file:
    file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
  main()
