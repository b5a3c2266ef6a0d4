"""Steps thousands of independent streams through one model."""

from __future__ import annotations

import threading
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.devices import session as sessions
from tfcompat_rnn.streaming import _arrays
from tfcompat_rnn.streaming import _files
from tfcompat_rnn.streaming import _graph
from tfcompat_rnn.streaming import _table

Stream: typing.TypeAlias = typing.Union[str, int]

_FULL = ("evict", "refuse")


class StreamingSession:
  """Many streams of one model, each with its own state in a row of variables.

    streams = StreamingSession(cell, tf.TensorSpec([None, 3], tf.float32), 1000)
    streams.open("ann")
    streams.open("bob")
    (output,) = streams.step([("bob", [1., 2., 3.])])   # ann's state stays

  A step gathers the rows of its streams, steps the model on them, and writes
  only these rows back, so its cost does not depend on the number of streams.
  Batches of any size run in the same graph.

  Args:
    model: a cell, a step function `(inputs, states) -> (output, new_states)`
      or a functional Keras model, as for `model_rnn`.
    inputs: the input of one step, a structure of `tf.TensorSpec` (or
      placeholders, for their shapes and dtypes) `[None, ...]`.
    capacity: how many streams can be open at a time.
    initial_state: the state in which a stream begins, a structure of arrays or
      tensors without the batch axis, of any dtypes. The default is a cell's
      zero state, zeros for a Keras model, and no state for a function.
    session: a session, whose graph gets the step; its program initializes or
      restores the model's variables as usual. By default the model gets a
      graph and a session of its own, with initialized variables.
    checkpoint: for a session of its own, the checkpoint (a prefix) from which
      the model's variables are restored.
    full: what `open` does when `capacity` streams are open: "evict" closes the
      one that was used least recently, "refuse" raises `ArgumentError`.
    batch_sizes: sizes to which batches are padded, such as `[1, 8, 64]`, so
      that kernels are compiled or chosen for few sizes; larger batches are
      padded to a multiple of the largest. By default they are not padded.
    dtype: dtype of a cell's zero state; by default that of the first
      floating-point input, or float32.
    training: for a Keras model (default False here), or passed on to a
      function.
    feed_dict: what else to feed in each step, such as a keep probability.
    label: a name of the model, for example of its checkpoint. It is written
      into snapshots; a snapshot with another label is refused.
    scope: the variable scope in which the model is called, as in
      `dynamic_rnn`. Variables that exist there are used.
    name: name of the state's variables: "streams/0/c", ...

  The state's variables are in the collection "tfcompat_rnn_state" only: no
  `tf.train.Saver` saves them, and no initializer of the program resets them.

  All methods may be called from several threads. A lock is held while a step
  runs, so steps run one after the other; a snapshot holds it while it copies
  the rows, and writes the file without it. It does not guard against another
  thread that trains the model's weights in the same session.

  Raises:
    ArgumentTypeError: the model, the inputs or the state are of no supported
      kind or dtype.
    ArgumentError: an argument has another value, or the state has a leaf
      without a batch axis or of unknown size.

  The mechanism is that of TensorFlow 1.15's `tf.gather` and
  `tf.scatter_update` on resource variables.
  """

  def __init__(
      self, model: types.Cell | types.Function, inputs: types.Nested,
      capacity: int, initial_state: types.State | None = None, *,
      session: types.Session | None = None,
      checkpoint: types.Path | None = None,
      full: typing.Literal["evict", "refuse"] = "evict",
      batch_sizes: typing.Sequence[int] = (),
      dtype: types.DType | None = None, training: bool | None = None,
      feed_dict: types.Feeds | None = None, label: str = "",
      scope: types.Scope = "rnn", name: str = "streams") -> None:
    self._table = _table.Table(_positive("capacity", capacity))
    _errors.require(full in _FULL, "full", 'be "evict" or "refuse"',
                    repr(full), "choose what happens to a stream too many")
    self._full, self._label = full, str(label)
    self._sizes = sorted(_positive("batch_sizes", size)
                         for size in batch_sizes)
    if session is not None and checkpoint is not None:
      raise _errors.ArgumentError(_errors.problem(
          "checkpoint", "not be given with `session`", repr(checkpoint),
          "restore it with the program's tf.train.Saver"))
    self._lock, self._writing = threading.RLock(), threading.Lock()
    self._feeds = dict(feed_dict or {})
    self._own = session is None
    graph = tf.Graph() if session is None else session.graph
    if graph.finalized:
      raise _errors.ArgumentError(_errors.problem(
          "session", "have a graph that is not finalized",
          "a finalized graph",
          "make the StreamingSession before the graph is finalized"))
    # One row for each stream, one to write a new one, one for padding.
    self._padding_row = self._table.capacity + 1
    with graph.as_default():
      built = _graph.build(model, inputs, self._padding_row + 1, initial_state,
                           dtype, training, scope, name)
      self._session = (sessions.new_session(graph) if session is None
                       else session)
      start = tf.variables_initializer(built.variables)
      if self._own:
        self._start_model(checkpoint)
        graph.finalize()
    self._graph = built
    self._paths = _nest.state_paths(built.state)
    self._leaves = _nest.flatten_state(built.state)
    self._inputs = _arrays.Form(built.structure, built.inputs)
    self._states = _arrays.Form(built.state, self._leaves)
    self._fetches = [_nest.flatten_state(built.outputs), built.write]
    self._session.run(start)

  def _start_model(self, checkpoint):
    if checkpoint is None:
      self._session.run([tf.global_variables_initializer(),
                         tf.local_variables_initializer()])
    elif tf.global_variables():
      tf.train.Saver().restore(self._session, checkpoint)

  @property
  def session(self) -> types.Session:
    """The session that runs the steps."""
    return self._session

  @property
  def variables(self) -> list[types.Variable]:
    """The state's variables, one for each leaf, `[capacity + 2, ...]`.

    Two rows belong to no stream: one is written when a stream is opened, and
    one takes the padding of batches.
    """
    return list(self._graph.variables)

  @property
  def capacity(self) -> int:
    """How many streams can be open at a time."""
    return self._table.capacity

  @property
  def streams(self) -> list[Stream]:
    """The open streams, the least recently used first."""
    with self._lock:
      return list(self._table.rows)

  def __len__(self) -> int:
    return len(self._table.rows)

  def __contains__(self, stream: Stream) -> bool:
    return stream in self._table.rows

  def open(self, stream: Stream,
           state: types.State | None = None) -> Stream | None:
    """Opens `stream`, a str or an int; returns the evicted stream, or None.

    state: the state in which it begins, arrays without the batch axis, such
      as `streams.state(other)`; the `initial_state` by default.

    Raises `ArgumentError` if the stream is open, if the state does not fit, or
    if no more streams can be open and `full` is "refuse", and
    `ArgumentTypeError` for a name or a state of another type. After an error,
    everything is as it was before.
    """
    name = _table.as_name(stream)
    with self._lock:
      table = self._table
      if name in table.rows:
        raise _errors.ArgumentError(_errors.problem(
            "stream", "not be open yet", repr(name),
            "close it first, or step it"))
      crowded = len(table.rows) >= table.capacity
      if crowded and self._full == "refuse":
        raise _errors.ArgumentError(_errors.problem(
            "stream", f"be one of at most {table.capacity} open streams",
            f"one more, {name!r}",
            'close one first, or make the session with full="evict"'))
      if state is not None:
        arrays = self._states.fit(
            "state", state, None,
            "pass the state of one stream, without the batch axis")
        self._load([table.next_row()], [array[None] for array in arrays])
      evicted = table.oldest() if crowded else None
      table.add(name, fresh=state is None)
      if crowded:
        table.remove(evicted)
      return evicted

  def close(self, stream: Stream) -> None:
    """Closes `stream`; its state is gone.

    Raises `StateNameError` (a `KeyError`) if it is not open.
    """
    with self._lock:
      (name,), _ = self._table.require([stream])
      self._table.remove(name)

  def step(self, batch: typing.Iterable[tuple[Stream, types.Nested]]
           ) -> list[types.Nested]:
    """Steps the streams of `batch`, pairs `(stream, input)`; their outputs.

      outputs = streams.step([("ann", x), ("bob", y)])

    An input is a structure of arrays or numbers without the batch axis, as are
    the outputs, which are in the order of the batch. An array of floats is
    rounded to the input's dtype; NaN and infinite numbers are fed as they are.

    Raises the errors of `step_rows`.
    """
    pairs = list(batch)
    for pair in pairs:
      if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise _errors.ArgumentTypeError(_errors.problem(
            "batch", "be pairs (stream, input)", repr(pair),
            "use step_rows(streams, inputs) for arrays"))
    if not pairs:
      return []
    names, values = zip(*pairs)
    # An unknown stream is the better message where the input is wrong too.
    with self._lock:
      self._table.require(names)
      outputs = self.step_rows(names, _arrays.stacked(
          "inputs", self._graph.structure, values,
          "pass each input in the structure of `inputs`"))
    leaves = _nest.flatten_state(outputs)
    return [_nest.pack_state(self._graph.outputs, [leaf[n] for leaf in leaves])
            for n in range(len(pairs))]

  def step_rows(self, streams: typing.Iterable[Stream],
                inputs: types.Nested) -> types.Nested:
    """Steps `streams`; `inputs` and the outputs have a row for each of them.

      outputs = streams.step_rows(["ann", "bob"], np.zeros([2, 3]))

    Args:
      streams: their names; each may occur once.
      inputs: a structure of arrays `[len(streams), ...]`.

    Returns:
      The model's outputs, a structure of arrays `[len(streams), ...]`.

    Raises:
      StateNameError: a stream is not open (a `KeyError`).
      ArgumentError: a stream is named twice, or a shape does not fit.
      ArgumentTypeError: a dtype or the structure does not fit.

    After an error, also one of an operation of the model, all states are as
    they were before.
    """
    graph = self._graph
    with self._lock:
      names, rows = self._table.require(streams)
      count = len(names)
      arrays = self._inputs.fit(
          "inputs", inputs, count,
          "pass one row for each stream, of the shapes and dtypes of `inputs`")
      if not names:
        return _nest.map_state(_no_rows, graph.outputs)
      fresh = [name in self._table.fresh for name in names]
      more = self._padded(count) - count
      if more:
        rows = rows + [self._padding_row] * more
        fresh = fresh + [True] * more
        arrays = [np.concatenate([array, _padding(array, more)])
                  for array in arrays]
      feeds = {**self._feeds, graph.rows: rows, graph.fresh: fresh,
               **dict(zip(graph.inputs, arrays))}
      outputs, _ = self._session.run(self._fetches, feeds)
      self._table.used(names)
    return _nest.pack_state(graph.outputs,
                            [leaf[:count] for leaf in outputs])

  def state(self, stream: Stream) -> types.State:
    """The state of `stream`: arrays without the batch axis.

    Raises `StateNameError` (a `KeyError`) if it is not open.
    """
    with self._lock:
      names, rows = self._table.require([stream])
      fetched = (self._graph.begin if names[0] in self._table.fresh
                 else self._graph.read)
      arrays = self._session.run(
          fetched, {**self._feeds, self._graph.rows: rows})
    return _nest.pack_state(self._graph.state, [leaf[0] for leaf in arrays])

  def snapshot(self, path: types.Path) -> None:
    """Writes all open streams and their states to the file `path`.

    The file is written under another name next to it (`.NAME.*.writing`),
    flushed, read back and renamed: whenever the process is killed, `path` is
    the previous snapshot or the new one. It contains numbers and names only,
    no pickles, and not the weights of the model.

    Raises `CheckpointWriteError` (an `OSError`) if it cannot be written.
    """
    with self._writing:
      with self._lock:
        table = self._table
        streams, rows = list(table.rows), list(table.rows.values())
        fresh = [name for name in streams if name in table.fresh]
        unwritten = [name in table.fresh for name in streams]
        arrays = self._session.run(self._graph.read, {self._graph.rows: rows})
      if fresh:
        # What closed streams left in these rows is nobody's business.
        arrays = [np.where(np.reshape(
            unwritten, [-1] + [1] * (array.ndim - 1)),
            np.zeros([], array.dtype), array) for array in arrays]
      _files.write(path, _files.Snapshot(
          self._label, streams, fresh, self._paths, arrays))

  def restore(self, path: types.Path) -> None:
    """Replaces all streams by those of the snapshot at `path`.

    They have their states and the order of their last use. The capacity may
    be another one.

    Raises:
      MissingFileError: there is no such file.
      CheckpointError: it is no snapshot, is damaged, or comes from a model
        with another state or label.
      ArgumentError: it has more streams than `capacity`.

    After one of these, everything is as it was before.
    """
    found = _files.read(
        path, self._label, self._paths,
        [np.dtype(leaf.dtype.base_dtype.as_numpy_dtype)
         for leaf in self._leaves],
        [leaf.shape.as_list()[1:] for leaf in self._leaves])
    capacity = self._table.capacity
    _errors.require(
        len(found.streams) <= capacity, "path",
        f"be a snapshot of at most {capacity} streams",
        f"{path} of {len(found.streams)}",
        "make the session with a larger capacity")
    table = _table.Table(capacity)
    for name in found.streams:
      table.add(name, fresh=False)
    table.fresh.update(found.fresh)
    with self._lock:
      if found.streams:
        self._load(list(table.rows.values()), found.arrays)
      self._table = table

  def shut_down(self) -> None:
    """Closes the session if it is this object's own."""
    if self._own:
      self._session.close()

  def __enter__(self) -> StreamingSession:
    return self

  def __exit__(self, *error: object) -> None:
    self.shut_down()

  def __repr__(self) -> str:
    return (f"<StreamingSession: {len(self)} of at most {self.capacity} "
            "streams>")

  def _load(self, rows, arrays):
    self._session.run(self._graph.load, {
        self._graph.rows: rows, **dict(zip(self._graph.loaded, arrays))})

  def _padded(self, count):
    """The size to which a batch of `count` rows is padded."""
    for size in self._sizes:
      if count <= size:
        return size
    if not self._sizes:
      return count
    largest = self._sizes[-1]
    return -(-count // largest) * largest


def _padding(array, rows):
  if array.dtype == object:  # strings
    return np.full((rows,) + array.shape[1:], b"", object)
  return np.zeros((rows,) + array.shape[1:], array.dtype)


def _no_rows(leaf):
  dims = [] if leaf.shape.rank is None else leaf.shape.as_list()[1:]
  return np.zeros([0] + [size or 0 for size in dims],
                  leaf.dtype.as_numpy_dtype)


def _positive(name, value):
  if (isinstance(value, bool) or not hasattr(value, "__index__")
      or int(value) < 1):
    raise _errors.ArgumentError(_errors.problem(
        name, "be a positive int", repr(value), "pass a number of streams"))
  return int(value)
