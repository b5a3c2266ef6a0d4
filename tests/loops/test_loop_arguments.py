"""What the loops take and refuse, and what they say."""

import inspect
import logging
import pathlib
import re
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from tiny_cells import AddCell  # noqa: E402
from tiny_cells import PairCell  # noqa: E402
from tiny_cells import PairState  # noqa: E402
from tiny_cells import fixed  # noqa: E402

import tfcompat_rnn
from tfcompat_rnn import _errors

SIGNATURES = {
    "dynamic_rnn": (
        "(cell, inputs, sequence_length=None, initial_state=None, dtype=None, "
        "parallel_iterations=None, swap_memory=False, time_major=False, "
        "scope=None)"),
    "bidirectional_dynamic_rnn": (
        "(cell_fw, cell_bw, inputs, sequence_length=None, "
        "initial_state_fw=None, initial_state_bw=None, dtype=None, "
        "parallel_iterations=None, swap_memory=False, time_major=False, "
        "scope=None)"),
    "raw_rnn": (
        "(cell, loop_fn, parallel_iterations=None, swap_memory=False, "
        "scope=None)"),
    "static_rnn": (
        "(cell, inputs, initial_state=None, dtype=None, "
        "sequence_length=None, scope=None)"),
    "static_state_saving_rnn": (
        "(cell, inputs, state_saver, state_name, sequence_length=None, "
        "scope=None)"),
    "static_bidirectional_rnn": (
        "(cell_fw, cell_bw, inputs, initial_state_fw=None, "
        "initial_state_bw=None, dtype=None, sequence_length=None, "
        "scope=None)"),
    "stack_bidirectional_rnn": (
        "(cells_fw, cells_bw, inputs, initial_states_fw=None, "
        "initial_states_bw=None, dtype=None, sequence_length=None, "
        "scope=None)"),
    "stack_bidirectional_dynamic_rnn": (
        "(cells_fw, cells_bw, inputs, initial_states_fw=None, "
        "initial_states_bw=None, dtype=None, sequence_length=None, "
        "parallel_iterations=None, time_major=False, scope=None, "
        "swap_memory=False)"),
}


@pytest.fixture
def loops(v1):
  import tfcompat_rnn.loops
  return tfcompat_rnn.loops


def without_hints(function):
  """The signature as text without type hints, which 1.15 did not have."""
  signature = inspect.signature(function)
  return str(signature.replace(
      parameters=[parameter.replace(annotation=parameter.empty)
                  for parameter in signature.parameters.values()],
      return_annotation=signature.empty))


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_signature_is_1_15s(loops, name):
  assert without_hints(getattr(loops, name)) == SIGNATURES[name]


def test_every_loop_is_in_the_table(loops):
  # contrib.recurrent's are held to 1.15's signatures with the other names of
  # contrib (tests/cells/test_contrib_table.py); model_rnn is no loop of 1.15.
  elsewhere = {"Recurrent", "bidirectional_functional_rnn", "functional_rnn",
               "model_rnn"}
  assert set(loops.__all__) == elsewhere | set(SIGNATURES)


def test_the_public_dynamic_rnn_is_ours(v1, loops):
  """It takes an execution too, and is the plain loop without one."""
  assert tfcompat_rnn.dynamic_rnn.__module__ == (
      "tfcompat_rnn.fused.recurrence.rnn")
  assert loops.dynamic_rnn.__module__ == "tfcompat_rnn.loops.dynamic"
  names = []
  for build in (tfcompat_rnn.dynamic_rnn, loops.dynamic_rnn):
    with v1.Graph().as_default() as graph:
      build(AddCell(v1), v1.zeros([1, 2, 3]), dtype=v1.float32)
      names.append([operation.name for operation in graph.get_operations()])
  assert names[0] == names[1]


# --- Mental arithmetic ----------------------------------------------------


def run(tf, fetches, feed=None):
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    return session.run(fetches, feed)


def test_dynamic_sums(v1, loops):
  x = v1.constant([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]])
  outputs, state = run(v1, loops.dynamic_rnn(
      AddCell(v1), x, [2, 3], initial_state=v1.constant([[100.0], [0.0]])))
  assert outputs.tolist() == [
      [[1010.0], [1030.0], [0.0]], [[40.0], [90.0], [150.0]]]
  assert state.tolist() == [[103.0], [15.0]]


def test_both_directions_sum(v1, loops):
  x = v1.constant([[[1.0], [2.0], [4.0]]])
  (fw, bw), states = run(v1, loops.bidirectional_dynamic_rnn(
      AddCell(v1), AddCell(v1), x, dtype=v1.float32))
  assert fw.ravel().tolist() == [10.0, 30.0, 70.0]
  assert bw.ravel().tolist() == [70.0, 60.0, 40.0]
  assert [state.tolist() for state in states] == [[[7.0]], [[7.0]]]


def test_static_sums(v1, loops):
  xs = [v1.constant([[value]]) for value in (1.0, 2.0, 4.0)]
  outputs, state = run(v1, loops.static_rnn(AddCell(v1), xs, dtype=v1.float32))
  assert [output.item() for output in outputs] == [10.0, 30.0, 70.0]
  assert state.item() == 7.0


def test_state_saver_carries_over(v1, loops):
  total = v1.Variable([[5.0]], use_resource=False, trainable=False)

  class Saver:
    def state(self, name):
      assert name == "total"
      return total

    def save_state(self, name, value):
      return total.assign(value)

  xs = [v1.constant([[1.0]]), v1.constant([[2.0]])]
  outputs, state = loops.static_state_saving_rnn(
      AddCell(v1), xs, Saver(), "total")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    assert session.run([outputs[-1], state]) == [80.0, 8.0]
    assert session.run([outputs[-1], state]) == [110.0, 11.0]


def test_a_stack_doubles_and_adds(v1, loops):
  x = v1.constant([[[1.0], [2.0]]])
  outputs, fw, bw = run(v1, loops.stack_bidirectional_dynamic_rnn(
      [AddCell(v1), AddCell(v1)], [AddCell(v1), AddCell(v1)], x,
      dtype=v1.float32))
  # Layer 0 gives (10, 30) and (30, 20): per step 40 and 50 into layer 1.
  assert outputs.tolist() == [[[400.0, 900.0], [900.0, 500.0]]]
  assert [state.item() for state in fw] == [3.0, 90.0]
  assert [state.item() for state in bw] == [3.0, 90.0]


def test_variables_as_initial_state(v1, loops):
  start = PairState(*[v1.Variable(fixed([2, 5], start=s), use_resource=False)
                      for s in (0, 3)])
  x = v1.constant(fixed([2, 3, 4]))
  by_variable = loops.dynamic_rnn(PairCell(v1, 5), x, initial_state=start)
  with v1.variable_scope(v1.get_variable_scope(), reuse=True):
    by_value = loops.dynamic_rnn(
        PairCell(v1, 5), x, initial_state=PairState(
            *[fixed([2, 5], start=s) for s in (0, 3)]))
  slopes = v1.gradients(by_variable[0], list(start))
  assert None not in slopes
  mine, theirs = run(v1, [by_variable, by_value])
  np.testing.assert_array_equal(mine[0], theirs[0])
  np.testing.assert_array_equal(mine[1], theirs[1])


def test_in_an_explicit_graph_and_control_flow_v2(v1, loops):
  v1.enable_control_flow_v2()
  try:
    with v1.Graph().as_default():
      x = v1.constant([[[1.0], [2.0], [4.0]]])
      outputs, state = loops.dynamic_rnn(
          AddCell(v1), x, [3], dtype=v1.float32)
      slope, = v1.gradients(outputs, x)
      outputs, state, slope = run(v1, [outputs, state, slope])
  finally:
    v1.disable_control_flow_v2()
  assert outputs.ravel().tolist() == [10.0, 30.0, 70.0]
  assert state.item() == 7.0
  assert slope.ravel().tolist() == [30.0, 20.0, 10.0]


# --- Quiet ----------------------------------------------------------------


def test_no_advice_against_the_loops(v1, loops, caplog):
  x = v1.constant(fixed([2, 3, 1]))
  xs = v1.unstack(x, axis=1)
  logger = v1.get_logger()
  before, propagate = list(logger.filters), logger.propagate
  logger.propagate = True
  try:
    with caplog.at_level(logging.WARNING, "tensorflow"):
      cell = AddCell(v1)
      loops.dynamic_rnn(cell, x, dtype=v1.float32)
      loops.bidirectional_dynamic_rnn(cell, cell, x, dtype=v1.float32)
      loops.static_rnn(cell, xs, dtype=v1.float32)
      loops.static_bidirectional_rnn(cell, cell, xs, dtype=v1.float32)
      assert caplog.text == ""
      # The filter is for the loops alone, and gone afterwards.
      assert logger.filters == before
      logger.warning("heard")
      assert "heard" in caplog.text
  finally:
    logger.propagate = propagate


# --- Errors ---------------------------------------------------------------


class Broken(AddCell):
  def __call__(self, inputs, state, scope=None):
    raise ValueError("the cell's own trouble")


def block(tf, dtype="float32"):
  return tf.constant(fixed([2, 3, 4], dtype))


def steps(tf):
  return tf.unstack(block(tf), axis=1)


def pair(tf):
  return PairCell(tf, 5)


def zeros(tf, *shape, **kwargs):
  return tf.zeros(shape, **kwargs)


# what -> (call, kind of error, what its text holds)
REFUSED = {
    "class": (
        lambda tf, l: l.dynamic_rnn(AddCell, block(tf), dtype=tf.float32),
        TypeError, "`cell` must be a cell, an instance, got the class "
        "AddCell; make one: AddCell(num_units)"),
    "list of cells": (
        lambda tf, l: l.static_rnn(
            [pair(tf)] * 2, steps(tf), dtype=tf.float32),
        TypeError, "`cell` must be one cell, got a list of 2; stack them "
        "with MultiRNNCell"),
    "no cell": (
        lambda tf, l: l.raw_rnn(object(), lambda *a: a),
        TypeError, "is not an RNNCell: it lacks output_size, state_size, "
        "zero_state or get_initial_state, __call__"),
    "class backwards": (
        lambda tf, l: l.bidirectional_dynamic_rnn(
            pair(tf), AddCell, block(tf), dtype=tf.float32),
        TypeError, "`cell_bw` must be a cell"),
    "class in a stack": (
        lambda tf, l: l.stack_bidirectional_rnn(
            [AddCell], [pair(tf)], steps(tf), dtype=tf.float32),
        TypeError, "`cells_fw[0]` must be a cell"),
    "no dtype": (
        lambda tf, l: l.dynamic_rnn(pair(tf), block(tf)),
        ValueError, "`dtype` must be given if there is no "
        "`initial_state`"),
    "no dtype backwards": (
        lambda tf, l: l.static_bidirectional_rnn(
            pair(tf), pair(tf), steps(tf), pair(tf).zero_state(
                2, tf.float32)),
        ValueError, "no `initial_state_bw`"),
    "leaf of wrong size": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf), initial_state=PairState(
                zeros(tf, 2, 5), zeros(tf, 2, 6))),
        ValueError, "`initial_state` must match the cell, PairState(c=[2, 5], "
        'h=[2, 5]), got "h": float32 [2, 6] instead of [2, 5]'),
    "two leaves of wrong batch": (
        lambda tf, l: l.static_rnn(
            pair(tf), steps(tf), PairState(zeros(tf, 3, 5), zeros(tf, 3, 5))),
        ValueError, '"c": float32 [3, 5] instead of [2, 5]; "h": float32 '
        "[3, 5] instead of [2, 5]"),
    "one tensor for two": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf), initial_state=zeros(tf, 2, 10)),
        ValueError, "got float32 [2, 10] instead of a PairState of 2"),
    "plain tuple in a while loop": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf),
            initial_state=(zeros(tf, 2, 5), zeros(tf, 2, 5))),
        TypeError, "got a tuple instead of a PairState"),
    "state backwards": (
        lambda tf, l: l.bidirectional_dynamic_rnn(
            pair(tf), PairCell(tf, 6), block(tf),
            initial_state_fw=pair(tf).zero_state(2, tf.float32),
            initial_state_bw=pair(tf).zero_state(2, tf.float32)),
        ValueError, "`initial_state_bw` must match the cell, PairState(c=[2, "
        "6], h=[2, 6])"),
    "raw state": (
        lambda tf, l: l.raw_rnn(pair(tf), lambda t, o, s, x: (
            tf.constant([False] * 2), zeros(tf, 2, 4),
            zeros(tf, 2, 5) if o is None else s, o, None)),
        ValueError, "`next_state of loop_fn's first call` must match"),
    "mixed dtypes": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf, "float64"), dtype=tf.float32),
        TypeError, "got float64 (inputs), float32 (dtype); cast"),
    "mixed dtypes in the state": (
        lambda tf, l: l.static_rnn(
            pair(tf), steps(tf), pair(tf).zero_state(2, tf.float64)),
        TypeError, 'float64 (initial_state "c")'),
    "inputs of rank 2": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), zeros(tf, 2, 3), dtype=tf.float32),
        ValueError, "`inputs` must have rank at least 3: [batch, time, "
        "depth], got rank 2, shape [2, 3]; add the missing axis"),
    "inputs of rank 1, time-major": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), zeros(tf, 2), dtype=tf.float32, time_major=True),
        ValueError, "rank at least 3: [time, batch, depth]"),
    "inputs of no rank": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), tf.placeholder(tf.float32), dtype=tf.float32),
        TypeError, "`inputs` must have a known rank"),
    "inputs of no depth": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), tf.placeholder(tf.float32, [2, 3, None]),
            dtype=tf.float32),
        ValueError, "`inputs` must have a known depth"),
    "block into a static loop": (
        lambda tf, l: l.static_rnn(pair(tf), block(tf), dtype=tf.float32),
        TypeError, "split it: tf.unstack(inputs, axis=1)"),
    "no inputs": (
        lambda tf, l: l.static_bidirectional_rnn(
            pair(tf), pair(tf), [], dtype=tf.float32),
        ValueError, "`inputs` must not be empty"),
    "one length": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf), sequence_length=3, dtype=tf.float32),
        ValueError, "`sequence_length` must be a vector of length "
        "batch_size, got 3"),
    "column of lengths": (
        lambda tf, l: l.static_rnn(
            pair(tf), steps(tf), sequence_length=tf.constant([[1], [2]]),
            dtype=tf.float32),
        ValueError, "got shape [2, 1]"),
    "too many lengths": (
        lambda tf, l: l.dynamic_rnn(
            pair(tf), block(tf), sequence_length=[1, 2, 3],
            dtype=tf.float32),
        ValueError, "must have one length per row, 2 in total, got [1, 2, 3]"),
    "float lengths backwards": (
        lambda tf, l: l.bidirectional_dynamic_rnn(
            pair(tf), pair(tf), block(tf), dtype=tf.float32,
            sequence_length=tf.constant([1.0, 2.0])),
        TypeError, "`sequence_length` must be int32 or int64, got float32"),
    "one name for two": (
        lambda tf, l: l.static_state_saving_rnn(
            pair(tf), steps(tf), None, "s"),
        ValueError, "`state_name` must name the parts of the cell's state: "
        "a tuple of 2, got 's'"),
    "three names for two": (
        lambda tf, l: l.static_state_saving_rnn(
            pair(tf), steps(tf), None, ("s", "t", "u")),
        ValueError, "a tuple of 2"),
    "no loop_fn": (
        lambda tf, l: l.raw_rnn(pair(tf), None),
        TypeError, "`loop_fn` must be a callable, got None"),
    "cells not in a list": (
        lambda tf, l: l.stack_bidirectional_dynamic_rnn(
            (pair(tf),), [pair(tf)], block(tf), dtype=tf.float32),
        ValueError, "`cells_fw` must be a list of cells, one per layer, at "
        "least one, got a tuple of 1"),
    "no cells": (
        lambda tf, l: l.stack_bidirectional_rnn(
            [pair(tf)], [], steps(tf), dtype=tf.float32),
        ValueError, "`cells_bw` must be a list of cells"),
    "layers of two depths": (
        lambda tf, l: l.stack_bidirectional_dynamic_rnn(
            [pair(tf)], [pair(tf)] * 2, block(tf), dtype=tf.float32),
        ValueError, "`cells_bw` must have as many layers as cells_fw, 1, "
        "got 2"),
    "states of another depth": (
        lambda tf, l: l.stack_bidirectional_dynamic_rnn(
            [pair(tf)], [pair(tf)], block(tf), [zeros(tf, 2, 5)] * 2,
            dtype=tf.float32),
        ValueError, "`initial_states_fw` must be a list of 1 states"),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_refused(v1, loops, what):
  call, kind, text = REFUSED[what]
  with pytest.raises(kind, match=re.escape(text)) as caught:
    call(v1, loops)
  assert isinstance(caught.value, _errors.TfcompatError)
  assert re.match(r"`.*` must .*, got .*; .*", str(caught.value), re.DOTALL)


def test_paths_into_a_stack(v1, loops):
  from tfcompat_rnn import cells
  stack = cells.MultiRNNCell([cells.LSTMCell(5), cells.GRUCell(6)])
  good = stack.zero_state(2, v1.float32)
  with pytest.raises(ValueError, match=re.escape(
      '"0/c": float32 [2, 4] instead of [2, 5]; "1": float32 [2, 5] instead '
      "of [2, 6]")):
    loops.dynamic_rnn(stack, block(v1), initial_state=(
        cells.LSTMStateTuple(zeros(v1, 2, 4), good[0].h), zeros(v1, 2, 5)))


def test_the_cells_own_errors_come_through(v1, loops):
  with pytest.raises(ValueError, match="^the cell's own trouble$"):
    loops.dynamic_rnn(Broken(v1), block(v1), dtype=v1.float32)


def test_integer_inputs_beside_float_state_are_nothing_odd(v1, loops):
  words = v1.constant([[[1], [2]]])
  with pytest.raises(ValueError, match="^the cell's own trouble$"):
    loops.dynamic_rnn(Broken(v1), words, initial_state=zeros(v1, 1, 1))


def test_a_state_that_only_the_cell_understands(v1, loops):
  # 1.15 did not look at `state_size` where it was not needed.
  class Lax(AddCell):
    state_size = 17

  x = v1.constant([[[1.0], [2.0]]])
  _, state = loops.dynamic_rnn(Lax(v1), x, initial_state=zeros(v1, 1, 1))
  assert run(v1, state).tolist() == [[3.0]]
