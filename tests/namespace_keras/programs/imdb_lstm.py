"""Sentiment of reviews, as in Keras's example of 2017; made-up data."""

from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import LSTM
from tensorflow.keras.layers import Dense
from tensorflow.keras.layers import Dropout
from tensorflow.keras.layers import Embedding
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing import sequence

np.random.seed(7)
tf.set_random_seed(7)

max_features = 50
maxlen = 12
x = [list(np.random.randint(1, max_features, np.random.randint(5, 20)))
     for _ in range(64)]
y = np.array([int(np.mean(row) > 25) for row in x])
x_train = sequence.pad_sequences(x[:48], maxlen=maxlen)
x_test = sequence.pad_sequences(x[48:], maxlen=maxlen, padding='post')
print('x_train shape:', x_train.shape)

model = Sequential()
model.add(Embedding(max_features, 8, mask_zero=True))
model.add(LSTM(8, dropout=0.2, recurrent_dropout=0.2))
model.add(Dropout(0.3))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam',
              metrics=['accuracy'])
model.summary()
history = model.fit(x_train, y[:48], batch_size=16, epochs=3, shuffle=False,
                    validation_data=(x_test, y[48:]), verbose=2)
score, acc = model.evaluate(x_test, y[48:], batch_size=16, verbose=0)
print('Test score: %.4f' % score)
print('Test accuracy: %.4f' % acc)
print(['%.4f' % value for value in history.history['loss']])
print(model.predict_classes(x_test).ravel())
