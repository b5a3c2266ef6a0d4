"""A tagger that masks words, and letters in each word; its JSON."""

import json

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import GRU
from tensorflow.keras.layers import LSTM
from tensorflow.keras.layers import Bidirectional
from tensorflow.keras.layers import Dense
from tensorflow.keras.layers import Embedding
from tensorflow.keras.layers import Input
from tensorflow.keras.layers import SpatialDropout1D
from tensorflow.keras.layers import TimeDistributed
from tensorflow.keras.layers import concatenate
from tensorflow.keras.models import Model
from tensorflow.keras.models import Sequential
from tensorflow.keras.models import load_model
from tensorflow.keras.models import model_from_json
from tensorflow.python.keras.preprocessing.sequence import pad_sequences

tf.set_random_seed(2)
rng = np.random.RandomState(0)
lines = [rng.randint(1, 8, rng.randint(2, 7)) for _ in range(32)]
words = pad_sequences(lines, maxlen=6, padding='post')
letters = np.stack([(words * k) % 9 for k in range(1, 5)], axis=-1)
tags = np.eye(3)[words % 3]

word_ids = Input(shape=(6,))
letter_ids = Input(shape=(6, 4))
x = TimeDistributed(Embedding(10, 4, mask_zero=True))(letter_ids)
x = TimeDistributed(LSTM(4))(x)
x = concatenate([Embedding(8, 5, mask_zero=True)(word_ids), x])
x = SpatialDropout1D(0.0)(x)
x = Bidirectional(LSTM(6, return_sequences=True))(x)
x = Bidirectional(GRU(3, return_sequences=True), merge_mode='sum')(x)
scores = TimeDistributed(Dense(3, activation='softmax'))(x)
model = Model([word_ids, letter_ids], scores)
model.compile('adam', 'categorical_crossentropy', metrics=['acc'],
              sample_weight_mode='temporal')
history = model.fit([words, letters], tags, batch_size=8, epochs=2,
                    validation_split=0.25, verbose=0, shuffle=False,
                    sample_weight=np.where(words > 4, 3., 1.))
for name in sorted(history.history):
  print(name, ['%.5f' % value for value in history.history[name]])
print(['%.5f' % value for value in model.evaluate([words, letters], tags,
                                                  verbose=0)])
config = json.loads(model.to_json())
config.pop('keras_version')
print(json.dumps(config, sort_keys=True))
again = model_from_json(json.dumps(config))
again.set_weights(model.get_weights())
print(np.allclose(again.predict([words, letters]),
                  model.predict([words, letters])))
model.save('model.h5')
again = load_model('model.h5')
print(['%.5f' % value for value in again.evaluate([words, letters], tags,
                                                  verbose=0)])
# New variables show how many operations there were before.
print(Sequential([Dense(2, input_shape=(1,))]).get_weights()[0])
