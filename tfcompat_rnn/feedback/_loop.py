"""The common loop of self-feeding, scheduled sampling and free running.

  while t < steps and not all(finished):
    output, state = cell(input, state)
    output = processing(output)              # emitted
    chosen = choice(output, first_step + t)  # emitted, where there is one
    input = next_input(chosen or output)

Rows that have finished emit zeros and `pad`; their state and input stay the
same.
"""

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import _result
from tfcompat_rnn.feedback import _sharing


class Plan(typing.NamedTuple):
  """What happens in each step, and how many steps there are."""
  cell: object
  processing: object = None   # cell output -> output
  choice: object = None       # output, step -> chosen
  next_input: object = None   # chosen, or output -> input
  stop: object = None         # chosen, or output -> bool [batch]
  read_input: object = None   # t, own input -> input; None: use own input
  limit: object = None        # number of steps: int or int32 scalar
  row_steps: object = None    # the same for each row: int32 [batch]
  whole: bool = False         # take all steps, even if all rows have finished
  finished: object = None     # bool [batch]: rows that have already finished
  first_step: object = 0
  pad: object = 0
  output_dtype: object = None
  scope: object = None
  reuse: object = None
  parallel_iterations: object = None
  swap_memory: bool = False


def feed_back(plan, state, own_input):
  """Runs `plan` from `state` and the input `own_input`; returns a `FedBack`.

  Outputs are time-major.
  """
  loop = Loop(plan, state, own_input)
  return loop.result(*loop.run())


class Loop:
  """One loop while it is being built."""

  def __init__(self, plan, state, own_input):
    self.plan = plan
    self.state, self.own_input = state, own_input
    self.rows = _rows(own_input)
    self.known = isinstance(plan.limit, int) and plan.limit > 0
    self.masked = (plan.stop is not None or plan.row_steps is not None
                   or plan.finished is not None)

  def run(self):
    """The loop variables after the last step."""
    plan = self.plan
    # The first step is always taken, so that the shapes of its outputs are
    # known; if it should not have been taken, it is cut off after the loop.
    bound = plan.limit if self.known else tf.maximum(plan.limit, 1)
    self.dtypes = self.output_dtypes()
    arrays = [tf.TensorArray(dtype, size=bound)
              for dtype in self.emitted_dtypes()]
    finished, lengths = self.start_of_rows()
    flat_state = _nest.flatten_state(self.state)
    flat_input = _nest.flatten_state(self.own_input)

    def go_on(t, finished, *unused):
      more = t < bound
      if self.masked and not plan.whole:
        some = tf.logical_not(tf.reduce_all(finished))
        more = tf.logical_and(more, tf.logical_or(t < 1, some))
      return more

    first = (tf.constant(0, tf.int32), finished, lengths, flat_input,
             flat_state, arrays)
    return tf.while_loop(
        go_on, self.step, first,
        parallel_iterations=plan.parallel_iterations or 32,
        # XLA needs to know it (CompiledWrapper).
        maximum_iterations=bound,
        swap_memory=plan.swap_memory)

  def emitted_dtypes(self):
    """One dtype for each tensor that a step emits."""
    choice = self.plan.choice
    if choice is None:
      return self.dtypes
    return [*self.dtypes, getattr(choice, "dtype", tf.int32)]

  def output_dtypes(self):
    """One dtype for each leaf of the output."""
    plan = self.plan
    if tf.nest.is_nested(plan.output_dtype):
      self.structure = plan.output_dtype
      return [tf.as_dtype(leaf) for leaf in tf.nest.flatten(self.structure)]
    self.structure = 0
    if plan.processing is None:
      size = plan.cell.output_size
      if tf.nest.is_nested(size) and not isinstance(size, tf.TensorShape):
        self.structure = size
    dtype = plan.output_dtype or _usual_dtype(self.own_input, self.state)
    return [tf.as_dtype(dtype) for _ in tf.nest.flatten(self.structure)]

  def start_of_rows(self):
    """Which rows have finished before the first step, and their lengths: 0."""
    plan = self.plan
    if not self.masked:
      return (), ()
    lengths = tf.zeros([self.rows], tf.int32)
    finished = tf.zeros([self.rows], tf.bool)
    if plan.finished is not None:
      finished = tf.logical_or(finished, plan.finished)
    if plan.row_steps is not None:
      finished = tf.logical_or(finished, plan.row_steps <= 0)
    if not self.known:
      finished = tf.logical_or(finished, plan.limit < 1)
    return finished, lengths

  def step(self, t, finished, lengths, flat_input, flat_state, arrays):
    plan = self.plan
    state = _nest.pack_state(self.state, flat_state)
    own_input = _nest.pack_state(self.own_input, flat_input)
    inputs = own_input
    if plan.read_input is not None:
      inputs = plan.read_input(t, own_input)
    output, new_state = self.call_cell(inputs, state)
    emitted = tf.nest.flatten(output)
    self.check_output(output, emitted)
    chosen = output
    if plan.choice is not None:
      chosen = plan.choice(output, plan.first_step + t)
      emitted.append(chosen)
    new_input = chosen
    if plan.next_input is not None:
      new_input = self.shared(plan.next_input, chosen)
    new_input = self.as_input(new_input)
    new_state = self.as_state(new_state)
    if self.masked:
      ended = self.ended(t, chosen)
      pads = [tf.zeros_like(leaf) for leaf in emitted]
      if plan.choice is not None:
        pads[-1] += tf.cast(plan.pad, pads[-1].dtype)
      emitted = [_unless(finished, leaf, pad)
                 for leaf, pad in zip(emitted, pads)]
      new_input = [_unless(finished, new, old)
                   for new, old in zip(new_input, flat_input)]
      new_state = [_unless(finished, new, old)
                   for new, old in zip(new_state, flat_state)]
      lengths = tf.where(finished, lengths, tf.fill(tf.shape(lengths), t + 1))
      finished = tf.logical_or(finished, ended)
    arrays = [array.write(t, leaf) for array, leaf in zip(arrays, emitted)]
    return t + 1, finished, lengths, new_input, new_state, arrays

  def call_cell(self, inputs, state):
    """Calls the cell in its scope, then the processing in the caller's."""
    plan = self.plan
    with _sharing.sharing(plan.reuse):
      with tf.variable_scope(plan.scope or "rnn"):
        output, state = plan.cell(inputs, state)
      if plan.processing is not None:
        output = plan.processing(output)
    return output, state

  def shared(self, function, argument):
    with _sharing.sharing(self.plan.reuse):
      return function(argument)

  def ended(self, t, chosen):
    """Which rows have just taken their last step."""
    plan = self.plan
    ended = tf.zeros([self.rows], tf.bool)
    if plan.stop is not None:
      told = tf.convert_to_tensor(self.shared(plan.stop, chosen))
      if told.dtype != tf.bool or told.shape.ndims not in (None, 1):
        raise _errors.ArgumentError(_errors.problem(
            "stop", "return a bool for each row, [batch]",
            f"{told.dtype.name}, shape {told.shape}",
            "compare and reduce, for example tf.reduce_all(output < 0.1, 1)"))
      ended = tf.logical_or(ended, told)
    if plan.row_steps is not None:
      ended = tf.logical_or(ended, plan.row_steps <= t + 1)
    return ended

  def check_output(self, output, leaves):
    if len(leaves) != len(self.dtypes):
      raise _errors.ArgumentError(_errors.problem(
          "output_dtype", "have the structure of the output if it has one",
          f"{self.plan.output_dtype} for {_nest.describe(output)}",
          "pass output_dtype= with one dtype for each of its tensors"))
    self.structure = _nest.map_state(lambda leaf: 0, output)
    for leaf, dtype in zip(leaves, self.dtypes):
      if leaf.dtype.base_dtype != dtype:
        raise _errors.ArgumentTypeError(_errors.problem(
            "output_dtype", f"be that of the output, "
            f"{leaf.dtype.base_dtype.name}", dtype.name,
            f"pass output_dtype=tf.{leaf.dtype.base_dtype.name}, or cast the "
            "output in processing="))

  def as_input(self, value):
    """`value` as the next step's input, flat; raises if it does not fit."""
    source = ("next_input" if self.plan.next_input is not None
              else "choice" if self.plan.choice is not None
              else "processing" if self.plan.processing is not None
              else "cell")
    step = ("pass next_input= to make an input of it" if source != "next_input"
            else "give it the shape and the dtype of seed=")
    if source in ("processing", "cell"):
      step = (f"pass {'a' if source == 'cell' else 'another'} processing= that "
              "ends in the depth of the input, or " + step)
    _nest.check_same_structure("input", self.own_input, value, step)
    flat = []
    for old, new in zip(
        _nest.flatten_state(self.own_input), _nest.flatten_state(value)):
      new = tf.convert_to_tensor(new)
      if new.dtype.base_dtype != old.dtype.base_dtype:
        raise _errors.ArgumentTypeError(_errors.problem(
            source, "return the input's dtype to be fed back, "
            f"{old.dtype.base_dtype.name}", new.dtype.base_dtype.name, step))
      if not new.shape.is_compatible_with(old.shape):
        raise _errors.ArgumentError(_errors.problem(
            source, f"return the input's {_depth(old.shape, new.shape)} to be "
            f"fed back, {_size(old.shape, new.shape)}",
            _size(new.shape, old.shape), step))
      new.set_shape(old.shape)
      flat.append(new)
    return flat

  def as_state(self, new_state):
    """The new state's leaves, with the static shapes of the old ones."""
    _nest.check_same_structure(
        "new state of the cell", self.state, new_state,
        "give initial_state the structure of cell.state_size")
    flat = []
    for path, old, new in zip(
        _nest.state_paths(self.state), _nest.flatten_state(self.state),
        _nest.flatten_state(new_state)):
      if tf.is_tensor(old):
        new = tf.convert_to_tensor(new)
        if (new.dtype.base_dtype != old.dtype.base_dtype
            or not new.shape.is_compatible_with(old.shape)):
          raise _errors.ArgumentError(_errors.problem(
              "initial_state", "have the dtype and shape that the cell returns",
              f'"{path}": {old.dtype.base_dtype.name} {old.shape}, then '
              f"{new.dtype.base_dtype.name} {new.shape}",
              "build it as cell.zero_state(batch_size, dtype) does"))
        new.set_shape(old.shape)
      flat.append(new)
    return flat

  def result(self, taken, finished, lengths, flat_input, flat_state, arrays):
    """The result of the loop, cut to the requested number of steps."""
    plan = self.plan
    if self.masked:
      steps = tf.maximum(tf.reduce_max(lengths), 0)
    else:
      steps = plan.limit
      lengths = tf.fill([self.rows], steps)
      finished = tf.zeros([self.rows], tf.bool)
    stacked = self.stacked(
        arrays, taken, steps if not plan.whole else plan.limit)
    if not self.masked and not self.known:
      # With a mask, finished rows keep their state; without one, undo the
      # first step here if no step should have been taken.
      some = steps > 0
      flat_state = [
          tf.where_v2(some, new, old) if tf.is_tensor(old) else new
          for new, old in zip(flat_state, _nest.flatten_state(self.state))]
      flat_input = [
          tf.where_v2(some, new, old) for new, old in zip(
              flat_input, _nest.flatten_state(self.own_input))]
    choices = stacked.pop() if plan.choice is not None else None
    return _result.FedBack(
        _nest.pack_state(self.structure, stacked),
        _nest.pack_state(self.state, flat_state)).with_more(
            choices=choices, lengths=lengths, finished=finished,
            steps=tf.convert_to_tensor(steps, tf.int32),
            next_input=_nest.pack_state(self.own_input, flat_input),
            next_step=tf.convert_to_tensor(plan.first_step + steps, tf.int32))

  def stacked(self, arrays, taken, emitted):
    """What the `emitted` steps have put into `arrays`, `[time, ...]`."""
    if not isinstance(emitted, int) or not self.known:
      return [array.gather(tf.range(taken))[:emitted] for array in arrays]
    stacked = [array.stack() for array in arrays]
    for leaf in stacked:
      leaf.set_shape([emitted] + leaf.shape.as_list()[1:]
                     if leaf.shape.ndims is not None else None)
    return stacked


def _rows(nest):
  """The batch size, an int if it is known."""
  leaves = _nest.flatten_state(nest)
  for leaf in leaves:
    if leaf.shape.ndims and leaf.shape.as_list()[0] is not None:
      return leaf.shape.as_list()[0]
  return tf.shape(leaves[0])[0]


def _usual_dtype(*nests):
  """The first floating-point dtype of the leaves, else the first dtype."""
  dtypes = [leaf.dtype.base_dtype for nest in nests
            for leaf in _nest.flatten_state(nest) if hasattr(leaf, "dtype")]
  return next((dtype for dtype in dtypes if dtype.is_floating), dtypes[0])


def _unless(finished, new, old):
  """`old` in the rows that have finished, `new` in the others."""
  if not tf.is_tensor(new) or new.shape.ndims == 0:
    return new
  kept = tf.where(finished, old, new)
  kept.set_shape(new.shape)
  return kept


def _depth(wanted, got):
  if wanted.ndims is not None and got.ndims == wanted.ndims == 2:
    return "depth"
  return "shape"


def _size(shape, other):
  if _depth(shape, other) == "depth":
    return f"{shape.as_list()[1]} (shape {shape})"
  return str(shape)
