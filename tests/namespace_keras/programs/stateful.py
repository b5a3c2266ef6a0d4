"""stateful=True with reset_states, masking, and tf.data into fit."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(4)
rng = np.random.RandomState(4)

model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Masking(mask_value=0.,
                                  batch_input_shape=(4, 5, 2)))
model.add(tf.keras.layers.LSTM(3, stateful=True, return_sequences=True))
model.add(tf.keras.layers.GRU(3, stateful=True))
model.add(tf.keras.layers.Dense(1))
model.compile(loss='mse', optimizer=tf.keras.optimizers.SGD(
    lr=0.05, momentum=0.9, clipnorm=1.))
x, y = rng.rand(8, 5, 2).astype('float32'), rng.rand(8, 1).astype('float32')
x[:, 3:] = 0.
for epoch in range(3):
  history = model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0)
  print('%.5f' % history.history['loss'][0],
        '%.5f' % model.predict(x[:4], batch_size=4)[0, 0])
  model.reset_states()
print(model.evaluate(x, y, batch_size=4, verbose=0) > 0)

tf.keras.backend.clear_session()
tf.set_random_seed(4)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4).repeat()
other = tf.keras.Sequential([
    tf.keras.layers.SimpleRNN(3, input_shape=(5, 2)),
    tf.keras.layers.Dense(1)])
other.compile('sgd', 'mae')
history = other.fit(dataset, steps_per_epoch=2, epochs=2, verbose=0)
print(['%.5f' % value for value in history.history['loss']])


def generator():
  while True:
    yield x[:4], y[:4]


history = other.fit_generator(generator(), steps_per_epoch=3, epochs=2,
                              verbose=0, validation_data=(x[4:], y[4:]))
print(['%.5f' % value for value in history.history['val_loss']])


class Batches(tf.keras.utils.Sequence):
  def __len__(self):
    return 2

  def __getitem__(self, index):
    return x[index * 4:index * 4 + 4], y[index * 4:index * 4 + 4]


history = other.fit_generator(Batches(), epochs=1, verbose=0, shuffle=False)
print('%.5f' % history.history['loss'][0])
early = tf.keras.callbacks.EarlyStopping(monitor='loss', min_delta=10,
                                         patience=1, verbose=1)
schedule = tf.keras.callbacks.LearningRateScheduler(
    lambda epoch: 0.01 / (epoch + 1), verbose=1)
other.fit(x, y, epochs=9, verbose=0, callbacks=[early, schedule],
          shuffle=False)
print('%.5f' % tf.keras.backend.get_value(other.optimizer.lr))
