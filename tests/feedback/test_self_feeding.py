"""self_feeding_rnn compared with the equivalent loop unrolled in Python."""

import feedback_models as models
import numpy as np
import pytest
import state_cells

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import choice
from tfcompat_rnn.feedback import self_feeding_rnn

behaviours = models.behaviours


def dense(name, depth_in, depth_out, dtype=None):
  """A layer that finds its weights again."""
  def apply(output):
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
      return tf.matmul(
          output, models.matrix(tf, name, [depth_in, depth_out], dtype, 0.5))
  return apply


def both_loops(kind, batch, dtype, steps, known):
  """The same model in both loops: `(ours, unrolled, cell, first input)`."""
  row = state_cells.KINDS[kind]
  if row.ids:
    value = (np.arange(batch) % state_cells.CLASSES)[:, None].astype(np.int32)
    shape = [batch if known else None, 1]
  else:
    value = models.numbers([batch, state_cells.DEPTH], dtype.as_numpy_dtype)
    shape = [batch if known else None, state_cells.DEPTH]
  first = tf.placeholder(value.dtype, shape)
  cell = row.make(cells, tf, dtype)
  size = tf.TensorShape(cell.output_size).as_list()[-1]
  settings = {"processing": dense("out", size, state_cells.DEPTH, dtype)}
  if row.ids:
    settings["processing"] = dense("out", size, state_cells.CLASSES, dtype)
    settings["choice"] = choice.temperature(0.7, seed=5)
    settings["next_input"] = lambda ids: tf.expand_dims(ids, 1)
  with tf.variable_scope("", reuse=tf.AUTO_REUSE):
    ours = self_feeding_rnn(
        cell, first, steps=steps, dtype=dtype, **settings)
    state = cell.zero_state(tf.shape(first)[0], dtype)
    theirs = models.unrolled(tf, cell, first, state, steps, **settings)
  return ours, theirs, {first: value}


def loss_of(outputs, state):
  return sum(tf.reduce_sum(tf.square(leaf))
             for leaf in [outputs] + tf.nest.flatten(state))


def gradients(loss):
  """With respect to the trained variables, dense."""
  slopes = tf.gradients(loss, tf.trainable_variables())
  return [tf.convert_to_tensor(slope) for slope in slopes]


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("kind", state_cells.some_fast(
    sorted(state_cells.KINDS), (
        "BasicLSTMCell", "EmbeddingWrapper", "LSTMBlockCell", "a user's")))
def test_every_cell_as_unrolled(kind):
  number = sorted(state_cells.KINDS).index(kind)
  check_as_unrolled(
      kind, models.BEHAVIOURS[number % 3], 1 + number % 3, bool(number % 2))


@pytest.mark.exhaustive
@pytest.mark.parametrize("more", [1, 2])
@pytest.mark.parametrize("kind", sorted(state_cells.KINDS))
def test_every_cell_as_unrolled_elsewhere(kind, more):
  number = sorted(state_cells.KINDS).index(kind) + more
  check_as_unrolled(
      kind, models.BEHAVIOURS[number % 3], 1 + number % 3, bool(number % 2))


def check_as_unrolled(kind, name, batch, known):
  """In one behavior; in float64 if the batch is known and the cell can."""
  double = known and state_cells.KINDS[kind].double
  dtype = tf.float64 if double else tf.float32
  with models.behaviour(tf, name), tf.variable_scope("", dtype=dtype):
    compare_with_unrolled(kind, batch, dtype, known)


def compare_with_unrolled(kind, batch, dtype, known):
  ours, (outputs, state, chosen), feed = both_loops(
      kind, batch, dtype, 4, known)
  variables = tf.trainable_variables()
  slopes = [gradients(loss_of(*pair)) for pair in (ours, (outputs, state))]
  with models.session(tf) as session:
    got, expected = session.run(
        [[ours.outputs, ours.final_state, slopes[0]],
         [outputs, state, slopes[1]]], feed)
    if chosen is not None:
      ids = session.run([ours.choices, chosen], feed)
      np.testing.assert_array_equal(*ids)
  assert got[0].shape == (batch, 4, got[0].shape[-1])
  tf.nest.assert_same_structure(got[1], expected[1])
  tolerance = 1e-13 if dtype == tf.float64 else 2e-6
  for mine, theirs in zip(tf.nest.flatten(got[:2]),
                          tf.nest.flatten(expected[:2])):
    np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)
  assert len(got[2]) == len(variables)
  for variable, mine, theirs in zip(variables, got[2], expected[2]):
    scale = max(1.0, np.abs(theirs).max())
    np.testing.assert_allclose(
        mine / scale, theirs / scale, rtol=0, atol=10 * tolerance,
        err_msg=variable.name)
    assert np.abs(theirs).max() > 0, variable.name


class Doubling:
  """output = 2 * input + state, state' = state + 1; all of depth 1."""

  state_size = output_size = 1

  def zero_state(self, batch_size, dtype):
    return tf.zeros(tf.stack([batch_size, 1]), dtype)

  def __call__(self, inputs, state, scope=None):
    return 2.0 * inputs + state, state + 1.0


@behaviours
def test_by_heart(name):
  with models.behaviour(tf, name), tf.Session() as session:
    outputs, state = self_feeding_rnn(
        Doubling(), tf.constant([[1.0], [0.0]]), steps=4)
    assert outputs.shape.as_list() == [2, 4, 1]
    # 2 * 1 + 0, 2 * 2 + 1, 2 * 5 + 2, 2 * 12 + 3; and from 0.
    assert session.run(outputs)[..., 0].tolist() == [
        [2, 5, 12, 27], [0, 1, 4, 11]]
    assert session.run(state).tolist() == [[4], [4]]


@behaviours
def test_rows_of_a_batch_stay_apart(name):
  first = models.numbers([3, 3])
  with models.behaviour(tf, name):
    cell = cells.LSTMCell(3)
    seed = tf.placeholder(tf.float32, [None, 3])
    outputs, _ = self_feeding_rnn(cell, seed, steps=7)
    with models.session(tf) as session:
      together = session.run(outputs, {seed: first})
      for row in range(3):
        alone = session.run(outputs, {seed: first[row:row + 1]})
        np.testing.assert_allclose(together[row], alone[0], atol=1e-6)
      # The published form, right for one row only.
      mixed = together.transpose(1, 0, 2).reshape(3, 7, 3)
      assert np.abs(mixed - together).max() > 0.01


@behaviours
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_number_of_steps_as_a_tensor(name, steps):
  with models.behaviour(tf, name), tf.Session() as session:
    count = tf.placeholder(tf.int64, [])
    seed = tf.placeholder(tf.float32, [None, 1])
    result = self_feeding_rnn(Doubling(), seed, steps=count)
    slope = tf.gradients(
        tf.reduce_sum(result.outputs) + tf.reduce_sum(result.final_state),
        seed)
    feed = {count: steps, seed: [[1.0], [0.0]]}
    outputs, state, fed, lengths, taken, slope = session.run(
        [result.outputs, result.final_state, result.next_input,
         result.lengths, result.steps, slope[0]], feed)
  assert outputs.shape == (2, steps, 1)
  assert outputs[..., 0].tolist() == [
      [2, 5, 12, 27, 58][:steps], [0, 1, 4, 11, 26][:steps]]
  assert state.tolist() == [[steps], [steps]]
  assert fed[0, 0] == ([1] + [2, 5, 12, 27, 58])[steps]
  assert lengths.tolist() == [steps, steps] and taken == steps
  assert slope.tolist() == [[2 ** (steps + 1) - 2]] * 2


@behaviours
def test_rows_stop_by_themselves(name):
  with models.behaviour(tf, name), tf.Session() as session:
    seed = tf.placeholder(tf.float32, [None, 1])
    result = self_feeding_rnn(
        Doubling(), seed, max_steps=6,
        stop=lambda output: output[:, 0] > 10)
    slope = tf.gradients(tf.reduce_sum(result.outputs), seed)[0]
    got = session.run(
        dict(outputs=result.outputs, state=result.final_state,
             fed=result.next_input, lengths=result.lengths,
             steps=result.steps, finished=result.finished, slope=slope),
        {seed: [[1.0], [0.0], [-100.0]]})
    # All rows end at once: fewer steps than the maximum.
    early = session.run(result.outputs, {seed: [[1.0], [0.0]]})
  assert got["outputs"][..., 0].tolist() == [
      [2, 5, 12, 0, 0, 0], [0, 1, 4, 11, 0, 0],
      [-200, -399, -796, -1589, -3174, -6343]]
  assert got["state"].tolist() == [[3], [4], [6]]
  assert got["fed"].tolist() == [[12], [11], [-6343]]
  assert got["lengths"].tolist() == [3, 4, 6] and got["steps"] == 6
  assert got["finished"].tolist() == [True, True, False]
  assert got["slope"].tolist() == [[2 + 4 + 8], [2 + 4 + 8 + 16], [126]]
  assert early.shape == (2, 4, 1)


@behaviours
def test_one_number_of_steps_a_row(name):
  with models.behaviour(tf, name), tf.Session() as session:
    counts = tf.placeholder(tf.int32, [None])
    result = self_feeding_rnn(
        Doubling(), tf.constant([[1.0], [0.0]]), steps=counts)
    fetches = [result.outputs, result.final_state, result.lengths]
    outputs, state, lengths = session.run(fetches, {counts: [1, 3]})
    assert outputs[..., 0].tolist() == [[2, 0, 0], [0, 1, 4]]
    assert state.tolist() == [[1], [3]] and lengths.tolist() == [1, 3]
    outputs, state, _ = session.run(fetches, {counts: [0, 0]})
    assert outputs.shape == (2, 0, 1) and state.tolist() == [[0], [0]]
    fewer = self_feeding_rnn(
        Doubling(), tf.constant([[1.0], [0.0]]), steps=counts, max_steps=2)
    assert session.run(fewer.outputs, {counts: [1, 3]})[..., 0].tolist() == [
        [2, 0], [0, 1]]


@behaviours
def test_time_major_and_settings_of_the_loop(name):
  with models.behaviour(tf, name), tf.Session() as session:
    seed = tf.constant([[1.0], [0.0], [3.0]])
    result = self_feeding_rnn(
        Doubling(), seed, steps=2, time_major=True, swap_memory=True,
        parallel_iterations=1)
    assert session.run(result.outputs)[..., 0].tolist() == [
        [2, 0, 6], [5, 1, 13]]
    assert result.outputs.shape.as_list() == [2, 3, 1]


@pytest.mark.slow
@behaviours
def test_symbols_embedded_again(name):
  with models.behaviour(tf, name):
    cell = cells.GRUCell(6)
    table = models.matrix(tf, "table", [5, 3])
    logits = dense("symbols", 6, 5)
    first = tf.nn.embedding_lookup(table, [1, 4, 0, 2])
    settings = dict(
        processing=logits, choice=choice.top_k(3, 0.9, seed=8),
        next_input=lambda ids: tf.nn.embedding_lookup(table, ids))
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
      result = self_feeding_rnn(cell, first, steps=9, **settings)
      stopped = self_feeding_rnn(
          cell, first, max_steps=9, stop=2, pad=-1, **settings)
      outputs, state, chosen = models.unrolled(
          tf, cell, first, cell.zero_state(4, tf.float32), 9, **settings)
    slopes = [gradients(loss_of(out, last))
              for out, last in (result, (outputs, state))]
    with models.session(tf) as session:
      got, plain = session.run(
          [[result.outputs, result.choices], [outputs, chosen]])
      ids, lengths = session.run([stopped.choices, stopped.lengths])
      for mine, theirs in zip(*session.run(slopes)):
        np.testing.assert_allclose(mine, theirs, atol=2e-4, rtol=1e-4)
  np.testing.assert_array_equal(got[1], plain[1])
  np.testing.assert_allclose(got[0], plain[0], rtol=1e-5, atol=1e-6)
  assert got[1].dtype == np.int32 and len(np.unique(got[1])) > 2
  for row, whole in enumerate(got[1].tolist()):
    length = whole.index(2) + 1 if 2 in whole else 9
    assert lengths[row] == length
    expected = (whole[:length] + [-1] * 9)[:ids.shape[1]]
    assert ids[row].tolist() == expected
  assert ids.shape[1] == lengths.max() and len(set(lengths)) > 1


@behaviours
def test_a_sequence_goes_on_where_it_ended(name):
  with models.behaviour(tf, name):
    cell = cells.LSTMCell(4)
    settings = dict(
        processing=dense("w", 4, 5), choice=choice.temperature(1.0, seed=2),
        next_input=lambda ids: tf.one_hot(ids, 5), reuse=tf.AUTO_REUSE)
    first = tf.one_hot([1, 2], 5)
    whole = self_feeding_rnn(cell, first, steps=8, **settings)
    one = self_feeding_rnn(cell, first, steps=3, **settings)
    two = self_feeding_rnn(
        cell, one.next_input, one.final_state, steps=5,
        first_step=one.next_step, **settings)
    with models.session(tf) as session:
      whole, one, two = session.run(
          [[r.outputs, r.choices] for r in (whole, one, two)])
  for part in range(2):
    np.testing.assert_array_equal(
        whole[part], np.concatenate([one[part], two[part]], 1))


def test_finite_differences(v1):
  cell = cells.LSTMCell(3, use_peepholes=True)
  outputs, state = self_feeding_rnn(
      cell, tf.constant(models.numbers([2, 2], "float64")), steps=5,
      processing=dense("w", 3, 2, tf.float64))
  loss = loss_of(outputs, state)
  variables = tf.trainable_variables()
  slopes = tf.gradients(loss, variables)
  draw = np.random.RandomState(0)
  with models.session(tf) as session:
    slopes = session.run(slopes)
    for variable, slope in zip(variables, slopes):
      value = session.run(variable)
      along = draw.standard_normal(value.shape)
      around = []
      for step in (1e-5, -1e-5):
        variable.load(value + step * along, session)
        around.append(session.run(loss))
      variable.load(value, session)
      np.testing.assert_allclose(
          (around[0] - around[1]) / 2e-5, np.sum(along * slope), rtol=1e-6)


def test_state_of_reference_variables_is_copied(v1):
  kept = tf.Variable(np.full([2, 1], 3.0, np.float32), use_resource=False)
  outputs, state = self_feeding_rnn(
      Doubling(), tf.constant([[1.0], [0.0]]), kept, steps=2)
  assert any(op.type == "DeepCopy"
             for op in tf.get_default_graph().get_operations())
  with models.session(tf) as session:
    before, _ = session.run([outputs, kept.assign(state)])
    assert before[..., 0].tolist() == [[5, 14], [3, 10]]
    assert session.run(kept).tolist() == [[5], [5]]


@behaviours
def test_nested_inputs_outputs_and_states(name):
  class Nested:
    state_size = {"a": 1, "b": (1, [2])}
    output_size = {"x": 1, "y": 2}

    def zero_state(self, batch_size, dtype):
      zeros = lambda size: tf.zeros(tf.stack([batch_size, size]), dtype)
      return {"a": zeros(1), "b": (zeros(1), [zeros(2)])}

    def __call__(self, inputs, state, scope=None):
      output = {"x": inputs["x"] + 1, "y": inputs["y"] + inputs["x"]}
      return output, {"a": state["a"] + output["x"],
                      "b": (state["b"][0] + 1,
                            [state["b"][1][0] + inputs["y"]])}

  with models.behaviour(tf, name), tf.Session() as session:
    result = self_feeding_rnn(
        Nested(), {"x": tf.zeros([2, 1]), "y": tf.ones([2, 2])}, steps=3)
    got = session.run(result)
    assert got.outputs["x"][0, :, 0].tolist() == [1, 2, 3]
    assert got.outputs["y"][1].tolist() == [[1, 1], [2, 2], [4, 4]]
    assert got.final_state["a"].tolist() == [[6], [6]]
    assert got.final_state["b"][0].tolist() == [[3], [3]]
    assert got.final_state["b"][1][0].tolist() == [[4, 4], [4, 4]]
    processed = self_feeding_rnn(
        Nested(), {"x": tf.zeros([2, 1]), "y": tf.ones([2, 2])}, steps=3,
        processing=lambda out: (out["x"], tf.cast(out["y"], tf.int32)),
        output_dtype=(tf.float32, tf.int32),
        next_input=lambda out: {"x": out[0], "y": tf.cast(
            out[1], tf.float32)})
    assert session.run(processed.outputs)[1][0].tolist() == [
        [1, 1], [2, 2], [4, 4]]


@behaviours
def test_old_unpacking_and_fetching(name):
  with models.behaviour(tf, name), tf.Session() as session:
    result = self_feeding_rnn(Doubling(), tf.constant([[1.0]]), steps=1)
    outputs, state = result
    assert outputs is result.outputs and state is result.final_state
    got = session.run(result)
    assert got.outputs.tolist() == [[[2]]] and got.final_state.tolist() == [[1]]
    assert got.choices is None and result.choices is None


@pytest.mark.parametrize("arguments, kind, said", [
    (dict(), _errors.ArgumentError, "`steps` must be given"),
    (dict(steps=-1), _errors.ArgumentError, "`steps` must not be negative"),
    (dict(steps=2.5), _errors.ArgumentTypeError, "`steps` must be a whole"),
    (dict(steps=[1, 2, 3]), _errors.ArgumentError,
     "`steps` must be one number, or one for each of 2 rows, got 3"),
    (dict(steps=2, processing=lambda y: tf.zeros([2, 5])),
     _errors.ArgumentError,
     r"`processing` must return the input's depth to be fed back, 3 \(shape "
     r"\(2, 3\)\), got 5 \(shape \(2, 5\)\)"),
    (dict(steps=2, next_input=lambda y: tf.zeros([2, 3, 1])),
     _errors.ArgumentError, "`next_input` must return the input's shape"),
    (dict(steps=2, next_input=lambda y: tf.zeros([2, 3], tf.int32)),
     _errors.ArgumentTypeError,
     "`next_input` must return the input's dtype to be fed back, float32, got "
     "int32"),
    (dict(steps=2, choice="greedy"), _errors.ArgumentTypeError,
     "`choice` must return the input's dtype"),
    (dict(steps=2, choice="best"), _errors.ArgumentError,
     '`choice` must be "greedy"'),
    (dict(steps=2, choice=7), _errors.ArgumentTypeError, "`choice` must be a"),
    (dict(steps=2, stop=7), _errors.ArgumentError, "`stop` must be a funct"),
    (dict(steps=2, stop=lambda y: y > 0), _errors.ArgumentError,
     "`stop` must return a bool for each row"),
    (dict(steps=2, processing=3), _errors.ArgumentTypeError,
     "`processing` must be a function or a layer"),
    (dict(steps=2, output_dtype=tf.float64), _errors.ArgumentTypeError,
     "`output_dtype` must be that of the output, float32, got float64"),
    (dict(steps=2, initial_state=(
        np.zeros([2, 4], "f"), np.zeros([2, 3], "f"))), _errors.ArgumentError,
     '"c": float32 .2, 4. instead of .2, 3.'),
])
def test_refusals(v1, arguments, kind, said):
  with pytest.raises(kind, match=said):
    self_feeding_rnn(cells.LSTMCell(3), tf.zeros([2, 3]), **arguments)


def test_a_depth_that_does_not_fit_names_both(v1):
  with pytest.raises(_errors.ArgumentError, match=(
      r"`cell` must return the input's depth to be fed back, 3 \(shape "
      r"\(\?, 3\)\), got 4 \(shape \(\?, 4\)\); pass a processing=")):
    self_feeding_rnn(
        cells.LSTMCell(4), tf.placeholder(tf.float32, [None, 3]), steps=2)


def test_no_cell_and_no_graph(v1):
  with pytest.raises(_errors.ArgumentTypeError, match="`cell` must be a cell"):
    self_feeding_rnn(cells.LSTMCell, tf.zeros([1, 1]), steps=1)
  with pytest.raises(_errors.ArgumentError, match="`dtype` must be given"):
    self_feeding_rnn(cells.LSTMCell(1), tf.zeros([1, 1], tf.int32), steps=1)
  with pytest.raises(_errors.ArgumentError, match="`seed` must be the input"):
    self_feeding_rnn(cells.LSTMCell(1), tf.zeros([]), steps=1)
