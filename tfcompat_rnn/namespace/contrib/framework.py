"""Small helpers of `tf.contrib.framework` that are in no package any more."""

from tfcompat_rnn import _errors
from tfcompat_rnn._shapes import with_same_shape as with_same_shape
from tfcompat_rnn._shapes import with_shape as with_shape
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import initializing


def get_name_scope():
  """The scope in which operations are named now, or "".

  TF 1.15: `tf.contrib.framework.get_name_scope`.
  """
  return tf.get_default_graph().get_name_scope()


def get_placeholders(graph):
  """The output tensors of all placeholders of `graph`, in creation order.

  TF 1.15: `tf.contrib.framework.get_placeholders`.
  """
  return [operation.outputs[0] for operation in graph.get_operations()
          if operation.type == "Placeholder"]


def load_checkpoint(filepattern):
  """A reader of the checkpoint `filepattern`, or of the last one in a folder.

  TF 1.15: `tf.contrib.framework.load_checkpoint`.
  """
  return tf.train.load_checkpoint(filepattern)


def load_variable(checkpoint_dir, name):
  """The value of the variable `name` in a checkpoint, as an array.

  TF 1.15: `tf.contrib.framework.load_variable`.
  """
  return tf.train.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir):
  """`[(name, shape)]` of the variables in a checkpoint.

  TF 1.15: `tf.contrib.framework.list_variables`.
  """
  return tf.train.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir, assignment_map):
  """Has variables start from the values in a checkpoint.

  TF 1.15: `tf.contrib.framework.init_from_checkpoint`.
  """
  return initializing.init_from_checkpoint(checkpoint_dir, assignment_map)


def reduce_sum_n(tensors, name=None):
  """The sum of all elements of all `tensors`, a scalar.

  Raises ArgumentError for an empty list.

  TF 1.15: `tf.contrib.framework.reduce_sum_n`.
  """
  if not tensors:
    raise _errors.ArgumentError(_errors.problem(
        "tensors", "hold at least one tensor", tensors, "add one"))
  with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
    sums = [tf.reduce_sum(part, name=f"{part.op.name}/sum")
            for part in tensors]
    return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


def remove_squeezable_dimensions(predictions, labels, name=None):
  """Drops a last dimension of 1 from the argument whose rank is greater by one.

  Returns `(predictions, labels)`.

  TF 1.15: `tf.contrib.framework.remove_squeezable_dimensions`.
  """
  labels, predictions = private("remove_squeezable_dimensions")(
      labels, predictions, name=name)
  return predictions, labels


def assert_scalar_int(tensor, name=None):
  """Returns `tensor`; raises ArgumentError unless it is an integer scalar.

  TF 1.15: `tf.contrib.framework.assert_scalar_int`.
  """
  with tf.name_scope(name, "assert_scalar_int", [tensor]) as scope:
    tensor = tf.convert_to_tensor(tensor)
    if not tensor.dtype.base_dtype.is_integer:
      raise _errors.ArgumentError(_errors.problem(
          "tensor", "be of integer type", f"{tensor.name} {tensor.dtype}",
          "tf.cast it to tf.int32"))
    return tf.assert_scalar(tensor, name=scope)


def py_func(func, args=(), kwargs=None, output_types=None,
            output_shapes=None, stateful=True, name=None):
  """`tf.py_func` with keyword arguments and nested results.

  >>> y = py_func(lambda a, b: a + b, [x], {"b": x}, tf.float32, [2])

  `output_types` and `output_shapes` are nested alike, or are functions of the
  arguments that return such structures.

  Raises ArgumentTypeError if `args` is not a list or `kwargs` not a dict.

  TF 1.15: `tf.contrib.framework.py_func`.
  """
  kwargs = {} if kwargs is None else kwargs
  for argument, value, kinds, next_step in (
      ("args", args, (list, tuple), "wrap it in a list"),
      ("kwargs", kwargs, dict, "pass {name: tensor}")):
    if not isinstance(value, kinds):
      raise _errors.ArgumentTypeError(_errors.problem(
          argument, "be a dict" if kinds is dict else "be a list or a tuple",
          type(value).__name__, next_step))
  output_types, output_shapes = [
      one(*args, **kwargs) if callable(one) else one
      for one in (output_types, output_shapes)]
  given = (args, kwargs)

  def call(*flat):
    values, named = tf.nest.pack_sequence_as(given, flat)
    return tf.nest.flatten(func(*values, **named))

  results = tf.py_func(call, tf.nest.flatten(given),
                       tf.nest.flatten(output_types), stateful=stateful,
                       name=name)
  if output_shapes is not None:
    shapes = private("nest").flatten_up_to(output_types, output_shapes)
    for result, shape in zip(results, shapes):
      result.set_shape(shape)
  return tf.nest.pack_sequence_as(output_types, results)


def confusion_matrix(labels, predictions, num_classes=None, dtype=tf.int32,
                     name=None, weights=None):
  """The number of each (label, prediction) pair, `[classes, classes]`.

  TF 1.15: `tf.contrib.metrics.confusion_matrix`.
  """
  return tf.math.confusion_matrix(
      labels, predictions, num_classes=num_classes, dtype=dtype, name=name,
      weights=weights)
