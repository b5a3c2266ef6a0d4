"""self_feeding_rnn compiled by XLA: the symbols of the plain loop, or why not.
"""

import logging

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.feedback import choice
from tfcompat_rnn.feedback import self_feeding_rnn

ROWS, STEPS, UNITS, SYMBOLS, DEPTH = 3, 25, 6, 9, 4
CHOICES = {"greedy": choice.greedy(), "drawn": choice.temperature(.8, seed=7),
           "of the best": choice.top_k(4, .9, seed=7),
           "each run": choice.temperature(1.)}
CELLS = {
    "LSTM": lambda: cells.LSTMCell(UNITS),
    "GRU": lambda: cells.GRUCell(UNITS),
    "layers": lambda: cells.MultiRNNCell(
        [cells.LSTMCell(UNITS, use_peepholes=True), cells.GRUCell(UNITS)])}


def numbers(execution, cell="LSTM", chosen="drawn", dtype="float64", known=True,
            initial=False, **options):
  """All results of a loop, and what the graph is like afterwards."""
  dtype = tf.as_dtype(dtype)
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(3)
    init = tf.random_uniform_initializer(-1., 1., seed=1)
    with tf.variable_scope("model", initializer=init, dtype=dtype):
      table = tf.get_variable("table", [SYMBOLS, DEPTH])
      embed = lambda ids: tf.nn.embedding_lookup(table, ids)
      first = tf.range(ROWS)
      if not known:
        first = tf.placeholder_with_default(first, [None])
      cell = CELLS[cell]()
      state = None
      if initial:
        state = tf.nest.map_structure(
            lambda zeros: zeros + .3, cell.zero_state(tf.size(first), dtype))
      # Made by a function, with a default name.
      project = lambda output: 6. * cells.OutputProjectionWrapper(
          _Passing(UNITS), SYMBOLS)(output, ())[0]
      result = self_feeding_rnn(
          cell, embed(first), state, processing=project, dtype=dtype,
          choice=CHOICES[chosen], next_input=embed, execution=execution,
          **{"steps": STEPS, **options})
    count = _opcount.count()
    later = tf.random_uniform([2])
    fetched = {"later": later, "outputs": result.outputs,
               "state": result.final_state, "choices": result.choices,
               "lengths": result.lengths, "steps": result.steps,
               "finished": result.finished, "next_input": result.next_input,
               "next_step": result.next_step}
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      values = session.run(fetched)
    return values, {
        "count": count, "shapes": tf.nest.map_structure(
            lambda leaf: leaf.shape.as_list(), fetched),
        "variables": [variable.name for variable in tf.global_variables()],
        "names": [operation.name for operation in graph.get_operations()
                  if not operation.name.startswith("fast_rnn/")],
        "compiled": result.outputs.op.name.startswith("fast_rnn/")}


class _Passing:
  """A cell without a state, for what a projection wraps."""

  state_size = ()

  def __init__(self, size):
    self.output_size = size

  def zero_state(self, batch, dtype):
    return ()

  def __call__(self, inputs, state, scope=None):
    return inputs, state


def assert_same(execution="xla", tolerance=1e-10, **options):
  plain, told = numbers("loop", **options)
  fast, facts = numbers(execution, **options)
  assert facts.pop("compiled") and not told.pop("compiled")
  assert facts == told
  assert len(np.unique(plain["choices"])) > 2
  for one, two in zip(tf.nest.flatten(plain), tf.nest.flatten(fast),
                      strict=True):
    if np.issubdtype(np.asarray(one).dtype, np.floating):
      np.testing.assert_allclose(two, one, rtol=0, atol=tolerance)
    else:
      np.testing.assert_array_equal(two, one)


MORE = [
    {"chosen": "greedy", "cell": "layers"},
    {"chosen": "of the best", "cell": "GRU", "initial": True, "known": False},
    {"chosen": "each run", "execution": "auto"},
    {"dtype": "float32", "tolerance": 1e-5, "cell": "GRU", "stop": 2,
     "pad": 8},
    {"steps": [20, 0, 7], "max_steps": 15, "cell": "GRU"},
    {"stop": 2, "finished": [False, True, False], "known": False,
     "first_step": 11, "time_major": True},
]


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    {"initial": True, "stop": 2, "known": False}, *MORE], ids=str)
def test_the_same_symbols(v1, options):
  assert_same(**options)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_same_symbols_in_a_long_sequence(v1, seed, monkeypatch):
  monkeypatch.setitem(CHOICES, "drawn", choice.temperature(1.1, seed=seed))
  assert_same(steps=1000, tolerance=1e-8)


def test_the_same_uniform_numbers():
  """Of seeds of one word and of two."""
  places = [(seed, step, 7) for seed in (0, 3, -5, 2**40 + 1, 2**62)
            for step in (0, 9)]

  @tf2.function(jit_compile=True, autograph=False)
  def drawn():
    with choice.compiled():
      return [choice.uniform(*place) for place in places]

  with tf.Graph().as_default(), tf.Session() as session:
    plain = [choice.uniform(*place) for place in places]
    one, two = session.run([plain, drawn()])
  np.testing.assert_array_equal(one, two)


def fed(**options):
  """A loop of a cell on its own output."""
  return self_feeding_rnn(**{
      "cell": cells.GRUCell(4), "seed": tf.ones([2, 4]), "steps": 3,
      "execution": "xla", **options})


class Once:
  """A function that can be called only once."""

  called = False

  def __call__(self, output):
    if self.called:
      raise KeyError("used up")
    self.called = True
    return output


@pytest.mark.parametrize("options, reason", [
    ({"cell": lambda: cells.DropoutWrapper(cells.GRUCell(4), .5)},
     "its step draws with RandomUniform"),
    ({"processing": lambda: lambda y: tf.ensure_shape(
        tf.py_func(np.tanh, [y], tf.float32), [None, 4])},
     "its step has the operation PyFunc"),
    ({"steps": lambda: tf.placeholder_with_default(3, [])},
     "the number of its steps is known only when it runs"),
    ({"processing": lambda: Once()},
     "called a second time it raises KeyError: 'used up'")],
    ids=["draws", "effect", "steps", "once"])
def test_what_cannot_be_compiled_runs_in_the_loop(v1, caplog, options, reason):
  with caplog.at_level(logging.INFO, logger="tfcompat_rnn.feedback"):
    result = fed(**{name: make() for name, make in options.items()})
  line, = [record.getMessage() for record in caplog.records
           if record.name == "tfcompat_rnn.feedback"]
  assert "runs in the plain loop: " + reason in line
  assert result.outputs.op.name.startswith("self_feeding_rnn/")


def test_numbers_that_are_none_stop_it(v1):
  made = fed(choice="greedy",
             next_input=lambda ids: tf.one_hot(ids, 4) * np.inf)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    with pytest.raises(v1.errors.InvalidArgumentError, match="must be numbers"):
      session.run(made.choices)


def test_there_are_no_gradients(v1):
  made = fed()
  with pytest.raises(_errors.RefusedError, match='`execution` must be "loop"'):
    v1.gradients(made.outputs, v1.trainable_variables())


def test_another_execution_is_refused(v1):
  with pytest.raises(_errors.ArgumentError,
                     match="`execution` must be one of loop, xla, auto"):
    fed(execution="graph")
