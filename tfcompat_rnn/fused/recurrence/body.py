"""What a loop computes in one step, and how it reads and writes streams."""

from __future__ import annotations

import dataclasses

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import streams

# Up to so many numbers of a stream in one step are read where they are used.
_READ_AT_ONCE = 1024


@dataclasses.dataclass
class Body:
  """What a loop computes in one step, and what it is given.

  `constants` and `streamed` are the values from outside; `olds` and `news` the
  component's state before and after a step; `emitted` what is needed of every
  step besides the new states, and `shown` which of these are.
  """

  nodes: list
  constants: list
  streamed: list
  olds: list
  news: list
  shown: list
  emitted: list

  @classmethod
  def of(cls, plan, component):
    """The body of `component`'s loop."""
    made = {value for node in component.body for value in node.outputs}
    olds = [plan.step.states[leaf] for leaf in component.leaves]
    news = [plan.new_states[leaf] for leaf in component.leaves]
    constants, streamed = {}, {}
    used = [value for node in component.body for value in node.inputs
            if not _is_number(value)]
    for value in used + news + component.emitted:
      if value in made or value in olds:
        continue
      (streamed if value.varies else constants)[value] = None
    emitted = [value for value in dict.fromkeys(component.emitted)
               if value not in news]
    shown = [plan.shows(value) for value in news]
    return cls(component.body, list(constants), list(streamed), olds, news,
               shown, emitted)

  @property
  def sums(self):
    """The products of the loop whose backward pass is done after it."""
    return [node for node in self.nodes if node.type == plans.AFFINE]

  def run(self, known, build):
    """Builds one step; `known` maps values to tensors and is completed.

    `build(node, inputs)` gives the results of a node; an input that is not
    known is None.
    """
    for node in self.nodes:
      add_numbers(known, node.inputs)
      inputs = [known.get(value) for value in node.inputs]
      for value, tensor in zip(node.outputs, build(node, inputs)):
        known[value] = tensor


def _is_number(value):
  """Whether `value` is built where it is used: XLA has to know it."""
  return value.type == "Const"


def add_numbers(known, values):
  """Builds what `known` lacks of `values`, if it is a number."""
  for value in values:
    if value not in known and _is_number(value):
      known[value], = built(value.node, [])


def of_plan(plan):
  """The body of each component of `plan`, None for those without a loop."""
  return [Body.of(plan, component) if component.loops else None
          for component in plan.components]


def built(node, inputs):
  """The results of `node`, built for one step."""
  if node.type == plans.AFFINE:
    return [streams.product(node, inputs)]
  return streams.build(node.type, inputs, node.attributes,
                       [value.dtype for value in node.outputs])


def reads_much(streamed, states):
  """Whether a step reads so much that it must be read by itself (`Reader`)."""
  sizes = [shape.num_elements() for shape in (
      *(tensor.shape[1:] for tensor in streamed),
      *(state.shape for state in states))]
  return None in sizes or max(sizes, default=0) > _READ_AT_ONCE


class Reader:
  """Streams read step by step; `first` are those of the step `begin`.

  With `ahead`, the loop carries what a step reads and reads it in the step
  before. XLA otherwise fuses the reading, at an address that it does not know,
  into every operation that uses the result, and these are then not vectorized.
  """

  def __init__(self, tensors, begin, ahead):
    self._arrays = [
        array(tensor.dtype, tf.shape(tensor)[0],
              tensor.shape[1:]).unstack(tensor) for tensor in tensors]
    self._ahead = ahead
    self.first = self._at(begin) if ahead else []

  def _at(self, time):
    return [stream.read(time) for stream in self._arrays]

  def now(self, time, carried):
    """What the step `time` reads; `carried` is what the loop carries."""
    return carried if self._ahead else self._at(time)

  def next(self, time):
    """What the loop carries to the step `time`."""
    return self._at(time) if self._ahead else []


def stack(value, tensor_array):
  """The stream of `value` that was written into an array."""
  stacked = tensor_array.stack()
  stacked.set_shape(tf.TensorShape([None]).concatenate(value.shape))
  return stacked


def array(dtype, count, shape=None):
  """A `tf.TensorArray` for `count` steps."""
  return tf.TensorArray(dtype, size=count, element_shape=shape)


def parted(items, sizes):
  """`items` as lists of these sizes, one after the other."""
  parts, begin = [], 0
  for size in sizes:
    parts.append(list(items[begin:begin + size]))
    begin += size
  return parts


def spread(items, places):
  """The items at the places that are true, in order, and None at the others."""
  items = iter(items)
  return [next(items) if place else None for place in places]
