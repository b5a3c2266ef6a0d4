"""data_parallel on several virtual CPU devices, compared with one device."""

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf

ROWS, STEPS, DEPTH, UNITS, DEVICES = 6, 5, 3, 4, 3
PLACES = [f"/cpu:{number}" for number in range(DEVICES)]


def session():
  return tfcompat_rnn.new_session(config=tf.ConfigProto(
      device_count={"CPU": DEVICES}))


def initializer():
  return tf.random_uniform_initializer(-.7, .7, seed=5)


def stack():
  return cells.MultiRNNCell([cells.LSTMCell(UNITS), cells.GRUCell(UNITS)])


def build(inputs, number):
  """Truncated backpropagation, with a separate state for each device."""
  del number
  x, y = inputs
  with tf.variable_scope("model", initializer=initializer()):
    rnn = tfcompat_rnn.stateful_rnn(
        stack(), x, batch_size=x.shape.as_list()[0])
    kernel = tf.get_variable("out", [UNITS, 1])
  out = tf.einsum("btd,de->bte", rnn.outputs, kernel)
  return tf.reduce_mean(tf.square(out - y)), rnn


def data(number):
  random = np.random.RandomState(number)
  return (random.randn(ROWS, STEPS, DEPTH).astype("float32"),
          random.randn(ROWS, STEPS, 1).astype("float32"))


def trained(devices, steps=6, **options):
  """Losses, weights and states of `steps` updates with kept state."""
  with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [ROWS, STEPS, DEPTH])
    y = tf.placeholder(tf.float32, [ROWS, STEPS, 1])
    model = tfcompat_rnn.data_parallel(build, (x, y), devices, **options)
    step = model.minimize(tf.train.AdamOptimizer(.01))
    keep = [tower.result.keep_state_op for tower in model.towers]
    with session() as running:
      running.run(tf.global_variables_initializer())
      losses = []
      for number in range(steps):
        feed = dict(zip((x, y), data(number)))
        losses.append(running.run([model.loss, step, keep], feed)[0])
      states = running.run(
          [tower.result.state.variables for tower in model.towers])
      weights = running.run({variable.op.name: variable
                             for variable in model.variables})
  return losses, weights, [np.concatenate(leaf) for leaf in zip(*states)]


@pytest.mark.slow
@pytest.mark.parametrize("behavior", ["1.x", "2.x"])
def test_training_is_that_of_one_device(behavior):
  from tfcompat_rnn import testing
  with testing.fresh_graph(behavior=behavior):
    one = trained(PLACES[:1], variables_on=None)
    for options in (dict(), dict(variables_on="/cpu:1")):
      several = trained(PLACES, **options)
      np.testing.assert_allclose(several[0], one[0], rtol=1e-6)
      assert several[1].keys() == one[1].keys() and len(one[1]) >= 7
      for name, value in one[1].items():
        np.testing.assert_allclose(
            several[1][name], value, rtol=0, atol=1e-6, err_msg=name)
      # Row by row, each tower has the state of its part of the batch.
      assert len(one[2]) == 3
      for ours, theirs in zip(several[2], one[2]):
        assert ours.shape == (ROWS, UNITS)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    # This is not a coincidence: other rows have other states.
    assert np.abs(np.diff(one[2][0], axis=0)).max() > 1e-2


@pytest.mark.slow
def test_gradients_are_those_of_the_whole_batch(v1):
  x = v1.placeholder(v1.float64, [None, STEPS, DEPTH])

  def loss_of(part, number=0):
    del number
    with v1.variable_scope("net", reuse=v1.AUTO_REUSE, dtype=v1.float64,
                           initializer=initializer()):
      outputs, _ = tfcompat_rnn.dynamic_rnn(stack(), part, dtype=v1.float64)
    return v1.reduce_mean(v1.square(outputs))

  model = tfcompat_rnn.data_parallel(loss_of, x, PLACES)
  whole = loss_of(x)
  plain = v1.gradients(whole, model.variables)
  feed = {x: data(0)[0]}
  with session() as running:
    running.run(v1.global_variables_initializer())
    ours, wanted = running.run(
        [[gradient for gradient, _ in model.gradients], plain], feed)
    np.testing.assert_allclose(*running.run([model.loss, whole], feed),
                               rtol=1e-13)
  assert len(wanted) == 6 and all(value.any() for value in wanted)
  for one, other in zip(ours, wanted):
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)


@pytest.mark.slow
def test_every_operation_is_on_its_towers_device(v1):
  x = v1.placeholder(v1.float32, [ROWS, STEPS, DEPTH])
  y = v1.placeholder(v1.float32, [ROWS, STEPS, 1])
  model = tfcompat_rnn.data_parallel(build, (x, y), PLACES)
  for number, tower in enumerate(model.towers):
    assert tower.loss.device == f"/device:CPU:{number}"
    for variable in tower.result.state.variables:
      assert variable.device == f"/device:CPU:{number}", variable
    steps = [operation for operation in v1.get_default_graph().get_operations()
             if operation.type == "MatMul" and
             f"tower_{number}/" in operation.name]
    assert steps
    assert {step.device for step in steps} == {f"/device:CPU:{number}"}
  for variable in model.variables:
    assert variable.device == "/device:CPU:0", variable
  # Each virtual device really multiplied matrices.
  metadata = v1.RunMetadata()
  with session() as running:
    running.run(v1.global_variables_initializer())
    running.run(model.gradients, dict(zip((x, y), data(0))),
                options=v1.RunOptions(
                    trace_level=v1.RunOptions.FULL_TRACE),
                run_metadata=metadata)
  timeline = tfcompat_rnn.device_timeline(metadata)
  assert sorted(timeline.spans) == [f"CPU:{n}" for n in range(DEVICES)]
  for spans in timeline.spans.values():
    assert any("MatMul" in span.type for span in spans)


def test_rows_looked_up_by_several(v1):
  ids = v1.placeholder(v1.int32, [4])

  def looked_up(part, number=0):
    del number
    with v1.variable_scope("words", reuse=v1.AUTO_REUSE):
      table = v1.get_variable("table", [5, 2], initializer=initializer())
    return v1.reduce_mean(v1.square(v1.nn.embedding_lookup(table, part)))

  model = tfcompat_rnn.data_parallel(looked_up, ids, PLACES[:2])
  (gradient, table), = model.gradients
  assert isinstance(gradient, v1.IndexedSlices)
  plain, = v1.gradients(looked_up(ids), [table])
  with session() as running:
    running.run(v1.global_variables_initializer())
    dense, wanted = running.run(
        [v1.convert_to_tensor(gradient), v1.convert_to_tensor(plain)],
        {ids: [1, 3, 3, 0]})
  np.testing.assert_allclose(dense, wanted, atol=1e-7)
  assert np.abs(wanted[3]).max() > 0 and not wanted[2].any()


def test_sums_are_added_up(v1):
  x = v1.constant([1., 2., 4., 8.])

  def summed(part, number):
    del number
    return v1.reduce_sum(part * v1.get_variable("w", initializer=3.))

  model = tfcompat_rnn.data_parallel(summed, x, PLACES[:2], total=True)
  mean = tfcompat_rnn.data_parallel(
      lambda part, _: v1.reduce_mean(
          part * v1.get_variable("v", initializer=3.)), x, PLACES[:2])
  with session() as running:
    running.run(v1.global_variables_initializer())
    assert running.run([model.loss, model.gradients[0][0]]) == [45, 15]
    assert running.run([mean.loss, mean.gradients[0][0]]) == [11.25, 3.75]


def test_time_major_and_no_inputs(v1):
  x = v1.constant(np.arange(12.).reshape(3, 4))

  def loss_of(part, number):
    assert part.shape.as_list() == [3, 2]
    return v1.reduce_mean(part) * v1.get_variable(
        "w", [], v1.float64, v1.constant_initializer(2.)) + number

  model = tfcompat_rnn.data_parallel(loss_of, x, PLACES[:2], axis=1)
  alone = tfcompat_rnn.data_parallel(
      lambda number: v1.get_variable("own", initializer=2.) * (number + 1),
      None, PLACES[:2])
  with session() as running:
    running.run(v1.global_variables_initializer())
    assert running.run(model.loss) == 11.5
    assert running.run([alone.loss, alone.gradients[0][0]]) == [3, 1.5]


def test_a_weight_of_its_own_is_refused(v1):
  def own(part, number):
    return v1.reduce_mean(
        part * v1.get_variable(f"w_{number}", initializer=1.))

  with pytest.raises(_errors.ArgumentError,
                     match="same weights for each device.*w_1 for device 1"):
    tfcompat_rnn.data_parallel(own, v1.zeros([4]), PLACES[:2])


@pytest.mark.parametrize("change, said", [
    (dict(devices=[]), "at least one device"),
    (dict(devices=["GPU 0"]), "names of devices"),
    (dict(devices=[3]), "names of devices"),
    (dict(inputs=[np.zeros(5)]), 'inputs "0".*5 rows; pass 4 or 6'),
    (dict(inputs=np.float32(1)), "have a batch on axis 0"),
    (dict(build=lambda part, number: part), "scalar loss"),
    (dict(build=lambda part, number: 3.0), "scalar loss"),
    (dict(build=lambda part, number: (1, 2, 3)), "3 values for device 0"),
    (dict(build=lambda part, number: tf.reduce_sum(part)),
     "loss that depends on trainable variables"),
])
def test_bad_arguments(v1, change, said):
  v1.get_variable("w", initializer=1.)
  arguments = dict(
      build=lambda part, number: v1.reduce_sum(part) * v1.get_variable(
          "v", initializer=1.), inputs=np.zeros(4, "float32"),
      devices=PLACES[:2])
  arguments.update(change)
  with pytest.raises(_errors.ArgumentError, match=said):
    tfcompat_rnn.data_parallel(**arguments)


def test_build_must_be_a_function(v1):
  with pytest.raises(TypeError, match="`build` must be a function"):
    tfcompat_rnn.data_parallel(v1.zeros([]), None, PLACES)
