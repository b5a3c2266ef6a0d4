"""Layers, cells and attention of one's own, in the style of 2018."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import initializers
from tensorflow.keras import layers
from tensorflow.python.keras.engine.base_layer import Layer
from tensorflow.python.keras.layers.recurrent import RNN

np.random.seed(2)
tf.set_random_seed(2)


class Attention(Layer):
  def __init__(self, units=4, **kwargs):
    self.units = units
    self.init = initializers.get('glorot_uniform')
    super(Attention, self).__init__(**kwargs)

  def build(self, input_shape):
    assert len(input_shape) == 3
    depth = int(input_shape[-1])
    self.W = self.add_weight(shape=(depth, self.units), initializer=self.init,
                             name='{}_W'.format(self.name))
    self.b = self.add_weight(shape=(self.units,), initializer='zero',
                             name='{}_b'.format(self.name))
    self.u = self.add_weight(shape=(self.units, 1), initializer=self.init,
                             name='{}_u'.format(self.name),
                             regularizer=tf.keras.regularizers.l2(0.01))
    super(Attention, self).build(input_shape)

  def compute_mask(self, inputs, mask=None):
    return None

  def call(self, x, mask=None):
    uit = K.tanh(K.bias_add(K.dot(x, self.W), self.b))
    ait = K.exp(K.squeeze(K.dot(uit, self.u), -1))
    if mask is not None:
      ait *= K.cast(mask, K.floatx())
    ait /= K.cast(K.sum(ait, axis=1, keepdims=True) + K.epsilon(), K.floatx())
    return K.sum(x * K.expand_dims(ait), axis=1)

  def compute_output_shape(self, input_shape):
    return input_shape[0], input_shape[-1]

  def get_config(self):
    config = {'units': self.units}
    return dict(list(super(Attention, self).get_config().items())
                + list(config.items()))


class MinimalRNNCell(tf.keras.layers.Layer):
  def __init__(self, units, **kwargs):
    self.units = units
    self.state_size = units
    super(MinimalRNNCell, self).__init__(**kwargs)

  def build(self, input_shape):
    self.kernel = self.add_weight(
        shape=(int(input_shape[-1]), self.units), initializer='uniform',
        name='kernel')
    self.recurrent_kernel = self.add_weight(
        shape=(self.units, self.units), initializer='orthogonal',
        name='recurrent_kernel')
    self.built = True

  def call(self, inputs, states):
    output = K.tanh(K.dot(inputs, self.kernel)
                    + K.dot(states[0], self.recurrent_kernel))
    return output, [output]


ids = layers.Input(shape=(6,), dtype='int32', name='ids')
x = layers.Embedding(12, 5, mask_zero=True)(ids)
x = RNN([MinimalRNNCell(4), MinimalRNNCell(4)], return_sequences=True)(x)
x = layers.Lambda(lambda t: t * 2., name='double')(x)
attended = Attention()(x)
main = layers.Dense(3, activation='softmax', name='main')(attended)
aux = layers.Dense(1, activation='sigmoid', name='aux')(
    layers.GlobalAveragePooling1D()(x))
model = tf.keras.Model(inputs=ids, outputs=[main, aux])
model.compile('adam', loss={'main': 'sparse_categorical_crossentropy',
                            'aux': 'binary_crossentropy'},
              loss_weights={'main': 1., 'aux': 0.2},
              metrics={'main': 'accuracy'})
model.summary()
data = np.random.randint(0, 12, (20, 6))
targets = {'main': np.random.randint(0, 3, (20, 1)),
           'aux': np.random.randint(0, 2, (20, 1))}
history = model.fit(data, targets, epochs=3, batch_size=5, verbose=0)
for name in sorted(history.history):
  print(name, ['%.4f' % value for value in history.history[name]])
print([w.name for w in model.weights])
model.save_weights('custom.h5')
before = model.predict(data[:2])[0]
model.set_weights([w * 0 for w in model.get_weights()])
model.load_weights('custom.h5')
print(np.allclose(before, model.predict(data[:2])[0]))
config = Attention(3, name='att').get_config()
print(config['units'], config['name'])
