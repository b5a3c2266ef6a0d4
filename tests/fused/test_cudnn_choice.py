"""Which kernels and variables are chosen; cuDNN's graph; what is refused."""

import inspect

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import fused
from tfcompat_rnn.fused import choice
from tfcompat_rnn.fused import cudnn_models
from tfcompat_rnn.fused import cudnn_ops
from tfcompat_rnn.fused import network as networks

TIME, BATCH, DEPTH, UNITS = 4, 2, 3, 5
KINDS = ["CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu"]


def types(tf):
  return [op.type for op in tf.get_default_graph().get_operations()]


def a_gpu(monkeypatch, seen):
  monkeypatch.setattr(choice, "sees_gpu", lambda: seen)
  for variable in ("KERNELS", "VARIABLES"):
    monkeypatch.delenv(f"TFCOMPAT_RNN_CUDNN_{variable}", raising=False)


def test_kernels_follow_the_machine_unless_told(monkeypatch):
  for seen in (False, True):
    a_gpu(monkeypatch, seen)
    assert choice.uses_cudnn() is seen
    with fused.cudnn_options(kernels="portable"):
      assert not choice.uses_cudnn()
      with fused.cudnn_options(variables="opaque"):
        assert not choice.uses_cudnn() and choice.keeps_opaque()
        with fused.cudnn_options(kernels="cudnn"):
          assert choice.uses_cudnn() and choice.keeps_opaque()
    assert choice.uses_cudnn() is seen and not choice.keeps_opaque()


def test_the_environment_stands_outermost(monkeypatch):
  a_gpu(monkeypatch, True)
  monkeypatch.setenv("TFCOMPAT_RNN_CUDNN_KERNELS", "portable")
  monkeypatch.setenv("TFCOMPAT_RNN_CUDNN_VARIABLES", "opaque")
  assert not choice.uses_cudnn() and choice.keeps_opaque()
  with fused.cudnn_options(kernels="auto", variables="canonical"):
    assert choice.uses_cudnn() and not choice.keeps_opaque()
  monkeypatch.setenv("TFCOMPAT_RNN_CUDNN_KERNELS", "gpu")
  with pytest.raises(ValueError, match="TFCOMPAT_RNN_CUDNN_KERNELS. must be"):
    choice.uses_cudnn()
  with pytest.raises(ValueError, match="`variables` must be one of canonical"):
    with fused.cudnn_options(variables="flat"):
      pass


def test_a_layer_keeps_what_was_chosen_when_it_was_made(v1, monkeypatch):
  a_gpu(monkeypatch, False)
  with fused.cudnn_options(variables="opaque"):
    layer = fused.CudnnGRU(1, UNITS)
  layer(v1.ones([TIME, BATCH, DEPTH]))
  assert [v.op.name for v in layer.weights] == ["cudnn_gru/opaque_kernel"]


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("ways", ["unidirectional", "bidirectional"])
@pytest.mark.parametrize("kind", KINDS)
def test_cudnn_on_canonical_variables(v1, monkeypatch, kind, ways):
  """The graph as on a GPU: one kernel, known shapes, all differentiable."""
  tf = v1
  a_gpu(monkeypatch, True)
  x = tf.placeholder(tf.float32, [TIME, BATCH, DEPTH])
  layer = getattr(fused, kind)(2, UNITS, direction=ways, dropout=.5)
  outputs, states = layer(x)
  made = types(tf)
  assert made.count("CudnnRNN") == 1
  assert not {"BlockLSTM", "While", "Enter", "CudnnRNNCanonicalToParams",
              "CudnnRNNParamsToCanonical"} & set(made)
  assert outputs.shape == [TIME, BATCH, layer.num_dirs * UNITS]
  for state in states:
    assert state.shape == [2 * layer.num_dirs, BATCH, UNITS]
  with fused.cudnn_options(kernels="portable"):
    other = getattr(fused, kind)(2, UNITS, direction=ways, name="other")
    other(x)
  assert ([v.op.name.partition("/")[2] for v in layer.weights]
          == [v.op.name.partition("/")[2] for v in other.weights])
  slopes = tf.gradients(outputs, layer.weights + [x])
  assert all(slope is not None for slope in slopes)
  for slope, variable in zip(slopes, layer.weights):
    assert slope.shape == variable.shape
  assert types(tf).count("CudnnRNNBackprop") == 1
  (kernel,) = [op for op in tf.get_default_graph().get_operations()
               if op.type == "CudnnRNN"]
  assert kernel.get_attr("dropout") == .5 and kernel.get_attr("is_training")
  # The vector passed to the kernel, which can be computed without a GPU.
  params = kernel.inputs[3]
  assert params.shape == [networks.Network(
      layer.rnn_mode, 2, UNITS, DEPTH, direction=ways).params_size()]


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("kind", KINDS)
def test_the_vector_for_cudnn_is_laid_out_as_the_portable_one(
    v1, monkeypatch, kind):
  tf = v1
  a_gpu(monkeypatch, True)
  tf.set_random_seed(1)
  layer = getattr(fused, kind)(
      2, UNITS, direction="bidirectional",
      bias_initializer=tf.random_uniform_initializer(-1, 1))
  layer.build([None, None, DEPTH])
  model = getattr(cudnn_models, kind)(2, UNITS, DEPTH,
                                      direction="bidirectional")
  x = tf.constant(np.random.RandomState(0).randn(TIME, BATCH, DEPTH),
                  "float32")
  states = tuple(tf.ones(shape) * .1 for shape in layer.state_shape(BATCH))
  with fused.cudnn_options(kernels="portable"):
    by_vector = model(x, *states, layer.kernel)
    layer._on_gpu = False
    by_layer, _ = layer(x, states)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    one, two = session.run([by_vector[0], by_layer])
  assert np.max(np.abs(one)) > .1
  np.testing.assert_allclose(one, two, atol=1e-6)


def test_lengths_and_batch_major_take_the_third_version(v1, monkeypatch):
  tf = v1
  a_gpu(monkeypatch, True)
  layer = fused.CudnnLSTM(1, UNITS)
  one, _ = layer(tf.ones([TIME, BATCH, DEPTH]), sequence_lengths=[4, 2])
  two, (h, _) = layer(tf.ones([BATCH, TIME, DEPTH]), time_major=False)
  assert types(tf).count("CudnnRNNV3") == 2
  assert one.shape == [TIME, BATCH, UNITS] and two.shape == [
      BATCH, TIME, UNITS] and h.shape == [BATCH, 1, UNITS]
  assert tf.gradients(two, layer.weights)[0] is not None
  monkeypatch.setenv("TF_CUDNN_RNN_USE_V2", "1")
  layer(tf.ones([TIME, BATCH, DEPTH]))
  assert types(tf).count("CudnnRNNV2") == 1


def test_zero_state_of_batch_major_inputs_has_their_batch(v1):
  """1.15 took the number of steps for the number of rows."""
  tf = v1
  layer = fused.CudnnGRU(1, UNITS)
  outputs, (h,) = layer(tf.ones([BATCH, TIME, DEPTH]), time_major=False)
  again, _ = layer(tf.ones([TIME, BATCH, DEPTH]))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    one, two, h = session.run([outputs, again, h])
  np.testing.assert_allclose(one, two.transpose(1, 0, 2), atol=1e-6)
  np.testing.assert_allclose(h[:, 0], one[:, -1], atol=1e-6)


def test_dropout_is_between_layers_and_in_training_only(v1):
  """Rates 0 and 1 are plain; half of what layer two gets is dropped."""
  tf = v1
  x = tf.constant(np.random.RandomState(0).randn(TIME, BATCH, DEPTH),
                  "float32")
  init = tf.random_uniform_initializer(-1, 1, seed=5)
  found = {}
  for rate in (0., .5, 1.):
    for training in (True, False):
      layer = fused.CudnnRNNTanh(2, UNITS, dropout=rate, seed=3,
                                 kernel_initializer=init)
      found[rate, training] = layer(x, training=training)[0]
  single, _ = fused.CudnnRNNTanh(
      1, UNITS, dropout=.5, kernel_initializer=init)(x)
  # Only the layers with a rate between 0 and 1, in training, draw.
  assert sum(op.type == "RandomUniform" and "dropout" in op.name
             for op in tf.get_default_graph().get_operations()) == 1
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got, single = session.run([found, single])
  plain = got[0., True]
  for rate in (.5, 1.):
    np.testing.assert_array_equal(got[rate, False], plain)
  assert not np.allclose(got[.5, True], plain, atol=1e-2)
  assert not np.allclose(single, 0)
  # With all inputs dropped, zero biases and a zero state: zeros.
  assert np.all(got[1., True] == 0) and not np.all(plain == 0)


def test_the_mean_over_many_masks_is_what_was_dropped_from(v1):
  """One step, relu, all weights 1: layer two sees the sum of its inputs."""
  tf = v1
  ones = tf.ones_initializer()
  layer = fused.CudnnRNNRelu(2, 50, dropout=.25, seed=1,
                             kernel_initializer=ones)
  outputs, _ = layer(tf.ones([1, 400, 1]))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    sums = session.run(outputs)[0, :, 0]
  # 50 inputs of 1, kept with .75 and scaled by 4/3: mean 50, deviation
  # sqrt(50 / 3) = 4.1; that of the mean of 400 rows is 0.2.
  assert abs(np.mean(sums) - 50) < 1
  assert 3.3 < np.std(sums) < 4.9
  np.testing.assert_allclose(sums * .75, np.round(sums * .75), atol=1e-3)


REFUSED = {
    "direction": (ValueError, "`direction` must be one of unidirectional",
                  lambda tf: fused.CudnnLSTM(1, 2, direction="both")),
    "input mode": (ValueError, "`input_mode` must be one of linear_input",
                   lambda tf: fused.CudnnLSTM(1, 2, input_mode="skip")),
    "dtype": (ValueError, "`dtype` must be tf.float16",
              lambda tf: fused.CudnnLSTM(1, 2, dtype=tf.int32)),
    "unbuilt size": (ValueError, "`input_size` must be read after",
                     lambda tf: fused.CudnnLSTM(1, 2).input_size),
    "unbuilt shapes": (
        RuntimeError, "`canonical_weight_shapes` must be read after",
        lambda tf: fused.CudnnLSTM(1, 2).canonical_weight_shapes),
    "rank": (ValueError, "must be of rank 3",
             lambda tf: fused.CudnnLSTM(1, 2)(tf.ones([2, 3]))),
    "depth": (ValueError, "known last dimension",
              lambda tf: fused.CudnnLSTM(1, 2).build([2, 3, None])),
    "a list": (TypeError, "`initial_state` must be a tuple",
               lambda tf: fused.CudnnGRU(1, 2)(
                   tf.ones([1, 1, 1]), [tf.ones([1, 1, 2])])),
    "parts": (ValueError, "`initial_state` must have 2 part",
              lambda tf: fused.CudnnLSTM(1, 2)(
                  tf.ones([1, 1, 1]), (tf.ones([1, 1, 2]),))),
    "training": (TypeError, "`training` must be True or False, got a tensor",
                 lambda tf: fused.CudnnLSTM(1, 2)(
                     tf.ones([1, 1, 1]), training=tf.constant(True))),
    "rate": (ValueError, "`dropout` must be a rate from 0 to 1, got 1.5",
             lambda tf: fused.CudnnLSTM(1, 2, dropout=1.5)(
                 tf.ones([1, 1, 1]))),
    "skipped": (NotImplementedError, "must be 'linear_input' if no GPU",
                lambda tf: fused.CudnnLSTM(
                    1, 2, input_mode="skip_input")(tf.ones([1, 1, 2]))),
    "skipped by itself": (
        NotImplementedError, "'auto_select' with inputs of 2 and 2 units",
        lambda tf: fused.CudnnLSTM(
            1, 2, input_mode="auto_select")(tf.ones([1, 1, 2]))),
    "mode": (ValueError, "`rnn_mode` must be one of lstm",
             lambda tf: cudnn_ops.cudnn_rnn_opaque_params_size(
                 "peephole", 1, 2, 3)),
    "open sizes": (ValueError, "`inputs` must have a known size",
                   lambda tf: cudnn_ops.cudnn_gru(
                       tf.placeholder(tf.float32, [None, None, None]),
                       tf.ones([1, 1, 2]), tf.ones([9]), True)),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_with_the_next_step(v1, name):
  kind, message, attempt = REFUSED[name]
  with fused.cudnn_options(kernels="portable"):
    with pytest.raises(kind, match=message) as caught:
      attempt(v1)
  assert isinstance(caught.value, (_errors.TfcompatError, RuntimeError))
  assert "; " in str(caught.value)


def test_auto_select_of_other_sizes_is_linear(v1):
  outputs, _ = fused.CudnnLSTM(1, 2, input_mode="auto_select")(
      v1.ones([1, 1, 3]))
  assert outputs.shape == [1, 1, 2]


def test_signatures_are_1_15s():
  def arguments(kind):
    return str(inspect.signature(kind.__init__))

  layer = ("(self, num_layers, num_units, input_mode='linear_input', "
           "direction='unidirectional', dropout=0.0, seed=None, "
           "dtype=tf.float32, kernel_initializer=None, "
           "bias_initializer=None, name=None)")
  model = ("(self, num_layers, num_units, input_size, "
           "input_mode='linear_input', "
           "direction='unidirectional', dtype=tf.float32, dropout=0.0, "
           "seed=0)")
  for kind in KINDS:
    assert arguments(getattr(fused, kind)) == layer
    wanted = (model if kind != "CudnnLSTM"
              else model[:-1] + ", num_proj=None)")
    assert arguments(getattr(cudnn_models, kind)) == wanted


# On a machine that has a GPU.

@pytest.mark.gpu
@pytest.mark.parametrize("ways", ["unidirectional", "bidirectional"])
@pytest.mark.parametrize("kind", KINDS)
def test_cudnn_computes_what_the_portable_kernels_do(v1, kind, ways):
  """Outputs, states, gradients, and the vector against cuDNN's own."""
  tf = v1
  if not choice.sees_gpu():
    pytest.skip("no GPU here")
  x = tf.constant(np.random.RandomState(0).randn(TIME, BATCH, DEPTH),
                  "float32")
  found = []
  init = tf.random_uniform_initializer(-.5, .5, seed=2)
  for reuse, kernels in ((False, "cudnn"), (True, "portable")):
    with fused.cudnn_options(kernels=kernels):
      layer = getattr(fused, kind)(
          2, UNITS, direction=ways, kernel_initializer=init,
          bias_initializer=init)
      with tf.variable_scope("model", reuse=reuse):
        outputs, states = layer(x)
      more, _ = layer(x, sequence_lengths=[TIME, 2])
      found.append([outputs, *states, more, *tf.gradients(
          [outputs, more], layer.weights + [x])])
  network = layer._network()
  with fused.cudnn_options(kernels="cudnn"):
    weights, biases = cudnn_ops.cudnn_rnn_opaque_params_to_canonical(
        network.rnn_mode, 2, UNITS, DEPTH, layer.kernel, direction=ways)
    size = cudnn_ops.cudnn_rnn_opaque_params_size(
        network.rnn_mode, 2, UNITS, DEPTH, direction=ways)
  mine = networks.cut(network, layer.kernel)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    one, two = session.run(found)
    theirs, ours, size = session.run([weights + biases, mine[0] + mine[1],
                                      size])
  for a, b in zip(one, two):
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)
  assert size == network.params_size()
  for a, b in zip(theirs, ours):
    np.testing.assert_array_equal(np.reshape(a, b.shape), b)
