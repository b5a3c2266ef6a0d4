"""One loop over time for one component, with a backward pass of its own.

Forward, the loop keeps what the backward pass reads: the states, and the sums
that the step's products with matrices go into. The backward loop computes the
rest of a step again from these, and the gradients of a matrix in one product
after the loop, from the factors of all steps.
"""

from __future__ import annotations

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import backward
from tfcompat_rnn.fused.recurrence import body as bodies


class Loop:
  """The loop of a body, as one function that can be called several times.

  `recompute`: whether the backward pass computes the products again, instead
  of keeping them. `compiler` makes a function of TensorFlow of one of Python.
  `xla`: whether XLA compiles the function.
  """

  def __init__(self, body, recompute, compiler, xla):
    self.body = body
    self._backward = backward.Backward(body, [] if recompute else body.sums)
    self._compiler, self._xla = compiler, xla
    self._compiled = compiler(self._run)

  def __call__(self, count, constants, streamed, initial):
    """`(news, emitted, finals)` of `count` steps.

    `constants`, `streamed` and `initial` are tensors, in the order of the
    body's lists. The results are two lists of streams, and the last states; of
    the new states only those that the body shows, None for the others.
    """
    body = self.body
    # XLA has to know the number of steps, so it is read from a shape.
    clock = streamed[0] if streamed else tf.zeros([count])
    results = self._compiled(constants, streamed, initial, clock)
    if not isinstance(results, (list, tuple)):
      results = [results]
    shown, emitted, finals = bodies.parted(
        results, (sum(body.shown), len(body.emitted), len(body.news)))
    return _spread(shown, body.shown), emitted, finals

  def _run(self, constants, streamed, initial, clock):
    body = self.body
    ahead = self._xla and bodies.reads_much(streamed, initial)
    read = [tensor for value, tensor in zip(body.streamed, streamed)
            if value in self._backward.read]

    @tf.custom_gradient
    def forward(*arguments):
      news, emitted, kept, finals = _forward(
          body, self._backward.kept, tf.shape(clock)[0], *bodies.parted(
              arguments, (len(constants), len(streamed), len(initial))),
          ahead)
      shown = [new for new, shows in zip(news, body.shown) if shows]

      def gradient(*given, variables=None):
        del variables
        to_shown, to_emitted, to_finals = bodies.parted(
            given, (len(shown), len(emitted), len(finals)))
        # A function of its own: XLA needs loops that were built for it. It is
        # given this one's arguments, since what is made of them is copied.
        gradients = self._compiler(
            functools.partial(self._backward.run, ahead))
        return first_order(gradients(
            constants, read, initial, news, kept,
            _spread(to_shown, body.shown), to_emitted, to_finals))

      return [*shown, *emitted, *finals], gradient

    return forward(*constants, *streamed, *initial)


def _spread(items, places):
  """The items at the places that are true, in order, and None at the others."""
  items = iter(items)
  return [next(items) if place else None for place in places]


def first_order(gradients):
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


def _forward(body, sums, count, constants, streamed, initial, ahead):
  """`[news, emitted, values of the sums, final states]` of `count` steps."""
  kept = [*body.news, *body.emitted, *(node.outputs[0] for node in sums)]
  reader = bodies.Reader(streamed, 0, ahead)
  writers = [bodies.array(value.dtype, count) for value in kept]
  fixed = dict(zip(body.constants, constants))

  def step(time, carried, states, writers):
    known = dict(fixed)
    known.update(zip(body.streamed, reader.now(time, carried)))
    known.update(zip(body.olds, states))
    body.run(known, bodies.built)
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
  return [*bodies.parted(
      list(map(bodies.stack, kept, writers)),
      (len(body.news), len(body.emitted), len(sums))), finals]
