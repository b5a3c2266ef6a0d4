"""Runs a trained model in a session step by step, without creating ops."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.state import feedable


class SteppedModel:
  """Feeds one step, fetches its output, and carries the state.

  With `keep`, the graph's variables carry the state; otherwise it is fetched as
  `final_state` and fed as `initial_state`.
  """

  def __init__(self, session, inputs, outputs, initial_state, final_state,
               keep, feed_dict, time_axis, state):
    self.session = session
    self.inputs, self.outputs = inputs, outputs
    self.axis = time_axis
    self.keep, self.final_state = keep, final_state
    self.initial_state = initial_state
    self._check(state)
    self.leaves = ([] if keep is not None
                   else _nest.flatten_state(initial_state))
    self.extra = dict(feed_dict or {})
    self.state = None  # the values to feed, leaf by leaf; None: the default
    self.kept = None   # with `keep`: the last value of `final_state`
    if state is not None:
      fed = feedable.state_feed(initial_state, state)
      self.state = [np.asarray(fed[leaf], leaf.dtype.as_numpy_dtype)
                    for leaf in self.leaves]

  def _check(self, state):
    for name, tensor in (("inputs", self.inputs), ("outputs", self.outputs)):
      if not tf.is_tensor(tensor) or not hasattr(tensor, "op"):
        raise _errors.ArgumentTypeError(_errors.problem(
            name, "be a tensor of the model's graph", repr(tensor),
            "pass the placeholder and tensors computed from it"))
      if tensor.graph is not self.session.graph:
        raise _errors.ArgumentError(_errors.problem(
            name, "belong to the session's graph", tensor.name,
            "pass a session on the model's graph"))
      if tensor.shape.ndims is None:
        raise _errors.ArgumentError(_errors.problem(
            name, "have a known rank", f"{tensor.name} of unknown shape",
            "set it with set_shape"))
    if self.axis not in (None, 0, 1):
      raise _errors.ArgumentError(_errors.problem(
          "time_axis", "be 1, 0 (time-major) or None", repr(self.axis),
          "pass None for a one-step model without a time axis"))
    if self.keep is not None:
      if self.initial_state is not None or state is not None:
        raise _errors.ArgumentError(_errors.problem(
            "initial_state", "not be given with `keep`", "both",
            "either keep the state in variables, or fetch and feed it"))
    elif self.initial_state is None or self.final_state is None:
      raise _errors.ArgumentError(_errors.problem(
          "initial_state", "be given, and `final_state`",
          f"{self.initial_state} and {self.final_state}",
          "without them the model forgets; or pass keep= where the state is "
          "in variables"))
    else:
      _nest.check_same_structure(
          "final_state", self.initial_state, self.final_state,
          "pass the final state that the loop returned for it")
    if self.axis is not None:
      dims = self._input_dims()
      if len(dims) < 2 or dims[self.axis] not in (None, 1):
        raise _errors.ArgumentError(_errors.problem(
            "inputs", "have a time axis of unknown size, or of size 1",
            f"shape {self.inputs.shape}, time axis {self.axis}",
            "build the model on tf.placeholder(dtype, [None, None, depth]), "
            "or pass time_axis=None for a model without a time axis"))

  def _input_dims(self):
    return self.inputs.shape.as_list()

  @property
  def takes_sequences(self):
    """Whether several steps fit into one run."""
    return self.axis is not None and self._input_dims()[self.axis] is None

  def as_prime(self, prime):
    """`prime` as an array `[batch, time, ...]` that fits the inputs."""
    try:
      array = np.asarray(prime)
    except ValueError:
      array = np.empty((), object)
    rank = self.inputs.shape.ndims + (self.axis is None)
    wanted = self._input_dims()
    if self.axis is not None:
      del wanted[self.axis]
    wanted = [wanted[0], None] + wanted[1:]
    fits = array.dtype != object and array.ndim == rank and all(
        a in (None, b) for a, b in zip(wanted, array.shape))
    if not fits or array.shape[1] < 1:
      got = ("rows of different lengths" if array.dtype == object
             else f"shape {list(array.shape)}")
      raise _errors.ArgumentError(_errors.problem(
          "prime", "be [batch, time, ...] with at least one step: "
          + "[" + ", ".join("?" if d is None else str(d) for d in wanted) + "]",
          got, "add the missing axes, or cut the rows to one length"))
    return self._cast("prime", array)

  def advance(self, steps):
    """Steps through `[batch, time, ...]`, only to update the state."""
    fetches = {"state": self._state_fetch(), "keep": self.keep}
    if self.axis is None:
      steps = steps[:, 0]
    elif self.axis == 0:
      steps = np.swapaxes(steps, 0, 1)
    self._carry(self._run(fetches, self._feeds(steps)))

  def step(self, values, more_fetches=(), more_feeds=()):
    """One step on `[batch, ...]`: `(output [batch, ...], extra fetches)`."""
    fetches = {"output": self.outputs, "state": self._state_fetch(),
               "keep": self.keep, "more": list(more_fetches)}
    feeds = self._feeds(self._with_time(values))
    feeds.extend(more_feeds)
    got = self._run(fetches, feeds)
    self._carry(got)
    return got["output"], got["more"]

  def state_values(self, values):
    """The current state, leaf by leaf; None if it is in variables.

    `values` are the next input, on which the default state may depend.
    """
    if self.keep is not None:
      return None
    if self.state is None:
      feeds = [(self.inputs, self._with_time(values))]
      feeds.extend(self.extra.items())
      self.state = [np.asarray(leaf)
                    for leaf in self.session.run(self.leaves, dict(feeds))]
    return list(self.state)

  def freeze(self, over, before):
    """Restores the previous state of the rows that have finished."""
    if before is None:
      return
    for number, (old, new) in enumerate(zip(before, self.state)):
      if np.ndim(new) == 0:
        continue
      if new.shape[0] != len(over):
        raise _errors.ArgumentError(_errors.problem(
            "initial_state", "have the batch as its first axis if rows end at "
            "different steps",
            f"{self.leaves[number].name} of shape {list(new.shape)}",
            "feed it in the form of cell.zero_state"))
      mask = np.reshape(over, [-1] + [1] * (new.ndim - 1))
      self.state[number] = np.where(mask, old, new)

  def final_value(self, values):
    """The current state, in the structure of `final_state`."""
    if self.keep is not None:
      return self.kept
    return _nest.pack_state(self.final_state, self.state_values(values))

  def as_input(self, values, rows, source):
    """`values` as the input of one step; raises if they do not fit."""
    array = np.asarray(values)
    wanted = self._input_dims()
    if self.axis is not None:
      del wanted[self.axis]
    wanted[0] = rows
    if array.ndim != len(wanted) or any(
        a not in (None, b) for a, b in zip(wanted, array.shape)):
      raise _errors.ArgumentError(_errors.problem(
          source, "return the shape of one step of the inputs to be fed back, "
          f"{wanted}", list(array.shape),
          "pass next_input= to make an input of it"))
    return self._cast(source, array)

  def _cast(self, source, array):
    dtype = self.inputs.dtype.base_dtype
    if not np.can_cast(array.dtype, dtype.as_numpy_dtype, "same_kind"):
      raise _errors.ArgumentTypeError(_errors.problem(
          source, f"have the inputs' dtype, {dtype.name}", array.dtype.name,
          "cast it" if source == "prime" else
          "pass choice= or next_input= to make an input of it"))
    return array.astype(dtype.as_numpy_dtype)

  def _state_fetch(self):
    return [] if self.final_state is None else _nest.flatten_state(
        self.final_state)

  def _with_time(self, values):
    return values if self.axis is None else np.expand_dims(values, self.axis)

  def _feeds(self, values):
    feeds = [(self.inputs, values)]
    if self.state is not None:
      feeds.extend(zip(self.leaves, self.state))
    feeds.extend(self.extra.items())
    return feeds

  def _carry(self, got):
    if self.keep is None:
      self.state = [np.asarray(leaf) for leaf in got["state"]]
    elif self.final_state is not None:
      self.kept = _nest.pack_state(self.final_state, got["state"])

  def _run(self, fetches, feeds):
    fetches = {key: value for key, value in fetches.items()
               if value is not None}
    return self.session.run(fetches, dict(feeds))
