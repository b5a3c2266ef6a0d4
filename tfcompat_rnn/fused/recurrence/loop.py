"""One loop over time for one component, with a backward pass of its own.

Forward, the loop keeps what the backward pass reads: the state before each
step, and the sums that the step's products with matrices go into. The backward
loop computes the rest of a step again from these, and the gradients of a
matrix in one product after the loop, from the factors of all steps.
"""

from __future__ import annotations

import collections
import dataclasses
import functools

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import streams


@dataclasses.dataclass
class Body:
  """What a loop computes in one step, and what it is given.

  `constants` and `streamed` are the values from outside; `olds` and `news` the
  component's state before and after a step; `emitted` what is kept of every
  step besides the new states.
  """

  nodes: list
  constants: list
  streamed: list
  olds: list
  news: list
  emitted: list

  @classmethod
  def of(cls, plan, component):
    """The body of `component`'s loop."""
    made = {value for node in component.body for value in node.outputs}
    olds = [plan.step.states[leaf] for leaf in component.leaves]
    news = [plan.new_states[leaf] for leaf in component.leaves]
    constants, streamed = {}, {}
    used = [value for node in component.body for value in node.inputs]
    for value in used + news + component.emitted:
      if value in made or value in olds:
        continue
      (streamed if value.varies else constants)[value] = None
    emitted = [value for value in dict.fromkeys(component.emitted)
               if value not in news]
    return cls(component.body, list(constants), list(streamed), olds, news,
               emitted)

  @property
  def leaves(self):
    """The products of the loop whose backward pass is done after it."""
    return [node for node in self.nodes if node.type == plans.AFFINE]

  def run(self, known, product):
    """Builds one step; `known` maps values to tensors and is completed.

    `product(node, inputs)` builds a product with a matrix.
    """
    for node in self.nodes:
      inputs = [known[value] for value in node.inputs]
      if node.type == plans.AFFINE:
        results = [product(node, inputs)]
      else:
        results = streams.build(
            node.type, inputs, node.attributes,
            [value.dtype for value in node.outputs])
      for value, tensor in zip(node.outputs, results):
        known[value] = tensor


def _product(node, inputs):
  total = tf.matmul(inputs[0], inputs[1],
                    transpose_b=node.attributes["transposed"])
  return total + inputs[2] if len(inputs) == 3 else total


def _stack(value, tensor_array):
  stacked = tensor_array.stack()
  stacked.set_shape(tf.TensorShape([None]).concatenate(value.shape))
  return stacked


def _array(dtype, count, shape=None):
  return tf.TensorArray(dtype, size=count, element_shape=shape)


class _Reader:
  """Streams read step by step; `first` are those of the step `begin`.

  With `ahead`, the loop carries what a step reads and reads it in the step
  before. XLA otherwise fuses the reading, at an address that it does not know,
  into every operation that uses the result, and these are then not vectorized.
  """

  def __init__(self, tensors, begin, ahead):
    self._arrays = [
        _array(tensor.dtype, tf.shape(tensor)[0],
               tensor.shape[1:]).unstack(tensor) for tensor in tensors]
    self._ahead = ahead
    self.first = self._at(begin) if ahead else []

  def _at(self, time):
    return [array.read(time) for array in self._arrays]

  def now(self, time, carried):
    return carried if self._ahead else self._at(time)

  def next(self, time):
    return self._at(time) if self._ahead else []


def run(body, count, constants, streamed, initial, recompute, compiler,
        ahead):
  """Runs the loop for `count` steps, as one function.

  Args:
    body: a `Body`.
    count: the number of steps, a scalar.
    constants, streamed, initial: tensors, in the order of the body's lists.
    recompute: whether the backward pass computes the products again, instead
      of keeping them.
    compiler: makes a function of TensorFlow of one of Python.
    ahead: whether a step reads its streams in the step before (`_Reader`).

  Returns:
    `(news, emitted, finals)`: two lists of streams, and the last states.
  """
  # XLA has to know the number of steps, so it is read from a shape.
  clock = streamed[0] if streamed else tf.zeros([count])

  def looped(constants, streamed, initial, clock):
    sizes = len(constants), len(streamed), len(initial)

    @tf.custom_gradient
    def forward(*arguments):
      parts = _parted(arguments, sizes)
      news, emitted, sums, finals = _forward(
          body, tf.shape(clock)[0], *parts, recompute, ahead)

      def gradient(*given, variables=None):
        del variables
        # A function of its own: XLA needs loops that were built for it.
        backward = compiler(functools.partial(_backward, body, ahead))
        return _first_order(backward(*parts, news, sums, *_parted(
            given, (len(news), len(emitted), len(finals)))))

      return [*news, *emitted, *finals], gradient

    return forward(*constants, *streamed, *initial)

  results = compiler(looped)(constants, streamed, initial, clock)
  if not isinstance(results, (list, tuple)):
    results = [results]
  return _parted(results, (len(body.news), len(body.emitted), len(body.news)))


def _first_order(gradients):
  """`gradients`, of which no gradient can be taken."""

  @tf.custom_gradient
  def kept(*tensors):
    def gradient(*_, variables=None):
      raise _errors.RefusedError(problem(
          "execution", "be \"loop\" where gradients of gradients are needed",
          "another execution", "build this network with execution=\"loop\", "
          "or run the program without --fast"))

    return [tf.identity(tensor) for tensor in tensors], gradient

  places = [place for place, grad in enumerate(gradients) if grad is not None]
  if not places:
    return gradients
  marked = kept(*(gradients[place] for place in places))
  result = list(gradients)
  for place, grad in zip(places, marked):
    result[place] = grad
  return result


def _parted(items, sizes):
  parts, begin = [], 0
  for size in sizes:
    parts.append(list(items[begin:begin + size]))
    begin += size
  return parts


def _forward(body, count, constants, streamed, initial, recompute, ahead):
  leaves = [] if recompute else body.leaves
  kept = [*body.news, *body.emitted, *(node.outputs[0] for node in leaves)]
  reader = _Reader(streamed, 0, ahead)
  writers = [_array(value.dtype, count) for value in kept]
  fixed = dict(zip(body.constants, constants))

  def step(time, carried, states, writers):
    known = dict(fixed)
    known.update(zip(body.streamed, reader.now(time, carried)))
    known.update(zip(body.olds, states))
    body.run(known, _product)
    news = [known[value] for value in body.news]
    for new, state in zip(news, initial):
      new.set_shape(state.shape)
    writers = [writer.write(time, known[value])
               for writer, value in zip(writers, kept)]
    later = reader.next(tf.minimum(time + 1, count - 1))
    return time + 1, later, news, writers

  _, _, finals, writers = tf.while_loop(
      lambda time, *_: time < count, step,
      (tf.constant(0), reader.first, list(initial), writers))
  stacks = [_stack(value, writer) for value, writer in zip(kept, writers)]
  return [*_parted(stacks, (len(body.news), len(body.emitted), len(leaves))),
          finals]


def _before(initial, news):
  """The states before each step, from those after it."""
  return [tf.concat([tf.expand_dims(first, 0), new[:-1]], 0)
          for first, new in zip(initial, news)]


def _remembered(total, left, matrix, known):
  """`total`, computed before, as if it were `left matrix [+ known]` again."""

  @tf.custom_gradient
  def product(total, left, *known):
    def gradient(given, variables=None):
      del variables
      return [given, tf.matmul(given, matrix, transpose_b=True),
              *(_summed_to(given, one) for one in known)]

    return tf.identity(total), gradient

  return product(total, left, *known)


class _Probes:
  """The products of one rebuilt step, at which its gradient is read off."""

  def __init__(self, sums, apart):
    self._sums = sums  # node -> its sum, or empty to compute them again
    self._apart = apart  # terms whose gradient is taken from the sum's
    self.probes = {}
    self.lefts = {}

  def __call__(self, node, inputs):
    left, matrix, *known = inputs
    if node.attributes["transposed"]:
      matrix = tf.transpose(matrix)
    total = (self._sums[node] if node in self._sums
             else tf.stop_gradient(_product(node, inputs)))
    self.probes[node], self.lefts[node] = total, left
    if len(node.inputs) == 3 and node.inputs[2] in self._apart:
      known = []
    return _remembered(total, left, matrix, known)


class _Targets:
  """Where the gradients of one loop go, and by which way.

  `apart`: constants and streams that only one sum reads; their gradient is the
  sum's. `carried`: other constants, summed up in the loop. `flowing`: other
  streams. Gradients of matrices are made after the loop, from `lefts` and
  `sums`.
  """

  def __init__(self, body):
    sums = body.leaves
    uses = _uses(body)
    given = {*body.constants, *body.streamed}
    as_matrix = collections.Counter(node.inputs[1] for node in sums)
    self.apart = {
        node.inputs[2]: node for node in sums
        if len(node.inputs) == 3 and node.inputs[2] in given
        and uses[node.inputs[2]] == 1}
    self.carried = [
        value for value in body.constants
        if value.learns and value not in self.apart
        and uses[value] > as_matrix[value]]
    self.flowing = [value for value in body.streamed
                    if value.learns and value not in self.apart]
    self.sums = sums
    self.lefts = [node for node in sums if node.inputs[0] not in body.olds]
    self.smooth = [place for place, value in enumerate(body.olds)
                   if value.learns]


def _backward(body, ahead, constants, streamed, initial, news, sums,
              given_news, given_emitted, given_finals):
  """Gradients of the constants, the streams and the initial states."""
  targets = _Targets(body)
  olds = _before(initial, news)
  fixed = dict(zip(body.constants, constants))
  given = {value: grad for value, grad in zip(
      [*body.news, *body.emitted], [*given_news, *given_emitted])
           if value.learns and grad is not None}
  count = tf.shape(news[0])[0]
  reader = _Reader([*streamed, *olds, *sums, *given.values()], count - 1, ahead)

  def step(left, carried, states, totals, writers):
    time = left - 1
    parts = _parted(reader.now(time, carried),
                    (len(streamed), len(olds), len(sums), len(given)))
    known = dict(fixed)
    # The gradient is taken of tensors of the loop's own.
    known.update((value, tf.identity(fixed[value]))
                 for value in targets.carried)
    known.update(zip(body.streamed, parts[0]))
    known.update(zip(body.olds, parts[1]))
    sources = [known[value] for value in [
        *targets.carried, *targets.flowing,
        *(body.olds[place] for place in targets.smooth)]]
    probes = _Probes(dict(zip(targets.sums, parts[2])), targets.apart)
    body.run(known, probes)
    ends = [(known[value], grad) for value, grad in zip(given, parts[3])]
    ends += [(known[body.news[place]], grad)
             for place, grad in zip(targets.smooth, states)]
    found = tf.gradients(
        [end for end, _ in ends],
        [*sources, *(probes.probes[node] for node in targets.sums)],
        [grad for _, grad in ends], unconnected_gradients="zero")
    to_carried, to_flowing, to_olds, to_sums = _parted(
        found, (len(targets.carried), len(targets.flowing),
                len(targets.smooth), len(targets.sums)))
    for grad, state in zip(to_olds, states):
      grad.set_shape(state.shape)
    rows = [*to_flowing, *to_sums,
            *(probes.lefts[node] for node in targets.lefts)]
    return (time, reader.next(tf.maximum(time - 1, 0)), to_olds,
            [total + grad for total, grad in zip(totals, to_carried)],
            [writer.write(time, row) for writer, row in zip(writers, rows)])

  written = [*targets.flowing, *(node.outputs[0] for node in targets.sums),
             *(node.inputs[0] for node in targets.lefts)]
  _, _, to_initial, totals, writers = tf.while_loop(
      lambda left, *_: left > 0, step,
      (count, reader.first, [given_finals[place] for place in targets.smooth],
       [tf.zeros_like(fixed[value]) for value in targets.carried],
       [_array(value.dtype, count) for value in written]))
  stacks = [_stack(value, writer) for value, writer in zip(written, writers)]
  to_flowing, to_sums, factors = _parted(
      stacks, (len(targets.flowing), len(targets.sums), len(targets.lefts)))
  factors = dict(zip(targets.lefts, factors))
  to_sums = dict(zip(targets.sums, to_sums))
  befores = dict(zip(body.olds, olds))
  gradients = dict(zip(targets.carried, totals))
  gradients.update(zip(targets.flowing, to_flowing))
  for node, grad in to_sums.items():
    left, matrix = node.inputs[:2]
    found = _gradient_of_matrix(
        factors[node] if node in factors else befores[left], grad,
        node.attributes["transposed"])
    gradients[matrix] = gradients.get(matrix, 0) + found
  for value, node in targets.apart.items():
    grad = to_sums[node]
    gradients[value] = grad if value.varies else _summed_to(grad, fixed[value])
  gradients.update(zip(
      (body.olds[place] for place in targets.smooth), to_initial))
  return [gradients.get(value)
          for value in [*body.constants, *body.streamed, *body.olds]]


def _uses(body):
  """How often each value is read, in the loop or after it."""
  return collections.Counter([
      *(value for node in body.nodes for value in node.inputs),
      *body.news, *body.emitted])


def _rows(tensor):
  width = tensor.shape.as_list()[-1]
  return tf.reshape(
      tensor, [-1, tf.shape(tensor)[-1] if width is None else width])


def _gradient_of_matrix(left, grad, transposed):
  left, grad = _rows(left), _rows(grad)
  if transposed:
    left, grad = grad, left
  return tf.matmul(left, grad, transpose_a=True)


def _summed_to(grad, tensor):
  """`grad` summed over what a broadcast made of `tensor`."""
  rank = tensor.shape.rank
  if grad.shape.rank > rank:
    grad = tf.reduce_sum(grad, list(range(grad.shape.rank - rank)))
  ones = [axis for axis, size in enumerate(tensor.shape.as_list())
          if size == 1 and grad.shape.as_list()[axis] != 1]
  return tf.reduce_sum(grad, ones, keepdims=True) if ones else grad
