"""A small LSTM language model for TensorFlow 1.x, as of 2017.

  python3.7 language_model.py

The other scripts of this folder are the same model, rewritten.
"""
import numpy as np
import tensorflow as tf

SYMBOLS, UNITS, LAYERS, BATCH, STEPS = 20, 8, 2, 4, 6


def batches(number):
  """Yields inputs and targets [BATCH, STEPS] that continue each other."""
  text = np.random.RandomState(7).randint(
      0, SYMBOLS, [BATCH, number * STEPS + 1])
  text[:, ::3] = text[:, :1]                # something to learn
  for start in range(0, number * STEPS, STEPS):
    yield text[:, start:start + STEPS], text[:, start + 1:start + STEPS + 1]


def main():
  tf.set_random_seed(1)
  inputs = tf.placeholder(tf.int32, [BATCH, STEPS], 'inputs')
  targets = tf.placeholder(tf.int32, [BATCH, STEPS], 'targets')
  start = tf.placeholder(tf.float32, [LAYERS, 2, BATCH, UNITS], 'start')
  keep_prob = tf.placeholder_with_default(1., [], 'keep_prob')

  embedding = tf.get_variable('embedding', [SYMBOLS, UNITS])
  cell = tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.BasicLSTMCell(UNITS) for _ in range(LAYERS)])
  outputs, state = tf.nn.dynamic_rnn(
      cell, tf.nn.embedding_lookup(embedding, inputs),
      initial_state=tuple(
          tf.nn.rnn_cell.LSTMStateTuple(*tf.unstack(layer))
          for layer in tf.unstack(start)))
  outputs = tf.nn.dropout(outputs, keep_prob)
  logits = tf.layers.dense(outputs, SYMBOLS, name='softmax')
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=targets, logits=logits))

  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), .1)
  train = tf.train.AdamOptimizer(.01).apply_gradients(
      zip(gradients, variables))
  saver = tf.train.Saver(variables)

  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    saver.save(session, 'language_model.ckpt', write_meta_graph=False)
    carried = np.zeros([LAYERS, 2, BATCH, UNITS], np.float32)
    for step, (x, y) in enumerate(batches(10)):
      feeds = {inputs: x, targets: y, start: carried}
      if step < 2:
        session.run({'outputs': outputs, 'logits': logits, 'loss': loss}, feeds)
      fetched = session.run({'train': train, 'loss': loss, 'state': state},
                            feeds)
      carried = np.array(fetched['state'], np.float32)
      print('step %d: loss %.4f' % (step + 1, fetched['loss']))


if __name__ == '__main__':
  main()
