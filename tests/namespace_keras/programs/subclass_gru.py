"""A subclassed model trained in a loop over batches and by fit."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(6)
rng = np.random.RandomState(6)


class Model(tf.keras.Model):
  def __init__(self, vocab_size, embedding_dim, units):
    super(Model, self).__init__()
    self.units = units
    self.embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim)
    self.gru = tf.keras.layers.GRU(
        self.units, return_sequences=True, return_state=True,
        recurrent_activation='sigmoid',
        recurrent_initializer='glorot_uniform')
    self.fc = tf.keras.layers.Dense(vocab_size)

  def call(self, x, hidden=None):
    x = self.embedding(x)
    output, state = self.gru(x, initial_state=hidden)
    return self.fc(tf.reshape(output, (-1, output.shape[2]))), state


model = Model(9, 4, 5)
ids = tf.placeholder(tf.int32, [3, 6])
targets = tf.placeholder(tf.int32, [3, 6])
hidden = tf.placeholder_with_default(tf.zeros([3, 5]), [3, 5])
logits, state = model(ids, hidden)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels=tf.reshape(targets, (-1,)), logits=logits))
train_op = tf.train.AdamOptimizer(0.05).minimize(
    loss, var_list=model.trainable_variables)
data = rng.randint(0, 9, (3, 13))
with tf.Session() as sess:
  sess.run(tf.global_variables_initializer())
  carry = np.zeros([3, 5])
  for step in range(4):
    start = 6 * (step % 2)
    value, carry, _ = sess.run(
        [loss, state, train_op],
        {ids: data[:, start:start + 6], targets: data[:, start + 1:start + 7],
         hidden: carry})
    print('%.5f' % value)
print([v.name for v in model.variables])


class Classifier(tf.keras.Model):
  def __init__(self):
    super(Classifier, self).__init__(name='classifier')
    self.rnn = tf.keras.layers.LSTM(4)
    self.out = tf.keras.layers.Dense(2, activation='softmax')

  def call(self, inputs):
    return self.out(self.rnn(inputs))


classifier = Classifier()
classifier.compile(tf.train.RMSPropOptimizer(0.01),
                   'sparse_categorical_crossentropy', metrics=['accuracy'])
x, y = rng.rand(8, 5, 3).astype('float32'), rng.randint(0, 2, 8)
history = classifier.fit(x, y, epochs=2, batch_size=4, shuffle=False,
                         verbose=0)
print(['%.5f' % value for value in history.history['loss']])
