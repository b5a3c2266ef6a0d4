"""The recorded LSTM layers with one fault after the other, in NumPy.

Layers, inputs and initial state are found in the recording: kernels and biases
by shape, the inputs among the feeds (or as rows of a variable that an integer
feed chooses), the state among the feeds. If the layers then compute what was
recorded, they are computed again with one fault at a time, and a result that is
the rewrite's value names the fault.
"""

import dataclasses
import itertools
import re
import typing

import numpy as np

CLOSE = 1e-4                # of the largest magnitude
MOST_STEPS = 512            # of time
MOST_WORK = 1 << 31         # multiplications of one run of the layers
ORDER = "ijfo"


@dataclasses.dataclass(frozen=True)
class Layer:
  """One LSTM: `kernel` is [depth + units, 4 units]."""
  name: str
  kernel: np.ndarray
  bias: np.ndarray

  @property
  def units(self):
    return self.kernel.shape[1] // 4

  @property
  def depth(self):
    return len(self.kernel) - self.units


@dataclasses.dataclass(frozen=True)
class Setting:
  """How the layers run. `state` is [(c, h) of each layer] or None for zeros."""
  forget_bias: float = 1.
  forget_gate: str = "f"      # the gate that it is added to
  order: str = ORDER
  state: typing.Any = None


def explain(found, context):
  """{text: names} on the fault that reproduces the Differences `found`."""
  found = [one for one in found if one.wanted.is_whole
           and one.got.dtype.kind == "f" and one.got.ndim >= 2]
  call = context.recording.calls[context.call]
  variables = _variables_at(context.recording, call)
  layers = layers_of(variables)
  if not found or not layers:
    return {}
  states = list(_states(call, layers))
  for inputs in _inputs(call, variables, layers[0].depth):
    if not _is_small(inputs, layers):
      continue
    for setting in (Setting(bias, state=state) for bias in (1., 0.)
                    for state in states):
      right = run(inputs, layers, setting)
      places = [(one, key) for one in found for key, value in right.items()
                if _same(value, one.wanted.array)]
      if places:
        return _faults(inputs, layers, setting, places)
  return {}


def _variables_at(recording, call):
  """The variables that a call has read, or {} if they were not recorded."""
  steps = sum(one.session == call.session for one in recording.steps
              if one.number < call.number)
  if call.session != recording.session:
    return {}
  return (recording.variables if not steps else
          recording.variables_after.get(steps, {}))


def layers_of(variables):
  """The LSTM layers among the variables, in the order of a stack."""
  found = []
  for name in sorted(variables, key=_natural):
    scope, _, last = name.rpartition("/")
    bias = f"{scope}/bias"
    if last != "kernel" or "lstm" not in scope.lower() or (
        bias not in variables):
      continue
    values = variables.value(name), variables.value(bias)
    if not all(value.is_whole for value in values):
      continue
    kernel, bias = (value.array.astype(np.float64) for value in values)
    if kernel.ndim == 2 and bias.shape == kernel.shape[1:] and (
        kernel.shape[1] % 4 == 0 and len(kernel) > kernel.shape[1] // 4):
      found.append(Layer(scope, kernel, bias))
  stack = found[:1]
  for layer in found[1:]:
    if layer.depth == stack[-1].units:
      stack.append(layer)
  return stack


def _natural(name):
  return [int(part) if part.isdigit() else part
          for part in re.split(r"(\d+)", name)]


def _inputs(call, variables, depth):
  """Yields what may be the inputs, [batch, time, depth] in float64."""
  for name in call.feeds:
    value = call.feeds.value(name)
    if not value.is_whole:
      continue
    array = value.array
    if array.dtype.kind == "f" and array.ndim == 3 and (
        array.shape[-1] == depth):
      yield array.astype(np.float64)
      yield array.astype(np.float64).swapaxes(0, 1)
    elif array.dtype.kind in "iu" and array.ndim == 2 and array.size:
      for table in variables:
        rows = variables.value(table)
        if rows.is_whole and len(rows.shape) == 2 and (
            rows.shape[1] == depth) and (
                0 <= array.min() and array.max() < rows.shape[0]):
          found = rows.array.astype(np.float64)[array]
          yield found
          yield found.swapaxes(0, 1)


def _is_small(inputs, layers):
  work = inputs.shape[0] * inputs.shape[1] * sum(
      layer.kernel.size for layer in layers)
  return inputs.shape[1] <= MOST_STEPS and work <= MOST_WORK


def _states(call, layers):
  """Yields the initial states that may be meant; None is zeros."""
  fed = [call.feeds.value(name) for name in sorted(call.feeds, key=_natural)]
  fed = [value.array.astype(np.float64) for value in fed
         if value.is_whole and value.dtype.startswith("float")]
  count, units = len(layers), [layer.units for layer in layers]
  flat = [array for array in fed if array.ndim == 2]
  flat = [array for array in flat if array.shape[1] in units]
  if len(flat) == 2 * count:
    yield [(flat[2 * n], flat[2 * n + 1]) for n in range(count)]
  for array in fed:
    if array.ndim == 4 and array.shape[:2] == (count, 2):
      yield [(one[0], one[1]) for one in array]
    elif array.ndim == 3 and len(array) == 2 and count == 1:
      yield [(array[0], array[1])]
  yield None


def run(inputs, layers, setting):
  """{place: value} of outputs and last states of the layers.

  `inputs` are [batch, time, depth].
  """
  found, batch = {}, len(inputs)
  for at, layer in enumerate(layers):
    if setting.state is None:
      c, h = (np.zeros([batch, layer.units]) for _ in range(2))
    else:
      c, h = setting.state[at]
      if c.shape != (batch, layer.units) or h.shape != c.shape:
        return {}
    outputs = []
    for step in range(inputs.shape[1]):
      gates = np.concatenate([inputs[:, step], h], 1) @ layer.kernel
      parts = dict(zip(setting.order, np.split(gates + layer.bias, 4, 1)))
      parts[setting.forget_gate] = (
          parts[setting.forget_gate] + setting.forget_bias)
      c = (_sigmoid(parts["f"]) * c
           + _sigmoid(parts["i"]) * np.tanh(parts["j"]))
      h = _sigmoid(parts["o"]) * np.tanh(c)
      outputs.append(h)
    inputs = np.stack(outputs, 1)
    found[f"c {at}"], found[f"h {at}"] = c, h
    found[f"outputs {at}"] = inputs
    found[f"outputs {at} by time"] = inputs.swapaxes(0, 1)
  return found


def _sigmoid(x):
  return .5 + .5 * np.tanh(.5 * x)


def _same(value, other):
  other = np.asarray(other, np.float64)
  return value.shape == other.shape and np.abs(value - other).max(
      initial=0.) <= CLOSE * max(np.abs(other).max(initial=0.), 1e-30)


def _faults(inputs, layers, setting, places):
  """The text on the fault that reproduces most of `places`, if one does."""
  best, text = 0, None
  for wrong, told in _variants(setting, layers, inputs):
    values = run(inputs, layers, wrong)
    count = sum(key in values and _same(values[key], one.got)
                for one, key in places)
    if count > best:
      best, text = count, told
  if text is None:
    return {}
  layer = layers[0].name + (f" to {layers[-1].name}" if layers[1:] else "")
  text = f"it is what the recorded LSTM ({layer}) computes {text}"
  return {text: [one.name for one, _ in places]}


def _variants(setting, layers, inputs):
  """Yields (Setting with one fault, how to say it)."""
  replace = dataclasses.replace
  for bias in (0., 1., 2.):
    if bias != setting.forget_bias:
      yield replace(setting, forget_bias=bias), (
          f"with a forget bias of {bias:g}; the recorded cell adds "
          f"{setting.forget_bias:g} when it runs"
          + (", and a converted bias may contain it already"
             if bias > setting.forget_bias else ""))
  if setting.state is not None:
    yield replace(setting, state=None), (
        "from an initial state of zeros; the recorded call was fed a state")
    yield replace(setting, state=[(h, c) for c, h in setting.state]), (
        "with c and h of the initial state exchanged; 1.x has (c, h)")
  else:
    ones = [(np.ones([len(inputs), layer.units]),) * 2 for layer in layers]
    yield replace(setting, state=ones), (
        "from an initial state of ones; the recorded one was zeros")
  for order in map("".join, itertools.permutations(ORDER)):
    if order != ORDER:
      told = (f"if its gates are read in the order {', '.join(order)}"
              + (", as Keras and PyTorch do" if order == "ifjo" else "")
              + f"; 1.x has {', '.join(ORDER)}")
      yield replace(setting, order=order), told
      # The forget bias may have been added where 1.x has its gate f.
      yield replace(setting, order=order, forget_gate=order[ORDER.index("f")]
                    ), told
      if setting.forget_bias:
        yield replace(setting, order=order, forget_bias=0.), (
            told + ", and without its forget bias")
