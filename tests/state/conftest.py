"""Each test of a builder runs under both behaviours of TensorFlow."""

import pytest


def use(tf, behavior):
  """Sets what a graph built from now on is made of."""
  new = behavior == "2.x"
  (tf.enable_resource_variables if new else tf.disable_resource_variables)()
  (tf.enable_control_flow_v2 if new else tf.disable_control_flow_v2)()
  (tf.enable_v2_tensorshape if new else tf.disable_v2_tensorshape)()


@pytest.fixture(params=["1.x", "2.x"])
def either(request):
  """`tensorflow.compat.v1` in a fresh graph: of reference variables and
  control flow v1, or of resource variables and control flow v2."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  use(tf, request.param)
  try:
    with tf.Graph().as_default():
      tf.set_random_seed(3)
      yield tf
  finally:
    use(tf, "1.x")
