"""Graphs of `tf.contrib.cudnn_rnn`'s layers, and the facts recorded about them.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and with this package. Without
a GPU, 1.15 builds these graphs but cannot run them, except for the part that
draws the initial weights.
"""

import collections
import zlib

import numpy as np

from oracle import graphs

SEED = 11
TIME, BATCH, DEPTH, UNITS = 5, 2, 3, 4

Case = collections.namedtuple("Case", "layer options use call")
CASES = collections.OrderedDict()


def _add(case, layer, use="call", call=None, **options):
  CASES[case] = Case(layer, options, use, call or {})


for _layer in ("CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu"):
  for _ways in ("unidirectional", "bidirectional"):
    for _layers in (1, 2):
      _add("%s %d %s" % (_layer, _layers, _ways), _layer, num_layers=_layers,
           direction=_ways)
_add("built", "CudnnLSTM", use="build", num_layers=2)
_add("built twice", "CudnnGRU", use="build and call", num_layers=1,
     direction="bidirectional")
_add("called twice", "CudnnLSTM", use="twice", num_layers=2)
_add("reused", "CudnnLSTM", use="reuse", num_layers=1)
_add("resource", "CudnnLSTM", use="resource", num_layers=2)
_add("named", "CudnnLSTM", num_layers=1, name="encoder")
_add("seeded", "CudnnGRU", num_layers=2, seed=7, dropout=0.5)
_add("inference", "CudnnLSTM", num_layers=2, dropout=0.5,
     call={"training": False})
_add("lengths", "CudnnLSTM", num_layers=1, call={"sequence_lengths": [5, 2]})
_add("lengths, gru", "CudnnGRU", num_layers=1,
     call={"sequence_lengths": [5, 2]})


def build(tf, case, graph):
  """Builds `case` in `graph`; `(layers, outputs, states)`."""
  layers = tf.contrib.cudnn_rnn
  tf.set_random_seed(SEED)
  x = tf.placeholder(tf.float32, [TIME, BATCH, DEPTH], name="x")

  def new():
    return getattr(layers, case.layer)(num_units=UNITS, **case.options)

  resource = case.use == "resource" or None
  with tf.variable_scope("model", use_resource=resource):
    layer = new()
    made = [layer]
    if case.use.startswith("build"):
      layer.build([None, None, DEPTH])
    if case.use == "build":
      return made, None, ()
    outputs, states = layer(x, **case.call)
    if case.use == "twice":
      outputs, states = layer(x, **case.call)
  if case.use == "reuse":
    with tf.variable_scope("model", reuse=True):
      again = new()
      outputs, states = again(x, **case.call)
    made.append(again)
  return made, outputs, states


def _shape(tensor):
  return tensor.shape.as_list()


def _drawing(graph):
  """The operations that draw initial weights (dropout's are not among them).
  """
  return [op for op in graph.get_operations()
          if op.type == "RandomUniform" and "Portable" not in op.name]


def _seeds(graph):
  return {op.name: [op.get_attr("seed"), op.get_attr("seed2")]
          for op in _drawing(graph)}


def keys(tf, graph):
  """The names under which a Saver writes the graph's variables."""
  tf.train.Saver()
  (saving,) = [op for op in graph.get_operations() if op.type == "SaveV2"]
  names = tf.make_ndarray(
      saving.inputs[1].op.node_def.attr["value"].tensor)
  return sorted(name.decode() for name in names)


def initial_weights(tf, graph):
  """Digest and first numbers of every drawn matrix, in order."""
  ends = [op.name.rsplit("/", 1)[0] for op in _drawing(graph)]
  part = tf.graph_util.extract_sub_graph(
      graph.as_graph_def(), ends) if ends else None
  with tf.Graph().as_default():
    if part is None:
      return []
    tf.import_graph_def(part, name="")
    with tf.Session() as session:
      values = session.run([end + ":0" for end in ends])
  return [[list(value.shape), zlib.crc32(
      np.ascontiguousarray(value).tobytes()) & 0xffffffff,
           [float(number) for number in value.ravel()[:3]]]
          for value in values]


def facts(tf, case, count):
  """What is compared. `count()` gives 1.15's number of operations so far."""
  graph = tf.Graph()
  with graph.as_default():
    layers, outputs, states = build(tf, case, graph)
    ops = graphs.operations(graph)
    layer = layers[-1]
    return {
        "count": count(),
        "ops": graphs.shorten(ops),
        "outputs": outputs is not None and [outputs.name, _shape(outputs)],
        "states": [[state.name, _shape(state)] for state in states],
        "weight_shapes": [list(s) for s in layer.canonical_weight_shapes],
        "bias_shapes": [list(s) for s in layer.canonical_bias_shapes],
        "state_shape": [list(s) for s in layer.state_shape(BATCH)],
        "seeds": _seeds(graph),
        "initial": initial_weights(tf, graph),
        "properties": [layer.num_dirs, layer.num_layers, layer.num_units,
                       layer.rnn_mode, layer.direction, layer.input_mode,
                       layer.input_size, layer.name, layer.dtype],
        "keys": keys(tf, graph),
    }
