"""`tf.contrib.eager`: what is neither in `tf` nor in TensorFlow any more."""

import collections.abc
import contextlib
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading


def _check_eager(name):
  if not tf.executing_eagerly():
    raise _errors.EagerError(problem(
        name, "be used with eager execution", "a graph",
        "call tf.enable_eager_execution() first"))


class Iterator(collections.abc.Iterator):
  """Iterates over a `tf.data.Dataset`, under eager execution.

  Example: `for batch in tfe.Iterator(dataset): train(batch)`

  Raises RuntimeError in a graph, and TypeError unless `dataset` is one.

  TF 1.15: `tf.contrib.eager.Iterator`.
  """

  def __init__(self, dataset):
    _check_eager("tfe.Iterator")
    self._iterator = tf.data.make_one_shot_iterator(dataset)

  def __iter__(self):
    return self

  def __next__(self):
    return next(self._iterator)

  def next(self):
    """The next element; StopIteration after the last one."""
    return next(self._iterator)

  def get_next(self, name=None):
    """The next element; `tf.errors.OutOfRangeError` after the last one."""
    return self._iterator.get_next(name)

  output_classes, output_shapes, output_types = [
      property(operator.attrgetter("_iterator." + name), doc=f"Its {what}.")
      for name, what in (("output_classes", "nested types of values"),
                         ("output_shapes", "nested shapes"),
                         ("output_types", "nested dtypes"))]


class Saver:
  """Saves and restores variables by name, under eager execution.

  Example: `path = tfe.Saver(cell.variables).save("model", global_step=step)`

  `var_list` is a list of variables or a dict from names to variables.

  Raises RuntimeError in a graph.

  TF 1.15: `tf.contrib.eager.Saver`.
  """

  def __init__(self, var_list):
    _check_eager("tfe.Saver")
    self._saver = tf.train.Saver(var_list=var_list)

  def save(self, file_prefix, global_step=None):
    """Writes the variables; returns the prefix of the files."""
    with self._on_cpu():
      return self._saver.save(None, file_prefix, global_step,
                              write_meta_graph=False)

  def restore(self, file_prefix):
    """Reads the variables from the files that `save` wrote."""
    with self._on_cpu():
      self._saver.restore(None, file_prefix)

  @staticmethod
  def _on_cpu():
    return tf.device("/device:CPU:0")


@contextlib.contextmanager
def restore_variables_on_create(save_path, map_func=None):
  """Variables that are created inside start with the values of a checkpoint.

  Example:

    with tfe.restore_variables_on_create(tf.train.latest_checkpoint(folder)):
      outputs, _ = cell(x, state)

  `map_func` turns a variable's name into its name in the checkpoint. Only the
  first variable of a name is restored. Nothing happens where `save_path` is
  None.

  Raises ValueError in a graph, or if `map_func` is no function;
  `tf.errors.NotFoundError` if the checkpoint lacks a variable.

  TF 1.15: `tf.contrib.eager.restore_variables_on_create`.
  """
  if not tf.executing_eagerly():
    raise _errors.ArgumentError(problem(
        "tfe.restore_variables_on_create", "be used with eager execution",
        "a graph", "call tf.enable_eager_execution() first"))
  if not save_path:
    yield
    return
  if map_func is not None and not callable(map_func):
    raise _errors.ArgumentError(problem(
        "map_func", "be a function", repr(map_func),
        "pass one from a variable's name to a name in the checkpoint"))
  checkpoint, restored = reading.open_checkpoint(save_path), set()

  def create(next_creator, **kwargs):
    variable = next_creator(**kwargs)
    name = variable.name.rpartition(":")[0]
    name = name if map_func is None else map_func(name)
    if name not in checkpoint:
      raise tf.errors.NotFoundError(
          None, None, f"{name} not found in checkpoint")
    if name not in restored:
      restored.add(name)
      variable.assign(checkpoint[name])
    return variable

  with tf.variable_creator_scope(create):
    yield


def get_optimizer_variables(optimizer):
  """`optimizer.variables()`."""
  return optimizer.variables()


def list_devices():
  """The names of the devices that operations can run on."""
  return private("context").context().devices()
