"""Builds the graph of a `Structure`, and runs its windows."""

import contextlib
import tempfile

import numpy as np

import tfcompat_rnn
from tests.campaign import oracle
from tests.campaign import programs
from tests.state import state_cells
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn as recurrence
from tfcompat_rnn.fused.recurrence import static as static_loops

DEPTH = state_cells.DEPTH


@contextlib.contextmanager
def behavior(resource):
  """Graphs of reference variables and control flow v1, or of today's."""
  def use(new):
    (tf.enable_resource_variables if new else tf.disable_resource_variables)()
    (tf.enable_control_flow_v2 if new else tf.disable_control_flow_v2)()
    (tf.enable_v2_tensorshape if new else tf.disable_v2_tensorshape)()
  use(resource)
  try:
    yield
  finally:
    use(False)


class Program:
  """The graph of `structure` and a session.

  Attributes:
    x, lengths, mask: placeholders, or None.
    initial: the structure of the first state, to be fed if it is not kept;
      None if it is zeros.
    outputs, final: lists of the leaves.
    steps_of: the `oracle.Step`s, one for each direction.
    kept: what keeps the state (`StatefulRNN` or `SequenceStateSaver`).
  """

  def __init__(self, structure):
    self.structure, self.kept, self.keep = structure, None, None
    self.initial = self.lengths = self.mask = self.keys = None
    self.projection = None
    self._folder = None
    with behavior(structure.resource):
      self.graph = tf.Graph()
      with self.graph.as_default():
        tf.set_random_seed(3)
        self._build()
        self.graph.finalize()
    self.session = tf.Session(graph=self.graph)
    self.session.run(self._initialize)

  def close(self):
    self.session.close()
    if self._folder:
      self._folder.cleanup()

  def _build(self):
    want = self.structure
    self.ids = programs.KINDS[want.cell].ids
    axes = [want.rows, want.steps]
    axes = axes[::-1] if want.time_major else axes
    back = want.loop == "self_feeding_rnn"
    self.x = tf.placeholder(
        tf.int32 if self.ids else want.dtype,
        ([want.rows] if back else axes) + [1 if self.ids else DEPTH])
    if want.lengths:
      self.lengths = tf.placeholder(tf.int32, [want.rows])
    if want.mask:
      self.mask = tf.placeholder(tf.bool, axes)
    names = ("fw", "bw") if want.loop.startswith("bi") else ("",)
    made = [programs.KINDS[want.cell].make(cells, tf, want.dtype)
            for _ in names]
    if want.initial:
      self.initial = [_placeholders(cell, want) for cell in made]
    with tf.variable_scope("net", dtype=want.dtype, initializer=(
        tf.random_normal_initializer(stddev=.6, seed=4, dtype=want.dtype))):
      with tf.variable_scope("rnn") as scope:
        outputs, final = _BUILDERS[want.loop](self, made, scope)
        scope.reuse_variables()
        self.steps_of = []
        for cell, name in zip(made, names):
          with tf.variable_scope(name) if name else contextlib.nullcontext():
            self.steps_of.append(oracle.Step(
                want.cell, cell, want.dtype, self.ids,
                1 if self.ids else DEPTH))
    self.outputs, self.final = tf.nest.flatten(outputs), tf.nest.flatten(final)
    self._build_gradients()
    self._build_events()
    self._initialize = tf.global_variables_initializer()

  def _build_gradients(self):
    pairs = [(leaf, tf.placeholder(leaf.dtype, leaf.shape))
             for leaf in self.outputs + self.final]
    self.seeds = [seed for _, seed in pairs]
    pairs = [pair for pair in pairs if oracle.is_float(pair[0])]
    self.weights = [v for step in self.steps_of for v in step.weights]
    sources = list(self.weights)
    self.leaves = tf.nest.flatten(self.initial) if self.initial else []
    sources += self.leaves + ([] if self.ids else [self.x])
    found = tf.gradients([leaf for leaf, _ in pairs], sources,
                         grad_ys=[seed for _, seed in pairs])
    self.slopes = [tf.zeros_like(source) if slope is None
                   else tf.convert_to_tensor(slope)
                   for source, slope in zip(sources, found)]

  def _build_events(self):
    self.zero_op = self.rows_op = self.rows_mask = self.saver = None
    if self.structure.store not in programs.KEPT:
      return
    self.rows_mask = tf.placeholder(tf.bool, [self.structure.rows])
    store = self.kept
    self.zero_op, self.rows_op = store.zero(), store.reset_rows(self.rows_mask)
    self.saver = tf.train.Saver(max_to_keep=1)

  def restart(self):
    """Saves a checkpoint and goes on from it in a new session."""
    if self._folder is None:
      self._folder = tempfile.TemporaryDirectory()
    prefix = self._folder.name + "/model"
    self.saver.save(self.session, prefix, write_meta_graph=False,
                    write_state=False)
    self.session.close()
    self.session = tf.Session(graph=self.graph)
    self.session.run(self._initialize)
    self.saver.restore(self.session, prefix)


def _placeholders(cell, want):
  return tf.nest.map_structure(
      lambda leaf: tf.placeholder(leaf.dtype, [want.rows, *leaf.shape[1:]]),
      cell.zero_state(1, want.dtype))


def _shared(program, scope):
  want = program.structure
  return {"sequence_length": program.lengths, "scope": scope,
          "execution": want.execution, "recompute": want.recompute}


def _first(program):
  return program.initial[0] if program.initial else None


def _dynamic(program, made, scope):
  want = program.structure
  return recurrence.dynamic_rnn(
      made[0], program.x, initial_state=_first(program), dtype=want.dtype,
      time_major=want.time_major, **_shared(program, scope))


def _static(program, made, scope):
  want = program.structure
  axis = 0 if want.time_major else 1
  outputs, final = static_loops.static_rnn(
      made[0], tf.unstack(program.x, axis=axis), dtype=want.dtype,
      initial_state=_first(program), **_shared(program, scope))
  return tf.stack(outputs, axis), final


def _bidirectional(program, made, scope):
  want = program.structure
  states = program.initial or [None, None]
  return recurrence.bidirectional_dynamic_rnn(
      *made, program.x, initial_state_fw=states[0], initial_state_bw=states[1],
      dtype=want.dtype, time_major=want.time_major,
      **_shared(program, scope))


def _model(program, made, scope):
  want = program.structure
  cell, states = made[0], _first(program)
  model = cell if states is None else lambda x, state: cell(x, state)
  return tfcompat_rnn.model_rnn(
      model, program.x, states, reset_mask=program.mask,
      time_major=want.time_major, **_shared(program, scope))


def _stateful(program, made, scope):
  want = program.structure
  store = {"always": "variables"}.get(want.store, want.store)
  if store == "packed":
    store = tfcompat_rnn.PackedStateVariables(
        made[0], want.rows, tf.as_dtype(want.dtype))
  result = tfcompat_rnn.stateful_rnn(
      made[0], program.x, state=store, reset_mask=program.mask,
      reset_value="initial" if want.mask == "initial" else None,
      time_major=want.time_major, dtype=want.dtype, static=want.static,
      keep="always" if want.store == "always" else "op",
      **_shared(program, scope))
  program.initial = [result.initial_state]
  if want.store != "feed":
    program.kept = result.state
  if want.store in ("variables", "packed"):
    program.keep = result.keep_state_op
  return result.outputs, result.final_state


def _saving(program, made, scope):
  want = program.structure
  program.keys = tf.placeholder(tf.int64, [want.rows])
  program.kept = tfcompat_rnn.SequenceStateSaver(
      made[0], program.keys, tf.as_dtype(want.dtype))
  return tfcompat_rnn.state_saving_rnn(
      made[0], program.x, program.kept, reset_mask=program.mask,
      time_major=want.time_major, dtype=want.dtype, **_shared(program, scope))


def _self_feeding(program, made, scope):
  want = program.structure
  size = int(np.prod(tf.TensorShape(made[0].output_size).as_list()))
  program.projection = np.random.RandomState(8).randn(
      size, DEPTH).astype(want.dtype)
  program.bound = tf.placeholder(tf.int32, [])
  limits = ({"max_steps": program.bound} if want.lengths else {})
  result = tfcompat_rnn.self_feeding_rnn(
      made[0], program.x, _first(program),
      processing=lambda y: tf.tanh(tf.matmul(y, program.projection)),
      steps=program.lengths if want.lengths else program.bound,
      dtype=want.dtype, time_major=want.time_major, scope=scope, **limits)
  return _padded(program, result.outputs, program.bound), result.final_state


def _padded(program, outputs, steps):
  """`outputs` with zeros after the last step of the longest row."""
  axis = 0 if program.structure.time_major else 1
  sizes = [[0, 0] for _ in range(3)]
  sizes[axis][1] = steps - tf.shape(outputs)[axis]
  return tf.pad(outputs, sizes)


def _raw(program, made, scope):
  want, cell = program.structure, made[0]
  x = program.x if want.time_major else tf.transpose(program.x, [1, 0, 2])
  steps, rows = tf.shape(x)[0], tf.shape(x)[1]
  lengths = tf.fill([rows], steps) if program.lengths is None else (
      program.lengths)
  read = tf.TensorArray(x.dtype, steps, clear_after_read=False).unstack(x)

  def loop_fn(time, cell_output, cell_state, loop_state):
    if cell_output is None:
      cell_state = _first(program)
      if cell_state is None:
        cell_state = cell.zero_state(rows, tf.as_dtype(want.dtype))
    done = time >= lengths
    now = tf.cond(time >= steps, lambda: tf.zeros([rows, x.shape[2]], x.dtype),
                  lambda: read.read(time))
    now.set_shape(x.shape[1:])
    return done, now, cell_state, cell_output, None

  outputs, state, _ = loops.raw_rnn(cell, loop_fn, scope=scope)
  outputs = outputs.stack()
  if not want.time_major:
    outputs = tf.transpose(outputs, [1, 0, 2])
  return _padded(program, outputs, steps), state


_BUILDERS = {
    "dynamic_rnn": _dynamic, "static_rnn": _static,
    "bidirectional_dynamic_rnn": _bidirectional, "model_rnn": _model,
    "stateful_rnn": _stateful, "state_saving_rnn": _saving,
    "self_feeding_rnn": _self_feeding, "raw_rnn": _raw,
}
