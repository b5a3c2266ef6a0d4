"""Every row of an old name or form: what it is, and what its calls give."""

import json
import os

import numpy as np
import pytest

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn.namespace import releases
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import defaults
from tfcompat_rnn.namespace.releases import made
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import rows
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version

ROWS = [row for family in ("core", "python", "contrib")
        for row in tables.family(family).rows.values()
        if isinstance(row, (rows.Old, rows.Changed))]


@pytest.fixture(autouse=True)
def fresh():
  tf1.disable_v2_behavior()
  told = []
  before = notice.set_output(told.append)
  notice.forget()
  sources.forget()
  with tf1.Graph().as_default():
    yield told
  releases.set_api(None)
  notice.set_output(before)
  notice.forget()
  sources.forget()


def test_rows_name_releases_in_order():
  for row in ROWS:
    assert version.parse(row.first) <= version.parse(row.last), row.old
    assert version.parse(row.last) < version.LAST, row.old


def test_arguments_of_rows_are_parameters_of_what_they_call():
  """No argument of an old name leads nowhere."""
  import inspect

  from tfcompat_rnn import _tf
  wrong = []
  for row in ROWS:
    if row.arguments is None:
      continue
    where = getattr(row, "old_where", "") or row.where
    known = inspect.signature(_tf.find(where)).parameters
    if any(parameter.kind == parameter.VAR_KEYWORD
           for parameter in known.values()):
      continue
    wrong += [f"{row.old}: {new}" for _, new in rows.pairs(row.arguments)
              if new and new not in known]
  assert not wrong, "\n".join(wrong)


def test_arguments_are_in_the_order_of_their_release():
  """Of the names that 0.12 still had, as it says itself.

  `listdiff` is left out: 0.12 had inserted an argument before its end.
  """
  path = os.path.join(os.path.dirname(__file__), "data",
                      "signatures_0_12.json")
  with open(path, encoding="utf-8") as file:
    known = json.load(file)
  of = {row.old: row for row in ROWS if isinstance(row, rows.Old)}
  assert len(known) > 70
  for name, arguments in known.items():
    found = [old for old, _ in rows.pairs(of[name].arguments)]
    assert found == arguments.split(), name


def test_a_notice_comes_once_and_names_the_release(fresh):
  x = tf1.placeholder("float", [2, 4])
  tf1.mul(x, x)
  tf1.pack([x, x])
  tf1.split(1, 2, x)
  assert len(fresh) == 1
  assert "tf.mul" in fresh[0] and "--api 0.12" in fresh[0]
  assert list(notice.names()) == [
      "tf.mul", "tf.pack", "tf.split(split_dim, num_split, ...)"]


def test_the_notice_names_a_release_that_fits_the_states(fresh):
  sources.add_text("train.py", "state = cell.zero_state(8, tf.float32).eval()")
  tf1.pack([1, 2])
  assert fresh[0].endswith(
      "such as --api 0.10 or behave_as_1_15(api='0.10')")


@pytest.mark.parametrize("text, one, tuples", [
    ("print 'Python 2'\nstate = tf.zeros([batch, cell.state_size])", 1, 0),
    ("from tensorflow.models.rnn import rnn_cell", 1, 0),
    ("istate = tf.placeholder('float', [None, 2 * n_hidden])", 1, 0),
    ("state = model.initial_state.eval()", 1, 0),
    ("output = last_state[-1].h", 0, 1),
    ("sess.run(tf.global_variables_initializer())", 0, 1),
    ("# state.eval()\nx = 'cell.zero_state(1).eval()'", 0, 0),
    ("outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)", 0, 0),
])
def test_the_text_of_a_program_shows_its_states(text, one, tuples):
  sources.add_text("train.py", text)
  assert [bool(found) for found in sources.states()] == [one, tuples]


def test_looking_names_up_is_no_use(fresh):
  assert "SummaryWriter" not in dir(tf1.train)   # as in 1.15
  assert not hasattr(tf1, "pack")
  assert not fresh


def _value(tensor):
  with tf1.Session() as session:
    return session.run(tensor)


X = np.arange(6, dtype=np.float32).reshape([2, 3])
# a call in the old form, and its value
CALLS = [
    ("concat(0, [X, X])", np.concatenate([X, X], 0)),
    ("concat(1, (X, X), name='c')", np.concatenate([X, X], 1)),
    ("concat(concat_dim=1, values=[X, X])", np.concatenate([X, X], 1)),
    ("concat(tf1.constant(1), [X, X])", np.concatenate([X, X], 1)),
    ("concat([X, X], 1)", np.concatenate([X, X], 1)),
    ("split(1, 3, X)[2]", X[:, 2:]),
    ("split(split_dim=0, num_split=2, value=X)[1]", X[1:]),
    ("split(0, 2, value=X)[1]", X[1:]),
    ("split(X, 3, 1)[2]", X[:, 2:]),
    ("split(X, [1, 2], 1)[1]", X[:, 1:]),
    ("concat_v2([X, X], 0)", np.concatenate([X, X], 0)),
    ("split_v(X, [1, 2], 1)[1]", X[:, 1:]),
    ("reverse_v2(X, [1])", X[:, ::-1]),
    ("reverse(X, [False, True])", X[:, ::-1]),
    ("reverse(X, dims=[True, False])", X[::-1]),
    ("reverse(X, [0])", X[::-1]),
    ("pack([X, X], axis=1)", np.stack([X, X], 1)),
    ("unpack(X)[1]", X[1]),
    ("unpack(X, 3, 1)[1]", X[:, 1]),
    ("mul(X, 2.)", X * 2), ("sub(X, 1.)", X - 1), ("neg(X)", -X),
    ("inv(X + 1)", 1 / (X + 1)), ("select(X > 2, X, -X)",
                                  np.where(X > 2, X, -X)),
    ("select(condition=X > 2, t=X, e=-X)", np.where(X > 2, X, -X)),
    ("complex_abs(tf1.complex(3., 4.))", np.float32(5)),
    ("listdiff([1, 2, 3], [2])[0]", np.array([1, 3])),
    ("batch_matmul(X, X, adj_y=True)", X @ X.T),
    ("batch_matmul(X, X, True)", X.T @ X),
    ("batch_matrix_transpose(X)", X.T),
    ("batch_matrix_diag(X[0])", np.diag(X[0])),
    ("batch_matrix_determinant(np.eye(2) * 3)", 9.0),
    ("batch_matrix_inverse(np.eye(2) * 2)", np.eye(2) / 2),
    ("batch_matrix_solve(np.eye(2) * 2, np.eye(2))", np.eye(2) / 2),
    ("batch_cholesky(np.eye(2) * 4)", np.eye(2) * 2),
    ("image.resize_images(np.ones([1, 4, 4, 1]), 2, 2)",
     np.ones([1, 2, 2, 1])),
    ("image.resize_images(np.ones([1, 4, 4, 1]), [2, 2])",
     np.ones([1, 2, 2, 1])),
    ("python.ops.array_ops.concat(1, [X, X])", np.concatenate([X, X], 1)),
    ("python.ops.math_ops.mul(X, X)", X * X),
    ("nn.softmax(np.zeros([1, 2]), 'probabilities')", [[.5, .5]]),
    ("nn.softmax(np.zeros([2, 1]), 0)", [[.5], [.5]]),
    ("zeros_initializer([2, 3])", np.zeros([2, 3])),
    ("zeros_initializer((2,), tf1.int32)", np.zeros([2])),
    ("zeros_initializer(shape=[2])", np.zeros([2])),
    ("zeros_initializer()([2])", np.zeros([2])),
    ("zeros_initializer(tf1.int32)([2])", np.zeros([2])),
    ("ones_initializer([2], dtype=tf1.float64)", np.ones([2])),
    ("ones_initializer(dtype=tf1.float64)([2])", np.ones([2])),
    ("python.ops.init_ops.zeros_initializer([2])", np.zeros([2])),
    ("sparse_concat(concat_dim=0, sp_inputs=[tf1.SparseTensor([[0]], [1.], "
     "[1]), tf1.SparseTensor([[0]], [2.], [1])]).values", [1., 2.]),
    ("nn.top_k(X, 2, True, 'largest')[1]", [[2, 1], [2, 1]]),
    ("contrib.learn.ops.one_hot_matrix([1, 0], 2, on_value=2., off_value=0.)",
     [[0., 2.], [2., 0.]]),
]


@pytest.mark.parametrize("number", range(4))
def test_calls(number):
  """A quarter each, one session for all of them."""
  mine = CALLS[number::4]
  tensors = [eval("tf1." + call, {"tf1": tf1, "X": X, "np": np})
             for call, _ in mine]
  for (call, wanted), got in zip(mine, _value(tensors)):
    np.testing.assert_allclose(got, wanted, rtol=1e-6, err_msg=call)


def test_initializers_are_still_classes():
  for name in ("zeros_initializer", "ones_initializer"):
    made_class = getattr(tf1, name)
    assert isinstance(made_class(), made_class)
    assert made_class(tf1.int32).get_config() == {"dtype": "int32"}
    assert type(made_class()).__name__ == name.split("_")[0].capitalize()
  variable = tf1.get_variable("v", [2], initializer=tf1.zeros_initializer)
  assert variable.shape == [2]


def test_a_nas_cell_takes_the_name_of_its_time():
  cell = tf1.contrib.rnn.NASCell(2, use_biases=True)
  cell(tf1.constant(X), cell.zero_state(2, tf1.float32))
  assert [v.op.name for v in tf1.trainable_variables()][-1] == "nas_cell/bias"


# a call, its value in 0.x and from 1.0 on
DIVISIONS = [
    ("div(np.int32([7, -7]), 2)", [3, -3], [3, -4]),
    ("floordiv(np.int32([7, -7]), 2)", [3, -3], [3, -4]),
    ("div(np.float32([7, -7]), 2.)", [3.5, -3.5], [3.5, -3.5]),
    ("floordiv(np.float32([7, -7]), 2.)", [3., -4.], [3., -4.]),
    ("mod(np.int32([7, -7]), 3)", [1, -1], [1, 2]),
    ("mod(np.float32([7, -7]), 3.)", [1., -1.], [1., 2.]),
    ("python.ops.math_ops.div(np.int32([7, -7]), 2)", [3, -3], [3, -4]),
]


def test_integers_were_divided_towards_zero():
  """As TensorFlow 0.12.1 and 1.15.5 printed."""
  recent = [eval("tf1." + call) for call, _, _ in DIVISIONS]
  releases.set_api("0.12")
  old = [eval("tf1." + call) for call, _, _ in DIVISIONS]
  releases.set_api("1.0")
  later = [eval("tf1." + call) for call, _, _ in DIVISIONS]
  found = _value([old, recent, later])
  for number, (call, *wanted) in enumerate(DIVISIONS):
    assert found[0][number].tolist() == wanted[0], call
    assert found[1][number].tolist() == wanted[1], call
    assert found[2][number].tolist() == wanted[1], call


CLASSES = np.float32([[0, 1, 0], [1, 0, 0]])
CONTRIB_LOSSES = [
    ("absolute_difference(x, labels, {}=2.)", "weight", "weights"),
    ("compute_weighted_loss(x, {}=.5)", "weight", "weights"),
    ("cosine_distance(x, labels, 1, {}=2.)", "weight", "weights"),
    ("hinge_loss(x, {}=labels)", "target", "labels"),
    ("log_loss(x / 7, {}=labels)", "targets", "labels"),
    ("mean_pairwise_squared_error(x, labels, {}=2.)", "weight", "weights"),
    ("mean_squared_error(x, {}=labels)", "targets", "labels"),
    ("sigmoid_cross_entropy(x, labels, {}=2.)", "weight", "weights"),
    ("softmax_cross_entropy(x, labels, {}=2.)", "weight", "weights"),
    ("sparse_softmax_cross_entropy(x, classes, {}=2.)", "weight", "weights"),
]


@pytest.mark.slow
def test_losses_of_contrib_take_the_old_names_of_their_arguments():
  given = {"tf1": tf1, "x": tf1.constant(X + 1),
           "labels": tf1.constant(CLASSES), "classes": tf1.constant([1, 0])}
  calls = [["tf1.contrib.losses." + call.format(name) for name in names]
           for call, *names in CONTRIB_LOSSES]
  pairs = _value([[eval(call, given) for call in pair]
                  for pair in calls])
  for pair, (one, other) in zip(calls, pairs):
    np.testing.assert_array_equal(one, other, err_msg=pair[0])
    assert np.isfinite(one).all() and np.any(one), pair[0]


def test_methods_of_old_objects():
  """A TensorArray's, and the shape of sparse values; under the launcher."""
  with _patching.Stack() as patches:
    defaults.install(patches)
    array = tf1.TensorArray(tf1.float32, 2).unpack(X)
    assert "tf.TensorArray.unpack" in notice.names()
    np.testing.assert_array_equal(_value(array.pack()), X)
    value = tf1.SparseTensorValue(indices=[[0]], values=[1.], shape=[2])
    assert value == tf1.SparseTensorValue([[0]], [1.], [2])
    assert value.shape == value.dense_shape == [2]
    releases.set_api("1.0")
    assert not hasattr(value, "shape")
  assert not hasattr(tf1.TensorArray, "pack")
  with pytest.raises(TypeError):
    tf1.SparseTensorValue(indices=[[0]], values=[1.], shape=[2])


def _logits_and_labels():
  w = tf1.Variable([[1., 2.], [3., 5.]])
  logits = tf1.matmul(tf1.constant([[1., -1.], [0., 2.]]), w)
  return logits, tf1.placeholder_with_default([[0., 1.], [1., 0.]], [2, 2])


LOSSES = {
    "softmax_cross_entropy_with_logits": {},
    "sigmoid_cross_entropy_with_logits": {},
    "weighted_cross_entropy_with_logits": {"pos_weight": 2.},
}


@pytest.mark.parametrize("name", LOSSES)
def test_positional_losses_take_logits_first(name):
  logits, labels = _logits_and_labels()
  function = getattr(tf1.nn, name)
  notice.used("tf.pack", "0.12")  # something else that is old
  named = function(labels=labels, logits=logits, **LOSSES[name])
  old = function(logits, labels, *LOSSES[name].values())
  with tf1.Session() as session:
    session.run(tf1.global_variables_initializer())
    one, other = session.run([named, old])
  np.testing.assert_array_equal(one, other)


def test_old_names_of_the_arguments_of_losses():
  logits, labels = _logits_and_labels()
  function = tf1.nn.sigmoid_cross_entropy_with_logits
  named = function(labels=labels, logits=logits)
  old = function(logits=logits, targets=labels)
  with tf1.Session() as session:
    session.run(tf1.global_variables_initializer())
    one, other = session.run([named, old])
  np.testing.assert_array_equal(one, other)


def test_a_loss_that_could_be_either_needs_the_release():
  x = tf1.constant([[1., 2.]])
  function = tf1.nn.weighted_cross_entropy_with_logits
  recent = _value(function(x, 2 * x, 3.))
  notice.used("tf.pack", "0.12")
  with pytest.raises(_errors.ArgumentError, match="--api 0.12 or --api 1.0"):
    function(x, 2 * x, 3.)
  releases.set_api("0.12")
  old = _value(function(x, 2 * x, 3.))
  assert not np.allclose(old, recent)
  np.testing.assert_array_equal(_value(function(2 * x, x, 3.)), recent)


def test_positional_losses_without_other_signs_are_refused():
  x = tf1.constant([[1., 2.]])
  with pytest.raises(ValueError, match="labels=..., logits=..."):
    tf1.nn.softmax_cross_entropy_with_logits(x, x)


@pytest.mark.parametrize("name", ["sampled_softmax_loss", "nce_loss"])
def test_sampled_losses_know_labels_by_their_type(name):
  weights, biases = tf1.ones([5, 3]), tf1.zeros([5])
  inputs, labels = tf1.constant(X), tf1.constant([[1], [2]])
  candidates = (tf1.constant([0, 3], tf1.int64), tf1.ones([2, 1]),
                tf1.ones([2]))
  function = getattr(tf1.nn, name)
  recent = function(weights, biases, labels, inputs, 2, 5,
                    sampled_values=candidates)
  old = function(weights, biases, inputs, labels, 2, 5,
                 sampled_values=candidates)
  one, other = _value([recent, old])
  np.testing.assert_array_equal(one, other)


def test_ctc_loss_takes_inputs_first():
  labels = tf1.SparseTensor([[0, 0], [0, 1]], [1, 0], [1, 2])
  inputs = tf1.constant(np.arange(12).reshape([4, 1, 3]), tf1.float32)
  one, other = _value([tf1.nn.ctc_loss(labels, inputs, [4]),
                       tf1.nn.ctc_loss(inputs, labels, [4])])
  np.testing.assert_array_equal(one, other)


def test_arguments_that_were_not_there_are_refused():
  with pytest.raises(TypeError, match="at most 3 arguments"):
    tf1.mul(1, 2, "name", 4)
  with pytest.raises(TypeError, match="they were x, y, name"):
    tf1.mul(1, b=2)
  with pytest.raises(TypeError, match="multiple values"):
    tf1.mul(1, x=2)


def test_releases_that_never_were_are_refused():
  for wrong in ("0.13", "2.0", "new", "0.4"):
    with pytest.raises(ValueError, match="must be a release of TensorFlow"):
      releases.set_api(wrong)
  assert releases.api() is None
  assert releases.set_api("0.8.0") is None
  assert releases.set_api(None) == "0.8"


def test_the_environment_names_a_release(monkeypatch):
  monkeypatch.setenv(version.VARIABLE, "0.9")
  assert releases.is_before("0.10") and not releases.is_before("0.9")


def test_made_functions_have_names_and_say_what_they_are():
  function = made.pack
  assert function.__name__ == "pack"
  assert "0.5 to 0.12" in function.__doc__


def test_grid_cells_gave_one_tensor_up_to_1_1():
  def sizes(cell):
    return cell.output_size, cell.state_size

  grid = tf1.contrib.grid_rnn
  with_memory, without = (grid.Grid1LSTMCell, grid.Grid2LSTMCell,
                          grid.Grid2BasicLSTMCell), (grid.Grid2GRUCell,)
  for kind in with_memory + without:
    assert isinstance(kind(3).output_size, tuple)
  releases.set_api("1.1")
  assert sizes(grid.Grid1LSTMCell(3)) == (3, 6)
  assert sizes(grid.Grid2LSTMCell(3, tied=True)) == (3, 12)
  for kind in with_memory + without:
    assert kind(3).output_size == 3
  assert sizes(grid.Grid2LSTMCell(3, output_is_tuple=True))[0] == (3,)
  releases.set_api("1.2")
  assert isinstance(grid.Grid1LSTMCell(3).output_size, tuple)
