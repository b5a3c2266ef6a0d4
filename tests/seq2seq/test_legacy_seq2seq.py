"""`tf.contrib.legacy_seq2seq`: signatures, errors, and its names before 1.0.

`tests/golden/cases_legacy_seq2seq.py` has what it computes.
"""

import copy
import inspect

import numpy as np
import pytest

from tfcompat_rnn import _errors

SIGNATURES = {
    "attention_decoder": (
        "decoder_inputs, initial_state, attention_states, cell, "
        "output_size=None, num_heads=1, loop_function=None, dtype=None, "
        "scope=None, initial_state_attention=False"),
    "basic_rnn_seq2seq": (
        "encoder_inputs, decoder_inputs, cell, dtype=tf.float32, scope=None"),
    "embedding_attention_decoder": (
        "decoder_inputs, initial_state, attention_states, cell, num_symbols, "
        "embedding_size, num_heads=1, output_size=None, "
        "output_projection=None, feed_previous=False, "
        "update_embedding_for_previous=True, dtype=None, scope=None, "
        "initial_state_attention=False"),
    "embedding_attention_seq2seq": (
        "encoder_inputs, decoder_inputs, cell, num_encoder_symbols, "
        "num_decoder_symbols, embedding_size, num_heads=1, "
        "output_projection=None, feed_previous=False, dtype=None, scope=None, "
        "initial_state_attention=False"),
    "embedding_rnn_decoder": (
        "decoder_inputs, initial_state, cell, num_symbols, embedding_size, "
        "output_projection=None, feed_previous=False, "
        "update_embedding_for_previous=True, scope=None"),
    "embedding_rnn_seq2seq": (
        "encoder_inputs, decoder_inputs, cell, num_encoder_symbols, "
        "num_decoder_symbols, embedding_size, output_projection=None, "
        "feed_previous=False, dtype=None, scope=None"),
    "embedding_tied_rnn_seq2seq": (
        "encoder_inputs, decoder_inputs, cell, num_symbols, embedding_size, "
        "num_decoder_symbols=None, output_projection=None, "
        "feed_previous=False, dtype=None, scope=None"),
    "model_with_buckets": (
        "encoder_inputs, decoder_inputs, targets, weights, buckets, seq2seq, "
        "softmax_loss_function=None, per_example_loss=False, name=None"),
    "one2many_rnn_seq2seq": (
        "encoder_inputs, decoder_inputs_dict, enc_cell, dec_cells_dict, "
        "num_encoder_symbols, num_decoder_symbols_dict, embedding_size, "
        "feed_previous=False, dtype=None, scope=None"),
    "rnn_decoder": (
        "decoder_inputs, initial_state, cell, loop_function=None, scope=None"),
    "sequence_loss": (
        "logits, targets, weights, average_across_timesteps=True, "
        "average_across_batch=True, softmax_loss_function=None, name=None"),
    "sequence_loss_by_example": (
        "logits, targets, weights, average_across_timesteps=True, "
        "softmax_loss_function=None, name=None"),
    "tied_rnn_seq2seq": (
        "encoder_inputs, decoder_inputs, cell, loop_function=None, "
        "dtype=tf.float32, scope=None"),
}
EMBEDDED = dict(num_encoder_symbols=6, num_decoder_symbols=7, embedding_size=3)


@pytest.fixture
def tf1(v1):
  from tfcompat_rnn import tf1
  return tf1


def symbols(tf, name, steps=2):
  return [tf.placeholder(tf.int32, [2], name=f"{name}{step}")
          for step in range(steps)]


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_signature_in_every_place(tf1, name):
  wanted = f"({SIGNATURES[name]})"
  ops = tf1.contrib.legacy_seq2seq.python.ops.seq2seq
  for module in (tf1.contrib.legacy_seq2seq, ops, tf1.nn.seq2seq,
                 tf1.python.ops.seq2seq, tf1.models.rnn.seq2seq):
    if name == "model_with_buckets" and "legacy" not in module.__name__:
      continue  # also accepts the arguments of 0.5
    if name == "one2many_rnn_seq2seq" and "legacy" not in module.__name__:
      continue  # took one cell for all
    assert str(inspect.signature(getattr(module, name))) == wanted


def test_private_names(tf1):
  ops = tf1.contrib.legacy_seq2seq.python.ops.seq2seq
  table = tf1.constant([[1., 2.], [3., 4.]])
  next_input = ops._extract_argmax_and_embed(table)
  assert tf1.python.ops.seq2seq._extract_argmax_and_embed
  mapped = ops.Linear(table, 3, True)(table)
  assert mapped.shape.as_list() == [2, 3]
  with tf1.Session() as session:
    # The larger logit is the second of the first row, the first of the other.
    got = session.run(next_input(tf1.constant([[0., 1.], [5., 2.]]), 1))
  assert got.tolist() == [[3, 4], [1, 2]]


def test_errors(tf1):
  legacy = tf1.contrib.legacy_seq2seq
  cell = tf1.nn.rnn_cell.GRUCell(4)
  step, state = tf1.zeros([2, 3]), tf1.zeros([2, 4])
  encoded = tf1.zeros([2, 5, 4])
  unknown = tf1.placeholder(tf1.float32, [2, None])

  def attend(inputs=(step,), states=encoded, initial_state=state, **options):
    return legacy.attention_decoder(
        list(inputs), initial_state, states, cell, **options)

  pair = tf1.zeros([4, 7]), tf1.zeros([6])
  ids = symbols(tf1, "x", 1)
  calls = [
      ("must have at least one step, got ..; pass a list",
       lambda: attend(())),
      ("`num_heads` must be at least 1, got 0; call rnn_decoder",
       lambda: attend(num_heads=0)),
      ("have a known last dimension, got shape .2, 5, .*; call", lambda: attend(
          states=tf1.placeholder(tf1.float32, [2, 5, None]))),
      ("each have a known depth, got shape .* of Placeholder.*; call its",
       lambda: attend((unknown,))),
      ("Shapes .* are incompatible", lambda: legacy.embedding_rnn_decoder(
          ids, state, cell, 7, 3, output_projection=pair)),
      ("Shapes .* are incompatible", lambda: legacy.embedding_rnn_decoder(
          ids, state, cell, 6, 3, output_projection=pair, scope="b")),
      (r"output_projection\[1\]", lambda: legacy.embedding_attention_decoder(
          ids, state, encoded, cell, 7, 3, output_projection=pair)),
      ("^`encoder_inputs` must have at least the 2 steps of the last bucket, "
       "got 1; pass more steps, or a smaller bucket",
       lambda: legacy.model_with_buckets(
           ids, ids, ids, [step], [(2, 1)], None)),
      ("^`targets` must have at least the 2 steps of the last bucket, got 1; ",
       lambda: legacy.model_with_buckets(
           ids, ids, ids, [step], [(1, 2)], None)),
      ("^`weights` must have at least the 1 steps of the last bucket, got 0; ",
       lambda: legacy.model_with_buckets(ids, ids, ids, [], [(1, 1)], None)),
      ("dec_cells_dict", lambda: legacy.one2many_rnn_seq2seq(
          ids, {"a": ids}, cell, {"b": cell}, 6, {"a": 6}, 3)),
  ]
  for words, call in calls:
    with pytest.raises(ValueError, match=words) as caught:
      call()
    assert isinstance(caught.value, _errors.ArgumentError)
  for cells in ((object(), {"a": cell}), (cell, {"a": object()})):
    with pytest.raises(TypeError, match="_cell` must be an RNNCell, got "
                       ".*object.*, which is not an RNNCell; pass"):
      legacy.one2many_rnn_seq2seq(
          ids, {"a": ids}, cells[0], cells[1], 6, {"a": 6}, 3)
  with pytest.raises(AssertionError, match="initial_state"):
    attend(initial_state=(tf1.zeros([2, 4, 4]),), scope="c",
           initial_state_attention=True)


def buckets(tf, module, cell_for, **options):
  """The losses of two buckets of a model whose cell is `cell_for()`."""
  questions, answers = symbols(tf, "q"), symbols(tf, "a")
  return module.model_with_buckets(
      questions, answers, answers, [tf.ones([2])] * 2, [(1, 1), (2, 2)],
      lambda x, y: module.embedding_attention_seq2seq(
          x, y, cell_for(), **EMBEDDED), **options)[1]


def test_a_cell_that_was_called_cannot_be_copied_as_in_1_15(tf1):
  cell = tf1.nn.rnn_cell.MultiRNNCell([tf1.nn.rnn_cell.GRUCell(4)])
  buckets(tf1, tf1.contrib.legacy_seq2seq, lambda: copy.deepcopy(cell))
  with tf1.variable_scope("other"):
    with pytest.raises(TypeError, match="--repeated-cells copy") as caught:
      buckets(tf1, tf1.contrib.legacy_seq2seq, lambda: cell)
  assert isinstance(caught.value, _errors.ArgumentTypeError)


@pytest.mark.parametrize("old_path", [True, False])
def test_one_cell_in_all_buckets_as_before_1_1(tf1, old_path):
  """It makes the variables that a copy for each bucket makes."""
  from tfcompat_rnn.cells import multi

  def names(module, cell_for):
    with tf1.Graph().as_default():
      cell = tf1.nn.rnn_cell.MultiRNNCell([tf1.nn.rnn_cell.BasicLSTMCell(4)])
      buckets(tf1, module, lambda: cell_for(cell))
      return [variable.name for variable in tf1.global_variables()]

  legacy = tf1.contrib.legacy_seq2seq
  before = multi.set_repeated_cells("share" if old_path else "copy")
  try:
    got = names(tf1.nn.seq2seq if old_path else legacy, lambda cell: cell)
  finally:
    multi.set_repeated_cells(before)
  assert got == names(legacy, copy.deepcopy)


def test_old_path_reads_a_cell_as_a_recipe(tf1):
  """Encoder and decoder with one cell object, each with its own variables."""
  cell = tf1.nn.rnn_cell.GRUCell(4)
  inputs = [tf1.zeros([2, 3])] * 2
  _, state = tf1.nn.static_rnn(cell, inputs, dtype=tf1.float32)
  tf1.nn.seq2seq.rnn_decoder(inputs, state, cell)
  assert {variable.name.split("/")[0] for variable in tf1.global_variables()
          } == {"rnn", "rnn_decoder"}
  assert len(tf1.global_variables()) == 8


def test_order_of_the_arguments_of_a_loss_function(tf1):
  logits, labels = [tf1.ones([2, 4])], [tf1.zeros([2], tf1.int32)]
  got = []

  def before(inputs, classes):
    got.append((inputs.shape.as_list(), classes.shape.as_list()))
    return tf1.zeros([2])

  def after(labels, logits):
    return before(logits, labels)

  for loss, function in (
      (tf1.nn.seq2seq.sequence_loss, before),
      (tf1.nn.seq2seq.sequence_loss_by_example, before),
      (tf1.contrib.legacy_seq2seq.sequence_loss, after)):
    loss(logits, labels, [tf1.ones([2])], softmax_loss_function=function)
  buckets(tf1, tf1.nn.seq2seq, lambda: tf1.nn.rnn_cell.GRUCell(4),
          softmax_loss_function=before)
  assert got[:3] == [([2, 4], [2])] * 3
  assert got[3:] == [([2, 7], [2])] * 3


def test_decoders_copy_a_state_read_from_a_reference_variable(tf1):
  state = tf1.Variable(tf1.zeros([2, 4]), trainable=False, use_resource=False)
  tf1.contrib.legacy_seq2seq.attention_decoder(
      [tf1.zeros([2, 3])], state, tf1.zeros([2, 5, 3]),
      tf1.nn.rnn_cell.GRUCell(4))
  kinds = [op.type for op in tf1.get_default_graph().get_operations()]
  assert kinds.count("DeepCopy") == 1


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_attention_by_numpy(tf1, dtype):
  """One step of the decoder, with the formulas of its docstring."""
  random = np.random.RandomState(3)
  cell = tf1.nn.rnn_cell.BasicRNNCell(4)
  x, s, h = (random.uniform(-1, 1, shape).astype(dtype)
             for shape in ((2, 3), (2, 4), (2, 5, 6)))
  outputs, _ = tf1.contrib.legacy_seq2seq.attention_decoder(
      [tf1.constant(x)], tf1.constant(s), tf1.constant(h), cell,
      output_size=2, dtype=dtype, initial_state_attention=True)
  with tf1.Session() as session:
    values = {}
    for variable in tf1.global_variables():
      value = random.uniform(-1, 1, variable.shape.as_list()).astype(dtype)
      variable.load(value, session)
      values[variable.op.name.partition("/")[2]] = value.astype(np.float64)
    got = session.run(outputs[0])
  assert got.dtype == dtype

  def affine(inputs, name):
    return inputs @ values[name + "kernel"] + values[name + "bias"]

  def read(state):
    keys = h @ values["AttnW_0"][0, 0]
    query = affine(state, "Attention_0/")
    scores = np.tanh(keys + query[:, None]) @ values["AttnV_0"]
    mask = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    return (mask[:, :, None] * h).sum(1)

  mixed = affine(np.concatenate([x, read(s)], 1), "")
  state = np.tanh(affine(np.concatenate([mixed, s], 1), "basic_rnn_cell/"))
  wanted = affine(
      np.concatenate([state, read(state)], 1), "AttnOutputProjection/")
  # The softmax is computed in float32 for float64, too.
  np.testing.assert_allclose(
      got, wanted, rtol=1e-6 if dtype == "float64" else 2e-2, atol=1e-2 if
      dtype == "float16" else 1e-7)


def test_a_loss_function_of_1_0_names_its_labels(tf1):
  """1.0 and 1.1 passed both by position, in one order or the other."""
  logits, labels = [tf1.ones([2, 4])], [tf1.zeros([2], tf1.int32)]
  got = []

  def labels_first(labels, inputs):
    got.append((labels.dtype, inputs.dtype))
    return tf1.zeros([2])

  def inputs_first(inputs, targets):
    return labels_first(targets, inputs)

  legacy = tf1.contrib.legacy_seq2seq
  for function in (labels_first, inputs_first):
    legacy.sequence_loss(logits, labels, [tf1.ones([2])],
                         softmax_loss_function=function)
    tf1.contrib.seq2seq.sequence_loss(
        tf1.ones([2, 1, 4]), tf1.zeros([2, 1], tf1.int32), tf1.ones([2, 1]),
        softmax_loss_function=function)
  assert got == [(tf1.int32, tf1.float32)] * 4
  for function in (lambda a, b: a, lambda inputs, x: x,
                   lambda labels, targets: labels):
    with pytest.raises(TypeError, match="unexpected keyword argument"):
      legacy.sequence_loss(logits, labels, [tf1.ones([2])],
                           softmax_loss_function=function)


def test_a_loss_of_no_steps_is_refused(v1):
  from tfcompat_rnn import tf1
  with pytest.raises(_errors.ArgumentError, match="`logits` must have at"):
    tf1.contrib.legacy_seq2seq.sequence_loss([], [], [])


@pytest.mark.parametrize("path", [
    "nn.seq2seq", "contrib.legacy_seq2seq",
    "contrib.legacy_seq2seq.python.ops.seq2seq"])
def test_one_cell_for_one_encoder_and_many_decoders(tf1, path):
  """Up to 1.0; the variables are those of a cell for each of them."""
  def names(function, *cells):
    with tf1.Graph().as_default():
      ids = [tf1.zeros([2], tf1.int32)] * 2
      outputs, _ = function(ids, {"a": ids, "b": ids}, *cells, 6,
                            {"a": 6, "b": 7}, 3)
      assert outputs["b"][1].shape.as_list() == [2, 7]
      return [variable.name for variable in tf1.global_variables()]

  cell = tf1.nn.rnn_cell.GRUCell
  module = tf1
  for part in path.split("."):
    module = getattr(module, part)
  assert names(module.one2many_rnn_seq2seq, cell(4)) == names(
      tf1.contrib.legacy_seq2seq.one2many_rnn_seq2seq, cell(4),
      {"a": cell(4), "b": cell(4)})
