"""Writes, reads and checks weights of Keras 3's LSTM, GRU and SimpleRNN.

Keras has `kernel` `[depth, gates * units]`, `recurrent_kernel`
`[units, gates * units]` and `bias`. The gates of the LSTM are i, f, c, o, and
those of the GRU z, r, h, where z is TensorFlow's u. The bias of a GRU with
`reset_after=True` is `[2, 3 * units]`: one for the inputs and one for h.
"""

import contextlib
import re

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.export import weights as export_weights
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates

ORDERS = {"lstm": "ifjo", "gru": "urc", "gru_after": "urc", "rnn": "h"}
LAYERS = {"lstm": "LSTM", "gru": "GRU", "gru_after": "GRU",
          "rnn": "SimpleRNN"}
_NAMES = ("kernel", "recurrent_kernel", "bias")
_KEY = re.compile(r"^layer_(\d+)/(\d+)_(?:(forward|backward)_)?(\w+)$")


def write_layers(layers):
  """`key -> array` for a list of layers, each a list of 1 or 2 `Weights`.

  The keys are `layer_00/0_kernel`, `layer_00/1_recurrent_kernel` and
  `layer_00/2_bias`, with `forward_` and `backward_` before the name if there
  are two directions, in the order of `layer.get_weights()`.
  """
  arrays = {}
  for number, directions in enumerate(layers):
    place = 0
    for way, weights in zip(("forward_", "backward_"), directions):
      way = way if len(directions) == 2 else ""
      for name, array in zip(_NAMES, _arrays(weights)):
        arrays[f"layer_{number:02d}/{place}_{way}{name}"] = array
        place += 1
  return arrays


def _arrays(weights):
  if weights.projection is not None:
    raise _errors.RefusedError(problem(
        "scope", "name an LSTM without a projection, which Keras lacks",
        f"one from {weights.units} units to {weights.output}",
        "export it to pytorch, which has proj_size"))
  order = ORDERS[weights.kind]
  bias = weights.joined("bias", order)
  if weights.kind == "gru_after":
    hidden = np.zeros_like(bias)
    hidden[2 * weights.units:] = weights.hidden_bias
    bias = np.stack([bias, hidden])
  return (weights.joined("inputs", order), weights.joined("hidden", order),
          bias)


def is_ours(arrays):
  return bool(arrays) and all(_KEY.match(key) for key in arrays)


def read_layers(arrays):
  """The layers of `Weights` in the arrays that `write_layers` made.

  Layers without a bias (two arrays per direction) get a bias of zeros.
  """
  layers = {}
  for key in arrays:
    layer, place, way, _ = _KEY.match(key).groups()
    layers.setdefault(int(layer), {}).setdefault(
        way, []).append((int(place), key))
  if sorted(layers) != list(range(len(layers))):
    raise _errors.CheckpointError(problem(
        "file", "contain layer_00, layer_01, and so on",
        ", ".join(f"layer_{layer:02d}" for layer in sorted(layers)),
        "add the missing layers"))
  result = []
  for layer in range(len(layers)):
    ways = layers[layer]
    if set(ways) not in ({None}, {"forward", "backward"}):
      raise _errors.CheckpointError(problem(
          f"layer_{layer:02d}", "contain both directions, or one without a "
          "name", ", ".join(str(way) for way in ways), "add the other one"))
    order = [None] if None in ways else ["forward", "backward"]
    result.append([
        _read([arrays[key] for _, key in sorted(ways[way])],
              f"layer_{layer:02d}") for way in order])
  return result


def _read(arrays, where):
  if len(arrays) == 2:
    arrays = [*arrays, np.zeros(arrays[0].shape[1:], arrays[0].dtype)]
  shapes = [array.shape for array in arrays]
  kind = _kind(shapes)
  if kind is None:
    raise _errors.CheckpointError(problem(
        where, "contain kernel [depth, gates * units], recurrent_kernel "
        "[units, gates * units] and bias, in this order",
        ", ".join(str(list(shape)) for shape in shapes),
        "write them with np.savez in the order of layer.get_weights()"))
  order = ORDERS[kind]
  kernel, recurrent, bias = arrays
  hidden_bias = None
  if kind == "gru_after":
    on_inputs, on_hidden = [layouts_gates.split_gates(row, order)
                            for row in bias]
    biases = {gate: export_weights.add_biases(
        on_inputs[gate], on_hidden[gate]) for gate in "ur"}
    biases["c"], hidden_bias = on_inputs["c"], on_hidden["c"]
  else:
    biases = layouts_gates.split_gates(bias, order)
  return export_weights.Weights(
      kind, layouts_gates.split_gates(kernel, order),
      layouts_gates.split_gates(recurrent, order), biases, hidden_bias)


def _kind(shapes):
  """The kind of a layer, from the ratio of columns to units."""
  if len(shapes) != 3 or [len(shape) for shape in shapes[:2]] != [2, 2]:
    return None
  (_, columns), (units, more), bias = shapes
  if columns != more or not units or columns % units:
    return None
  kinds = {4: "lstm", 3: "gru", 1: "rnn"}
  kind = kinds.get(columns // units)
  if bias == (2, columns) and kind == "gru":
    return "gru_after"
  return kind if bias == (columns,) else None


def _options(weights, activation, backwards, use_bias=True):
  """The arguments of Keras's layer apart from its units."""
  options = {"return_sequences": True}
  if weights.kind in ("gru", "gru_after"):
    options["reset_after"] = weights.kind == "gru_after"
  if weights.kind == "rnn" and activation != "tanh":
    options["activation"] = activation
  if backwards:
    options["go_backwards"] = True
  if not use_bias:
    options["use_bias"] = False
  return options


def _alike(directions):
  """Whether one direction's layer can be copied for the other direction."""
  return len({(weights.kind, weights.units) for weights in directions}) == 1


def how_to_load(layers, path, activation="tanh"):
  """Lines of Python code that load the file into Keras."""
  def made(weights, backwards=False):
    options = _options(weights, activation, backwards)
    return f"keras.layers.{LAYERS[weights.kind]}({weights.units}, " + ", ".join(
        f"{name}={value!r}" for name, value in options.items()) + ")"

  lines = ["import keras, numpy as np", f"saved = np.load({path!r})"]
  for number, directions in enumerate(layers):
    layer = made(directions[0])
    if len(directions) == 2:
      other = ("" if _alike(directions)
               else f", backward_layer={made(directions[1], True)}")
      layer = f"keras.layers.Bidirectional({layer}{other})"
    lines += [
        f"layer_{number} = {layer}",
        f"layer_{number}.build((None, None, {directions[0].depth}))",
        f"layer_{number}.set_weights([saved[key] for key in saved.files "
        f"if key.startswith('layer_{number:02d}/')])"]
  return lines


def run_layers(arrays, layers, inputs, activation="tanh"):
  """The outputs of Keras's own layers for `inputs` `[batch, time, depth]`.

  `arrays` is what `write_layers` made from `layers`. Keras is imported only
  here.
  """
  import keras  # pylint: disable=import-outside-toplevel
  with _as_in_tensorflow_2():
    value = inputs
    for number, directions in enumerate(layers):
      mine = [array for key, array in arrays.items()
              if key.startswith(f"layer_{number:02d}/")]
      layer = _make(keras, directions, activation,
                    len(mine) == 3 * len(directions))
      layer.build((None, None, directions[0].depth))
      layer.set_weights(mine)
      value = layer(value)
    return keras.ops.convert_to_numpy(value)


@contextlib.contextmanager
def _as_in_tensorflow_2():
  """Provides what Keras needs in a program with 1.x behavior."""
  tf = _tf.tf
  old_shapes = not isinstance(tf.TensorShape([1])[0], int)
  if old_shapes:
    tf.enable_v2_tensorshape()
  try:
    with _tf.private("eager_mode")():
      yield
  finally:
    if old_shapes:
      tf.disable_v2_tensorshape()


def _make(keras, directions, activation, use_bias):
  dtype = str(directions[0].dtype)

  def one(weights, backwards=False):
    return getattr(keras.layers, LAYERS[weights.kind])(
        weights.units, dtype=dtype,
        **_options(weights, activation, backwards, use_bias))

  layer = one(directions[0])
  if len(directions) == 1:
    return layer
  other = None if _alike(directions) else one(directions[1], True)
  return keras.layers.Bidirectional(layer, backward_layer=other, dtype=dtype)
