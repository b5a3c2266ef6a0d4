"""What `model_rnn` refuses, and whether it names the leaf."""

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn.loops import _model_function


def keep(inputs, states):
  return inputs, states


def of(shape, dtype="float32"):
  return np.zeros(shape, dtype)


ARGUMENTS = {
    "a class": (
        TypeError, dict(model=cells.LSTMCell),
        "`model` must be an instance, got the class LSTMCell"),
    "a list": (
        TypeError, dict(model=[cells.LSTMCell(2), cells.LSTMCell(2)]),
        "`model` must be one model, got a list of 2; stack cells"),
    "no function": (
        TypeError, dict(model=3), "`model` must be a step function"),
    "steps apart": (
        ValueError, dict(inputs={"a": of([2, 5, 3]), "b": of([2, 4])}),
        "`inputs[b]` must have as many time steps as inputs[a], 5, got 4"),
    "rows apart": (
        ValueError, dict(inputs=(of([2, 5, 3]), of([3, 5]))),
        "`inputs[1]` must have the batch of the other inputs, 2, got 3 rows"),
    "no time": (
        ValueError, dict(inputs=(of([2, 5, 3]), of([2]))),
        "`inputs[1]` must be [batch, time, ...], got shape (2,)"),
    "no inputs": (ValueError, dict(inputs=()),
                  "`inputs` must contain at least one tensor"),
    "a cell's depth": (
        ValueError, dict(model=cells.LSTMCell(2), inputs=of([2, 5])),
        "`inputs` must have rank at least 3: [batch, time, depth]"),
    "a mask of floats": (
        TypeError, dict(reset_mask=of([2, 5])),
        "`reset_mask` must be bool [batch, time], got float32"),
    "a mask turned round": (
        ValueError, dict(reset_mask=of([5, 2], bool)),
        "`reset_mask` must be [batch, time] like the inputs, (2, 5), got "
        "shape (5, 2)"),
    "lengths of others": (
        ValueError, dict(sequence_length=[1, 2, 3]),
        "`sequence_length` must have one length per row, 2 in total"),
    "a reset value without a mask": (
        ValueError, dict(reset_value="initial"),
        "`reset_value` must be used with a `reset_mask`"),
    "an unknown reset value": (
        ValueError, dict(reset_value="last", reset_mask=of([2, 5], bool)),
        '`reset_value` must be "initial", None or a structure like the state'),
    "a reset value of another shape": (
        ValueError, dict(states={"h": of([2, 4])}, reset_value={
            "h": of([2, 3])}, reset_mask=of([2, 5], bool)),
        "`reset_value[h]` must be like the state, float32 (2, 4), got float32 "
        "(2, 3)"),
    "a state without rows": (
        ValueError, dict(states={"h": of([4])}, reset_mask=of([2, 5], bool)),
        "`states` must have one row per element of the batch, 2"),
    "a state of None": (
        TypeError, dict(states=(of([2, 3]), [None])),
        "`states[1/0]` must be a tensor, got None"),
    "training a cell": (
        ValueError, dict(model=cells.LSTMCell(2), training=True),
        "`training` must be None for a cell"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(v1, name):
  kind, more, text = ARGUMENTS[name]
  arguments = {"model": keep, "inputs": of([2, 5, 3]), **more}
  with pytest.raises(kind) as caught:
    tfcompat_rnn.model_rnn(**arguments)
  assert isinstance(caught.value, _errors.TfcompatError)
  assert text in str(caught.value)


STATES = {"cells": (of([2, 3]), of([2, 4])), "n": of([], "int32")}


def changed(**parts):
  return lambda x, s: (x, {**s, **parts})


STEPS = {
    "no pair": (
        TypeError, lambda x, s: x,
        "`model` must return a pair (output, new_states), got one tensor"),
    "another structure": (
        TypeError, lambda x, s: (x, {**s, "cells": s["n"]}),
        "`new_states[cells]` must have the structure (*, *), got one tensor"),
    "a part less": (
        ValueError, lambda x, s: (x, {**s, "cells": s["cells"][:1]}),
        "`new_states[cells]` must have the structure (*, *), got (*,)"),
    "another dtype": (
        TypeError, lambda x, s: (x, {**s, "n": s["cells"][0][0, 0]}),
        "`new_states[n]` must keep the state's dtype, int32, got float32"),
    "another shape": (
        ValueError,
        lambda x, s: (x, {**s, "cells": (s["cells"][0], s["cells"][0])}),
        "`new_states[cells][1]` must keep the state's shape, (2, 4), got "
        "(2, 3)"),
    "nothing": (
        TypeError, lambda x, s: (x, {**s, "cells": (None, s["cells"][1])}),
        "`new_states[cells][0]` must be a tensor, got None"),
    "no output": (
        TypeError, lambda x, s: ({"y": x, "z": None}, s),
        "`output[z]` must be a tensor, got None"),
}


@pytest.mark.parametrize("v2", [False, True])
@pytest.mark.parametrize("name", STEPS)
def test_steps(v1, request, name, v2):
  if v2:
    request.getfixturevalue("v2_graph")
  kind, step, text = STEPS[name]
  with pytest.raises(kind) as caught:
    tfcompat_rnn.model_rnn(step, of([2, 5, 3]), STATES)
  assert text in str(caught.value)


def test_states_nobody_gave(v1):
  with pytest.raises(TypeError, match="if `states` was left out"):
    tfcompat_rnn.model_rnn(lambda x, s: (x, x), of([2, 5, 3]))


@pytest.mark.parametrize("what, feed, text", [
    ("inputs", {"b": of([2, 4])}, "inputs[b] must have as many time steps"),
    ("lengths", {"lengths": of([3], "int32")},
     "sequence_length must have one length per row"),
    ("mask", {"mask": of([2, 6], bool)},
     ("reset_mask must have the batch size and the time steps of the "
      "inputs"))])
def test_what_shows_only_when_it_runs(v1, what, feed, text):
  tf = v1
  placeholders = {
      "a": tf.placeholder(tf.float32, [None, None, 3]),
      "b": tf.placeholder(tf.float32, [None, None]),
      "lengths": tf.placeholder(tf.int32, [None]),
      "mask": tf.placeholder(tf.bool, [None, None])}
  outputs, _ = tfcompat_rnn.model_rnn(
      lambda x, s: ({**x, "s": s}, s + 1),
      {"a": placeholders["a"], "b": placeholders["b"]}, of([2, 1]),
      sequence_length=placeholders["lengths"], reset_mask=placeholders["mask"])
  values = {"a": of([2, 5, 3]), "b": of([2, 5]), "lengths": of([2], "int32"),
            "mask": of([2, 5], bool)}
  with tf.Session() as session:
    feeds = {placeholders[key]: values[key] for key in values}
    assert session.run(outputs, feeds)["a"].shape == (2, 5, 3)
    feeds = {placeholders[key]: {**values, **feed}[key] for key in values}
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
      session.run(outputs, feeds)
  assert text in str(caught.value)


def test_recompute_refuses_what_draws_and_what_counts(v1):
  tf = v1
  draws = lambda x, s: (x * tf.random.uniform([3]), s)
  with pytest.raises(_errors.RefusedError, match="RandomUniform .*stateless"):
    tfcompat_rnn.model_rnn(draws, of([2, 5, 3]), recompute=True)
  counter = tf.Variable(0., use_resource=True)
  counts = lambda x, s: (x + counter.assign_add(1), s)
  with pytest.raises(_errors.RefusedError, match="AssignAddVariableOp"):
    tfcompat_rnn.model_rnn(counts, of([2, 5, 3]), recompute=True)
  hidden = lambda x, s: (tf.cond(
      x[0, 0] > 0, lambda: x * tf.random.normal([3]), lambda: x), s)
  with pytest.raises(_errors.RefusedError, match="RandomStandardNormal"):
    tfcompat_rnn.model_rnn(hidden, of([2, 5, 3]), recompute=True)
  stateless = lambda x, s: (x * tf.random.stateless_uniform([3], s), s + 1)
  outputs, _ = tfcompat_rnn.model_rnn(
      stateless, np.ones([2, 5, 3], np.float32),
      np.array([1, 2], np.int32), recompute=True)
  with tf.Session() as session:
    outputs = session.run(outputs)
  np.testing.assert_array_equal(outputs[0], outputs[1])
  assert len(np.unique(outputs)) == 15


def test_recompute_refuses_a_reference_itself(v1):
  tf = v1
  total = tf.Variable([0., 0., 0.], use_resource=False)
  with pytest.raises(_errors.RefusedError, match="reference variables"):
    tfcompat_rnn.model_rnn(
        lambda x, s: (x + total._ref(), s), of([2, 5, 3]), recompute=True)


def test_a_graph_that_was_imported_cannot_be_recomputed(v1):
  tf = v1
  with tf.Graph().as_default():
    x = tf.placeholder(tf.float32, [2, 5, 3], "x")
    tfcompat_rnn.model_rnn(keep, x, recompute=True, scope="mine")
    exported = tf.train.export_meta_graph()
  call = next(node for node in exported.graph_def.node
              if "PartitionedCall" in node.op)
  _model_function._recomputed.clear()
  tf.train.import_meta_graph(exported)
  imported = tf.get_default_graph().get_operation_by_name(call.name)
  assert imported.get_attr("_gradient_op_type")
  with pytest.raises(_errors.RefusedError, match="the process that built"):
    _model_function._gradient_of_call(imported, tf.zeros([2, 3]))
