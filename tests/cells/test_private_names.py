"""The private helpers that users' own cells were written with.

`_linear`, `_Linear`, `_concat`, `_like_rnncell`, `assert_like_rnncell`: the
tests import them through the hook, as programs do, from each module that had
them in 1.15 or earlier, and use them. The numbers are mental arithmetic.
"""

import builtins
import re

import pytest

from tfcompat_rnn import _patching

_LINEAR = ["tensorflow.contrib.rnn.python.ops.core_rnn_cell",
           "tensorflow.contrib.rnn.python.ops.core_rnn_cell_impl",
           "tensorflow.contrib.rnn.python.ops.rnn_cell",
           "tensorflow.python.ops.rnn_cell",
           "tensorflow.python.ops.rnn_cell_impl"]
_CHECKED = ["tensorflow.python.ops.rnn_cell",
            "tensorflow.python.ops.rnn_cell_impl"]


@pytest.fixture
def program(v1):
  """Runs the source of a program with the hook; returns its globals."""
  from tfcompat_rnn.launcher import hook

  def run(source):
    names = {"__name__": "old_program", "__builtins__": builtins}
    exec(compile(source, "<old_program>", "exec"), names)
    return names

  patches = _patching.Stack()
  hook.install(patches)
  yield run
  patches.close()


_WITH_LINEAR = """
import tensorflow as tf
from {module} import _linear

x, h = tf.constant([[1., 2.]]), tf.constant([[3.]])
with tf.variable_scope("both", initializer=tf.constant_initializer(.5)):
  both = _linear([x, h], 2, True)
with tf.variable_scope("both", reuse=True):
  again = _linear([x, h], 2, True)
with tf.variable_scope("one"):
  one = _linear(x, 3, True, bias_initializer=tf.constant_initializer(4.),
                kernel_initializer=tf.constant_initializer(2.))
with tf.variable_scope("plain", initializer=tf.ones_initializer()):
  plain = _linear([h], 1, False)
"""

_WITH_LINEAR_CLASS = """
import tensorflow as tf
from {module} import _Linear

x, h = tf.constant([[1., 2.]]), tf.constant([[3.]])
with tf.variable_scope("both", initializer=tf.constant_initializer(.5)):
  made = _Linear([x, h], 2, True)
both, again = made([x, h]), made([x, h])
with tf.variable_scope("one"):
  one = _Linear(x, 3, True, bias_initializer=tf.constant_initializer(4.),
                kernel_initializer=tf.constant_initializer(2.))(x)
with tf.variable_scope("plain", initializer=tf.ones_initializer()):
  plain = _Linear([h], 1, False)([h])
"""


@pytest.mark.parametrize("module", _LINEAR)
@pytest.mark.parametrize("source", [_WITH_LINEAR, _WITH_LINEAR_CLASS],
                         ids=["_linear", "_Linear"])
def test_a_linear_map(v1, program, source, module):
  names = program(source.format(module=module))
  assert [(v.op.name, v.shape.as_list()) for v in v1.global_variables()] == [
      ("both/kernel", [3, 2]), ("both/bias", [2]),
      ("one/kernel", [2, 3]), ("one/bias", [3]), ("plain/kernel", [1, 1])]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    both, again, one, plain = session.run(
        [names[name] for name in ("both", "again", "one", "plain")])
  # The function's bias starts at zero, whatever the scope's initializer.
  assert both.tolist() == again.tolist() == [[3., 3.]]
  assert one.tolist() == [[10., 10., 10.]]  # 2 + 4 + 4
  assert plain.tolist() == [[3.]]


_CELL = """
import tensorflow as tf
from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _linear

class Sums(tf.nn.rnn_cell.RNNCell):
  state_size = output_size = 2

  def __call__(self, inputs, state, scope=None):
    with tf.variable_scope(scope or "sums"):
      state = _linear([inputs, state], 2, False)
    return state, state

with tf.variable_scope("model", initializer=tf.ones_initializer()):
  outputs, state = tf.nn.dynamic_rnn(
      Sums(), tf.constant([[[1.], [2.], [3.]]]), dtype=tf.float32)
"""


def test_a_cell_made_with_it_in_a_loop(v1, program):
  names = program(_CELL)
  assert [v.op.name for v in v1.global_variables()] == [
      "model/rnn/sums/kernel"]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    outputs = session.run(names["outputs"])
  # s = x + (s + s): 1, 2 + 2, 3 + 8.
  assert outputs.tolist() == [[[1., 1.], [4., 4.], [11., 11.]]]


_SIZES = """
import tensorflow as tf
from tensorflow.python.ops.rnn_cell_impl import _concat

known = _concat(4, [3, 2], static=True)
scalar = _concat(4, 3, static=True)
unknown = _concat(tf.placeholder_with_default(4, []), [3, 2])
shape = _concat(tf.TensorShape([4]), tf.TensorShape([3]), static=True)
"""


def test_a_shape_of_two_parts(v1, program):
  names = program(_SIZES)
  for name, want in (("known", [4, 3, 2]), ("scalar", [4, 3]),
                     ("shape", [4, 3])):
    assert v1.TensorShape(names[name]).as_list() == want, name
  with v1.Session() as session:
    assert session.run(names["unknown"]).tolist() == [4, 3, 2]


_LIKE = """
import tensorflow as tf
from {module} import _like_rnncell

class Duck:
  output_size = state_size = 3
  def zero_state(self, batch_size, dtype): return None
  def __call__(self, inputs, state): return inputs, state

answers = [_like_rnncell(thing) for thing in (
    tf.nn.rnn_cell.GRUCell(2), Duck(), object(), "cell", None)]
"""


@pytest.mark.parametrize("module", _CHECKED)
def test_is_it_like_a_cell(program, module):
  names = program(_LIKE.format(module=module))
  assert names["answers"] == [True, True, False, False, False]


_ASSERT = """
import tensorflow as tf
from {module} import ASSERT_LIKE_RNNCELL_ERROR_REGEXP
from {module} import assert_like_rnncell

assert_like_rnncell("first", tf.nn.rnn_cell.LSTMCell(2))
try:
  assert_like_rnncell("second", object())
except TypeError as error:
  said = str(error)
"""


@pytest.mark.parametrize("module", _CHECKED)
def test_it_must_be_like_a_cell(program, module):
  names = program(_ASSERT.format(module=module))
  assert re.search(names["ASSERT_LIKE_RNNCELL_ERROR_REGEXP"], names["said"])
  assert "second" in names["said"]


_IMPORTS = """
import collections as standard

import tensorflow as tf
import tensorflow_core as core
import tensorflow_core.python.ops.rnn as core_rnn
from tensorflow._api.v1 import nn
from tensorflow._api.v1.nn import rnn_cell
from tensorflow.core.framework import graph_pb2
from tensorflow.python.framework import common_shapes
from tensorflow.python.layers.base import InputSpec, Layer, copy
from tensorflow.python.ops import rnn_cell_wrapper_impl
from tensorflow.python.ops.rnn_cell_impl import collections, input_spec
from tensorflow.python.ops.rnn_cell_impl import rnn_cell_wrapper_impl as inner
from tensorflow.python.ops.rnn_cell_impl import _check_supported_dtypes
from tensorflow.python.training.checkpointable.base import CheckpointableBase
from tensorflow.python.training.checkpointable.tracking import Checkpointable
from tensorflow.python.training.tracking.tracking import AutoTrackable
from tensorflow.python.training.tracking.util import TrackableSaver
from tensorflow_core.python.ops.rnn_cell_impl import LSTMStateTuple

same = [
    (core, tf), (core_rnn.dynamic_rnn, tf.nn.dynamic_rnn),
    (nn.dynamic_rnn, tf.nn.dynamic_rnn),
    (rnn_cell.GRUCell, tf.nn.rnn_cell.GRUCell), (collections, standard),
    (inner, rnn_cell_wrapper_impl), (Checkpointable, AutoTrackable),
    (LSTMStateTuple, tf.nn.rnn_cell.LSTMStateTuple),
    (rnn_cell_wrapper_impl.DropoutWrapperBase,
     tf.nn.rnn_cell.DropoutWrapper)]
cell = tf.nn.rnn_cell.GRUCell(3)
kinds = (isinstance(cell, CheckpointableBase), issubclass(Layer, object),
         isinstance(tf.contrib.checkpoint.List(), CheckpointableBase))
x = tf.ones([2, 3])
shapes = [common_shapes.unchanged_shape(tf.tanh(x).op)[0].as_list(),
          common_shapes.scalar_shape(x.op)[0].as_list(),
          common_shapes.rank(x),
          common_shapes.unchanged_shape_with_rank(2)(tf.tanh(x).op)[0].ndims]
"""


def test_private_paths_lead_to_what_replaced_them(program):
  names = program(_IMPORTS)
  for one, other in names["same"]:
    assert one is other
  assert names["kinds"] == (True, True, True)
  assert names["shapes"] == [[2, 3], [], 2, 2]
  names["_check_supported_dtypes"](None)
  with pytest.raises(ValueError, match="float"):
    names["_check_supported_dtypes"]("int32")


def test_what_1_15_had_and_is_refused_is_not_denied(program):
  with pytest.raises(ImportError, match="was in TensorFlow 1.15"):
    program("import tensorflow.compiler.xla")
