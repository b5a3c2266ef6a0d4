"""`Recurrent`: a loop over a pure step, with an optional custom gradient.

TF 1.15 had it in `tf.contrib.recurrent`, built from functions. Here it is a
`tf.while_loop` in each direction, with the same numbers and gradients. For the
seeds of 1.15, it counts as the single operation that 1.15 created.
"""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf


def _flatten(*structures):
  return tf.nest.flatten(list(structures))


def _pack(leaves, *structures):
  return tf.nest.pack_sequence_as(list(structures), list(leaves))


def row(structure, index):
  """`x[index]` for each tensor `x`."""
  index = tf.convert_to_tensor(index)
  return tf.nest.map_structure(lambda x: tf.gather(x, index), structure)


def count_steps(inputs, max_input_length):
  """`max_input_length`, or the size of the first axis of the inputs."""
  if max_input_length is not None:
    return max_input_length
  size = tf.shape(tf.nest.flatten(inputs)[0])[0]
  # 1.15 took the maximum of this single number, over no axes.
  return tf.reduce_max(size, axis=tf.constant([], tf.int32))


def is_single_step(inputs, max_input_length):
  """Whether there is only one step, as far as 1.15 could tell."""
  if not tf.is_tensor(max_input_length):
    return max_input_length == 1
  return all(x.shape.ndims and x.shape.as_list()[0] == 1
             for x in tf.nest.flatten(inputs))


def single_step(step, inputs):
  """`step(inputs)` for a time axis of length one: (accumulated, final)."""
  squeezed = tf.nest.map_structure(lambda x: tf.squeeze(x, axis=0), inputs)
  final, _ = step(squeezed)
  return tf.nest.map_structure(
      lambda x: tf.expand_dims(x, axis=0), final), final


class Span(typing.NamedTuple):
  """The steps that are taken: `count` of `total`, beginning at `start`."""
  start: typing.Any
  count: typing.Any
  total: typing.Any

  @classmethod
  def of(cls, inputs, steps, aligned_end):
    total = tf.shape(tf.nest.flatten(inputs)[0])[0]
    count = tf.cast(steps, tf.int32)
    start = total - count if aligned_end else tf.constant(0)
    return cls(start, count, total)

  def pad(self, rows):
    """`rows` of the steps taken, padded with zeros for the other steps."""
    shape = tf.shape(rows)[1:]
    before, after = (
        tf.zeros(tf.concat([[size], shape], 0), rows.dtype)
        for size in (self.start, self.total - self.start - self.count))
    padded = tf.concat([before, rows, after], 0)
    padded.set_shape(tf.TensorShape([None]).concatenate(rows.shape[1:]))
    return padded


def _arrays(leaves, count):
  return [tf.TensorArray(leaf.dtype, size=count, element_shape=leaf.shape)
          for leaf in leaves]


def run_forward(step, state0, inputs, kept, span):
  """`(accumulated, final state)` as flat lists.

  `step(state, inputs_t)` returns `(state, keeps)`; both are accumulated. `kept`
  has the dtypes and shapes of what `step` keeps in addition to the state.
  """
  flat0 = _flatten(state0)

  def body(place, state, arrays):
    new_state, keeps = step(
        tf.nest.pack_sequence_as(state0, state),
        row(inputs, span.start + place))
    new_state = _flatten(new_state)
    for old, new in zip(flat0, new_state):
      new.set_shape(old.shape)
    arrays = [array.write(place, leaf) for array, leaf in zip(
        arrays, new_state + _flatten(keeps))]
    return place + 1, new_state, arrays

  _, final, arrays = tf.while_loop(
      lambda place, *_: place < span.count, body,
      (tf.constant(0), flat0, _arrays(flat0 + _flatten(kept), span.count)))
  return [span.pad(array.stack()) for array in arrays], final


def _zeros_for_none(xs, gradients):
  leaves = _flatten(xs)
  return [tf.zeros_like(x) if gradient is None
          else tf.convert_to_tensor(gradient)
          for x, gradient in zip(leaves, _flatten_with_none(gradients, xs))]


def _flatten_with_none(gradients, template):
  flat = _flatten(gradients)
  if len(flat) != len(_flatten(template)):
    raise _errors.ArgumentError(problem(
        "cell_grad", "return (dtheta, dstate0, dinputs) like theta, state0 "
        "and inputs", f"{len(flat)} tensors for {len(_flatten(template))}",
        "return None for tensors without a gradient"))
  return flat


def _default_gradient(cell_fn):
  """The gradient of a step, computed by running the step again."""
  def cell_grad(theta, state0, inputs, unused_extras, dstate1):
    # Tensors from outside the loop get a name inside it, so that their
    # gradients stay inside as well.
    theta, state0, inputs = tf.nest.map_structure(
        tf.identity, [theta, state0, inputs])
    state1, _ = cell_fn(theta, state0, inputs)
    gradients = tf.gradients(
        _flatten(state1), _flatten(theta, state0, inputs),
        grad_ys=_flatten(dstate1))
    return _pack(gradients, theta, state0, inputs)
  return cell_grad


def _run_backward(cell_grad, theta, state0, inputs, accumulated, extras,
                  d_accumulated, d_final, span):
  """Flat gradients of theta, state0 and inputs."""
  def body(place, d_theta, d_state, arrays):
    t = span.start + place
    # 1.15 took the state before the first counted step from the accumulated
    # states (zeros), unless that step was the very first one.
    before = tf.cond(
        tf.equal(t, 0), lambda: [tf.identity(x) for x in _flatten(state0)],
        lambda: _flatten(row(accumulated, tf.maximum(t - 1, 0))))
    before = before if isinstance(before, (list, tuple)) else [before]
    before = tf.nest.pack_sequence_as(state0, list(before))
    inputs_t = row(inputs, t)
    d_state = [later + now for later, now in zip(
        d_state, _flatten(row(d_accumulated, t)))]
    gradients = _zeros_for_none([theta, before, inputs_t], cell_grad(
        theta, before, inputs_t, row(extras, t),
        tf.nest.pack_sequence_as(state0, d_state)))
    n_theta, n_state = len(d_theta), len(d_state)
    new_theta = [total + one for total, one in zip(d_theta, gradients)]
    new_state = gradients[n_theta:n_theta + n_state]
    for x, dx in zip(_flatten(theta, state0), new_theta + new_state):
      dx.set_shape(x.shape)
    arrays = [array.write(place, leaf) for array, leaf in zip(
        arrays, gradients[n_theta + n_state:])]
    return place - 1, new_theta, new_state, arrays

  input_rows = [
      tf.TensorArray(x.dtype, size=span.count, element_shape=x.shape[1:])
      for x in _flatten(inputs)]
  _, d_theta, d_state, arrays = tf.while_loop(
      lambda place, *_: place >= 0, body,
      (span.count - 1, [tf.zeros_like(x) for x in _flatten(theta)],
       _flatten(d_final), input_rows))
  d_inputs = [span.pad(array.stack()) for array in arrays]
  for x, dx in zip(_flatten(inputs), d_inputs):
    dx.set_shape(x.shape)
  return d_theta + d_state + d_inputs


def Recurrent(theta: types.Nested, state0: types.Nested, inputs: types.Nested,
              cell_fn: types.Function, cell_grad: types.Function | None = None,
              extras: types.Nested | None = None,
              max_input_length: types.TensorLike | None = None,
              use_tpu: bool = False,
              aligned_end: bool = False) -> tuple[types.Nested, types.Nested]:
  """Runs `cell_fn` over time.

    def cell_fn(theta, state, x):
      return {"h": tf.tanh(x @ theta["W"] + state["h"])}, {}
    states, final = Recurrent({"W": w}, {"h": zeros}, inputs, cell_fn)

  Starting from `state = state0`, this computes for each `t`:
  `state, extras_t = cell_fn(theta, state, inputs[t])` and
  `accumulated[t] = state`.

  Gradients are computed step by step with `cell_grad`, or by running each step
  again; intermediate results of a step are not kept. A tensor that does not
  contribute to the result gets zeros as its gradient, not None.

  Args:
    theta, state0, inputs: nested structures of tensors: weights, first state,
      inputs `[time, ...]`. `cell_fn` must not use any other tensor or
      variable.
    cell_fn: `(theta, state, inputs_t) -> (new state, extras)`. It is called
      several times and must compute the same each time.
    cell_grad: `(theta, state, inputs_t, extras_t, dstate) -> (dtheta, dstate,
      dinputs_t)`, in the structures of theta, state0 and inputs; None means
      zeros.
    extras: a structure like the extras that `cell_fn` returns; created by
      calling it if not given.
    max_input_length: the number of steps to take, a scalar; the other steps
      accumulate zeros.
    use_tpu: ignored; there is only one implementation.
    aligned_end: True to take the last `max_input_length` steps instead of the
      first ones.

  Returns:
    `(accumulated states, final state)`, in the structure of `state0`; the
    accumulated states are `[time, ...]`.

  Raises ValueError if a function returns a structure that does not match.

  TF 1.15: `tf.contrib.recurrent.Recurrent`.
  """
  del use_tpu
  if cell_grad is None and is_single_step(inputs, max_input_length):
    return single_step(lambda x: cell_fn(theta, state0, x), inputs)
  cell_grad = cell_grad or _default_gradient(cell_fn)
  _, actual = cell_fn(theta, state0, row(inputs, 0))
  if extras is None:
    extras = tf.nest.map_structure(tf.zeros_like, actual)
  steps = tf.convert_to_tensor(count_steps(inputs, max_input_length))
  template = [theta, state0, inputs]
  n_state = len(_flatten(state0))

  @tf.custom_gradient
  def forward(*flat):
    theta, state0, inputs = _pack(flat, *template)
    span = Span.of(inputs, steps, aligned_end)
    accumulated, final = run_forward(
        lambda state, x: cell_fn(theta, state, x), state0, inputs, extras,
        span)

    def gradient(*d_outputs):
      with _opcount.as_if(1):
        states, kept = accumulated[:n_state], accumulated[n_state:]
        return _run_backward(
            cell_grad, theta, state0, inputs,
            tf.nest.pack_sequence_as(state0, states),
            tf.nest.pack_sequence_as(extras, kept),
            tf.nest.pack_sequence_as(state0, list(d_outputs[:n_state])),
            list(d_outputs[n_state:2 * n_state]), span)

    states, kept = accumulated[:n_state], accumulated[n_state:]
    return tuple(states + final + kept), gradient

  with _opcount.as_if(1), tf.name_scope("Forward"):
    flat = [tf.convert_to_tensor(leaf) for leaf in _flatten(*template)]
    outputs = list(forward(*flat))
  return (tf.nest.pack_sequence_as(state0, outputs[:n_state]),
          tf.nest.pack_sequence_as(state0, outputs[n_state:2 * n_state]))
