"""Runs the cases and records what they built and computed.

As a program, under a Python with TensorFlow 1.15, it writes the expected
values: `python tests/loops/measure_loops.py`.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

EXPECTED = os.path.join(HERE, "loops_1_15.json")


def flatten(nest):
  """Leaves in TensorFlow's order; the same code for both versions."""
  if isinstance(nest, dict):
    return [leaf for key in sorted(nest) for leaf in flatten(nest[key])]
  if isinstance(nest, (list, tuple)):
    return [leaf for part in nest for leaf in flatten(part)]
  return [nest]


def picture(nest):
  """The types of a nest: what the user can unpack."""
  if isinstance(nest, dict):
    return {key: picture(nest[key]) for key in sorted(nest)}
  if isinstance(nest, (list, tuple)):
    return [type(nest).__name__] + [picture(part) for part in nest]
  return nest.name


def measure(tf, bench, case):
  """Builds `case` in the default graph and returns the record."""
  result, by = case(bench)
  graph = tf.get_default_graph()
  ops = [[op.name, op.type, [i.name for i in op.inputs]]
         for op in graph.get_operations()]
  leaves = flatten(result)
  loss = tf.add_n([tf.reduce_sum(leaf ** 2) / 2 for leaf in leaves])
  variables = tf.trainable_variables()
  slopes = tf.gradients(loss, list(variables) + list(by))
  slopes = [tf.constant(0.0) if s is None else tf.convert_to_tensor(s)
            for s in slopes]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values, slopes = session.run([leaves, slopes], bench.feed)
  return {
      "ops": ops,
      "result": picture(result),
      "shapes": [leaf.shape.as_list() for leaf in leaves],
      "variables": [[v.op.name, v.shape.as_list()] for v in variables],
      "values": [value.tolist() for value in values],
      "gradients": [slope.tolist() for slope in slopes],
  }


def shorten(ops):
  """Each op as one line; an input as the number of the op it comes from."""
  numbers = {op[0]: str(number) for number, op in enumerate(ops)}
  lines = []
  for name, kind, inputs in ops:
    sources = [i.rsplit(":", 1) for i in inputs]
    lines.append(" ".join([name, kind] + [
        numbers[source] + (":" + output if output != "0" else "")
        for source, output in sources]))
  return lines


def lengthen(lines):
  """The inverse of `shorten`."""
  names = [line.split(" ", 1)[0] for line in lines]
  ops = []
  for line in lines:
    name, kind, *sources = line.split(" ")
    pairs = [source.partition(":") for source in sources]
    ops.append([name, kind, [names[int(number)] + ":" + (output or "0")
                             for number, _, output in pairs]])
  return ops


def short_numbers(value):
  """float32 needs nine digits, not seventeen."""
  if isinstance(value, list):
    return [short_numbers(part) for part in value]
  return float("%.9g" % value)


def dump(records, path):
  with open(path, "w") as file:
    lines = ["%s: %s" % (json.dumps(name),
                         json.dumps(records[name], sort_keys=True))
             for name in sorted(records)]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")


def main():
  import tensorflow as tf
  import loop_cases
  assert tf.__version__.startswith("1.15"), tf.__version__

  class loops(object):
    pass

  for name in ("dynamic_rnn", "bidirectional_dynamic_rnn", "static_rnn",
               "static_bidirectional_rnn", "static_state_saving_rnn",
               "raw_rnn"):
    setattr(loops, name, getattr(tf.nn, name))
  for name in ("stack_bidirectional_rnn", "stack_bidirectional_dynamic_rnn"):
    setattr(loops, name, getattr(tf.contrib.rnn, name))
  records = {}
  for name, case in loop_cases.CASES.items():
    with tf.Graph().as_default():
      record = measure(tf, loop_cases.Bench(tf, loops), case)
    record["ops"] = shorten(record["ops"])
    if "float64" not in name:
      record["values"] = short_numbers(record["values"])
      record["gradients"] = short_numbers(record["gradients"])
    records[name] = record
  dump(records, EXPECTED)


if __name__ == "__main__":
  main()
