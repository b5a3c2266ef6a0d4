"""Letters to spectrogram frames: a small decoder in the manner of Tacotron.

The letters are spoken by a made-up voice: each has a sound of its own, two
moving formants, and a length of its own. The decoder emits r frames a step;
its helpers feed the last of them back, the true one while training, and its
own one when it speaks by itself, until it says that it is done.
"""
from __future__ import division
from __future__ import print_function

import os
import tempfile

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.contrib.rnn import GRUCell
from tensorflow.contrib.rnn import MultiRNNCell
from tensorflow.contrib.rnn import OutputProjectionWrapper
from tensorflow.contrib.rnn import ResidualWrapper
from tensorflow.contrib.rnn import RNNCell
from tensorflow.contrib.seq2seq import AttentionWrapper
from tensorflow.contrib.seq2seq import BahdanauAttention
from tensorflow.contrib.seq2seq import BasicDecoder
from tensorflow.contrib.seq2seq import dynamic_decode
from tensorflow.contrib.seq2seq import Helper

flags = tf.app.flags
flags.DEFINE_integer("steps", 900, "training steps")
flags.DEFINE_integer("batch_size", 32, "texts in a batch")
flags.DEFINE_float("learning_rate", 0.004, "learning rate after warming up")
flags.DEFINE_string("out", None, "folder for the picture")
FLAGS = flags.FLAGS

LETTERS = "_abcdefgh"       # the first one is padding
N_BINS = 24                   # frequencies of a frame
R = 2                         # frames a step
MAX_STEPS = 40                # after so many it has to stop
WARM_UP = 200.                # steps until the learning rate is full


def make_sounds(seed=3):
  """Frames of each letter, [4 or 6, N_BINS], between 0 and 1."""
  rnd = np.random.RandomState(seed)
  bins = np.arange(N_BINS)
  sounds = [np.zeros([0, N_BINS])]
  for _ in LETTERS[1:]:
    n_frames = R * rnd.randint(2, 4)
    way = np.linspace(0, 1, n_frames)[:, np.newaxis]
    sound = 0
    for low, high, loud in ((1, 10, 1.), (10, 22, .7)):
      begin, end = rnd.uniform(low, high, 2)
      middle = begin + (end - begin) * way
      sound = sound + loud * np.exp(-((bins - middle) / 1.3) ** 2)
    fade = np.sin(np.pi * (way * .8 + .1))
    sounds.append(np.minimum(sound * fade, 1))
  return sounds


SOUNDS = make_sounds()


def make_texts(n_texts, rnd):
  """Letters as numbers, none of them twice in a row."""
  texts = []
  for _ in range(n_texts):
    text = [rnd.randint(1, len(LETTERS))]
    for _ in range(rnd.randint(2, 5)):
      step = rnd.randint(1, len(LETTERS) - 1)
      text.append((text[-1] - 1 + step) % (len(LETTERS) - 1) + 1)
    texts.append(text)
  return texts


def make_batch(texts):
  """Letters, their number, frames, and the number of decoder steps."""
  frames = [np.concatenate([SOUNDS[letter] for letter in text])
            for text in texts]
  lengths = np.array([len(text) for text in texts], np.int32)
  steps = np.array([len(rows) // R for rows in frames], np.int32)
  inputs = np.zeros([len(texts), lengths.max()], np.int32)
  targets = np.zeros([len(texts), steps.max() * R, N_BINS], np.float32)
  for i, text in enumerate(texts):
    inputs[i, :len(text)] = text
    targets[i, :len(frames[i])] = frames[i]
  return inputs, lengths, targets, steps


class FrameHelper(Helper):
  """What both helpers have in common: frames instead of ids."""

  def __init__(self, batch_size):
    self._batch_size = batch_size

  @property
  def batch_size(self):
    return self._batch_size

  @property
  def sample_ids_shape(self):
    return tf.TensorShape([])

  @property
  def sample_ids_dtype(self):
    return tf.int32

  def silence(self):
    return tf.zeros([self._batch_size, N_BINS])

  def initialize(self, name=None):
    return tf.fill([self._batch_size], False), self.silence()

  def sample(self, time, outputs, state, name=None):
    return tf.zeros([self._batch_size], tf.int32)     # there are no ids


class TrainingFrameHelper(FrameHelper):
  """Feeds the last true frame of each step."""

  def __init__(self, targets, steps):
    super(TrainingFrameHelper, self).__init__(tf.shape(targets)[0])
    self._frames = targets[:, R - 1::R, :]
    self._steps = steps

  def initialize(self, name=None):
    return tf.equal(self._steps, 0), self.silence()

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    with tf.name_scope(name or "TrainingFrameHelper"):
      return time + 1 >= self._steps, self._frames[:, time, :], state


class FeedbackHelper(FrameHelper):
  """Feeds the last frame that the decoder has made."""

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    with tf.name_scope(name or "FeedbackHelper"):
      finished = outputs[:, -1] > 0       # the logit of "done"
      return finished, outputs[:, (R - 1) * N_BINS:R * N_BINS], state


def prenet(inputs, training, scope="prenet"):
  with tf.variable_scope(scope):
    for i, size in enumerate((64, 48)):
      inputs = tf.layers.dense(inputs, size, tf.nn.relu,
                               name="dense_%d" % (i + 1))
      inputs = tf.layers.dropout(inputs, 0.05, training=training)
    return inputs


class PrenetWrapper(RNNCell):
  """The cell sees the frame through the prenet."""

  def __init__(self, cell, training):
    super(PrenetWrapper, self).__init__()
    self._cell = cell
    self._training = training

  @property
  def state_size(self):
    return self._cell.state_size

  @property
  def output_size(self):
    return self._cell.output_size

  def call(self, inputs, state):
    return self._cell(prenet(inputs, self._training), state)


class ContextWrapper(RNNCell):
  """The output of the attention's cell, and beside it what it looked at."""

  def __init__(self, cell):
    super(ContextWrapper, self).__init__()
    self._cell = cell

  @property
  def state_size(self):
    return self._cell.state_size

  @property
  def output_size(self):
    return self._cell.output_size + self._cell.state_size.attention

  def call(self, inputs, state):
    output, state = self._cell(inputs, state)
    return tf.concat([output, state.attention], axis=-1), state

  def zero_state(self, batch_size, dtype):
    return self._cell.zero_state(batch_size, dtype)


def encode(inputs, lengths, training):
  with tf.variable_scope("encoder"):
    embedding = tf.get_variable("embedding", [len(LETTERS), 24],
                                initializer=tf.truncated_normal_initializer(
                                    stddev=0.5))
    letters = prenet(tf.nn.embedding_lookup(embedding, inputs), training)
    letters = tf.layers.conv1d(letters, 32, 3, padding="same",
                               activation=tf.nn.relu, name="conv1d")
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        GRUCell(24), GRUCell(24), letters, sequence_length=lengths,
        dtype=tf.float32)
    return tf.concat(outputs, axis=2)


class Tacotron(object):
  """With `targets`, for training; without, it speaks by itself."""

  def __init__(self, inputs, lengths, targets=None, steps=None):
    training = targets is not None
    batch_size = tf.shape(inputs)[0]
    memory = encode(inputs, lengths, training)
    with tf.variable_scope("decoder"):
      attention_cell = AttentionWrapper(
          PrenetWrapper(GRUCell(64), training),
          BahdanauAttention(64, memory, memory_sequence_length=lengths),
          alignment_history=True, output_attention=False)
      decoder_cell = MultiRNNCell([
          OutputProjectionWrapper(ContextWrapper(attention_cell), 64),
          ResidualWrapper(GRUCell(64))], state_is_tuple=True)
      # r frames, and the logit of "done"
      cell = OutputProjectionWrapper(decoder_cell, R * N_BINS + 1)
      helper = (TrainingFrameHelper(targets, steps) if training else
                FeedbackHelper(batch_size))
      decoder = BasicDecoder(cell, helper,
                             cell.zero_state(batch_size, tf.float32))
      (outputs, _), state, self.steps = dynamic_decode(
          decoder, maximum_iterations=None if training else MAX_STEPS)
    self.frames = tf.reshape(outputs[:, :, :-1], [batch_size, -1, N_BINS])
    self.done = outputs[:, :, -1]
    # [batch, steps, letters]
    self.alignments = tf.transpose(state[0].alignment_history.stack(),
                                   [1, 0, 2])

  def add_loss(self, targets, steps):
    n_steps = tf.shape(self.done)[1]
    mask = tf.sequence_mask(steps, n_steps, dtype=tf.float32)
    is_last = tf.one_hot(steps - 1, n_steps)
    # L2 for small errors and L1 for large ones
    error = tf.losses.huber_loss(targets, self.frames, delta=0.1,
                                 reduction=tf.losses.Reduction.NONE)
    per_step = 10 * tf.reduce_mean(
        tf.reshape(error, [-1, n_steps, R * N_BINS]), axis=2)
    per_step += 0.1 * tf.nn.sigmoid_cross_entropy_with_logits(
        labels=is_last, logits=self.done)
    self.loss = tf.reduce_sum(per_step * mask) / tf.reduce_sum(mask)

  def add_optimizer(self, global_step):
    step = tf.to_float(global_step + 1)
    learning_rate = FLAGS.learning_rate * tf.minimum(
        step / WARM_UP, tf.sqrt(WARM_UP / step))
    optimizer = tf.train.AdamOptimizer(learning_rate, epsilon=1e-6)
    gradients, variables = zip(*optimizer.compute_gradients(self.loss))
    clipped, _ = tf.clip_by_global_norm(gradients, 1.0)
    self.train_op = optimizer.apply_gradients(
        zip(clipped, variables), global_step=global_step)


def draw(letters, truth, spoken, alignment, path):
  figure, axes = plt.subplots(1, 3, figsize=(14, 4))
  for ax, frames, title in ((axes[0], truth, "true"),
                            (axes[1], spoken, "spoken by the decoder")):
    ax.imshow(frames.T, origin="lower", aspect="auto", vmin=0, vmax=1,
              cmap="Reds")
    ax.set_title("%s: %s" % ("".join(letters), title))
    ax.set_xlabel("frame")
    ax.set_ylabel("frequency")
  axes[2].imshow(alignment.T, origin="lower", aspect="auto", cmap="Blues",
                 vmin=0, vmax=1)
  axes[2].set_yticks(range(len(letters)))
  axes[2].set_yticklabels(letters)
  axes[2].set_xlabel("decoder step (%d frames)" % R)
  axes[2].set_title("what it looks at")
  figure.tight_layout()
  figure.savefig(path)


def main(_):
  tf.set_random_seed(1)
  rnd = np.random.RandomState(1)
  inputs = tf.placeholder(tf.int32, [None, None], name="inputs")
  lengths = tf.placeholder(tf.int32, [None], name="lengths")
  targets = tf.placeholder(tf.float32, [None, None, N_BINS], name="targets")
  steps = tf.placeholder(tf.int32, [None], name="steps")
  with tf.variable_scope("model"):
    model = Tacotron(inputs, lengths, targets, steps)
    model.add_loss(targets, steps)
    model.add_optimizer(tf.train.get_or_create_global_step())
  with tf.variable_scope("model", reuse=True):
    speaker = Tacotron(inputs, lengths)

  test_texts = make_texts(20, np.random.RandomState(2))
  test = make_batch(test_texts)
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(FLAGS.steps):
      batch = make_batch(make_texts(FLAGS.batch_size, rnd))
      _, loss = sess.run([model.train_op, model.loss], dict(
          zip((inputs, lengths, targets, steps), batch)))
      if step % 100 == 0 or step == FLAGS.steps - 1:
        print("step %4d  loss %.5f" % (step, loss))
    spoken, n_steps, alignments = sess.run(
        [speaker.frames, speaker.steps, speaker.alignments],
        {inputs: test[0], lengths: test[1]})

  _, _, truth, true_steps = test
  errors = []
  for i in range(len(test_texts)):
    n_frames = R * min(n_steps[i], true_steps[i])
    errors.append(np.abs(spoken[i, :n_frames] - truth[i, :n_frames]).mean())
  print("stopped where it should: %d of %d" % (
      (n_steps == true_steps).sum(), len(test_texts)))
  print("mean error of a frame when it speaks by itself: %.4f" %
        np.mean(errors))
  print("mean value of the true frames: %.4f" % np.mean(
      [truth[i, :R * true_steps[i]].mean() for i in range(len(truth))]))

  out = FLAGS.out or tempfile.mkdtemp()
  if not os.path.isdir(out):
    os.makedirs(out)
  i = int(np.argmax(test[1]))
  letters = [LETTERS[letter] for letter in test_texts[i]]
  draw(letters, truth[i, :R * true_steps[i]], spoken[i, :R * n_steps[i]],
       alignments[i, :n_steps[i], :len(letters)],
       os.path.join(out, "spectrogram_decoder.png"))
  print("picture in", out)


if __name__ == "__main__":
  tf.app.run()
