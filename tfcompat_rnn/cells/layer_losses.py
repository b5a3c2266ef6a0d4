"""Losses and update ops that a layer keeps in addition to its variables."""

import contextlib
import functools
import threading

from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf

_thread = threading.local()


@contextlib.contextmanager
def unkept():
  """In this context layers are called again, and keep nothing of the call."""
  before = getattr(_thread, "unkept", False)
  _thread.unkept = True
  try:
    yield
  finally:
    _thread.unkept = before


class EmptyList:
  """A list of each object's own, made when it is first read."""

  def __set_name__(self, unused_owner, name):
    self._name = name

  def __get__(self, owner, unused_class=None):
    return self if owner is None else vars(owner).setdefault(self._name, [])


class LossKeeper:
  """`losses`, `updates`, `add_loss`, `add_update` of a 1.15 layer."""

  _losses = EmptyList()
  _callable_losses = EmptyList()
  _updates = EmptyList()

  def _start_losses(self):
    self._losses = []
    self._callable_losses = []
    self._updates = []

  @property
  def losses(self):
    """Loss tensors; those of regularizers are computed at each access."""
    lazily = [make() for make in self._callable_losses]
    return list(self._losses) + [loss for loss in lazily if loss is not None]

  def add_loss(self, losses, inputs=None):
    """Keeps loss tensors, or functions that return them.

    They are also added to the collection REGULARIZATION_LOSSES. `inputs=None`
    says that they do not depend on the layer's inputs.
    """
    if getattr(_thread, "unkept", False):
      return
    unconditional = inputs is None
    collected = []
    for loss in _nest.flatten_state(losses):
      if loss is None:
        continue
      if callable(loss):
        make = functools.partial(_tagged, loss, unconditional)
        self._callable_losses.append(make)
        if not tf.executing_eagerly():
          loss = make()
          if loss is not None:
            collected.append(loss)
      else:
        loss = _tagged(loss, unconditional)
        self._losses.append(loss)
        collected.append(loss)
    _add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, collected)

  def get_losses_for(self, inputs):
    """The losses that depend on `inputs`, or for None, on no inputs."""
    if inputs is None:
      return [loss for loss in self.losses if loss._unconditional_loss]
    wanted = [loss for loss in self.losses if not loss._unconditional_loss]
    return _reachable(inputs, wanted)

  @property
  def updates(self):
    """Update ops; none unless the layer is trainable or stateful."""
    if not self.trainable and not self.stateful:
      return []
    return list(self._updates)

  def add_update(self, updates, inputs=None):
    """Keeps update ops, or functions that return them, for UPDATE_OPS."""
    if getattr(_thread, "unkept", False):
      return
    if not isinstance(updates, (list, tuple)):
      updates = [updates]
    for update in updates:
      update = update() if callable(update) else update
      if not tf.executing_eagerly():
        if not isinstance(update, tf.Operation):
          update = update.op if hasattr(update, "op") else (
              tf.convert_to_tensor(update).op)
        update._unconditional_update = inputs is None
        self._updates.append(update)

  def get_updates_for(self, inputs):
    """The updates that depend on `inputs`, or for None, on no inputs."""
    if inputs is None:
      return [op for op in self.updates if op._unconditional_update]
    wanted = [op for op in self.updates if not op._unconditional_update]
    return _reachable(inputs, wanted)

  @property
  def activity_regularizer(self):
    """A function of the output whose value is added to the losses, or None."""
    return self._activity_regularizer

  @activity_regularizer.setter
  def activity_regularizer(self, regularizer):
    self._activity_regularizer = regularizer

  def _regularize_activity(self, inputs, outputs):
    if self._activity_regularizer is None:
      return
    with tf.name_scope("ActivityRegularizer"):
      for output in _nest.flatten_state(outputs):
        penalty = self._activity_regularizer(output)
        rows = tf.cast(tf.shape(output)[0], penalty.dtype)
        self.add_loss(penalty / rows, inputs=inputs)

  def _collect_updates(self):
    if not tf.executing_eagerly():
      _add_to_collection(tf.GraphKeys.UPDATE_OPS, self.updates)


def _tagged(loss, unconditional):
  value = loss() if callable(loss) else loss
  if value is None:
    return None
  tensor = (value if tf.is_tensor(value)
            else tf.convert_to_tensor(value, tf.float32))
  tensor._unconditional_loss = unconditional
  return tensor


def _add_to_collection(key, elements):
  if tf.executing_eagerly():
    return
  collection = tf.get_collection_ref(key)
  for element in elements:
    if not any(element is other for other in collection):
      collection.append(element)


def _reachable(inputs, wanted):
  """Those of `wanted` (tensors or ops) that depend on a tensor in `inputs`."""
  seen = set()
  pending = [tensor.op for tensor in _nest.flatten_state(inputs)]
  while pending:
    op = pending.pop()
    if op.name in seen:
      continue
    seen.add(op.name)
    for output in op.outputs:
      pending.extend(output.consumers())
  return [one for one in wanted if getattr(one, "op", one).name in seen]
