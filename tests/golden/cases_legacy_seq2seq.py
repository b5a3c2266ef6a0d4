"""Golden cases of `tf.contrib.legacy_seq2seq`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import copy

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import nn
from oracle.measure import numbers_for

SYMBOLS = dict(num_encoder_symbols=6, num_decoder_symbols=7, embedding_size=3)


def legacy(b):
  return b.tf.contrib.legacy_seq2seq


def symbols(b, name, steps, shape=None):
  """A list of `steps` placeholders with 2 symbols below 6."""
  return [b.integers("%s_%d" % (name, step),
                     [(2 * step + 1) % 6, (step + 3) % 6], shape=shape)
          for step in range(steps)]


def questions(b, steps=3):
  return symbols(b, "question", steps)


def answers(b, steps=4):
  return symbols(b, "answer", steps)


def projection(b, rows, columns=7):
  """Variables, as programs with sampled softmax have."""
  return (b.tf.get_variable("proj_w", [rows, columns], dtype=b.dtype),
          b.tf.get_variable("proj_b", [columns], dtype=b.dtype))


def stack(b):
  return nn(b).MultiRNNCell([nn(b).GRUCell(4), nn(b).BasicLSTMCell(b.units)])


@case("legacy_seq2seq")
def rnn_decoder_loop_function(b):
  """With a variable of its own, which exists before the loop."""
  cell = nn(b).BasicRNNCell(b.units)
  with b.tf.variable_scope("rnn_decoder/loop_function"):
    b.tf.get_variable("w", [b.units, b.depth], dtype=b.dtype)

  def following(output, step):
    return b.tf.matmul(
        output, b.tf.get_variable("w", dtype=b.dtype)) * float(step)

  return legacy(b).rnn_decoder(
      b.steps(), b.state(cell.state_size), cell, following)


@case("legacy_seq2seq")
def basic_rnn(b):
  return legacy(b).basic_rnn_seq2seq(
      b.steps(), b.steps(name="y"), nn(b).BasicLSTMCell(b.units),
      dtype=b.dtype)


@case("legacy_seq2seq", SINGLE)
def basic_rnn_projected(b):
  cell = b.tf.contrib.rnn.OutputProjectionWrapper(nn(b).GRUCell(b.units), 3)
  return legacy(b).basic_rnn_seq2seq(
      b.steps(), b.steps(name="y"), cell, scope="mine")


@case("legacy_seq2seq")
def tied_rnn(b):
  def following(output, unused_step):
    return output[:, :b.depth]

  return legacy(b).tied_rnn_seq2seq(
      b.steps(), b.steps(name="y"), stack(b), loop_function=following,
      dtype=b.dtype)


@case("legacy_seq2seq", SINGLE)
def tied_rnn_scope(b):
  return legacy(b).tied_rnn_seq2seq(
      b.steps(), b.steps(name="y"), nn(b).GRUCell(b.units), scope="mine")


def embedding_decoder(b, **options):
  cell = nn(b).LSTMCell(b.units)
  with b.tf.variable_scope("model", dtype=b.dtype):
    return legacy(b).embedding_rnn_decoder(
        answers(b), b.state(cell.state_size), cell, num_symbols=7,
        embedding_size=3, **options)


@case("legacy_seq2seq", SINGLE)
def embedding_decoder_taught(b):
  return embedding_decoder(b)


@case("legacy_seq2seq")
def embedding_decoder_fed(b):
  return embedding_decoder(
      b, feed_previous=True, output_projection=projection(b, b.units),
      update_embedding_for_previous=False, scope="mine")


@case("legacy_seq2seq", SINGLE)
def embedding_decoder_constant_projection(b):
  """Arrays become constants, which count for the seeds."""
  import numpy as np
  return embedding_decoder(
      b, feed_previous=True,
      output_projection=(np.eye(b.units, 7) - .5, np.arange(7) / 9.))


@case("legacy_seq2seq")
def embedding_rnn(b):
  return legacy(b).embedding_rnn_seq2seq(
      questions(b), answers(b), nn(b).BasicLSTMCell(b.units), dtype=b.dtype,
      **SYMBOLS)


@case("legacy_seq2seq")
def embedding_rnn_fed(b):
  with b.tf.variable_scope("outer", dtype=b.dtype):
    return legacy(b).embedding_rnn_seq2seq(
        questions(b), answers(b), nn(b).GRUCell(b.units), feed_previous=True,
        scope="inner", **SYMBOLS)


def either_way(b, build):
  """The model with a bool tensor, fed True (outputs) and constant False."""
  feed = b.tf.placeholder_with_default(True, [], name="feed")
  with b.tf.variable_scope("model"):
    outputs, state = build(feed)
  with b.tf.variable_scope("model", reuse=True):
    more, last = build(b.tf.constant(False))
  return [outputs, more], [state, last]


@case("legacy_seq2seq", SINGLE)
def embedding_rnn_either_way(b):
  return either_way(b, lambda feed: legacy(b).embedding_rnn_seq2seq(
      questions(b), answers(b), stack(b), feed_previous=feed, dtype=b.dtype,
      **SYMBOLS))


@case("legacy_seq2seq", SINGLE)
def embedding_rnn_joined_state(b):
  """With `state_is_tuple=False`, and an output projection."""
  cell = nn(b).MultiRNNCell(
      [nn(b).BasicLSTMCell(n, state_is_tuple=False) for n in (4, b.units)],
      state_is_tuple=False)
  return legacy(b).embedding_rnn_seq2seq(
      questions(b), answers(b), cell, feed_previous=b.tf.constant(True),
      output_projection=projection(b, b.units), **SYMBOLS)


def embedding_tied(b, cell, **options):
  return legacy(b).embedding_tied_rnn_seq2seq(
      questions(b), answers(b), cell, num_symbols=7, embedding_size=3,
      dtype=b.dtype, **options)


@case("legacy_seq2seq", SINGLE)
def embedding_tied_rnn(b):
  return embedding_tied(b, nn(b).BasicLSTMCell(b.units))


@case("legacy_seq2seq", SINGLE)
def embedding_tied_rnn_fed(b):
  return embedding_tied(
      b, nn(b).GRUCell(b.units), feed_previous=True, num_decoder_symbols=4)


@case("legacy_seq2seq", SINGLE)
def embedding_tied_rnn_projected(b):
  return embedding_tied(
      b, nn(b).GRUCell(b.units), feed_previous=True,
      output_projection=projection(b, b.units))


@case("legacy_seq2seq", SINGLE)
def embedding_tied_rnn_either_way(b):
  return either_way(
      b, lambda feed: embedding_tied(b, stack(b), feed_previous=feed))


@case("legacy_seq2seq", SINGLE)
def embedding_tied_rnn_open_batch(b):
  return legacy(b).embedding_tied_rnn_seq2seq(
      symbols(b, "question", 2, [None]), symbols(b, "answer", 2, [None]),
      nn(b).BasicLSTMCell(b.units), num_symbols=7, embedding_size=3,
      feed_previous=b.tf.constant(False))


@case("legacy_seq2seq", SINGLE)
def attention_decoder_plain(b):
  cell = nn(b).GRUCell(b.units)
  return legacy(b).attention_decoder(
      b.steps(), b.state(cell.state_size),
      b.input("attention_states", [b.batch, 4, 3]), cell)


@case("legacy_seq2seq", SINGLE)
def attention_decoder_all(b):
  """Two heads, an open length, a nested state, a `loop_function`."""
  cell = stack(b)

  def following(output, unused_step):
    return b.tf.tanh(output[:, :b.depth])

  with b.tf.variable_scope("outer", dtype=b.dtype):
    return legacy(b).attention_decoder(
        b.steps(), b.state(cell.state_size),
        b.input("attention_states", [None, None, 3], [b.batch, 4, 3]), cell,
        output_size=6, num_heads=2, loop_function=following, scope="mine",
        initial_state_attention=True)


@case("legacy_seq2seq", ("float64",))
def attention_decoder_float64(b):
  """The dtype is an argument here, and not the scope's.

  1.15 computed the softmax in float32, even here. Over one state it is exact;
  otherwise versions of TensorFlow differ by 1e-8.
  """
  cell = nn(b).GRUCell(b.units)
  return legacy(b).attention_decoder(
      b.steps(), b.state(cell.state_size),
      b.input("attention_states", [b.batch, 1, 3]), cell, dtype=b.dtype)


@case("legacy_seq2seq", SINGLE)
def embedding_attention_decoder_fed(b):
  cell = nn(b).LSTMCell(b.units)
  return legacy(b).embedding_attention_decoder(
      answers(b), b.state(cell.state_size),
      b.input("attention_states", [b.batch, 4, 3]), cell, num_symbols=7,
      embedding_size=3, feed_previous=True, num_heads=2,
      output_projection=projection(b, b.units),
      update_embedding_for_previous=False)


@case("legacy_seq2seq", SINGLE)
def embedding_attention(b):
  return legacy(b).embedding_attention_seq2seq(
      questions(b), answers(b), stack(b), **SYMBOLS)


@case("legacy_seq2seq", SINGLE)
def embedding_attention_fed(b):
  with b.tf.variable_scope("outer"):
    return legacy(b).embedding_attention_seq2seq(
        questions(b), answers(b), nn(b).BasicRNNCell(b.units), num_heads=2,
        feed_previous=True, initial_state_attention=True, scope="inner",
        **SYMBOLS)


@case("legacy_seq2seq", SINGLE)
def embedding_attention_either_way(b):
  return either_way(b, lambda feed: legacy(b).embedding_attention_seq2seq(
      questions(b), answers(b), stack(b), feed_previous=feed, **SYMBOLS))


@case("legacy_seq2seq", SINGLE)
def embedding_attention_joined_state(b):
  pair = projection(b, b.units)
  return legacy(b).embedding_attention_seq2seq(
      questions(b), answers(b), nn(b).BasicLSTMCell(
          b.units, state_is_tuple=False, activation=b.tf.identity),
      output_projection=pair, feed_previous=b.tf.constant(True), **SYMBOLS)


def multitask(b, **options):
  return legacy(b).one2many_rnn_seq2seq(
      questions(b), {"first": answers(b), "2": symbols(b, "tag", 2)},
      nn(b).BasicLSTMCell(b.units),
      {"first": nn(b).BasicLSTMCell(b.units),
       "2": nn(b).BasicLSTMCell(b.units)},
      6, {"first": 7, "2": 6}, 3, dtype=b.dtype, **options)


@case("legacy_seq2seq")
def one2many(b):
  outputs, states = multitask(b)
  return ([outputs["first"], outputs["2"]], [states["first"], states["2"]])


@case("legacy_seq2seq")
def one2many_either_way(b):
  outputs, states = multitask(b, feed_previous=b.tf.constant(True))
  more, last = multitask(b, feed_previous=True, scope="other")
  return ([outputs["first"], outputs["2"], more["first"]],
          [states["first"], states["2"], last["2"]])


def buckets(b, model, lengths=((2, 3), (4, 4)), **options):
  targets = symbols(b, "target", 4)
  # Constants: what is left of the losses in their gradients is rounding.
  weights = [b.tf.constant(numbers_for("weight_%d" % step, [b.batch], .1),
                           b.dtype) for step in range(4)]
  return legacy(b).model_with_buckets(
      questions(b, 4), answers(b), targets, weights, list(lengths), model,
      **options)


@case("legacy_seq2seq", SINGLE)
def buckets_of_copies(b):
  """Each bucket gets a copy of one cell, which is never called itself."""
  cell = stack(b)
  return buckets(b, lambda x, y: legacy(b).embedding_rnn_seq2seq(
      x, y, copy.deepcopy(cell), dtype=b.dtype, **SYMBOLS))


@case("legacy_seq2seq", SINGLE)
def buckets_with_attention(b):
  """One loss per row; a stacked and wrapped cell; the feed is a tensor."""
  def model(x, y):
    cell = nn(b).MultiRNNCell([nn(b).DropoutWrapper(
        nn(b).BasicRNNCell(b.units), output_keep_prob=1.0)])
    return legacy(b).embedding_attention_seq2seq(
        x, y, cell, feed_previous=feed, **SYMBOLS)

  feed = b.tf.placeholder_with_default(False, [], name="feed")
  return buckets(b, model, ((1, 2), (2, 2)), per_example_loss=True,
                 name="mine")


@case("legacy_seq2seq")
def buckets_tied(b):
  """Here 1.15 let all buckets have one cell object."""
  cell = nn(b).GRUCell(b.units)
  return buckets(b, lambda x, y: legacy(b).embedding_tied_rnn_seq2seq(
      x, y, cell, num_symbols=6, embedding_size=3, dtype=b.dtype))


@case("legacy_seq2seq", SINGLE)
def buckets_sampled_softmax(b):
  pair = projection(b, b.units)

  def loss(labels, logits):
    return b.tf.nn.sampled_softmax_loss(
        b.tf.transpose(pair[0]), pair[1], b.tf.reshape(labels, [-1, 1]),
        logits, num_sampled=3, num_classes=7, seed=5)

  return buckets(b, lambda x, y: legacy(b).embedding_attention_seq2seq(
      x, y, nn(b).GRUCell(b.units), output_projection=pair, **SYMBOLS),
                 ((1, 2), (3, 3)), softmax_loss_function=loss)


@case("legacy_seq2seq", SINGLE)
def buckets_of_one_cell(b):
  """1.15 could not copy a cell that has been called."""
  cell = nn(b).GRUCell(b.units)
  return buckets(b, lambda x, y: legacy(b).embedding_rnn_seq2seq(
      x, y, cell, **SYMBOLS))
