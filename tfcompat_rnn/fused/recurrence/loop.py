"""One loop over time for one component, with a backward pass of its own.

Forward, the loop keeps what the backward pass reads: the states, and the sums
that the step's products with matrices go into. The backward loop computes the
rest of a step again from these, and the gradients of a matrix in one product
after the loop, from the factors of all steps.
"""

from __future__ import annotations

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import backward
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import functions


class Loop:
  """The loop of a body, as one function that can be called several times.

  `execution` is "graph", "xla" or "auto"; `few` as for `functions.chosen`.
  """

  def __init__(self, body, execution, few=None):
    self.body = body
    self._backward = backward.Backward(body)
    self._few = few
    # Two functions, with the gradient outside of them: TensorFlow would alter
    # the call of a function whose gradient it takes, which is too late after
    # a session has run it, and goes wrong the second time.
    self._forth = functions.chosen(self._run, execution)
    self._back = functions.chosen(self._run_back, execution)

  def __call__(self, span, constants, streamed, initial):
    """`(news, emitted, finals)` of the steps of `span`.

    `constants`, `streamed` and `initial` are tensors, in the order of the
    body's lists. The results are two lists of streams, and the last states; of
    the new states only those that the body shows, None for the others.
    """
    body = self.body
    # XLA has to know the number of places, so it is read from a shape.
    clock = streamed[0] if streamed else tf.zeros([span.size])
    counted = [] if span.count is None else [span.count]

    @tf.custom_gradient
    def run(*arguments):
      constants, streamed, initial = bodies.parted(
          arguments, (len(body.constants), len(body.streamed), len(body.olds)))
      news, emitted, kept, finals = self._forth(
          self._few, constants, streamed, initial, clock, counted)
      shown = [new for new, shows in zip(news, body.shown) if shows]

      def gradient(*given, variables=None):
        del variables
        to_shown, to_emitted, to_finals = bodies.parted(
            given, (len(shown), len(emitted), len(finals)))
        read = [tensor for value, tensor in zip(body.streamed, streamed)
                if value in self._backward.read]
        found = self._back(
            self._few, counted, constants, read, initial, news, kept,
            bodies.spread(to_shown, body.shown), to_emitted, to_finals)
        return first_order(bodies.spread(found, self._backward.gives))

      return [*shown, *emitted, *finals], gradient

    results = run(*constants, *streamed, *initial)
    if not isinstance(results, (list, tuple)):
      results = [results]
    shown, emitted, finals = bodies.parted(
        results, (sum(body.shown), len(body.emitted), len(body.news)))
    return bodies.spread(shown, body.shown), emitted, finals

  def _run(self, xla, constants, streamed, initial, clock, counted):
    ahead = xla and bodies.reads_much(streamed, initial)
    return _forward(self.body, tf.shape(clock)[0], counted, constants,
                    streamed, initial, ahead)

  def _run_back(self, xla, counted, constants, read, initial, *rest):
    ahead = xla and bodies.reads_much(read, initial)
    return self._backward.run(ahead, counted, constants, read, initial, *rest)


def first_order(gradients):
  """`gradients`, of which no gradient can be taken."""

  @tf.custom_gradient
  def kept(*tensors):
    def gradient(*_, variables=None):
      raise _errors.RefusedError(problem(
          "execution", "be \"loop\" where gradients of gradients are needed",
          "another execution", "build this network with execution=\"loop\", "
          f"or leave out {_errors.option('--fast', 'fast=True')}"))

    return [tf.identity(tensor) for tensor in tensors], gradient

  places = [place for place, grad in enumerate(gradients) if grad is not None]
  if not places:
    return gradients
  marked = kept(*(gradients[place] for place in places))
  result = list(gradients)
  for place, grad in zip(places, marked):
    result[place] = grad
  return result


def _forward(body, size, counted, constants, streamed, initial, ahead):
  """`[news, emitted, values of the sums, final states]`.

  The streams have `size` places; the first `counted` of them are steps, or all.
  """
  kept = [*body.news, *body.emitted, *(node.outputs[0] for node in body.sums)]
  count = counted[0] if counted else size
  reader = bodies.Reader(streamed, 0, ahead)
  writers = [bodies.array(value.dtype, size) for value in kept]
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
  news, emitted, sums = bodies.parted(
      list(map(bodies.stack, kept, writers)),
      (len(body.news), len(body.emitted), len(body.sums)))
  if counted:
    news = [_filled(count, *pair) for pair in zip(news, finals)]
    emitted = [_filled(count, stream, _last(count, stream))
               for stream in emitted]
  return [news, emitted, sums, finals]


def _filled(count, stream, last):
  """`stream` with `last` where there is no step."""
  return tf.where_v2(_steps(stream, lambda place: place < count), stream, last)


def _last(count, stream):
  """What `stream` has in the last step."""
  return tf.reduce_sum(tf.where_v2(
      _steps(stream, lambda place: tf.equal(place, count - 1)), stream,
      tf.zeros_like(stream)), 0)


def _steps(stream, chooses):
  """`[time, 1, ...]`: the places that `chooses` chooses, for `tf.where`."""
  places = chooses(tf.range(tf.shape(stream)[0]))
  return tf.reshape(places, [-1, *[1] * (stream.shape.rank - 1)])
