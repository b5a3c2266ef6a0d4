"""`model_rnn` with a choice of how the loop is executed."""

from __future__ import annotations

from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.loops import _model_kinds
from tfcompat_rnn.loops import model as models


def model_rnn(
    model: types.Function, inputs: types.Nested,
    states: types.State | types.StateStore | None = None,
    sequence_length: types.TensorLike | None = None,
    reset_mask: types.TensorLike | None = None, time_major: bool = False,
    swap_memory: bool = False, parallel_iterations: int | None = None,
    recompute: bool = False, scope: types.Scope | None = None,
    training: bool | None = None, reset_value: types.State | None = None,
    execution: str | None = None) -> tuple[types.Nested, types.State]:
  """Runs a whole model over time, with gradients through all steps.

    def step(x, states):
      h, low = lower(x, states[0])
      y, high = upper(gate(h, x), states[1])
      return y + h, (low, high)

    outputs, new_states = model_rnn(step, inputs, states, execution="xla")

  Args:
    model, inputs, states, sequence_length, reset_mask, time_major,
    swap_memory, parallel_iterations, scope, training, reset_value: as for
      `tfcompat_rnn.loops.model_rnn`.
    recompute: whether to keep less for the gradients and compute it again: in
      the plain loop only the inputs and states of each step are kept, in the
      others the state before each segment of the steps.
    execution: as for `tfcompat_rnn.dynamic_rnn`. A model that cannot be called
      twice with the same result, that has an effect besides its results, or
      that is built eagerly runs in the plain loop.

  Returns:
    `(outputs, new_states)`, as `tfcompat_rnn.loops.model_rnn`: outputs
    `[batch, time, ...]` in the structure that the model returns, and the final
    states in the structure of `states`.

  Raises:
    ArgumentError: for another `execution`; and the errors of
      `tfcompat_rnn.loops.model_rnn`.

  In TensorFlow 1.15, such loops were written with `tf.while_loop`.
  """
  return _run(
      _model_kinds.rewriting(), model, inputs, states, sequence_length,
      reset_mask, reset_value, time_major, training, scope,
      models.Options(swap_memory, parallel_iterations, recompute),
      rnn.checked(execution))


@tf.autograph.experimental.do_not_convert
def _run(rewriting, model, inputs, states, lengths, mask, reset_value,
         time_major, training, scope, options, execution):
  plain = execution == "loop" or tf.executing_eagerly()
  built = models.build(
      rewriting, model, inputs, states, lengths, mask, reset_value, time_major,
      training, scope, options, watch=None if plain else _WatchedKind)
  if plain:
    return built.results
  sequence = built.sequence
  given = _nest.pack_state(sequence.structure, sequence.leaves)
  if sequence.mask is not None:
    given = given, sequence.mask
  step = built.kind.watched.of(_Step(built, model))
  found = rnn.compiled(
      [(step, built.states, *built.plain)], given, sequence.lengths, None,
      True, execution, options.recompute)
  if not found:
    return built.results
  with rnn.aside():
    return models.in_order(found[0], time_major)


class _WatchedKind:
  """A kind of model; remembers where and with what its steps were built."""

  def __init__(self, kind):
    self._kind = kind
    self.watched = rnn.Watched(kind.step)
    self.watched.takes_a_step = True
    self.step = self.watched

  def __getattr__(self, name):
    return getattr(self._kind, name)


class _Step:
  """A model's step as a loop calls it: with rows reset before it."""

  def __init__(self, built, model):
    self.name = getattr(model, "name", None) or getattr(
        model, "__name__", type(model).__name__)
    self._call = built.kind.watched.cell
    self._fresh = built.fresh

  def __call__(self, inputs, states):
    if self._fresh is not None:
      inputs, mask = inputs
      states = _nest.pack_state(states, [
          _reset(mask, fresh, leaf) for fresh, leaf in zip(
              self._fresh, _nest.flatten_state(states))])
    return self._call(inputs, states)


def _reset(mask, fresh, leaf):
  for _ in range(leaf.shape.rank - 1):
    mask = tf.expand_dims(mask, -1)
  return tf.where_v2(mask, fresh, leaf) if leaf.shape.rank else leaf
