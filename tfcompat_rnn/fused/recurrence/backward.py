"""The backward pass of a loop: a loop of its own, and what is done after it."""

from __future__ import annotations

import collections

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import plan as plans


class Backward:
  """The backward pass of a loop.

  The gradients of what a step is made from go different ways. `apart` are
  constants and streams that only one sum reads; their gradient is the sum's.
  Other constants are `carried`, summed up in the loop, and other streams are
  `flowing`. Gradients of matrices are made after the loop, from the sums' and
  from `lefts`, the left factors that are not states.

  The forward loop keeps the values of the sums; `read` are those of the body's
  streams that are needed besides. `gives` says of each constant, stream and
  initial state whether it has a gradient.
  """

  def __init__(self, body):
    self.body = body
    self._sums = body.sums
    uses = _uses(body)
    given = {*body.constants, *body.streamed}
    as_matrix = collections.Counter(node.inputs[1] for node in self._sums)
    self._apart = {
        node.inputs[2]: node for node in self._sums
        if len(node.inputs) == 3 and node.inputs[2] in given
        and uses[node.inputs[2]] == 1}
    self._carried = [
        value for value in body.constants
        if value.learns and value not in self._apart
        and uses[value] > as_matrix[value]]
    self._flowing = [value for value in body.streamed
                     if value.learns and value not in self._apart]
    self._lefts = [node for node in self._sums
                   if node.inputs[0] not in body.olds]
    self._smooth = [place for place, value in enumerate(body.olds)
                    if value.learns]
    self.read = [value for value in body.streamed
                 if value not in self._apart]
    self._sources = [*body.constants, *body.streamed, *body.olds]
    learning = {
        *self._apart, *self._carried, *self._flowing,
        *(node.inputs[1] for node in self._sums),
        *(body.olds[place] for place in self._smooth)}
    self.gives = [value in learning for value in self._sources]

  def run(self, ahead, counted, constants, streamed, initial, news, kept,
          given_news, given_emitted, given_finals):
    """Those gradients of constants, streams and initial states that there are.

    `streamed` are the streams of `read`, and `kept` the values of the sums.
    What is given is None where there is no gradient. `counted` is the number
    of steps, if it is not that of places.
    """
    body = self.body
    fixed = dict(zip(body.constants, constants))
    olds = _before(initial, news)
    given = {value: grad for value, grad in zip(
        [*body.news, *body.emitted], [*given_news, *given_emitted])
             if value.learns and grad is not None}
    size = tf.shape(news[0])[0]
    count = counted[0] if counted else size
    # Transposed here, not in every step.
    turned = {}
    for node in self._sums:
      matrix = fixed[node.inputs[1]]
      turned[node] = (matrix if node.attributes["transposed"]
                      else tf.transpose(matrix))
    reader = bodies.Reader(
        [*streamed, *olds, *kept, *given.values()], count - 1, ahead)

    def step(left, carried, states, totals, writers):
      time = left - 1
      parts = bodies.parted(reader.now(time, carried),
                      (len(streamed), len(olds), len(kept), len(given)))
      known = dict(fixed)
      # The gradient is taken of tensors of the loop's own.
      known.update((value, tf.identity(fixed[value]))
                   for value in self._carried)
      known.update(zip(self.read, parts[0]))
      known.update(zip(body.olds, parts[1]))
      to_carried, to_olds, rows = self._step(
          known, dict(zip(self._sums, parts[2])), turned,
          dict(zip(given, parts[3])), states)
      for grad, state in zip(to_olds, states):
        grad.set_shape(state.shape)
      return (time, reader.next(tf.maximum(time - 1, 0)), to_olds,
              [total + grad for total, grad in zip(totals, to_carried)],
              [writer.write(time, row) for writer, row in zip(writers, rows)])

    written = [*self._flowing, *(node.outputs[0] for node in self._sums),
               *(node.inputs[0] for node in self._lefts)]
    _, _, to_initial, totals, writers = tf.while_loop(
        lambda left, *_: left > 0, step,
        (count, reader.first, [given_finals[place] for place in self._smooth],
         [tf.zeros_like(fixed[value]) for value in self._carried],
         [bodies.array(value.dtype, size) for value in written]))
    to_flowing, to_sums, factors = bodies.parted(
        list(map(bodies.stack, written, writers)),
        (len(self._flowing), len(self._sums), len(self._lefts)))
    gradients = dict(zip(self._carried, totals))
    gradients.update(zip(self._flowing, to_flowing))
    lefts = dict(zip(body.olds, olds))
    factors = dict(zip(self._lefts, factors))
    self._after(gradients, dict(zip(self._sums, to_sums)), fixed,
                lambda node: factors.get(node, lefts.get(node.inputs[0])))
    gradients.update(zip(
        (body.olds[place] for place in self._smooth), to_initial))
    return [gradients[value]
            for value, gives in zip(self._sources, self.gives) if gives]

  def _step(self, known, kept, turned, given, states):
    """Gradients in one step, from those of its results.

    Returns those of the carried constants and of the old states, and the rows
    that are written.
    """
    body = self.body
    sources = [known[value] for value in [
        *self._carried, *self._flowing,
        *(body.olds[place] for place in self._smooth)]]
    rebuilt = _Rebuilt(kept, turned, self._apart)
    body.run(known, rebuilt)
    ends = [(known[value], grad) for value, grad in given.items()]
    ends += [(known[body.news[place]], grad)
             for place, grad in zip(self._smooth, states)]
    found = tf.gradients(
        [end for end, _ in ends],
        [*sources, *(rebuilt.probes[node] for node in self._sums)],
        [grad for _, grad in ends], unconnected_gradients="zero")
    to_carried, to_flowing, to_olds, to_sums = bodies.parted(
        found, (len(self._carried), len(self._flowing), len(self._smooth),
                len(self._sums)))
    lefts = [rebuilt.lefts[node] for node in self._lefts]
    return to_carried, to_olds, [*to_flowing, *to_sums, *lefts]

  def _after(self, gradients, to_sums, fixed, left_of):
    """Adds the gradients that are made of the sums' gradients of all steps."""
    for node, grad in to_sums.items():
      matrix = node.inputs[1]
      found = _gradient_of_matrix(
          left_of(node), grad, node.attributes["transposed"])
      gradients[matrix] = gradients.get(matrix, 0) + found
    for value, node in self._apart.items():
      grad = to_sums[node]
      gradients[value] = (grad if value.varies
                          else _summed_to(grad, fixed[value]))


def _before(initial, news):
  """The states before each step, from those after it."""
  return [tf.concat([tf.expand_dims(first, 0), new[:-1]], 0)
          for first, new in zip(initial, news)]


def _remembered(total, left, turned, known):
  """`total`, computed before, as if it were `left matrix [+ known]` again.

  `turned` is the matrix, transposed.
  """

  @tf.custom_gradient
  def product(total, left, *known):
    def gradient(given, variables=None):
      del variables
      return [given, tf.matmul(given, turned),
              *(_summed_to(given, one) for one in known)]

    return tf.identity(total), gradient

  return product(total, left, *known)


class _Rebuilt:
  """Builds one step again, from the sums that were kept of it.

  `probes` are the sums, at which the step's gradient is read off, and `lefts`
  their left factors. `turned` are their matrices, transposed, and `apart`
  the terms whose gradient is the sum's.
  """

  def __init__(self, kept, turned, apart):
    self._kept = kept  # node -> its sum
    self._turned, self._apart = turned, apart
    self.probes = {}
    self.lefts = {}

  def __call__(self, node, inputs):
    if node.type != plans.AFFINE:
      return bodies.built(node, inputs)
    left, matrix, *known = inputs
    del matrix
    total = self._kept[node]
    self.probes[node], self.lefts[node] = total, left
    if len(node.inputs) == 3 and node.inputs[2] in self._apart:
      known = []
    return [_remembered(total, left, self._turned[node], known)]


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
