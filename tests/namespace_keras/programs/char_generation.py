"""Text by characters with LambdaCallback, in the style of 2017."""

from __future__ import print_function

import io
import random
import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import LambdaCallback
from tensorflow.keras.optimizers import RMSprop

random.seed(1)
np.random.seed(1)
tf.set_random_seed(1)

text = ('the quick brown fox jumps over the lazy dog. ' * 6).lower()
chars = sorted(list(set(text)))
char_indices = dict((c, i) for i, c in enumerate(chars))
indices_char = dict((i, c) for i, c in enumerate(chars))
maxlen, step = 10, 3
sentences, next_chars = [], []
for i in range(0, len(text) - maxlen, step):
  sentences.append(text[i: i + maxlen])
  next_chars.append(text[i + maxlen])
x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
  for t, char in enumerate(sentence):
    x[i, t, char_indices[char]] = 1
  y[i, char_indices[next_chars[i]]] = 1

model = keras.models.Sequential()
model.add(layers.LSTM(16, input_shape=(maxlen, len(chars))))
model.add(layers.Dense(len(chars), activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer=RMSprop(lr=0.01))


def sample(preds, temperature=1.0):
  preds = np.asarray(preds).astype('float64')
  preds = np.log(preds) / temperature
  exp_preds = np.exp(preds)
  preds = exp_preds / np.sum(exp_preds)
  probas = np.random.multinomial(1, preds, 1)
  return np.argmax(probas)


def on_epoch_end(epoch, _):
  start_index = random.randint(0, len(text) - maxlen - 1)
  for diversity in [0.5, 1.0]:
    sentence = text[start_index: start_index + maxlen]
    generated = ''
    for _ in range(8):
      x_pred = np.zeros((1, maxlen, len(chars)))
      for t, char in enumerate(sentence):
        x_pred[0, t, char_indices[char]] = 1.
      preds = model.predict(x_pred, verbose=0)[0]
      next_char = indices_char[sample(preds, diversity)]
      sentence = sentence[1:] + next_char
      generated += next_char
    print('diversity:', diversity, repr(generated))


print_callback = LambdaCallback(on_epoch_end=on_epoch_end)
model.fit(x, y, batch_size=16, epochs=2, verbose=2,
          callbacks=[print_callback])
stream = io.StringIO()
model.summary(print_fn=lambda line: stream.write(u'' + line + u'\n'))
print(len(stream.getvalue().splitlines()))
sys.stdout.flush()
