"""Relations between a value and the recorded one that tell a fault."""

import itertools

import numpy as np

from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.testing import recordings

LARGEST = 1 << 24            # elements of what is rearranged in trials
ROUNDED = 2. ** -22          # two units in the last place of 1 + bias
GATES = {4: "ijfo", 3: "ruc", 2: "ru"}   # how 1.x orders them
_ORDERS = {"ifjo": " (the order of Keras and PyTorch)"}


def explain(one, context):
  """Texts on the Difference `one`; the simplest relation that holds."""
  wanted, got, kind = one.wanted, one.got, context.kind
  if wanted.is_text or got.dtype.kind not in "fiub" or (
      got.size > LARGEST or not got.size):
    return []
  agrees = _Agrees(wanted, context)
  for find in (_rearranged, _forget_bias, _part,
               lambda *found: _factor(*found, kind), _dropout, _shifted,
               _step_by_step):
    text = find(wanted, got, agrees)
    if text:
      return [text]
  return []


class _Agrees:
  """Whether an array is the recorded one."""

  def __init__(self, wanted, context):
    self._wanted = wanted
    self._rtol, self._atol = max(context.rtol, 1e-5), context.atol
    self.count = int(np.prod(wanted.shape, dtype=np.int64))
    self.at = recorder.positions(self.count) if self.count else []
    flat = np.ravel(wanted.array)
    self.sample = (flat[self.at] if wanted.is_whole else flat).astype(
        np.float64)
    self.scale = float(np.max(np.abs(self.sample), initial=0.))

  def sample_of(self, array):
    return np.ravel(array)[self.at].astype(np.float64)

  def __call__(self, array):
    if array.shape != self._wanted.shape:
      return False
    # A few elements tell most arrays apart.
    if np.any(np.abs(self.sample_of(array) - self.sample)
              > self._atol + 4 * self._rtol * max(self.scale, abs(
                  self._wanted.high or 0), abs(self._wanted.low or 0))):
      return False
    return not differences.measure(
        self._wanted, recordings.as_recorded(array, self._wanted), self._rtol,
        self._atol).beyond


def _blocks(array, order, axis):
  """`array` with its equal blocks along `axis` in another order."""
  parts = np.split(array, len(order), axis)
  return np.concatenate([parts[at] for at in order], axis)


def arrangements(got):
  """Yields (array as it was recorded, text) of what may have happened to it.

  The simplest come first.
  """
  turned = [(got, "")]
  if got.ndim == 2:
    turned.append((got.T, "transposed"))
  elif got.ndim in (3, 4):
    turned += [(got.transpose(axes),
                "time-major instead of batch-major, or the other way round"
                if axes[:2] == (1, 0) and axes[2:] == tuple(
                    range(2, got.ndim)) else
                f"axes in another order (transpose{axes} would restore it)")
               for axes in itertools.permutations(range(got.ndim))
               if axes != tuple(range(got.ndim))]
  yield from turned[1:]
  for array, turn in turned:
    for ordered, order in _gate_orders(array):
      yield ordered, _both(turn, order)
  if got.ndim == 2:
    for array, turn in turned:
      for rolled, roll in _row_orders(array):
        yield rolled, _both(turn, roll)
        for ordered, order in _gate_orders(rolled):
          yield ordered, _both(turn, roll, order)


def _both(*texts):
  return " and ".join(filter(None, texts))


def _gate_orders(array):
  if array.ndim not in (1, 2):
    return
  size = array.shape[-1]
  for number in (4, 3, 2):
    if size % number or size == number:
      continue
    gates = GATES[number]
    for order in itertools.permutations(range(number)):
      if order == tuple(range(number)):
        continue
      theirs = "".join(gates[order.index(at)] for at in range(number))
      yield _blocks(array, order, -1), (
          f"its gates are in the order {', '.join(theirs)}"
          f"{_ORDERS.get(theirs, '')}, where 1.x has {', '.join(gates)}")


def _row_orders(array):
  """The rows of the input and of the state the other way round."""
  rows, columns = array.shape
  for units in sorted({columns // 4, columns // 2, columns // 3, columns}):
    if 0 < units < rows:
      yield np.roll(array, -units, 0), (
          "the rows of the state come before those of the input")


def _rearranged(wanted, got, agrees):
  if got.size != agrees.count:
    return None
  for array, text in arrangements(got):
    if agrees(array):
      return f"the same numbers, but {text}"
  if got.shape != wanted.shape and agrees(got.reshape(wanted.shape)):
    return (f"the same numbers in the shape {list(got.shape)}, where the "
            f"recording has {list(wanted.shape)}; reshape it")
  return None


def _forget_bias(wanted, got, agrees):
  if got.ndim != 1 or got.shape != wanted.shape or got.size % 4 or (
      got.dtype.kind != "f" or not wanted.is_whole):
    return None
  for array, order in [(got, "")] + list(_gate_orders(got)):
    gaps = array.astype(np.float64) - wanted.array
    offsets = gaps.reshape(4, -1)
    for gate, name in enumerate(GATES[4]):
      offset = float(np.median(offsets[gate]))
      if abs(offset) < 1e-3:
        continue
      moved = np.array(array)
      moved.reshape(4, -1)[gate] -= moved.dtype.type(offset)
      if agrees(moved):
        what = (f"the gate {name} is {abs(offset):.4g} "
                f"{'larger' if offset > 0 else 'smaller'}")
        if name == "f":
          what += (
              f": the forget bias of {offset:.4g} is in the bias already, "
              "where 1.x adds it when the cell runs (forget_bias)"
              if offset > 0 else ": the forget bias is missing")
        return _both(what, order)
  return None


def rounded_biases(found, context):
  """{name: text} of the Differences that a rounded sum explains.

  A library that keeps the forget bias of 1 in the bias rounds their sum.
  """
  return {one.name: text for one in found
          for text in [_rounded(one, context)] if text}


def _rounded(one, context):
  wanted, got = one.wanted, one.got
  if got.ndim != 1 or got.shape != wanted.shape or got.size % 4 or (
      got.dtype.kind != "f" or not wanted.is_whole):
    return None
  gap = np.abs(got.astype(np.float64) - wanted.array)
  beyond = (gap > context.atol + context.rtol * np.abs(wanted.array)).reshape(
      4, -1)
  gate = GATES[4].index("f")
  largest = float(gap.max())
  if largest > ROUNDED or not beyond[gate].any() or (
      np.delete(beyond, gate, 0).any()):
    return None
  return (f"only the gate f differs, by the rounding of its sum with the "
          f"forget bias ({largest:.2g}): no fault if the rewrite keeps that in "
          "the bias, where 1.x adds it when the cell runs; atol=1e-6 allows it")


def _part(wanted, got, agrees):
  """Some of the rows: the input's or the state's half of a kernel."""
  del agrees
  if got.ndim != 2 or not wanted.is_whole or len(wanted.shape) != 2:
    return None
  for array, turn in ((got, ""), (got.T, "transposed")):
    if array.shape[1] != wanted.shape[1] or not (
        0 < array.shape[0] < wanted.shape[0]):
      continue
    for ordered, order in [(array, "")] + list(_gate_orders(array)):
      rows = len(ordered)
      for start, name in ((0, "first"), (len(wanted.array) - rows, "last")):
        if np.allclose(ordered, wanted.array[start:start + rows], 1e-5, 1e-7):
          half = "input" if name == "first" else "state"
          return _both(
              f"it is only the {name} {rows} of {wanted.shape[0]} rows "
              f"(those of the {half}); 1.x keeps both in one kernel",
              turn, order)
  return None


def ratio(wanted, got):
  """k if `got` is k times `wanted`, or None."""
  scale = float(np.dot(wanted, wanted))
  if not scale:
    return None
  k = float(np.dot(wanted, got)) / scale
  close = np.abs(got - k * wanted).max() <= 1e-4 * np.abs(got).max()
  return k if close and k else None


def _factor(wanted, got, agrees, kind):
  if got.shape != wanted.shape or got.dtype.kind != "f" or agrees.count < 1:
    return None
  if agrees.count == 1:
    return _of_scalar(agrees.sample[0], agrees.sample_of(got)[0])
  k = ratio(agrees.sample, agrees.sample_of(got))
  if k is None or abs(k - 1) < 1e-4 or not agrees(
      (got / k).astype(got.dtype)):
    return None
  return f"it is {k:.4g} times the recorded value{_of_factor(k, kind)}"


def _of_factor(k, kind="fetches"):
  if abs(k + 1) < 1e-4:
    return ": the sign is turned"
  for one in (k, 1 / k):
    # Ratios of float32 values are not more exact than that.
    if one > 1.5 and abs(one - round(one)) < min(1e-5 * one, .01):
      return (f": a sum over {round(one)} elements where the other side has a "
              "mean (batch, time steps), or a weight of the loss")
  if kind == "gradients" and abs(k - 1) < .1:
    return (": clipping by a norm that counts the rows of an embedding that "
            "occur more than once in another way (1.x counts each occurrence "
            "on its own), or to another limit, or a weight of the loss")
  if kind == "gradients":
    return (": clipping by norm, which is "
            + ("missing here" if k > 1 else "done here only, or more strictly")
            + ", or a weight of the loss")
  if k < 1:
    return (f": dropout that scales when it is off (keep_prob {k:.4g}); 1.x "
            "scales by 1 / keep_prob when it is on. Or clipping by norm, or a "
            "weight")
  return (f": dropout scaled by 1 / {1 / k:.4g} twice, or missing clipping, or "
          "a weight")


def _of_scalar(wanted, got):
  """Only relations that hardly happen by chance."""
  for k in [1 / n for n in range(2, 1025)] + list(range(2, 1025)):
    if abs(got - k * wanted) <= 1e-6 * abs(k * wanted) and wanted:
      return f"it is {k:.4g} times the recorded value{_of_factor(k)}"
  for name, function in (("exponential", np.exp), ("logarithm", np.log)):
    with np.errstate(all="ignore"):
      if abs(got - function(wanted)) <= 1e-5 * abs(got):
        return (f"it is the {name} of the recorded value (perplexity and "
                "loss)")
  return None


def _dropout(wanted, got, agrees):
  if got.shape != wanted.shape or got.dtype.kind != "f":
    return None
  one, other = agrees.sample, agrees.sample_of(got)
  if wanted.is_whole:
    one, other = (np.ravel(x).astype(np.float64) for x in (wanted.array, got))
  for a, b, side in ((one, other, "here"), (other, one, "in the recording")):
    dropped = (b == 0) & (a != 0)
    kept = (b != 0) & (a != 0)
    share = dropped.mean()
    if not .02 < share < .98 or kept.sum() < 4:
      continue
    k = ratio(a[kept], b[kept])
    if k is not None:
      how = (f"keep_prob {1 / k:.3g}" if abs(k - 1) > 1e-4 else
             f"keep_prob about {1 - share:.2g}, not scaled by its inverse")
      return (f"{share:.0%} of its elements are 0 {side}, and the others are "
              f"{k:.4g} times those of the other side: dropout is on {side} "
              f"only ({how})")
  return None


def _shifted(wanted, got, agrees):
  """Logits and log-probabilities differ by a number for each row."""
  if got.ndim < 2 or got.shape != wanted.shape or not wanted.is_whole or (
      got.shape[-1] < 3 or got.dtype.kind != "f"):
    return None
  gap = got.astype(np.float64) - wanted.array
  if np.ptp(gap, axis=-1).max() <= 1e-5 * max(agrees.scale, 1.):
    return ("each row differs by one number: log-probabilities where the "
            "other side has logits")
  with np.errstate(all="ignore"):
    power = np.exp(wanted.array - wanted.array.max(-1, keepdims=True))
    if np.allclose(got, power / power.sum(-1, keepdims=True), 1e-4, 1e-6):
      return "it is the softmax of the recorded value"
  return None


def _step_by_step(wanted, got, agrees):
  """Which index of an axis is the first to differ: time, as a rule."""
  if got.ndim < 2 or got.shape != wanted.shape or not wanted.is_whole or (
      got.dtype.kind != "f"):
    return None
  gap = np.abs(got.astype(np.float64) - wanted.array)
  beyond = gap > 1e-5 * max(agrees.scale, 1e-30)
  for axis in (1, 0):
    steps = beyond.any(tuple(n for n in range(got.ndim) if n != axis))
    if len(steps) < 2:
      continue
    first = int(np.argmax(steps))
    if 0 < first and steps[first:].all():
      return (f"index 0 to {first - 1} of axis {axis} agree, and all differ "
              f"from {first} on. If that is time: the inputs and their weights "
              "are right, and what the step carries is not (forget bias, "
              "weights of the state, the cell state)")
    sizes = gap.max(tuple(n for n in range(got.ndim) if n != axis))
    if len(sizes) > 3 and got.ndim > 2 and sizes[0] > 0 and np.all(
        np.diff(sizes) < 0) and sizes[-1] < .5 * sizes[0]:
      return (f"the difference is largest at index 0 of axis {axis} and "
              "shrinks from there. If that is time: the initial state is "
              "another")
  return None
