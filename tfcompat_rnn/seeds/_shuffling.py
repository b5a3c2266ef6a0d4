"""`shuffle(n).repeat(k)` in 1.15's order.

1.15 made one dataset of the two, which drew for all repetitions from one
generator. TensorFlow 2 starts each repetition with seeds of its own. So when
an iterator is made, the pipeline before it is copied with that one dataset in
the place of the two; the program's own datasets stay as they are.

A repetition of 1.15's took the next numbers of the generator, and otherwise
was a shuffle by itself: a buffer is filled, an element of it is chosen at
random, and the first one takes its place.
"""

import contextlib

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_CHUNK = 256             # elements in each list of the list of lists
_SCOPE = "shuffle_and_repeat_of_1_15"
_PHILOX = 1


class _Buffer:
  """Elements by number, in a list of lists: changing one copies little."""

  @staticmethod
  def empty():
    """A list without elements."""
    return tf.raw_ops.EmptyTensorList(
        element_shape=tf.constant([], tf.int32),
        max_num_elements=tf.constant(-1), element_dtype=tf.variant)

  @staticmethod
  def _item(handle, index):
    item = tf.raw_ops.TensorListGetItem(
        input_handle=handle, index=tf.cast(index, tf.int32),
        element_shape=tf.constant([], tf.int32), element_dtype=tf.variant)
    item.set_shape([])
    return item

  @staticmethod
  def _replace(handle, index, item):
    handle = tf.raw_ops.TensorListSetItem(
        input_handle=handle, index=tf.cast(index, tf.int32), item=item)
    handle.set_shape([])
    return handle

  @staticmethod
  def push(handle, item):
    """The list with one more item."""
    handle = tf.raw_ops.TensorListPushBack(input_handle=handle, tensor=item)
    handle.set_shape([])
    return handle

  @classmethod
  def get(cls, lists, place):
    """The element number `place`."""
    return cls._item(cls._item(lists, place // _CHUNK), place % _CHUNK)

  @classmethod
  def set(cls, lists, place, item):
    """The lists with `item` as element number `place`."""
    chunk = cls._item(lists, place // _CHUNK)
    return cls._replace(lists, place // _CHUNK,
                        cls._replace(chunk, place % _CHUNK, item))

  @classmethod
  def put(cls, lists, place, size, item):
    """`set`, or one element more if `place` is the present `size`."""
    def more():
      return tf.cond(
          tf.equal(place % _CHUNK, 0),
          lambda: cls.push(lists, cls.push(cls.empty(), item)),
          lambda: cls._replace(lists, place // _CHUNK, cls.push(
              cls._item(lists, place // _CHUNK), item)))
    return tf.cond(tf.equal(place, size), more,
                   lambda: cls.set(lists, place, item))


class _Draws:
  """The numbers that 1.15's shuffle drew, by their place in the sequence."""

  def __init__(self, seed, seed2):
    self.key = tf.bitcast(seed, tf.uint64)
    self.seed2 = tf.bitcast(seed2, tf.uint64)

  def take(self, first, count):
    """`count` numbers from number `first` on, as int64."""
    drawn = tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=tf.reshape(count + first % 4, [1]), key=self.key[tf.newaxis],
        counter=tf.stack([tf.bitcast(first // 4, tf.uint64), self.seed2]),
        alg=_PHILOX, dtype=tf.uint32)
    return tf.cast(drawn[first % 4:], tf.int64)


def _take_out(lists, start, end, buffer_size, number):
  """(lists, element): takes one of the elements `start` to `end` at random."""
  index = (start + number % (end - start)) % buffer_size
  chosen = _Buffer.get(lists, index)
  lists = _Buffer.set(lists, index, _Buffer.get(lists, start % buffer_size))
  return lists, chosen


def _step(buffer_size, draws, spec):
  """The function for `scan`: one more element, or the end of a repetition."""
  from_variant = tf.data.experimental.from_variant
  to_variant = tf.data.experimental.to_variant
  one = tf.constant(1, tf.int64)

  def add(lists, start, end, size, drawn, element):
    place = end % buffer_size
    lists = _Buffer.put(lists, place, size, element)
    end, size = end + 1, tf.maximum(size, place + 1)

    def emit():
      number = draws.take(drawn, one)[0]
      changed, chosen = _take_out(lists, start, end, buffer_size, number)
      return changed, start + 1, drawn + 1, True, chosen

    full = tf.equal(end - start, buffer_size)
    changed, start, drawn, emitted, chosen = tf.cond(
        full, emit, lambda: (lists, start, drawn, False, element))
    return changed, start, end, size, drawn, emitted, chosen, False

  def drain(lists, start, end, drawn):
    count = end - start
    numbers = draws.take(drawn, count)

    def body(at, lists, out):
      lists, chosen = _take_out(lists, start + at, end, buffer_size,
                                numbers[at])
      return at + 1, lists, _Buffer.push(out, chosen)

    _, _, out = tf.while_loop(
        lambda at, *_: at < count, body,
        (tf.constant(0, tf.int64), lists, _Buffer.empty()),
        parallel_iterations=1)
    rest = tf.data.Dataset.range(count).flat_map(
        lambda at: from_variant(_Buffer._item(out, at), spec))
    zero = tf.constant(0, tf.int64)
    return (_Buffer.empty(), zero, zero, zero, drawn + count, count > 0,
            to_variant(rest), tf.equal(end, 0))

  def step(state, element):
    lists, start, end, size, drawn = state
    variant, is_element = element
    lists, start, end, size, drawn, emitted, chosen, empty = tf.cond(
        is_element,
        lambda: add(lists, start, end, size, drawn, variant),
        lambda: drain(lists, start, end, drawn))
    for tensor in (lists, start, end, size, drawn, emitted, chosen, empty):
      tensor.set_shape([])
    return (lists, start, end, size, drawn), (emitted, chosen, empty)

  return step


def shuffle_and_repeat(dataset, buffer_size, count, seed, seed2):
  """What 1.15's one dataset for `shuffle` and `repeat` produced.

  All but `dataset` are int64 scalars.
  """
  spec = dataset.element_spec
  to_variant = tf.data.experimental.to_variant
  one = lambda *parts: tf.data.Dataset.from_tensors(
      parts if isinstance(spec, tuple) else parts[0])
  end = (to_variant(tf.data.Dataset.range(0)), False)
  stream = dataset.map(lambda *parts: (to_variant(one(*parts)), True))
  stream = stream.concatenate(tf.data.Dataset.from_tensors(end)).repeat(count)
  zero = tf.constant(0, tf.int64)
  stream = stream.apply(tf.data.experimental.scan(
      (_Buffer.empty(), zero, zero, zero, zero),
      _step(buffer_size, _Draws(seed, seed2), spec)))
  # An input without elements ends, instead of repeating for ever.
  stream = stream.apply(tf.data.experimental.take_while(
      lambda emitted, chosen, empty: tf.logical_not(empty)))
  stream = stream.filter(lambda emitted, chosen, empty: emitted)
  return stream.flat_map(
      lambda emitted, chosen, empty: tf.data.experimental.from_variant(
          chosen, spec))


# Datasets that 1.15 removed before it looked for the two: operation -> the
# value of its second input.
_NOTHING = {"TakeDataset": -1, "SkipDataset": 0, "PrefetchDataset": 0,
            "RepeatDataset": 1}


def _is_nothing(op):
  if op.type == "OptionsDataset":
    return True              # the options were no dataset
  return op.type in _NOTHING and (
      tf.get_static_value(op.inputs[1]) == _NOTHING[op.type])


def _inputs_of(op, fuse):
  """(input, buffer size, count, seed, seed2) of a dataset to replace, or None.

  With `fuse`, also where a repetition follows a shuffle.
  """
  if op.type == "ShuffleAndRepeatDataset":
    source, buffer_size, seed, seed2, count = op.inputs
    return source, buffer_size, count, seed, seed2
  if not fuse or op.type != "RepeatDataset" or _is_nothing(op):
    return None
  shuffle = op.inputs[0].op
  while _is_nothing(shuffle):
    shuffle = shuffle.inputs[0].op
  if (shuffle.type != "ShuffleDataset"
      or not shuffle.get_attr("reshuffle_each_iteration")):
    return None
  source, buffer_size, seed, seed2 = shuffle.inputs
  return source, buffer_size, op.inputs[1], seed, seed2


def _is_random(seed, seed2):
  """Are both seeds known to be 0, which means another order each time?"""
  return not (tf.get_static_value(seed) or tf.get_static_value(seed2)
              or tf.get_static_value(seed) is None
              or tf.get_static_value(seed2) is None)


class _Copy:
  """A copy of a pipeline, as far as it changes."""

  def __init__(self, graph, fuse):
    self.graph = graph
    self.fuse = fuse
    self.done = {}

  def tensor(self, old):
    """The tensor in place of `old`: the same one, if nothing before changed."""
    op = old.op
    if old.dtype != tf.variant or not op.type.endswith(
        ("Dataset", "DatasetV2", "DatasetV3", "DatasetV4")):
      return old
    if op not in self.done:
      self.done[op] = self._replaced(op)
    return self.done[op]

  def _replaced(self, op):
    parts = _inputs_of(op, self.fuse)
    if parts is not None and not _is_random(*parts[3:]):
      flat = tuple(
          tf.TensorSpec(shape, tf.as_dtype(dtype)) for shape, dtype in zip(
              map(tf.TensorShape, op.get_attr("output_shapes")),
              op.get_attr("output_types")))
      source = tf.data.experimental.from_variant(
          self.tensor(parts[0]), flat if len(flat) > 1 else flat[0])
      return tf.data.experimental.to_variant(
          shuffle_and_repeat(source, *parts[1:]))
    inputs = [self.tensor(one) for one in op.inputs]
    if all(new is old for new, old in zip(inputs, op.inputs)):
      return op.outputs[0]
    attributes = {key: value for key, value in op.node_def.attr.items()
                  if key != "_class"}
    return self.graph.create_op(
        op.type, inputs, [one.dtype for one in op.outputs], name=op.type,
        attrs=attributes, op_def=op.op_def).outputs[0]


def reads_reference(variant):
  """Does a function of the pipeline read a reference variable?

  1.15 did not optimize such a pipeline.
  """
  seen, todo = set(), [(variant.op, False)]
  while todo:
    op, captured = todo.pop()
    if (op, captured) in seen:
      continue
    seen.add((op, captured))
    has_function = any(value.WhichOneof("value") == "func"
                       for value in op.node_def.attr.values())
    for one in op.inputs:
      if captured and one.dtype != one.dtype.base_dtype:
        return True
      if one.dtype == tf.variant:
        todo.append((one.op, captured))
      elif captured or has_function:
        todo.append((one.op, True))
  return False


def in_order_of_1_15(variant, fuse):
  """The variant tensor of the same pipeline in 1.15's order."""
  graph = variant.graph
  with graph.as_default(), tf.control_dependencies(None), (
      _opcount.uncounted(graph)), tf.name_scope(_SCOPE + "/"):
    return _Copy(graph, fuse and not reads_reference(variant)).tensor(
        variant)


@contextlib.contextmanager
def dataset_in_order(dataset, fuse):
  """Inside, `dataset` stands for the same pipeline in 1.15's order."""
  before = _tf.attribute(dataset, "DatasetV2._variant_tensor_attr")
  _tf.set_attribute(dataset, "DatasetV2._variant_tensor_attr",
                    in_order_of_1_15(before, fuse))
  try:
    yield
  finally:
    _tf.set_attribute(dataset, "DatasetV2._variant_tensor_attr", before)
