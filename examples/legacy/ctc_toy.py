"""Learns to spell made-up recordings without knowing where a letter begins.

Each letter is a tone that lasts some frames and slides a little; there is
silence between some of them, and noise. Only the sequence of letters is given:
connectionist temporal classification finds the alignment.
"""
from __future__ import print_function

import os

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 300, "training iterations")
flags.DEFINE_integer("batch_size", 16, "recordings in a batch")
flags.DEFINE_integer("hidden", 40, "units of each LSTM")
flags.DEFINE_float("lr", 0.005, "learning rate of Adam")
flags.DEFINE_string("out", "", "directory for the picture")
FLAGS = flags.FLAGS

LETTERS = "abcdefgh"
N_CLASSES = len(LETTERS) + 1     # the last one is the blank
N_BINS = 13


def make_recording(rng):
  """(frames [time, N_BINS], list of letters)."""
  letters = rng.randint(len(LETTERS), size=rng.randint(3, 7))
  frames = []
  bins = np.arange(N_BINS)
  for letter in letters:
    for _ in range(rng.randint(0, 3)):
      frames.append(np.zeros(N_BINS))
    n = rng.randint(3, 7)
    slide = rng.uniform(-0.8, 0.8)
    for i in range(n):
      centre = 1 + 1.5 * letter + slide * i / n
      frames.append(np.exp(-0.7 * (bins - centre) ** 2))
    # A short gap, so that two equal letters stay two.
    frames.append(np.zeros(N_BINS))
  frames = np.array(frames)
  frames += 0.15 * rng.randn(*frames.shape)
  return frames, list(letters)


def sparse_tuple_from(sequences):
  """(indices, values, shape) of a list of lists, for a sparse placeholder."""
  indices, values = [], []
  for n, sequence in enumerate(sequences):
    indices.extend(zip([n] * len(sequence), range(len(sequence))))
    values.extend(sequence)
  return (np.asarray(indices, dtype=np.int64),
          np.asarray(values, dtype=np.int32),
          np.asarray([len(sequences), max(map(len, sequences))],
                     dtype=np.int64))


def next_batch(rng, size):
  recordings = [make_recording(rng) for _ in range(size)]
  lengths = [len(frames) for frames, _ in recordings]
  inputs = np.zeros([size, max(lengths), N_BINS], np.float32)
  for row, (frames, _) in zip(inputs, recordings):
    row[:len(frames)] = frames
  return inputs, sparse_tuple_from([letters for _, letters in recordings]), \
      lengths


def spell(values):
  return "".join(LETTERS[value] for value in values)


def rows_of(sparse, count):
  """The text of each row of a SparseTensorValue."""
  return [spell(sparse.values[sparse.indices[:, 0] == row])
          for row in range(count)]


def build():
  inputs = tf.placeholder(tf.float32, [None, None, N_BINS], name="inputs")
  targets = tf.sparse_placeholder(tf.int32, name="targets")
  seq_len = tf.placeholder(tf.int32, [None], name="seq_len")

  cell_fw = tf.contrib.rnn.LSTMCell(FLAGS.hidden, state_is_tuple=True)
  cell_bw = tf.contrib.rnn.LSTMCell(FLAGS.hidden, state_is_tuple=True)
  outputs, _ = tf.nn.bidirectional_dynamic_rnn(
      cell_fw, cell_bw, inputs, sequence_length=seq_len, dtype=tf.float32)
  outputs = tf.concat(outputs, 2)
  shape = tf.shape(inputs)
  W = tf.Variable(tf.truncated_normal([2 * FLAGS.hidden, N_CLASSES],
                                      stddev=0.1))
  b = tf.Variable(tf.constant(0., shape=[N_CLASSES]))
  logits = tf.matmul(tf.reshape(outputs, [-1, 2 * FLAGS.hidden]), W) + b
  logits = tf.reshape(logits, [shape[0], -1, N_CLASSES])
  logits = tf.transpose(logits, (1, 0, 2))      # time major

  cost = tf.reduce_mean(tf.nn.ctc_loss(targets, logits, seq_len))
  optimizer = tf.train.AdamOptimizer(FLAGS.lr).minimize(cost)

  greedy, _ = tf.nn.ctc_greedy_decoder(logits, seq_len)
  beams, log_prob = tf.nn.ctc_beam_search_decoder(
      logits, seq_len, beam_width=20, top_paths=2, merge_repeated=False)
  error_rates = [tf.reduce_mean(tf.edit_distance(
      tf.cast(decoded, tf.int32), targets)) for decoded in (greedy[0],
                                                            beams[0])]
  return {"inputs": inputs, "targets": targets, "seq_len": seq_len,
          "cost": cost, "optimizer": optimizer, "greedy_error": error_rates[0],
          "beam_error": error_rates[1], "beams": beams, "log_prob": log_prob,
          "probabilities": tf.nn.softmax(logits)}


def draw(frames, probabilities, path):
  fig, (top, bottom) = plt.subplots(2, 1, figsize=(8, 5), sharex=True)
  top.imshow(frames.T, origin="lower", aspect="auto", cmap="Blues")
  top.set_ylabel("frequency")
  for letter in range(len(LETTERS)):
    bottom.plot(probabilities[:, letter], label=LETTERS[letter])
  bottom.plot(probabilities[:, -1], "k:", label="blank")
  bottom.set_xlabel("frame")
  bottom.set_ylabel("probability")
  bottom.legend(loc="upper left", bbox_to_anchor=(1.01, 1.05), fontsize=7)
  fig.subplots_adjust(right=0.88)
  fig.savefig(path)
  plt.close(fig)


def main(_):
  tf.set_random_seed(1)
  rng = np.random.RandomState(1)
  model = build()

  def feed(batch):
    return dict(zip((model["inputs"], model["targets"], model["seq_len"]),
                    batch))

  test_batch = next_batch(np.random.RandomState(2), 50)
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, FLAGS.steps + 1):
      cost, _ = sess.run([model["cost"], model["optimizer"]],
                         feed(next_batch(rng, FLAGS.batch_size)))
      if step % 50 == 0 or step == FLAGS.steps:
        error = sess.run(model["greedy_error"], feed(test_batch))
        print("step %d cost: %.4f label error rate: %.4f" % (
            step, cost, error))
    error, beams, log_prob, probabilities = sess.run(
        [model["beam_error"], model["beams"], model["log_prob"],
         model["probabilities"]], feed(test_batch))

  print("beam search: label error rate: %.4f" % error)
  wanted = rows_of(tf.SparseTensorValue(*test_batch[1]), 4)
  first, second = [rows_of(beam, 4) for beam in beams]
  for n in range(4):
    print("%-7s heard as %-7s (%.3f), or as %-7s (%.3f)" % (
        wanted[n], first[n], np.exp(log_prob[n, 0]), second[n],
        np.exp(log_prob[n, 1])))
  if FLAGS.out:
    if not os.path.isdir(FLAGS.out):
      os.makedirs(FLAGS.out)
    n = test_batch[2][0]
    draw(test_batch[0][0, :n], probabilities[:n, 0],
         os.path.join(FLAGS.out, "ctc_toy.png"))


if __name__ == "__main__":
  tf.app.run()
