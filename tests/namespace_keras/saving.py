"""Weights of Keras layers by 1.x savers and in h5. Python 3.7 syntax."""

import os

import numpy as np

CHECKPOINT, WEIGHTS, MODEL = "k.ckpt", "weights.h5", "model.h5"


def build(tf):
  """(a model, a tensor that depends on every weight, its feed)."""
  layers = tf.keras.layers
  x = layers.Input((5, 4))
  hidden = layers.LSTM(3, return_sequences=True)(x)
  hidden = layers.GRU(3, name="gg", return_sequences=True)(hidden)
  hidden = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(hidden)
  hidden = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)],
                      return_sequences=True)(hidden)
  hidden = layers.TimeDistributed(layers.Dense(3))(hidden)
  hidden = layers.BatchNormalization()(hidden)
  model = tf.keras.Model(x, layers.SimpleRNN(2)(hidden))
  return model, tf.reduce_sum(model.output), {
      x: np.random.RandomState(1).rand(2, 5, 4)}


def fresh(tf, seed):
  tf.reset_default_graph()
  tf.keras.backend.clear_session()
  tf.set_random_seed(seed)
  return build(tf)


def save(tf, folder):
  """Writes a checkpoint, h5 weights and an h5 model; the model's value."""
  model, value, feed = fresh(tf, 23)
  session = tf.keras.backend.get_session()
  session.run(tf.global_variables_initializer())
  tf.train.Saver().save(session, os.path.join(folder, CHECKPOINT),
                        write_meta_graph=False)
  os.remove(os.path.join(folder, "checkpoint"))
  model.save_weights(os.path.join(folder, WEIGHTS))
  model.save(os.path.join(folder, MODEL))
  return float(session.run(value, feed))


def restore(tf, folder):
  """The value after each of the three; all must be the one of `save`."""
  found = []
  model, value, feed = fresh(tf, 1)
  session = tf.keras.backend.get_session()
  tf.train.Saver().restore(session, os.path.join(folder, CHECKPOINT))
  found.append(float(session.run(value, feed)))
  model, value, feed = fresh(tf, 1)
  model.load_weights(os.path.join(folder, WEIGHTS))
  found.append(float(tf.keras.backend.get_session().run(value, feed)))
  (inputs,) = feed.values()
  tf.reset_default_graph()
  tf.keras.backend.clear_session()
  model = tf.keras.models.load_model(os.path.join(folder, MODEL))
  found.append(float(model.predict(inputs).sum()))
  return found
