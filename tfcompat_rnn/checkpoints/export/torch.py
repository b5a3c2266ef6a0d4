"""Writes, reads and checks state dicts of PyTorch's nn.LSTM, nn.GRU, nn.RNN.

PyTorch has `weight_ih_l0` `[gates * units, depth]`, `weight_hh_l0`
`[gates * units, output]`, `bias_ih_l0` and `bias_hh_l0` `[gates * units]`, and
`weight_hr_l0` `[output, units]` for a projection; then `_l1` and so on, each
with `_reverse` for the backward direction. The gates of the LSTM are i, f, g, o
(g is TensorFlow's j), and those of the GRU r, z, n (z is u, n the candidate).
PyTorch itself is not needed here.
"""

import re

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.export import weights as export_weights
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates

ORDERS = {"lstm": "ifjo", "gru_after": "ruc", "rnn": "h"}
MODULES = {"lstm": "LSTM", "gru_after": "GRU", "rnn": "RNN"}
_KEY = re.compile(
    r"^(.*\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(\d+)"
    r"(_reverse)?$")


def write_state(layers):
  """`name -> array` for a list of layers, each a list of 1 or 2 `Weights`."""
  _check_layers(layers)
  state = {}
  for number, directions in enumerate(layers):
    for end, weights in zip(("", "_reverse"), directions):
      order = ORDERS[weights.kind]
      bias = weights.joined("bias", order)
      hidden = np.zeros_like(bias)
      if weights.kind == "gru_after":
        hidden[2 * weights.units:] = weights.hidden_bias
      end = f"_l{number}{end}"
      state["weight_ih" + end] = weights.joined("inputs", order).T.copy()
      state["weight_hh" + end] = weights.joined("hidden", order).T.copy()
      state["bias_ih" + end] = bias
      state["bias_hh" + end] = hidden
      if weights.projection is not None:
        state["weight_hr" + end] = weights.projection.T.copy()
  return state


def _check_layers(layers):
  first = layers[0][0]
  for number, directions in enumerate(layers):
    for weights in directions:
      if weights.kind == "gru":
        raise _errors.RefusedError(problem(
            "scope", "name an LSTM, a plain cell or a "
            "CudnnCompatibleGRUCell: PyTorch's GRU computes r * (h R + b), "
            "which no weights turn into the (r * h) R of GRUCell",
            "a GRUCell (or GRUBlockCell)",
            "export it to keras, whose GRU has reset_after=False"))
      depth = first.depth if number == 0 else len(directions) * first.output
      if (weights.kind, weights.units, weights.output, weights.depth) != (
          first.kind, first.units, first.output, depth):
        raise _errors.RefusedError(problem(
            "scope", "name stacked layers of one kind and width, as in a "
            "module of PyTorch",
            f"layer {number}: {weights.kind}, depth {weights.depth}, "
            f"{weights.units} units, after {first.kind} of {first.units}",
            "export each cell alone: use --scope with the cell's own scope"))


def is_ours(arrays):
  return any(_KEY.match(key) for key in arrays)


def choose_module(arrays, prefix=None):
  """The entries of one module in a state dict, without their prefix.

  `prefix` is what precedes `weight_ih_l0` (`encoder.rnn`), and is needed if
  there are several modules. Keys of other modules are left out.
  """
  found = {}
  for key in arrays:
    match = _KEY.match(key)
    if match:
      head = match.group(1) or ""
      found.setdefault(head, {})[key[len(head):]] = arrays[key]
  there = ", ".join(repr(head.rstrip(".")) for head in sorted(found))
  if prefix is not None:
    prefix = prefix.rstrip(".") + "." if prefix else ""
    if prefix not in found:
      raise _errors.CheckpointError(problem(
          "--prefix", f"be one of {there}", repr(prefix.rstrip(".")),
          "name one of them"))
    return found[prefix]
  if len(found) > 1:
    raise _errors.CheckpointError(problem(
        "file", "contain one recurrent module", f"{len(found)}: {there}",
        "name one with --prefix"))
  return next(iter(found.values()))


def read_state(arrays):
  """The layers of `Weights` in the state dict of one module.

  Layers without a bias get a bias of zeros.
  """
  places = {}
  for key in arrays:
    _, name, layer, reverse = _KEY.match(key).groups()
    places[name, int(layer), bool(reverse)] = key
  layers = 1 + max(layer for _, layer, _ in places)
  ways = (False, True) if any(way for _, _, way in places) else (False,)
  return [[_read(arrays, places, layer, way) for way in ways]
          for layer in range(layers)]


def _read(arrays, keys, layer, way):
  end = f"_l{layer}" + "_reverse" * way
  part = {name: np.asarray(arrays[keys[name, layer, way]])
          for name in ("weight_ih", "weight_hh", "weight_hr", "bias_ih",
                       "bias_hh") if (name, layer, way) in keys}
  kind = _kind(part)
  if kind is None:
    raise _errors.CheckpointError(problem(
        f"weight_ih{end}", "come with weight_hh, and with both biases or "
        "none, in the shapes of nn.LSTM, nn.GRU or nn.RNN",
        ", ".join(f"{name}{end} {list(array.shape)}"
                  for name, array in part.items()) or "nothing",
        "save the whole state dict of the module"))
  order = ORDERS[kind]
  rows = part["weight_ih"].shape[0]
  zeros = np.zeros(rows, part["weight_ih"].dtype)
  on_inputs = layouts_gates.split_gates(part.get("bias_ih", zeros), order)
  on_hidden = layouts_gates.split_gates(part.get("bias_hh", zeros), order)
  hidden_bias = on_hidden.pop("c") if kind == "gru_after" else None
  bias = {gate: export_weights.add_biases(on_inputs[gate], on_hidden[gate])
          for gate in on_hidden}
  if kind == "gru_after":
    bias["c"] = on_inputs["c"]
  projection = part.get("weight_hr")
  return export_weights.Weights(
      kind, layouts_gates.split_gates(part["weight_ih"].T, order),
      layouts_gates.split_gates(part["weight_hh"].T, order), bias,
      hidden_bias, None if projection is None else projection.T.copy())


def _kind(part):
  """The kind of a layer, from the ratio of rows to units."""
  shapes = {name: array.shape for name, array in part.items()}
  if "weight_ih" not in shapes or "weight_hh" not in shapes or (
      ("bias_ih" in shapes) != ("bias_hh" in shapes)):
    return None
  if len(shapes["weight_ih"]) != 2 or len(shapes["weight_hh"]) != 2:
    return None
  rows, output = shapes["weight_hh"]
  if shapes["weight_ih"][0] != rows or output < 1:
    return None
  if shapes.get("bias_ih", (rows,)) != (rows,) or (
      shapes.get("bias_hh", (rows,)) != (rows,)):
    return None
  if "weight_hr" in shapes:
    fits = shapes["weight_hr"] == (output, rows // 4) and rows % 4 == 0
    return "lstm" if fits else None
  kinds = {4: "lstm", 3: "gru_after", 1: "rnn"}
  return kinds.get(rows // output) if rows % output == 0 else None


def how_to_load(layers, path, activation="tanh"):
  """Lines of Python code that load the file into PyTorch."""
  first = layers[0][0]
  options = [str(first.depth), str(first.units)]
  if len(layers) > 1:
    options.append(f"num_layers={len(layers)}")
  if first.projection is not None:
    options.append(f"proj_size={first.output}")
  if first.kind == "rnn" and activation != "tanh":
    options.append(f"nonlinearity={activation!r}")
  if len(layers[0]) == 2:
    options.append("bidirectional=True")
  options.append("batch_first=True")
  return ["import numpy as np, torch", f"saved = np.load({path!r})",
          f"module = torch.nn.{MODULES[first.kind]}({', '.join(options)})",
          "module.load_state_dict({key: torch.from_numpy(saved[key]) "
          "for key in saved.files})"]


def run_state(state, layers, inputs, activation="tanh"):
  """The outputs according to PyTorch's documentation, computed in NumPy.

  `inputs` is `[batch, time, depth]`; `state` is what `write_state` made from
  `layers`, of which only the kinds are used.
  """
  value = inputs
  for number, directions in enumerate(layers):
    both = []
    for end, weights in zip(("", "_reverse"), directions):
      steps = value[:, ::-1] if end else value
      output = _run(state, f"_l{number}{end}", weights.kind, steps,
                    activation)
      both.append(output[:, ::-1] if end else output)
    value = np.concatenate(both, axis=2)
  return value


def _run(state, end, kind, inputs, activation):
  w_ih, w_hh = state["weight_ih" + end], state["weight_hh" + end]
  zeros = np.zeros(len(w_ih), inputs.dtype)
  b_ih, b_hh = [state.get(name + end, zeros)
                for name in ("bias_ih", "bias_hh")]
  w_hr = state.get("weight_hr" + end)
  h = np.zeros((inputs.shape[0], w_hh.shape[1]), inputs.dtype)
  c = np.zeros((inputs.shape[0], w_hh.shape[0] // 4), inputs.dtype)
  act = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}[activation]
  outputs = []
  for x in np.swapaxes(inputs, 0, 1):
    from_x, from_h = x @ w_ih.T + b_ih, h @ w_hh.T + b_hh
    if kind == "lstm":
      i, f, g, o = np.split(from_x + from_h, 4, axis=1)
      c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
      h = _sigmoid(o) * np.tanh(c)
      h = h if w_hr is None else h @ w_hr.T
    elif kind == "gru_after":
      (r, z, n), (r_h, z_h, n_h) = (
          np.split(part, 3, axis=1) for part in (from_x, from_h))
      r, z = _sigmoid(r + r_h), _sigmoid(z + z_h)
      n = np.tanh(n + r * n_h)
      h = (1 - z) * n + z * h
    else:
      h = act(from_x + from_h)
    outputs.append(h)
  return np.stack(outputs, axis=1)


def _sigmoid(x):
  return 1 / (1 + np.exp(-x))
