"""Teacher forcing, scheduled sampling, free running, on shared weights."""

import feedback_models as models
import numpy as np
import pytest
import state_cells

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import choice
from tfcompat_rnn.feedback import free_running_rnn
from tfcompat_rnn.feedback import scheduled_sampling_rnn
from tfcompat_rnn.feedback import self_feeding_rnn
from tfcompat_rnn.feedback import teacher_forcing_rnn

behaviours = models.behaviours


class AddUp:
  """state' = state + input; output = 10 * state'. No variables."""

  state_size = output_size = 1

  def zero_state(self, batch_size, dtype):
    return tf.zeros(tf.stack([batch_size, 1]), dtype)

  def __call__(self, inputs, state, scope=None):
    return 10.0 * (state + inputs), state + inputs


def test_teacher_forcing_is_dynamic_rnn_and_processing(v1):
  x = models.numbers([3, 5, 2])
  cell = cells.LSTMCell(4)
  kernel = models.matrix(tf, "kernel", [4, 2])
  shapes = []

  def processing(output):
    shapes.append(output.shape.as_list())
    return tf.matmul(output, kernel) + 1.0

  result = teacher_forcing_rnn(
      cell, tf.constant(x), processing=processing, sequence_length=[5, 0, 2])
  with tf.variable_scope("", reuse=True):
    outputs, state = tfcompat_rnn.dynamic_rnn(
        cell, tf.constant(x), sequence_length=[5, 0, 2], dtype=tf.float32)
    turned = teacher_forcing_rnn(
        cell, tf.constant(x.swapaxes(0, 1)), processing=processing,
        sequence_length=[5, 0, 2], time_major=True)
  with models.session(tf) as session:
    got, last, plain, expected, turned, lengths, steps, w = session.run(
        [result.outputs, result.final_state.h, outputs, state.h,
         turned.outputs, result.lengths, result.steps, kernel])
  assert shapes == [[15, 4], [15, 4]]
  np.testing.assert_array_equal(last, expected)
  want = plain @ w + 1
  for row, length in enumerate([5, 0, 2]):
    np.testing.assert_allclose(got[row, :length], want[row, :length], 1e-5)
    assert not got[row, length:].any()
  np.testing.assert_array_equal(turned, got.swapaxes(0, 1))
  assert lengths.tolist() == [5, 0, 2] and steps == 5


@pytest.mark.spread(fast=3)
@behaviours
def test_by_heart(name):
  """Inputs 1, 2, 3, 4 in each row; an own input is the output over 10."""
  truth = np.tile(np.float32([1, 2, 3, 4])[None, :, None], [3, 1, 1])
  own = np.array([[0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0]], bool)
  with models.behaviour(tf, name), tf.Session() as session:
    inputs = tf.placeholder(tf.float32, [None, None, 1])
    chances = tf.placeholder(tf.float32, [None, None])
    settings = dict(next_input=lambda y: y / 10.0)
    result = scheduled_sampling_rnn(AddUp(), inputs, chances, **settings)
    slope = tf.gradients(tf.reduce_sum(result.outputs), inputs)[0]
    stopped = scheduled_sampling_rnn(
        AddUp(), inputs, chances, gradients_through_inputs=False, **settings)
    other = tf.gradients(tf.reduce_sum(stopped.outputs), inputs)[0]
    feed = {inputs: truth, chances: own.astype(np.float32)}
    outputs, state, sampled, slope, other = session.run(
        [result.outputs, result.final_state, result.sampled, slope, other],
        feed)
    shorter = scheduled_sampling_rnn(
        AddUp(), inputs, chances, sequence_length=[4, 2, 0], **settings)
    short, last, lengths = session.run(
        [shorter.outputs, shorter.final_state, shorter.lengths], feed)
  # Sums: 1, 1+1, 2+3, 5+4; 1, 1+2, 3+3, 6+6; 1, 1+2, 3+3, 6+4.
  assert outputs[..., 0].tolist() == [
      [10, 20, 50, 90], [10, 30, 60, 120], [10, 30, 60, 100]]
  assert state[:, 0].tolist() == [9, 12, 10]
  # The first input is never the loop's own.
  assert sampled.tolist() == [
      [False, True, False, False], [False, False, True, True], [False] * 4]
  # Row 0: sums are x0, 2 x0, 2 x0 + x2, 2 x0 + x2 + x3.
  assert slope[..., 0].tolist()[0] == [70, 0, 20, 10]
  # Row 1: x0, x0 + x1, 2 (x0 + x1), 4 (x0 + x1).
  assert slope[..., 0].tolist()[1] == [80, 70, 0, 0]
  assert slope[..., 0].tolist()[2] == [40, 30, 20, 10]
  # An own input counts as a constant: x0 only through the state.
  assert other[..., 0].tolist() == [
      [40, 0, 20, 10], [40, 30, 0, 0], [40, 30, 20, 10]]
  assert short[..., 0].tolist() == [
      [10, 20, 50, 90], [10, 30, 0, 0], [0, 0, 0, 0]]
  assert last[:, 0].tolist() == [9, 3, 0] and lengths.tolist() == [4, 2, 0]


def cell_and_processing(kind, dtype):
  row = state_cells.KINDS[kind]
  cell = row.make(cells, tf, dtype)
  size = tf.TensorShape(cell.output_size).as_list()[-1]

  def processing(output):
    return tf.matmul(output, models.matrix(
        tf, "out", [size, state_cells.DEPTH], dtype, 0.5))
  return cell, processing


def loss_of(result):
  return sum(tf.reduce_sum(tf.square(leaf))
             for leaf in tf.nest.flatten([result.outputs, result.final_state]))


KINDS = sorted(k for k, row in state_cells.KINDS.items() if not row.ids)


@pytest.mark.spread(slow=4)
@pytest.mark.parametrize("kind", state_cells.some_fast(
    KINDS, ("BasicRNNCell",)))
def test_the_ends_of_the_schedule(kind):
  """Probability 0 is teacher forcing, 1 is self-feeding; gradients too."""
  number = KINDS.index(kind)
  dtype = tf.float64 if state_cells.KINDS[kind].double else tf.float32
  tolerance = 1e-12 if dtype == tf.float64 else 1e-5
  x = models.numbers([2, 4, state_cells.DEPTH], dtype.as_numpy_dtype)
  with models.behaviour(tf, models.BEHAVIOURS[number % 3]), (
      tf.variable_scope("", dtype=dtype)):
    cell, processing = cell_and_processing(kind, dtype)
    inputs = tf.placeholder(dtype, [None, None, state_cells.DEPTH])
    settings = dict(processing=processing, reuse=tf.AUTO_REUSE)
    state = cell.zero_state(tf.shape(inputs)[0], dtype)
    forced = teacher_forcing_rnn(cell, inputs, state, **settings)
    never = scheduled_sampling_rnn(cell, inputs, 0.0, state, **settings)
    always = scheduled_sampling_rnn(cell, inputs, 1, state, **settings)
    free = free_running_rnn(cell, inputs, state, **settings)
    fed = self_feeding_rnn(cell, inputs[:, 0], state, steps=4, **settings)
    variables = tf.trainable_variables()
    results = [[r.outputs, r.final_state, tf.gradients(
        loss_of(r), variables)] for r in (forced, never, fed, always, free)]
    with models.session(tf) as session:
      forced, never, fed, always, free = session.run(results, {inputs: x})
  for one, two in ((forced, never), (fed, always), (fed, free)):
    for mine, theirs in zip(tf.nest.flatten(one), tf.nest.flatten(two)):
      scale = max(1.0, np.abs(theirs).max())
      np.testing.assert_allclose(
          mine / scale, theirs / scale, rtol=0, atol=tolerance)
  assert np.abs(forced[0] - fed[0]).max() > 1e-4


@behaviours
def test_coins(name):
  with models.behaviour(tf, name), tf.Session() as session:
    inputs = tf.zeros([40, 50, 1])
    settings = dict(next_input=lambda y: y / 10)
    chance = tf.placeholder(tf.float64, [])
    seed = tf.placeholder(tf.int64, [])
    anew = scheduled_sampling_rnn(AddUp(), inputs, chance, **settings).sampled
    seeded = scheduled_sampling_rnn(
        AddUp(), inputs, chance, seed=seed, **settings).sampled
    turned = scheduled_sampling_rnn(
        AddUp(), tf.zeros([50, 40, 1]), chance, seed=seed, time_major=True,
        **settings).sampled
    for probability in (0.0, 0.3, 1.0):
      feed = {chance: probability, seed: 5}
      one, two = session.run(anew, feed), session.run(anew, feed)
      assert not one[:, 0].any()
      # 1960 coins; the deviation of the mean is below 0.0113.
      assert abs(one[:, 1:].mean() - probability) < 0.045
      assert (one != two).any() == (probability == 0.3)
      same = session.run(seeded, feed)
      np.testing.assert_array_equal(same, session.run(seeded, feed))
      np.testing.assert_array_equal(same, session.run(turned, feed).T)
    assert (session.run(seeded, {chance: 0.3, seed: 6})
            != session.run(seeded, {chance: 0.3, seed: 5})).any()


def test_an_int_seeds_the_coins_as_it_seeds_random_ops(v1):
  def tossed():
    with tf.Graph().as_default(), tf.Session() as session:
      sampled = scheduled_sampling_rnn(
          AddUp(), tf.zeros([5, 20, 1]), 0.5, seed=3).sampled
      return [session.run(sampled).tolist() for _ in range(2)]

  first, again = tossed(), tossed()
  assert first == again and first[0] != first[1]


def test_one_probability_a_step_and_a_row(v1):
  steps = tf.constant([[0.0, 1.0, 0.0, 1.0]])
  rows = tf.constant([[0.0], [1.0], [1.0]])
  inputs = tf.zeros([3, 4, 1])
  settings = dict(next_input=lambda y: y / 10)
  with tf.Session() as session:
    by_step, by_row, flipped = session.run([
        scheduled_sampling_rnn(AddUp(), inputs, steps, **settings).sampled,
        scheduled_sampling_rnn(AddUp(), inputs, rows, **settings).sampled,
        scheduled_sampling_rnn(
            AddUp(), tf.zeros([4, 3, 1]), tf.transpose(rows),
            time_major=True, **settings).sampled])
  assert by_step.tolist() == [[False, True, False, True]] * 3
  assert by_row.tolist() == [[False] * 4] + [[False] + [True] * 3] * 2
  assert flipped.tolist() == by_row.T.tolist()


def test_symbols_sampled_into_the_inputs(v1):
  cell = cells.GRUCell(5)
  table = models.matrix(tf, "table", [6, 3])
  kernel = models.matrix(tf, "out_kernel", [5, 6])
  ids = np.array([[1, 2, 3, 4], [5, 0, 1, 2]])
  embed = lambda symbols: tf.nn.embedding_lookup(table, symbols)
  result = scheduled_sampling_rnn(
      cell, embed(tf.constant(ids)), 0.5,
      processing=lambda y: tf.matmul(y, kernel), next_input=embed,
      choice=choice.temperature(1.0, seed=2), seed=tf.constant(9))
  with models.session(tf) as session:
    sampled, chosen, logits = session.run(
        [result.sampled, result.choices, result.outputs])
    assert sampled[:, 1:].any() and not sampled.all()
    used = np.where(sampled, np.roll(chosen, 1, axis=1), ids)
    forced = teacher_forcing_rnn(
        cell, embed(tf.constant(used)),
        processing=lambda y: tf.matmul(y, kernel), reuse=True)
    np.testing.assert_allclose(
        session.run(forced.outputs), logits, rtol=1e-5, atol=1e-6)
  assert chosen.dtype == np.int32


# --- Sharing the trained weights -----------------------------------------


@pytest.mark.spread(fast=3)
@behaviours
@pytest.mark.parametrize("way", ["scope", "object"])
def test_weights_are_shared(name, way):
  x = models.numbers([2, 5, 2])
  with models.behaviour(tf, name):
    inputs = tf.constant(x)
    made = cells.LSTMCell(4)
    cell = lambda: made if way == "object" else cells.LSTMCell(4)

    def processing(output):
      return tf.matmul(output, tf.get_variable("project", [4, 2]))

    with tf.variable_scope("model"):
      trained = teacher_forcing_rnn(cell(), inputs, processing=processing)
      names = [v.op.name for v in tf.global_variables()]
    assert names == ["model/rnn/lstm_cell/kernel", "model/rnn/lstm_cell/bias",
                     "model/project"]
    results = []
    with tf.variable_scope("model", reuse=True):
      results.append(self_feeding_rnn(
          cell(), inputs[:, 0], processing=processing, steps=5))
      results.append(scheduled_sampling_rnn(
          cell(), inputs, 0.5, processing=processing))
    with tf.variable_scope("model"):
      results.append(free_running_rnn(
          cell(), inputs, processing=processing, reuse=True))
      results.append(teacher_forcing_rnn(
          cell(), inputs, processing=processing, reuse=True))
    assert [v.op.name for v in tf.global_variables()] == names
    with models.session(tf) as session:
      fed, _, free, again = session.run([r.outputs for r in results])
      np.testing.assert_array_equal(fed, free)
      np.testing.assert_array_equal(again, session.run(trained.outputs))
      for variable in tf.global_variables():
        variable.load(np.zeros(variable.shape.as_list(), "f"), session)
      for result in results:
        assert not session.run(result.outputs).any()


@behaviours
def test_layers_are_shared_as_objects(name):
  with models.behaviour(tf, name):
    from tfcompat_rnn import tf1
    cell, layer = cells.GRUCell(4), tf1.layers.Dense(2)
    inputs = tf.constant(models.numbers([2, 5, 2]))
    teacher_forcing_rnn(cell, inputs, processing=layer)
    count = len(tf.global_variables())
    assert count == 6
    for build in (self_feeding_rnn, free_running_rnn):
      more = {"steps": 3} if build is self_feeding_rnn else {}
      first = inputs[:, 0] if build is self_feeding_rnn else inputs
      build(cell, first, processing=layer, **more)
      assert len(tf.global_variables()) == count
    with models.session(tf) as session:
      assert session.run(build(
          cell, inputs, processing=layer, reuse=True).outputs).shape == (
              2, 5, 2)


@pytest.mark.spread(fast=3)
@behaviours
@pytest.mark.parametrize("build", ["self_feeding", "scheduled", "teacher"])
def test_a_variable_made_by_accident_is_an_error(name, build):
  with models.behaviour(tf, name):
    inputs = tf.constant(models.numbers([2, 5, 2]))
    builders = {
        "self_feeding": lambda *a, **k: self_feeding_rnn(
            a[0], inputs[:, 0], steps=3, **k),
        "scheduled": lambda *a, **k: scheduled_sampling_rnn(
            a[0], inputs, 0.5, **k),
        "teacher": lambda *a, **k: teacher_forcing_rnn(a[0], inputs, **k)}
    again = builders[build]

    def dense(name):
      return lambda output: tf.matmul(output, tf.get_variable(name, [4, 2]))

    with tf.variable_scope("model"):
      teacher_forcing_rnn(
          cells.LSTMCell(4), inputs, processing=dense("project"))
    names = [v.op.name for v in tf.global_variables()]

    def refused(said, **settings):
      with pytest.raises(_errors.ArgumentError, match=said):
        again(cells.LSTMCell(4), processing=dense("project"), **settings)

    refused("'rnn/lstm_cell/kernel' .6, 16. does not exist .variables of this "
            "shape: model/rnn/lstm_cell/kernel.; open the scope", reuse=True)
    with tf.variable_scope("other", reuse=True):
      refused("'other/rnn/lstm_cell/kernel'")
    with tf.variable_scope("model", reuse=True):
      refused("'model/decoder/lstm_cell/kernel'", scope="decoder")
      with pytest.raises(_errors.ArgumentError, match=(
          "'model/projection' .4, 2. does not exist .variables of this shape: "
          "model/project.")):
        again(cells.LSTMCell(4), processing=dense("projection"))
    assert [v.op.name for v in tf.global_variables()] == names


def test_unnamed_layers_and_empty_graphs_are_told(v1):
  from tfcompat_rnn import tf1
  inputs = tf.constant(models.numbers([2, 5, 2]))
  with pytest.raises(_errors.ArgumentError, match="has no variables yet"):
    teacher_forcing_rnn(cells.GRUCell(2), inputs, reuse=True)
  cell = cells.GRUCell(4)
  teacher_forcing_rnn(
      cell, inputs, processing=lambda y: tf1.layers.dense(y, 2))
  with pytest.raises(_errors.ArgumentError, match=(
      "'dense_1/kernel'.* does not exist .*dense/kernel")):
    self_feeding_rnn(cell, inputs[:, 0], steps=2, reuse=True,
                     processing=lambda y: tf1.layers.dense(y, 2))
  named = self_feeding_rnn(
      cell, inputs[:, 0], steps=2, reuse=True,
      processing=lambda y: tf1.layers.dense(y, 2, name="dense"))
  assert named.outputs.shape.as_list() == [2, 2, 2]


def test_training_through_own_outputs_learns(v1):
  """Free running on a wave: the gradient through the loop is worth it."""
  v1.set_random_seed(1)
  wave = np.sin(np.linspace(0, 4 * np.pi, 41))[None, :, None].astype("f")
  cell = cells.LSTMCell(12)
  kernel = models.matrix(tf, "kernel", [12, 1])
  result = free_running_rnn(
      cell, tf.constant(wave[:, :-1]),
      processing=lambda y: tf.matmul(y, kernel))
  loss = tf.reduce_mean(tf.square(result.outputs - wave[:, 1:]))
  train = tf.train.AdamOptimizer(0.03).minimize(loss)
  with models.session(tf) as session:
    first = session.run(loss)
    for _ in range(120):
      _, last = session.run([train, loss])
  assert last < 0.02 * first


@pytest.mark.parametrize("arguments, said", [
    (dict(probability=1.5), "`probability` must be from 0 to 1, got 1.5"),
    (dict(probability=[0.5, 0.5]), "`probability` must be a scalar"),
    (dict(probability=0.5, sequence_length=[1, 2, 3]),
     "`sequence_length` must"),
    (dict(probability=0.5, processing=lambda y: tf.zeros([2, 5])),
     "`processing` must return the input's depth to be fed back, 3"),
])
def test_refusals(v1, arguments, said):
  with pytest.raises(_errors.ArgumentError, match=said):
    scheduled_sampling_rnn(cells.LSTMCell(3), tf.zeros([2, 4, 3]), **arguments)
