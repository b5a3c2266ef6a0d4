"""generate gives over session.run what self_feeding_rnn gives in one run."""

import io

import feedback_models as models
import numpy as np
import pytest
import state_cells

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import _progress
from tfcompat_rnn.feedback import choice
from tfcompat_rnn.feedback import generate
from tfcompat_rnn.feedback import self_feeding_rnn

behaviours = models.behaviours


class Symbols:
  """A model of symbols: both loops with the same weights."""

  def __init__(self, cell, symbols=9, depth=3, dtype=None, batch=None,
               time=None):
    self.dtype = dtype or tf.float32
    self.cell = cell
    self.ids = tf.placeholder(tf.int32, [batch, time], name="ids")
    with tf.variable_scope("model"):
      self.table = models.matrix(
          tf, "table", [symbols, depth], self.dtype, 2.0)
      size = tf.TensorShape(cell.output_size).as_list()[-1]
      self.kernel = models.matrix(
          tf, "kernel", [size, symbols], self.dtype, 3.0)
      rows = tf.shape(self.ids)[0]
      self.initial_state = cell.zero_state(rows, self.dtype)
      outputs, self.final_state = tfcompat_rnn.dynamic_rnn(
          cell, self.embed(self.ids), initial_state=self.initial_state)
      flat = tf.reshape(outputs, [-1, size])
      self.flat_logits = self.processing(flat)
      self.logits = tf.reshape(
          self.flat_logits, tf.concat([tf.shape(self.ids), [symbols]], 0))
      self.logits.set_shape([batch, time, symbols])
    # The prime except its last step, then the loop by itself.
    with tf.variable_scope("model", reuse=True):
      if time is None:
        _, self.primed = tfcompat_rnn.dynamic_rnn(
            cell, self.embed(self.ids[:, :-1]),
            initial_state=self.initial_state)

  def embed(self, ids):
    return tf.nn.embedding_lookup(self.table, ids)

  def processing(self, output):
    return tf.matmul(output, self.kernel)

  def in_graph(self, **settings):
    with tf.variable_scope("model"):
      return self_feeding_rnn(
          self.cell, self.embed(self.ids[:, -1]), self.primed,
          processing=self.processing, next_input=self.embed, reuse=True,
          **settings)

  def states(self):
    return {"initial_state": self.initial_state,
            "final_state": self.final_state}


def fetch_all(session, result, feed=None):
  return session.run(dict(
      outputs=result.outputs, state=result.final_state,
      choices=result.choices, lengths=result.lengths, steps=result.steps,
      finished=result.finished, next_step=result.next_step), feed)


def check_same(ours, graph, exactly=True):
  """The results of both loops; `ours` from generate."""
  np.testing.assert_array_equal(ours.choices, graph["choices"])
  np.testing.assert_array_equal(ours.lengths, graph["lengths"])
  np.testing.assert_array_equal(ours.finished, graph["finished"])
  assert ours.steps == graph["steps"]
  assert ours.next_step == graph["next_step"]
  pairs = zip([ours.outputs] + tf.nest.flatten(ours.final_state),
              [graph["outputs"]] + tf.nest.flatten(graph["state"]))
  for mine, theirs in pairs:
    assert mine.dtype == theirs.dtype
    if exactly:
      np.testing.assert_array_equal(mine, theirs)


CHOICES = [
    choice.greedy(), choice.temperature(0.4, seed=1),
    choice.temperature(1.0, seed=2), choice.temperature(2.5, seed=2),
    choice.top_k(3, 0.8, seed=0), choice.top_k(5, 1.5, seed=-9)]


@pytest.mark.slow
@pytest.mark.parametrize("name, threads", [
    ("2.x", 4), ("1.x", 1), ("1.x", 4), (models.BEHAVIOURS[1], 4)])
def test_both_loops_give_the_same(name, threads):
  with models.behaviour(tf, name) as graph:
    model = Symbols(cells.MultiRNNCell([cells.LSTMCell(8), cells.GRUCell(6)]))
    in_graph = [model.in_graph(steps=12, choice=one) for one in CHOICES]
    prepared = [one.prepare(model.logits) for one in CHOICES]
    with models.session(tf, threads) as session:
      graph.finalize()
      seen = set()
      for batch in (1, 3):
        prime = np.arange(batch * 4).reshape(batch, 4) % 9
        for number, one in enumerate(CHOICES):
          theirs = fetch_all(session, in_graph[number], {model.ids: prime})
          for way in (one, prepared[number]):
            ours = generate(
                session, model.ids, model.logits, prime, 12, choice=way,
                **model.states())
            check_same(ours, theirs)
          assert ours.outputs.shape == (batch, 12, 9)
          seen.add(str(ours.choices.tolist()))
      assert len(seen) == 12


@pytest.mark.parametrize("kind", state_cells.some_fast(
    sorted(kind for kind, row in state_cells.KINDS.items() if not row.ids),
    ("BasicLSTMCell packed", "a user's, rank 3")))
def test_both_loops_with_every_cell(kind):
  row = state_cells.KINDS[kind]
  number = sorted(state_cells.KINDS).index(kind)
  dtype = tf.float64 if row.double and number % 2 else tf.float32
  with models.behaviour(tf, models.BEHAVIOURS[number % 3]) as graph, (
      tf.variable_scope("", dtype=dtype)):
    model = Symbols(row.make(cells, tf, dtype), dtype=dtype)
    choose = choice.temperature(1.0, seed=number)
    in_graph = model.in_graph(steps=8, choice=choose)
    with models.session(tf) as session:
      graph.finalize()
      prime = np.array([[1, 2], [3, 4]])
      check_same(
          generate(session, model.ids, model.logits, prime, 8, choice=choose,
                   **model.states()),
          fetch_all(session, in_graph, {model.ids: prime}))


class Wave:
  """A model of numbers, whose output is its next input."""

  def __init__(self, time=None, depth=2, time_major=False):
    shape = [time, None, depth] if time_major else [None, time, depth]
    self.x = tf.placeholder(tf.float32, shape)
    self.cell = cells.LSTMCell(5)
    rows = tf.shape(self.x)[1 if time_major else 0]
    self.initial_state = self.cell.zero_state(rows, tf.float32)
    self.kernel = models.matrix(tf, "kernel", [5, depth])
    outputs, self.final_state = tfcompat_rnn.dynamic_rnn(
        self.cell, self.x, initial_state=self.initial_state,
        time_major=time_major)
    self.flat = tf.matmul(tf.reshape(outputs, [-1, 5]), self.kernel)
    self.y = tf.reshape(self.flat, tf.shape(self.x))
    self.y.set_shape(shape)

  def states(self):
    return {"initial_state": self.initial_state,
            "final_state": self.final_state}


@pytest.mark.spread(fast=2)
@behaviours
def test_numbers_fed_back_in_every_form_of_model(name):
  prime = models.numbers([3, 6, 2])
  with models.behaviour(tf, name):
    one = Wave()
    forms = [(one, one.y, 1)]
    with tf.variable_scope("", reuse=True):
      forms.append((one, one.flat, 1))
      step = Wave(time=1)
      forms += [(step, step.y, 1), (step, step.flat, 1)]
      turned = Wave(time_major=True)
      forms += [(turned, turned.y, 0), (turned, turned.flat, 0)]
      x = tf.placeholder(tf.float32, [None, 2])
      state = one.cell.zero_state(tf.shape(x)[0], tf.float32)
      with tf.variable_scope("rnn"):
        output, final = one.cell(x, state)
      _, primed = tfcompat_rnn.dynamic_rnn(
          one.cell, one.x[:, :-1], initial_state=one.initial_state)
      in_graph = self_feeding_rnn(
          one.cell, one.x[:, -1], primed, steps=10,
          processing=lambda y: tf.matmul(y, one.kernel))
    with models.session(tf) as session:
      expected, last = session.run(in_graph, {one.x: prime})
      for model, outputs, axis in forms:
        got, state_value = generate(
            session, model.x, outputs, prime, 10, time_axis=axis,
            **model.states())
        np.testing.assert_array_equal(got, expected)
        np.testing.assert_array_equal(state_value.h, last.h)
      got, _ = generate(
          session, x, tf.matmul(output, one.kernel), prime, 10,
          initial_state=state, final_state=final, time_axis=None)
      np.testing.assert_array_equal(got, expected)


@pytest.mark.spread(fast=2)
@behaviours
def test_rows_stop_in_both_loops(name):
  with models.behaviour(tf, name):
    model = Symbols(cells.GRUCell(7))
    choose = choice.temperature(4.0, seed=6)
    settings = dict(choice=choose, stop=4, pad=-1)
    in_graph = model.in_graph(max_steps=25, **settings)
    rows = model.in_graph(
        steps=tf.constant([3, 0, 30, 8]), max_steps=25, **settings)
    prepared = choose.prepare(model.flat_logits)
    prime = np.array([[1, 2], [3, 4], [5, 6], [0, 8]])
    with models.session(tf) as session:
      whole = fetch_all(session, in_graph, {model.ids: prime})
      settings["choice"] = prepared
      ours = generate(session, model.ids, model.flat_logits, prime, 25,
                      **settings, **model.states())
      check_same(ours, whole)
      assert len(set(ours.lengths)) > 2 and ours.finished.any()
      for row in range(4):
        ids = ours.choices[row].tolist()
        length = ours.lengths[row]
        assert ids[length:] == [-1] * (ours.steps - length)
        assert not ours.outputs[row, length:].any()
        assert 4 not in ids[:length - 1]
        assert ids[length - 1] == 4 or length == 25
      check_same(
          generate(session, model.ids, model.logits, prime, [3, 0, 25, 8],
                   **settings, **model.states()),
          fetch_all(session, rows, {model.ids: prime}))


@behaviours
def test_going_on_and_a_state_to_begin_with(name):
  with models.behaviour(tf, name):
    model = Symbols(cells.LSTMCell(6))
    with models.session(tf) as session:
      def go(prime, steps, **more):
        return generate(
            session, model.ids, model.logits, prime, steps,
            choice=choice.temperature(1.0, seed=3), **more, **model.states())

      prime = np.array([[1, 2, 3], [4, 5, 6]])
      whole = go(prime, 9)
      first = go(prime, 4)
      rest = go(first.next_input[:, None], 5, state=first.final_state,
                first_step=first.next_step)
      np.testing.assert_array_equal(
          whole.choices, np.concatenate([first.choices, rest.choices], 1))
      np.testing.assert_array_equal(
          whole.final_state.c, rest.final_state.c)
      nothing = go(prime, 0)
      assert nothing.outputs.shape == (2, 0, 9) and nothing.steps == 0
      np.testing.assert_array_equal(
          go(nothing.next_input[:, None], 9,
             state=nothing.final_state).choices, whole.choices)
      none_at_all = go(prime[:, :1], 0)
      assert not none_at_all.final_state.c.any()
      assert none_at_all.final_state.c.shape == (2, 6)
      over = go(prime[:, :1], 5, finished=[True, False])
      assert over.lengths.tolist() == [0, 5]
      assert not over.final_state.c[0].any()


@pytest.mark.slow
def test_seed_and_temperature_in_the_call(v1):
  v1.set_random_seed(1)  # with some weights two symbols are almost equal
  model = Symbols(cells.LSTMCell(6))
  plain = choice.temperature(1.0, seed=3)
  prepared = plain.prepare(model.logits)
  unseeded = choice.temperature(1.0)
  ready = unseeded.prepare(model.logits)
  tf.get_default_graph().finalize()
  with tf.Session() as session:
    # Finalized: initial values by hand.
    for variable in tf.global_variables():
      session.run(variable.initializer)

    def go(way, **more):
      return generate(
          session, model.ids, model.logits, [[1], [2]], 30, choice=way,
          **more, **model.states()).choices.tolist()

    assert go(plain) == go(prepared) == go(plain, seed=3)
    assert go(plain) == go(unseeded, seed=3) == go(ready, seed=3)
    assert go(plain, seed=4) == go(prepared, seed=4) != go(plain)
    cold = go(plain, temperature=0.01)
    assert cold == go(prepared, temperature=0.01) == go("greedy")
    assert go(unseeded) != go(unseeded)
    assert go(ready) != go(ready)


def test_one_run_a_step(v1):
  model = Symbols(cells.LSTMCell(6))
  prepared = choice.top_k(3, seed=1).prepare(model.logits)

  class Counting:
    """A session that counts runs; like hooked sessions, not a `tf.Session`."""

    def __init__(self, session):
      self.session, self.runs, self.graph = session, 0, session.graph

    def run(self, *arguments):
      self.runs += 1
      return self.session.run(*arguments)

  with models.session(tf) as session:
    tf.get_default_graph().finalize()
    for way in (prepared, "greedy"):
      counting = Counting(session)
      arguments = (model.ids, model.logits, [[1, 2, 3, 4]], 7)
      ours = generate(counting, *arguments, choice=way, **model.states())
      assert counting.runs == 1 + 7
      again = generate(session, *arguments, choice=way, **model.states())
      np.testing.assert_array_equal(ours.choices, again.choices)


@pytest.mark.spread(fast=2)
@behaviours
@pytest.mark.parametrize("packed", [False, True])
def test_state_in_variables(name, packed):
  prime = np.array([[1, 2, 3], [4, 5, 6]])
  with models.behaviour(tf, name) as graph:
    model = Symbols(cells.LSTMCell(6))
    make = (tfcompat_rnn.PackedStateVariables if packed
            else tfcompat_rnn.StateVariables)
    with tf.variable_scope("model", reuse=True):
      rnn = tfcompat_rnn.stateful_rnn(
          model.cell, model.embed(model.ids), state=make(
              cells.MultiRNNCell([model.cell]) if packed else model.cell, 2)
          ) if not packed else tfcompat_rnn.stateful_rnn(
              cells.MultiRNNCell([model.cell]), model.embed(model.ids),
              state=make(cells.MultiRNNCell([model.cell]), 2))
      logits = tf.tensordot(rnn.outputs, model.kernel, 1)
    choose = choice.temperature(1.2, seed=4)
    prepared = choose.prepare(logits)
    with models.session(tf) as session:
      graph.finalize()
      plain = generate(session, model.ids, model.logits, prime, 9,
                       choice=choose, **model.states())
      kept = generate(
          session, model.ids, logits, prime, 5, choice=prepared,
          keep=rnn.keep_state_op, zero=rnn.zero_state_op)
      rest = generate(
          session, model.ids, logits, kept.next_input[:, None], 4,
          choice=prepared, keep=rnn.keep_state_op,
          final_state=rnn.final_state, first_step=kept.next_step)
      np.testing.assert_array_equal(
          np.concatenate([kept.choices, rest.choices], 1), plain.choices)
      assert kept.final_state is None
      np.testing.assert_array_equal(
          tf.nest.flatten(rest.final_state)[0], plain.final_state.c)
      again = generate(
          session, model.ids, logits, prime, 9, choice=prepared,
          keep=rnn.keep_state_op, zero=rnn.zero_state_op)
      np.testing.assert_array_equal(again.choices, plain.choices)


def test_feedable_state_and_functions(v1):
  x = tf.placeholder(tf.float32, [None, None, 1])
  cell = cells.BasicRNNCell(1)
  state = tfcompat_rnn.feedable_state(cell, inputs=x)
  outputs, final = tfcompat_rnn.dynamic_rnn(cell, x, initial_state=state)
  with models.session(tf) as session:
    weights = session.run(tf.trainable_variables())
    got = generate(
        session, x, outputs, [[[0.5]], [[-2.0]]], 4, initial_state=state,
        final_state=final, choice=lambda output, step: output * 2 + step,
        next_input=lambda chosen: chosen - 1,
        stop=lambda chosen: chosen[:, 0] > 2.5)
  value, hidden = np.float32([[0.5], [-2.0]]), np.zeros([2, 1], np.float32)
  for t in range(got.steps):
    hidden = np.tanh(value * weights[0][0] + hidden * weights[0][1]
                     + weights[1])
    np.testing.assert_allclose(got.outputs[:, t], hidden, rtol=1e-5)
    chosen = hidden * 2 + t
    np.testing.assert_allclose(got.choices[:, t], chosen, rtol=1e-5)
    value = chosen - 1
    if (chosen > 2.5).any():
      break
  assert got.lengths.max() == got.steps


class Terminal(io.StringIO):
  def __init__(self, is_terminal):
    super().__init__()
    self.is_terminal = is_terminal

  def isatty(self):
    return self.is_terminal


@pytest.mark.parametrize("is_terminal, shown, seconds, expected", [
    (False, None, 1.0, ""),
    (True, False, 1.0, ""),
    (True, None, 0.001, ""),
    (False, True, 0.5, "".join(
        f"generate {2 * n}/20, 2 steps/s\n" for n in range(1, 11))),
])
def test_progress(is_terminal, shown, seconds, expected):
  stream, now = Terminal(is_terminal), [0.0]
  with _progress.Progress(
      "generate", 20, shown, stream, lambda: now[0]) as progress:
    for _ in range(20):
      now[0] += seconds
      progress.step()
  assert stream.getvalue() == expected


def test_progress_bar_on_a_terminal():
  stream, now = Terminal(True), [0.0]
  with _progress.Progress(
      "generate", 6, None, stream, lambda: now[0]) as progress:
    for _ in range(3):
      now[0] += 0.5
      progress.step()
  assert stream.getvalue() == (
      "\r[##########....................] generate 2/6, 2 steps/s"
      "\r[###############...............] generate 3/6, 2 steps/s"
      "\r[###############...............] generate 3/6, 2 steps/s\n")


def test_progress_of_a_generation(v1, capsys):
  wave = Wave()
  with models.session(tf) as session:
    generate(session, wave.x, wave.y, np.zeros([1, 3, 2]), 9, progress=True,
             **wave.states())
    assert capsys.readouterr().err.splitlines()[-1].startswith(
        "generate 10/10, ")
    generate(session, wave.x, wave.y, np.zeros([1, 3, 2]), 9,
             **wave.states())
    assert capsys.readouterr().err == ""


def refused(session, wave, said, kind=_errors.ArgumentError, **changes):
  arguments = dict(
      inputs=wave.x, outputs=wave.y, prime=np.zeros([1, 3, 2]), steps=2,
      **wave.states())
  arguments.update(changes)
  with pytest.raises(kind, match=said):
    generate(session, **arguments)


def test_refusals(v1):
  wave, typed = Wave(), _errors.ArgumentTypeError
  with tf.Graph().as_default():
    elsewhere = tf.placeholder(tf.float32, [None, None, 2])
    foreign = choice.greedy().prepare(tf.zeros([1, 2]))
  fixed = tf.placeholder(tf.float32, [None, 100, 2])
  ids = tf.placeholder(tf.int32, [None, None])
  with models.session(tf) as session:
    for said, changes in [
        ("`initial_state` must be given", dict(final_state=None)),
        ("`initial_state` must not be given with `keep`",
         dict(keep=tf.no_op())),
        ("`inputs` must belong to the session's graph",
         dict(inputs=elsewhere)),
        (r"`inputs` must have a time axis of unknown size, .* got shape "
         r"\(\?, 100, 2\)", dict(inputs=fixed)),
        (r"`prime` must be \[batch, time, ...\] .* \[\?, \?, 2\], got shape "
         r"\[3, 2\]", dict(prime=np.zeros([3, 2]))),
        ("got rows of different lengths",
         dict(inputs=ids, prime=[[1, 2], [3]])),
        ("`prime` must be", dict(prime=np.zeros([1, 0, 2]))),
        ("`next_input` must return the shape of one step of the inputs to be "
         r"fed back, \[1, 2\], got \[1, 1\]",
         dict(next_input=lambda y: y[:, :1])),
        ('`choice` must be "greedy"', dict(choice="best")),
        ("`choice` must be prepared in the session's graph",
         dict(choice=foreign)),
        ("`choice` must be of plain numbers, or prepared", dict(
            choice=choice.temperature(tf.constant(1.0)))),
        ("`seed and temperature` must be given with", dict(seed=3)),
        ("`choice` must draw", dict(choice="greedy", seed=3)),
        ("`stop` must be a function", dict(stop=3)),
        ("`stop` must return a bool for each row, .1.",
         dict(stop=lambda y: y > 0)),
        ("`steps` must not be negative", dict(steps=-1)),
        ("`steps` must be one number, or one for each of 1 rows",
         dict(steps=[1, 2])),
        ("`time_axis` must be 1, 0", dict(time_axis=2)),
        ("the value fed as a state", dict(
            state=(np.zeros([1, 5], "f"), np.zeros([1, 4], "f")))),
        ("`final_state", dict(final_state=wave.final_state.c)),
    ]:
      kind = typed if said == "`final_state" else _errors.ArgumentError
      refused(session, wave, said, kind, **changes)
    refused(session, wave, "`outputs` must be a tensor", typed, outputs=3)
    refused(session, wave, "`steps` must be a whole number", typed, steps=1.5)
    refused(session, wave, "`choice` must be", typed, choice=3)
    refused(session, wave, "`choice` must return the shape", choice="greedy")
    refused(session, wave, "`prime` must have the inputs' dtype, int32, got "
            "float64", typed, inputs=ids, prime=[[0.5]])
    with pytest.raises(_errors.ArgumentError, match="`logits` must be num"):
      generate(session, wave.x, wave.y, np.full([1, 1, 2], np.nan), 1,
               choice="greedy", next_input=lambda ids: np.zeros([1, 2]),
               **wave.states())
