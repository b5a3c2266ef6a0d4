"""One model on several devices, with a part of the batch on each.

  def build(x, number):
    rnn = tfcompat_rnn.stateful_rnn(cell(), x, batch_size=16)
    return loss_of(rnn.outputs), rnn.keep_state_op

  model = tfcompat_rnn.data_parallel(build, batch, ["/gpu:0", "/gpu:1"])
  train = model.minimize(tf.train.AdamOptimizer())
  session.run([train, [tower.result for tower in model.towers]], ...)
"""

from __future__ import annotations

import contextlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf


class Tower(typing.NamedTuple):
  """The model on one device.

  `loss`: a scalar; `result`: what `build` returned with it, or None;
  `gradients`: one for each variable, or None.
  """
  number: int
  device: str
  inputs: object
  loss: object
  result: object
  gradients: list


class DataParallel:
  """The result of `data_parallel`.

  Attributes:
    towers: a `Tower` for each device.
    loss: mean of the towers' losses (their sum with `total=True`).
    variables: the trainable variables that the towers share.
    gradients: `[(gradient, variable), ...]` of `loss`, for
      `optimizer.apply_gradients`. All of them are computed before any is
      passed on, so that no update affects a tower that still needs the old
      value.
  """

  def __init__(self, towers: typing.Sequence[Tower],
               variables: typing.Sequence[types.Variable], total: bool) -> None:
    self.towers, self.variables = towers, variables
    scale = 1.0 if total else 1.0 / len(towers)
    with tf.name_scope("average"):
      self.loss = _scaled(tf.add_n([tower.loss for tower in towers]), scale)
      combined = [_combined(parts, scale)
                  for parts in zip(*(tower.gradients for tower in towers))]
      self.gradients = list(zip(tf.tuple(combined), variables))

  def minimize(self, optimizer: types.Optimizer,
               global_step: types.Variable | None = None) -> types.Operation:
    """The op that applies `gradients` with `optimizer`."""
    return optimizer.apply_gradients(self.gradients, global_step)


def data_parallel(build: types.Function, inputs: types.Nested,
                  devices: str | typing.Iterable[str], *, axis: int = 0,
                  variables_on: str | None = "/cpu:0",
                  total: bool = False) -> DataParallel:
  """Builds a model once per device, each with a part of the batch.

  The towers share their weights, which the first one creates; each keeps its
  own state (`stateful_rnn`, `StateVariables`) on its own device. With equal
  numbers of rows on the devices, the loss, the gradients and therefore the
  training are those of the whole batch on one device, except for the order in
  which floats are summed.

  Args:
    build: `build(inputs, number)`, or `build(number)` if `inputs` is None. It
      returns the loss, a scalar that is a mean over the rows, or a pair
      `(loss, anything)`.
    inputs: a tensor `[batch, ...]` or a nested structure of them; each device
      gets the same number of rows.
    devices: for example `["/gpu:0", "/gpu:1"]`.
    axis: the batch axis; 1 for time-major inputs.
    variables_on: the device of the weights; None to leave them on the device of
      the first tower, which creates them.
    total: whether the losses are sums over the rows and must be added.

  Returns a `DataParallel`.

  Raises:
    ArgumentError: there are no devices, or a device name is invalid; the batch
      cannot be divided; a tower after the first would create a weight of its
      own; the loss is not a scalar; or there is nothing to train.
    ArgumentTypeError: `build` is not a function.
  """
  if not callable(build):
    raise _errors.ArgumentTypeError(problem(
        "build", "be a function (inputs, number) -> loss", repr(build),
        "pass the function that builds the model for one device"))
  names = _checked(devices)
  parts = _parts(inputs, len(names), axis)
  scope = tf.get_variable_scope()
  towers: list[Tower] = []
  variables: typing.Any = None
  for number, (device, part) in enumerate(zip(names, parts)):
    maker = _weights_on(variables_on) if number == 0 else _no_weights(number)
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE if number else None,
                           auxiliary_name_scope=False):
      with tf.name_scope(f"tower_{number}"), tf.device(device), maker as used:
        arguments = (number,) if inputs is None else (part, number)
        loss, result = _loss_of(build(*arguments), number)
        candidates = _candidates(used) if number == 0 else variables
        gradients = tf.gradients(
            loss, candidates, colocate_gradients_with_ops=True)
        if number == 0:
          variables, gradients = _reached(candidates, gradients)
    towers.append(Tower(number, device, part, loss, result, gradients))
  return DataParallel(towers, variables, total)


def _checked(devices):
  devices = [devices] if isinstance(devices, str) else list(devices or ())
  if not devices:
    raise _errors.ArgumentError(problem(
        "devices", "name at least one device", devices,
        'pass for example ["/gpu:0", "/gpu:1"]'))
  for device in devices:
    try:
      named = tf.DeviceSpec.from_string(device).device_type
    except (AttributeError, TypeError, ValueError):
      named = None
    if not named:
      raise _errors.ArgumentError(problem(
          "devices", "be names of devices", repr(device),
          'write "/gpu:0" or "/device:GPU:0"'))
  return devices


def _parts(inputs, count, axis):
  """The part of `inputs` for each device."""
  if inputs is None:
    return [None] * count
  leaves = []
  for path, leaf in zip(_nest.state_paths(inputs),
                        _nest.flatten_state(inputs)):
    leaf = tf.convert_to_tensor(leaf)
    name = f'inputs "{path}"' if path else "inputs"
    if leaf.shape.ndims is not None and leaf.shape.ndims <= axis:
      raise _errors.ArgumentError(problem(
          name, f"have a batch on axis {axis}", f"shape {leaf.shape}",
          "pass axis=, or use it directly in build"))
    rows = leaf.shape.as_list()[axis] if leaf.shape.ndims is not None else None
    if rows is not None and rows % count:
      raise _errors.ArgumentError(problem(
          name, f"have as many rows for each of {count} devices",
          f"{rows} rows", f"pass {rows - rows % count} or "
          f"{rows - rows % count + count}"))
    leaves.append(tf.split(leaf, count, axis=axis))
  return [_nest.pack_state(inputs, [leaf[number] for leaf in leaves])
          for number in range(count)]


@contextlib.contextmanager
def _weights_on(device):
  """Puts trainable variables on `device`; yields the list of those created."""
  made = []

  def creator(next_creator, **kwargs):
    if not _trainable(kwargs):
      return next_creator(**kwargs)
    with contextlib.ExitStack() as stack:
      if device is not None:
        stack.enter_context(tf.device(device))
      made.append(next_creator(**kwargs))
    return made[-1]

  with tf.variable_creator_scope(creator):
    yield made


@contextlib.contextmanager
def _no_weights(number):
  def creator(next_creator, **kwargs):
    if _trainable(kwargs):
      name = kwargs.get("name") or "a variable without a name"
      raise _errors.ArgumentError(problem(
          "build", "create the same weights for each device, to be shared",
          f"{name} for device {number}, which device 0 did not create",
          "create weights with get_variable under names that do not depend on "
          "the device, or before data_parallel"))
    return next_creator(**kwargs)

  with tf.variable_creator_scope(creator):
    yield None


def _trainable(kwargs):
  return kwargs.get("trainable") is not False


def _loss_of(returned, number):
  loss, result = returned, None
  if isinstance(returned, tuple):
    if len(returned) != 2:
      raise _errors.ArgumentError(problem(
          "build", "return a loss, or a pair (loss, anything)",
          f"{len(returned)} values for device {number}",
          "put everything except the loss into one tuple"))
    loss, result = returned
  if not tf.is_tensor(loss) or loss.shape.ndims not in (0, None):
    raise _errors.ArgumentError(problem(
        "build", "return a scalar loss",
        f"shape {loss.shape}" if tf.is_tensor(loss) else repr(loss),
        "reduce it: tf.reduce_mean(loss)"))
  return loss, result


def _candidates(made):
  """All trainable variables, including new ones in no collection."""
  known = tf.trainable_variables()
  return known + [variable for variable in made
                  if not any(variable is one for one in known)]


def _reached(variables, gradients):
  """The variables on which the loss depends, with their gradients."""
  pairs = [pair for pair in zip(variables, gradients) if pair[1] is not None]
  if not pairs:
    raise _errors.ArgumentError(problem(
        "build", "return a loss that depends on trainable variables",
        f"a loss that depends on none of {len(variables)}",
        "check for tf.stop_gradient, and trainable=False"))
  return [list(column) for column in zip(*pairs)]


def _scaled(tensor, scale):
  return tensor if scale == 1.0 else tensor * scale


def _combined(parts, scale):
  """The sum of the towers' gradients of one variable, times `scale`."""
  parts = [part for part in parts if part is not None]
  if all(isinstance(part, tf.IndexedSlices) for part in parts):
    # Rows that several towers looked up are summed when they are applied.
    return tf.IndexedSlices(
        _scaled(tf.concat([part.values for part in parts], 0), scale),
        tf.concat([part.indices for part in parts], 0), parts[0].dense_shape)
  return _scaled(tf.add_n([tf.convert_to_tensor(part) for part in parts]),
                 scale)

