"""What a case is, the table of all of them, and inputs that they share.

Runs unchanged on Python 3.7 with TensorFlow 1.15, and on ours. A case builds a
graph and returns `{name: tensor}`, to be fetched together until the queues are
empty, or `runs` times. If a `saver` is among them, the whole input is inserted
and the saver closed before the first batch is taken: whoever waits for a batch
while a barrier is closed may wait for ever, in 1.15 too. One thread fills each
queue, so that the order is always the same. Private functions of 1.15's
modules are called where TensorFlow's own tests do so.
"""

import collections
import importlib

Case = collections.namedtuple("Case", "build runs")
CASES = collections.OrderedDict()
# More than any case has batches.
ALL = 40


def case(runs=ALL):
  def decorate(build):
    CASES[build.__name__] = Case(build, runs)
    return build
  return decorate


def private(tf, module):
  """1.15's private module, here as there."""
  path = "contrib.training.python.training." + module
  return importlib.import_module(
      ("tensorflow." if tf.__name__ == "tensorflow" else tf.__name__ + ".")
      + path)


def numbers(tf, count):
  """0 to `count` - 1, one after the other."""
  return tf.train.range_input_producer(
      count, num_epochs=1, shuffle=False).dequeue()


def row(tf, number):
  """`number` times `number`, as float32 `[number]`."""
  return tf.fill(tf.expand_dims(number, 0), tf.cast(number, tf.float32))


def sparse(tf, number):
  """A sparse vector of 4 with `number` at 0 and its square at 2."""
  return tf.SparseTensor(
      [[0], [2]], tf.cast(tf.stack([number, number * number]), tf.float32),
      [4])


def flat(values):
  """`{name: tensor}` of a list or dictionary, sparse tensors in parts."""
  if not isinstance(values, (dict, list, tuple)):
    values = [values]
  pairs = (sorted(values.items()) if isinstance(values, dict)
           else enumerate(values))
  found = {}
  for name, value in pairs:
    if hasattr(value, "indices"):
      for part in ("indices", "values", "dense_shape"):
        found["%s/%s" % (name, part)] = getattr(value, part)
    else:
      found[str(name)] = value
  return found


def with_first(name, first, values):
  found = flat(values)
  found[name] = first
  return found
