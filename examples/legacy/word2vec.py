"""Skip-gram word embeddings with noise-contrastive loss, drawn with t-SNE."""
from __future__ import division
from __future__ import print_function

import collections
import os
import random
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.manifold import TSNE

from make_text import make_words

flags = tf.app.flags
flags.DEFINE_integer("steps", 5000, "training iterations")
flags.DEFINE_integer("words", 40000, "length of the generated text")
flags.DEFINE_string("out", None, "folder for embeddings and picture")
FLAGS = flags.FLAGS

vocabulary_size = 80
batch_size = 128
embedding_size = 32
skip_window = 2        # how many words to look at left and right
num_skips = 2          # how often to use a word to make a label
valid_size = 8         # words to show the nearest neighbours of
num_sampled = 16       # negative examples
learning_rate = 0.5

data_index = 0


def build_dictionary(words):
  count = [("UNK", None)]
  count += collections.Counter(words).most_common(vocabulary_size - 1)
  vocabulary = [word for word, _ in count]
  dictionary = {word: code for code, word in enumerate(vocabulary)}
  return vocabulary, [dictionary.get(word, 0) for word in words]


def generate_batch(data):
  global data_index
  batch = np.ndarray(shape=(batch_size), dtype=np.int32)
  labels = np.ndarray(shape=(batch_size, 1), dtype=np.int32)
  for i in range(batch_size // num_skips):
    center = skip_window + data_index % (len(data) - 2 * skip_window)
    around = [k for k in range(-skip_window, skip_window + 1) if k != 0]
    for j, offset in enumerate(random.sample(around, num_skips)):
      batch[i * num_skips + j] = data[center]
      labels[i * num_skips + j, 0] = data[center + offset]
    data_index += 1
  return batch, labels


def plot_with_labels(low_dim_embs, labels, path):
  plt.figure(figsize=(9, 9))
  for i, label in enumerate(labels):
    x, y = low_dim_embs[i, :]
    plt.scatter(x, y)
    plt.annotate(label, xy=(x, y), xytext=(5, 2), textcoords="offset points",
                 ha="right", va="bottom")
  plt.savefig(path)
  plt.show()


def main(_):
  random.seed(42)
  np.random.seed(42)
  tf.set_random_seed(42)
  out = FLAGS.out or tempfile.mkdtemp()

  words = make_words(FLAGS.words)
  vocabulary, data = build_dictionary(words)
  print("text:", " ".join(words[:9]), "...")
  print("codes:", data[:9], "...", len(vocabulary), "words")
  valid_examples = np.random.choice(np.arange(1, len(vocabulary)), valid_size,
                                    replace=False)

  train_inputs = tf.placeholder(tf.int32, shape=[batch_size])
  train_labels = tf.placeholder(tf.int64, shape=[batch_size, 1])
  valid_dataset = tf.constant(valid_examples, dtype=tf.int32)

  embeddings = tf.Variable(
      tf.random_uniform([vocabulary_size, embedding_size], -1.0, 1.0))
  embed = tf.nn.embedding_lookup(embeddings, train_inputs)
  nce_weights = tf.Variable(
      tf.truncated_normal([vocabulary_size, embedding_size],
                          stddev=1.0 / np.sqrt(embedding_size)))
  nce_biases = tf.Variable(tf.zeros([vocabulary_size]))
  sampled = tf.nn.log_uniform_candidate_sampler(
      true_classes=train_labels, num_true=1, num_sampled=num_sampled,
      unique=True, range_max=vocabulary_size, seed=7)
  loss = tf.reduce_mean(
      tf.nn.nce_loss(nce_weights, nce_biases, train_labels, embed,
                     num_sampled, vocabulary_size, sampled_values=sampled))
  training_op = tf.train.GradientDescentOptimizer(learning_rate).minimize(loss)

  norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), axis=1, keep_dims=True))
  normalized_embeddings = embeddings / norm
  valid_embeddings = tf.nn.embedding_lookup(normalized_embeddings,
                                            valid_dataset)
  similarity = tf.matmul(valid_embeddings, normalized_embeddings,
                         transpose_b=True)
  init = tf.global_variables_initializer()

  with tf.Session() as session:
    init.run()
    average_loss, count = 0, 0
    for step in range(FLAGS.steps):
      batch_inputs, batch_labels = generate_batch(data)
      feed_dict = {train_inputs: batch_inputs, train_labels: batch_labels}
      _, loss_val = session.run([training_op, loss], feed_dict=feed_dict)
      average_loss += loss_val
      count += 1
      if step % 500 == 0 or step == FLAGS.steps - 1:
        print("average loss at step %d: %.6f" % (step, average_loss / count))
        average_loss, count = 0, 0
    sim = similarity.eval()
    for i in range(valid_size):
      nearest = (-sim[i, :]).argsort()[1:6]
      print("nearest to %s: %s" % (
          vocabulary[valid_examples[i]],
          ", ".join(vocabulary[k] for k in nearest if k < len(vocabulary))))
    final_embeddings = normalized_embeddings.eval()

  np.save(os.path.join(out, "final_embeddings.npy"), final_embeddings)
  tsne = TSNE(perplexity=10, n_components=2, init="pca", n_iter=1000,
              learning_rate=30.0, random_state=42)
  low_dim_embs = tsne.fit_transform(final_embeddings[1:len(vocabulary), :])
  plot_with_labels(low_dim_embs, vocabulary[1:],
                   os.path.join(out, "word2vec.png"))
  print("embeddings and picture in", out)


if __name__ == "__main__":
  tf.app.run()
