"""What TensorFlow 1.15.5 had in contrib.rnn and related modules, and how to
build it: `SYMBOLS`, `VARIABLES` (from symbols_1_15.json), `build`."""

import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)

with open(os.path.join(HERE, "symbols_1_15.json")) as _stream:
  _facts = json.load(_stream)
SYMBOLS, VARIABLES = _facts["symbols"], _facts["variables"]

ROWS = [(namespace, name) for namespace in SYMBOLS
        for name in sorted(SYMBOLS[namespace])]

# Where to look for a test of a name, the strongest evidence first.
_EVIDENCE = ("golden", "loops/recurrent_cases.py", "fused", "cudnn", "loops",
             "cells", "checkpoints", "state")
# The cells in these are only there to have something to decode with.
_OF_OTHERS = (
    "test_contrib_table.py", "test_golden.py", "cases_attention.py",
    "cases_beam.py", "cases_crf.py", "cases_decoding.py",
    "cases_legacy_seq2seq.py")


def find(tf, namespace, name):
  """The object with this 1.15 name."""
  for part in namespace.split(".")[1:] + [name]:
    tf = getattr(tf, part)
  return tf


def _sources(place):
  path = os.path.join(TESTS, place)
  if os.path.isfile(path):
    return [path]
  if not os.path.isdir(path):
    return []
  return sorted(
      os.path.join(path, name) for name in os.listdir(path)
      if re.match(r"(cases|test)_.*\.py$|.*_(cases|cells)\.py$", name)
      and name not in _OF_OTHERS)


def evidence(name):
  """The test file, relative to tests/, that covers `name`, or None."""
  for place in _EVIDENCE:
    for path in _sources(place):
      with open(path) as stream:
        if re.search(r"\b%s\b" % re.escape(name), stream.read()):
          return os.path.relpath(path, TESTS).replace(os.sep, "/")
  return None


# Labels that are not Python, and what they mean.
_CELLS = {
    "Conv1DLSTMCell([8,3], 5, [3])":
        "Conv1DLSTMCell(input_shape=[8, 3], output_channels=5, "
        "kernel_shape=[3])",
    "Conv2DLSTMCell([8,8,3], 5, [3,3])":
        "Conv2DLSTMCell(input_shape=[8, 8, 3], output_channels=5, "
        "kernel_shape=[3, 3])",
    "Conv3DLSTMCell([4,4,4,3], 5, [3,3,3])":
        "Conv3DLSTMCell(input_shape=[4, 4, 4, 3], output_channels=5, "
        "kernel_shape=[3, 3, 3])",
    "MultiRNNCell([BasicLSTMCell(5, state_is_tuple=False)]*2 distinct, "
    "state_is_tuple=False)":
        "MultiRNNCell([BasicLSTMCell(5, state_is_tuple=False), "
        "BasicLSTMCell(5, state_is_tuple=False)], state_is_tuple=False)",
    "GridRNNCell(5)":
        "GridRNNCell(5, num_dims=2, input_dims=0, output_dims=0)",
}


class Names(dict):
  """All public names of the four namespaces, resolved on use."""

  def __init__(self, tf):
    super().__init__(float32=tf.float32)
    self._tf = tf

  def __missing__(self, name):
    for namespace in SYMBOLS:
      if name in SYMBOLS[namespace]:
        return find(self._tf, namespace, name)
    raise KeyError(name)


def make_cell(tf, label):
  """The object for a label such as `cell GRUCell(5)`."""
  text = re.sub(r" x depth \d+$", "", label.partition(" ")[2])
  return eval(_CELLS.get(text, text), {}, Names(tf))


def variables_of(label, on_gpu):
  """`[[name, shape, dtype, trainable]]` of the variables for the label.

  Without a GPU, a cuDNN layer has its canonical variables, named as in 1.15's
  checkpoints; only the names of these are known.
  """
  row = VARIABLES[label]
  if label.startswith("cudnn ") and not on_gpu:
    return [[name, None, None, None] for name in row["canonical"]]
  return row["variables"]


def _x(tf, text, dtype=None):
  shape = [int(size) for size in re.findall(r"\d+", text)]
  return tf.placeholder(dtype or tf.float32, shape)


def build(tf, label, how):
  """Builds the label's object, in the way `how`, in the default graph."""
  kind = label.partition(" ")[0]
  if kind == "fn":
    return _build_function(tf, label[3:])
  if kind == "cudnn":
    name, layers, units, options = re.match(
        r"cudnn (\w+)\((\d+),(\d+),(.*)\)$", label).groups()
    options = eval(options)
    layer = find(tf, "tf.contrib.cudnn_rnn", name)(
        int(layers), int(units), **options)
    layer.build([None, 2, 4])
    return layer
  cell = make_cell(tf, label)
  inputs = re.search(r"\[(?:time )?([\d, ]+)\]", how or "[3,2,4]").group(1)
  if kind == "fused":
    cell(_x(tf, inputs), dtype=tf.float32)
  elif how.startswith("tf.nn.dynamic_rnn"):
    tf.nn.dynamic_rnn(cell, _x(tf, inputs), dtype=tf.float32)
  elif "int ids" in how:
    tf.nn.dynamic_rnn(cell, _x(tf, inputs, tf.int32), dtype=tf.float32)
  elif "(time" in how:
    tf.nn.dynamic_rnn(cell, (_x(tf, "2,3,1"), _x(tf, "2,3,4")),
                      dtype=tf.float32)
  elif "TimeFreq" in label:
    # Its state_size is that of a single window.
    cell(_x(tf, inputs), tf.zeros([2, 2 * 5 * 3]))
  else:
    cell(_x(tf, inputs), cell.zero_state(2, tf.float32))
  return cell


def _build_function(tf, text):
  rnn, nn = tf.contrib.rnn, tf.nn

  def steps():
    return [tf.placeholder(tf.float32, [2, 4]) for _ in range(3)]

  def sequence():
    return tf.placeholder(tf.float32, [2, 3, 4])

  def lstm():
    return rnn.LSTMCell(5)

  def stack(make):
    return [make(), make()]

  def raw():
    cell = lstm()

    def loop_fn(time, output, state, unused_loop_state):
      if state is None:
        state = cell.zero_state(2, tf.float32)
      return time >= 3, tf.zeros([2, 4]), state, output, None
    return nn.raw_rnn(cell, loop_fn)

  def gru():
    return rnn.GRUCell(5)

  def multi():
    return rnn.MultiRNNCell(stack(lstm))

  makers = {
      "bidirectional_dynamic_rnn(LSTMCell(5), LSTMCell(5))":
          lambda: nn.bidirectional_dynamic_rnn(
              lstm(), lstm(), sequence(), dtype=tf.float32),
      "bidirectional_dynamic_rnn(MultiRNN x2)":
          lambda: nn.bidirectional_dynamic_rnn(
              multi(), multi(), sequence(), dtype=tf.float32),
      "contrib.rnn.stack_bidirectional_dynamic_rnn([GRU(5)]*2, [GRU(5)]*2)":
          lambda: rnn.stack_bidirectional_dynamic_rnn(
              stack(gru), stack(gru), sequence(), dtype=tf.float32),
      "contrib.rnn.stack_bidirectional_rnn([GRU(5)]*2, [GRU(5)]*2)":
          lambda: rnn.stack_bidirectional_rnn(
              stack(gru), stack(gru), steps(), dtype=tf.float32),
      "raw_rnn(LSTMCell(5))": raw,
      "static_bidirectional_rnn(LSTMCell(5), LSTMCell(5))":
          lambda: rnn.static_bidirectional_rnn(
              lstm(), lstm(), steps(), dtype=tf.float32),
      "static_rnn(GRUCell(5), scope='s')":
          lambda: rnn.static_rnn(gru(), steps(), dtype=tf.float32, scope="s"),
      "static_rnn(LSTMCell(5))":
          lambda: rnn.static_rnn(lstm(), steps(), dtype=tf.float32),
  }
  return makers[text]()
