"""Where 1.15's gradients act, and what they do beside counting."""

import numpy as np
import pytest

from tfcompat_rnn import _opcount
from tfcompat_rnn import seeds
from tfcompat_rnn._tf import tf


@pytest.fixture(scope="module", autouse=True)
def graphs():
  from tfcompat_rnn.namespace import behavior
  behavior.disable_v2_behavior()


def _count_of_gradient(x_shape, y_shape, function):
  with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, x_shape)
    y = tf.placeholder(tf.float32, y_shape)
    z = function(x, y)
    before = _opcount.count()
    slopes = tf.gradients(z, [x, y])
    assert [s.shape.as_list() for s in slopes] == [x_shape, y_shape]
    return _opcount.count() - before


def test_shapes_are_looked_up_once_a_graph():
  # Shape, Const and Fill; two shapes and their axes; for y the axes and the
  # shape as constants, Sum and Reshape.
  def once(x, y):
    return x + y

  def twice(x, y):
    return (x + y) + y
  with seeds.seeds_of_1_15():
    first = _count_of_gradient([2, 3], [3], once)
    second = _count_of_gradient([2, 3], [3], twice)
  assert first == 3 + 3 + 4
  # The second add has no operation for its axes, but an AddN for y.
  assert second == first + 4 + 1


@pytest.mark.parametrize("x_shape, y_shape, x_axes, y_axes", [
    ((2, 3), (2, 3), (), ()),
    ((2, 3), (3,), (), (0,)),
    ((2, 1), (2, 3), (1,), ()),
    ((), (2, 3), (0, 1), ()),
    ((1, 3), (3,), (0,), (0,)),
    ((4, 1, 3), (5, 1), (1,), (0, 2)),
])
def test_axes_of_broadcasting(x_shape, y_shape, x_axes, y_axes):
  from tfcompat_rnn.seeds.gradients import _pieces
  assert _pieces.broadcast_axes(x_shape, y_shape) == (x_axes, y_axes)
  # Summed along them an operand comes back to its own size.
  whole = np.zeros(np.broadcast(np.zeros(x_shape), np.zeros(y_shape)).shape)
  assert whole.sum(axis=x_axes).size == int(np.prod(x_shape))
  assert whole.sum(axis=y_axes).size == int(np.prod(y_shape))


def test_broadcast_angle_has_the_operands_shape():
  # 1.15 left the sum out; its operation is not counted, but made.
  with seeds.seeds_of_1_15():
    _count_of_gradient([2, 3], [3], tf.atan2)


def test_second_derivative_of_sparse_cross_entropy_is_refused():
  with seeds.seeds_of_1_15(), tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [2, 3])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
        logits=x, labels=[0, 1])
    slope, = tf.gradients(loss, x)
    with pytest.raises(LookupError, match="no second derivative"):
      tf.gradients(slope, x)


def test_nothing_stays_behind():
  from tfcompat_rnn import _tf
  registry = _tf.private("framework_ops")._gradient_registry._registry
  before = {name: registry[name]["type"] for name in registry}
  with seeds.seeds_of_1_15():
    changed = [name for name in before
               if registry[name]["type"] is not before[name]]
    assert {"Add", "Mul", "Sum", "Mean", "TensorArrayWriteV3"} <= set(changed)
  assert {name: registry[name]["type"] for name in registry} == before


def test_functions_of_today_are_left_alone():
  import tensorflow as tf2

  def slope(x, y):
    with tf2.GradientTape() as tape:
      tape.watch(y)
      z = x + y
    return tape.gradient(z, y)
  with tf.Graph().as_default() as graph:
    slope(tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [3]))
    native = graph.num_operations()
  with seeds.seeds_of_1_15(), tf.Graph().as_default() as graph:
    slope(tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [3]))
    assert graph.num_operations() > native
  with tf.Graph().as_default() as graph:
    slope(tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [3]))
    assert graph.num_operations() == native
