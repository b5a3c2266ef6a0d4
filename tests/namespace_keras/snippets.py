"""tf.keras: layers, cells, models, optimizers. Python 3.7 syntax.

Each snippet is a function of TensorFlow 1.15 code, as in `tests/seeds`, but in
a registry of its own: loading tf_keras takes seconds.
"""

import collections
import os
import tempfile

import numpy as np

from seeds import registry

SNIPPETS = collections.OrderedDict()


def snippet(build):
  SNIPPETS[build.__name__] = registry.Snippet(
      build.__name__, build.__name__, "keras", build, True)
  return build


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


def _sequence(tf):
  return tf.placeholder(tf.float32, [None, 5, 4])


@snippet
def dense(tf):
  tf.keras.layers.Dense(5, activation="relu")(_x(tf))


@snippet
def dense_regularized(tf):
  layer = tf.keras.layers.Dense(
      5, kernel_regularizer=tf.keras.regularizers.l2(0.01),
      bias_constraint=tf.keras.constraints.NonNeg(),
      activity_regularizer=tf.keras.regularizers.l1(0.1))
  layer(_x(tf))
  tf.add_n(layer.losses)


@snippet
def dense_rank_3(tf):
  tf.keras.layers.Dense(5)(_sequence(tf))


@snippet
def dense_time_unknown(tf):
  tf.keras.layers.Dense(5)(_x(tf, None, None, 4))


@snippet
def embedding(tf):
  ids = tf.placeholder(tf.int32, [None, 5])
  tf.keras.layers.Embedding(7, 3)(ids)


@snippet
def embedding_masked(tf):
  ids = tf.placeholder(tf.int32, [None, 5])
  words = tf.keras.layers.Embedding(7, 3, mask_zero=True)(ids)
  tf.keras.layers.LSTM(3)(words)


@snippet
def lstm(tf):
  tf.keras.layers.LSTM(3)(_sequence(tf))


@snippet
def lstm_sequences(tf):
  tf.keras.layers.LSTM(3, return_sequences=True, return_state=True)(
      _sequence(tf))


@snippet
def lstm_time_unknown(tf):
  tf.keras.layers.LSTM(3)(_x(tf, None, None, 4))


@snippet
def lstm_implementation_2(tf):
  tf.keras.layers.LSTM(3, implementation=2)(_sequence(tf))


@snippet
def lstm_dropout(tf):
  tf.keras.layers.LSTM(3, dropout=0.2, recurrent_dropout=0.3)(_sequence(tf))


@snippet
def lstm_dropout_training(tf):
  tf.keras.layers.LSTM(3, dropout=0.2, recurrent_dropout=0.3)(
      _sequence(tf), training=True)


@snippet
def lstm_unrolled(tf):
  tf.keras.layers.LSTM(3, unroll=True)(_sequence(tf))


@snippet
def lstm_backwards(tf):
  tf.keras.layers.LSTM(3, go_backwards=True)(_sequence(tf))


@snippet
def lstm_stateful(tf):
  tf.keras.layers.LSTM(3, stateful=True, return_sequences=True)(
      _x(tf, 2, 5, 4))


@snippet
def lstm_initial_state(tf):
  tf.keras.layers.LSTM(3)(
      _sequence(tf), initial_state=[_x(tf, None, 3), _x(tf, None, 3)])


@snippet
def lstm_no_forget_bias(tf):
  tf.keras.layers.LSTM(3, unit_forget_bias=False, use_bias=False)(
      _sequence(tf))


@snippet
def lstm_regularized(tf):
  layer = tf.keras.layers.LSTM(
      3, kernel_regularizer="l2", recurrent_regularizer="l1",
      bias_regularizer="l2")
  layer(_sequence(tf))
  tf.add_n(layer.losses)


@snippet
def gru(tf):
  tf.keras.layers.GRU(3)(_sequence(tf))


@snippet
def gru_reset_after(tf):
  tf.keras.layers.GRU(3, reset_after=True)(_sequence(tf))


@snippet
def gru_implementation_2(tf):
  tf.keras.layers.GRU(3, implementation=2)(_sequence(tf))


@snippet
def gru_dropout(tf):
  tf.keras.layers.GRU(3, dropout=0.2, recurrent_dropout=0.3)(_sequence(tf))


@snippet
def simple_rnn(tf):
  tf.keras.layers.SimpleRNN(3)(_sequence(tf))


@snippet
def simple_rnn_dropout(tf):
  tf.keras.layers.SimpleRNN(3, dropout=0.2, recurrent_dropout=0.3)(
      _sequence(tf))


@snippet
def bidirectional(tf):
  tf.keras.layers.Bidirectional(
      tf.keras.layers.LSTM(3, return_sequences=True))(_sequence(tf))


@snippet
def bidirectional_sum(tf):
  tf.keras.layers.Bidirectional(
      tf.keras.layers.GRU(3), merge_mode="sum")(_sequence(tf))


@snippet
def bidirectional_states(tf):
  tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(
      3, return_state=True))(_sequence(tf))


@snippet
def rnn_of_cell(tf):
  tf.keras.layers.RNN(tf.keras.layers.LSTMCell(3))(_sequence(tf))


@snippet
def rnn_of_cells(tf):
  tf.keras.layers.RNN(
      [tf.keras.layers.LSTMCell(3), tf.keras.layers.GRUCell(2)],
      return_sequences=True)(_sequence(tf))


@snippet
def rnn_of_stacked_cells(tf):
  tf.keras.layers.RNN(tf.keras.layers.StackedRNNCells(
      [tf.keras.layers.SimpleRNNCell(3), tf.keras.layers.SimpleRNNCell(2)]))(
          _sequence(tf))


@snippet
def rnn_of_old_cell(tf):
  tf.keras.layers.RNN(tf.nn.rnn_cell.LSTMCell(3))(_sequence(tf))


@snippet
def rnn_of_old_gru(tf):
  tf.keras.layers.RNN(tf.nn.rnn_cell.GRUCell(3), return_sequences=True,
                      return_state=True)(_sequence(tf))


@snippet
def rnn_of_old_cells(tf):
  tf.keras.layers.RNN(tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.BasicLSTMCell(3), tf.nn.rnn_cell.BasicLSTMCell(2)]))(
          _sequence(tf))


@snippet
def rnn_of_list_of_old_cells(tf):
  tf.keras.layers.RNN(
      [tf.nn.rnn_cell.BasicRNNCell(3), tf.nn.rnn_cell.BasicRNNCell(2)])(
          _sequence(tf))


@snippet
def rnn_of_own_cell(tf):
  class MinimalCell(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
      self.units = units
      self.state_size = units
      super(MinimalCell, self).__init__(**kwargs)

    def build(self, input_shape):
      self.kernel = self.add_weight(
          shape=(input_shape[-1], self.units), initializer="uniform",
          name="kernel")
      self.recurrent_kernel = self.add_weight(
          shape=(self.units, self.units), initializer="uniform",
          name="recurrent_kernel")
      self.built = True

    def call(self, inputs, states):
      prev_output = states[0]
      h = tf.keras.backend.dot(inputs, self.kernel)
      output = h + tf.keras.backend.dot(prev_output, self.recurrent_kernel)
      return output, [output]

  tf.keras.layers.RNN([MinimalCell(3), MinimalCell(4)])(_sequence(tf))


@snippet
def keras_cell_in_dynamic_rnn(tf):
  tf.nn.dynamic_rnn(tf.keras.layers.LSTMCell(3), _sequence(tf),
                    dtype=tf.float32)


@snippet
def keras_cells_in_dynamic_rnn(tf):
  cell = tf.keras.layers.StackedRNNCells(
      [tf.keras.layers.LSTMCell(3), tf.keras.layers.LSTMCell(2)])
  tf.nn.dynamic_rnn(cell, _sequence(tf), dtype=tf.float32)


@snippet
def keras_gru_cell_in_static_rnn(tf):
  tf.nn.static_rnn(tf.keras.layers.GRUCell(3),
                   tf.unstack(_sequence(tf), axis=1), dtype=tf.float32)


@snippet
def keras_cell_once(tf):
  cell = tf.keras.layers.LSTMCell(3)
  cell(_x(tf), [_x(tf, None, 3), _x(tf, None, 3)])


@snippet
def lstm_beside_dynamic_rnn(tf):
  x = _sequence(tf)
  words = tf.keras.layers.Dense(3, activation="tanh")(x)
  outputs, _ = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.LSTMCell(3), words, dtype=tf.float32)
  outputs = tf.keras.layers.LSTM(2)(outputs)
  logits = tf.layers.dense(outputs, 2)
  loss = tf.reduce_mean(tf.square(logits))
  tf.train.AdamOptimizer(0.01).minimize(loss)


@snippet
def time_distributed(tf):
  tf.keras.layers.TimeDistributed(tf.keras.layers.Dense(3))(_sequence(tf))


@snippet
def time_distributed_open(tf):
  x = tf.keras.layers.Input((None, 4))
  tf.keras.layers.TimeDistributed(tf.keras.layers.Dense(3))(x)


@snippet
def conv1d(tf):
  tf.keras.layers.Conv1D(3, 2, activation="relu")(_sequence(tf))


@snippet
def conv1d_causal(tf):
  tf.keras.layers.Conv1D(3, 2, padding="causal", dilation_rate=2)(
      _sequence(tf))


@snippet
def conv2d(tf):
  image = _x(tf, None, 8, 8, 3)
  hidden = tf.keras.layers.Conv2D(4, (3, 3), padding="same")(image)
  hidden = tf.keras.layers.MaxPooling2D((2, 2))(hidden)
  tf.keras.layers.Flatten()(hidden)


@snippet
def conv2d_transpose(tf):
  tf.keras.layers.Conv2DTranspose(4, 3, strides=2)(_x(tf, None, 8, 8, 3))


@snippet
def separable_conv2d(tf):
  tf.keras.layers.SeparableConv2D(4, 3)(_x(tf, None, 8, 8, 3))


@snippet
def depthwise_conv2d(tf):
  tf.keras.layers.DepthwiseConv2D(3)(_x(tf, None, 8, 8, 3))


@snippet
def pooling(tf):
  x = _sequence(tf)
  tf.keras.layers.MaxPooling1D(2)(x)
  tf.keras.layers.AveragePooling1D(2)(x)
  tf.keras.layers.GlobalMaxPooling1D()(x)
  tf.keras.layers.GlobalAveragePooling1D()(x)


@snippet
def dropout(tf):
  tf.keras.layers.Dropout(0.5)(_x(tf))


@snippet
def dropout_of_nothing(tf):
  tf.keras.layers.Dropout(0.)(_x(tf))
  tf.keras.layers.SpatialDropout1D(0)(_sequence(tf))
  tf.keras.layers.Dropout(0., noise_shape=[None, 1])(_x(tf), training=True)
  tf.keras.layers.Dense(5)(_x(tf))


@snippet
def dropout_masked(tf):
  layers = tf.keras.layers
  words = layers.Embedding(7, 3, mask_zero=True)(
      tf.placeholder(tf.int32, [None, 5]))
  hidden = layers.SpatialDropout1D(0.2)(layers.Dropout(0.)(words))
  layers.GRU(2, implementation=2)(hidden)


@snippet
def dropout_training(tf):
  tf.keras.layers.Dropout(0.5)(_x(tf), training=True)


@snippet
def dropout_tensor(tf):
  tf.keras.layers.Dropout(0.5)(
      _x(tf), training=tf.placeholder_with_default(False, []))


@snippet
def dropout_phase_set(tf):
  tf.keras.backend.set_learning_phase(1)
  tf.keras.layers.Dropout(0.5)(_x(tf))


@snippet
def dropout_noise_shape(tf):
  tf.keras.layers.Dropout(0.5, noise_shape=[None, 1, 4])(_sequence(tf))


@snippet
def spatial_dropout(tf):
  tf.keras.layers.SpatialDropout1D(0.5)(_sequence(tf))


@snippet
def noise(tf):
  x = _x(tf)
  tf.keras.layers.GaussianNoise(0.5)(x)
  tf.keras.layers.GaussianDropout(0.5)(x)
  tf.keras.layers.AlphaDropout(0.5)(x)


@snippet
def batch_normalization(tf):
  tf.keras.layers.BatchNormalization()(_x(tf))


@snippet
def batch_normalization_training(tf):
  tf.keras.layers.BatchNormalization()(_x(tf), training=True)


@snippet
def batch_normalization_image(tf):
  tf.keras.layers.BatchNormalization()(_x(tf, None, 8, 8, 3))


@snippet
def layer_normalization(tf):
  tf.keras.layers.LayerNormalization()(_x(tf))


@snippet
def activations(tf):
  x = _x(tf)
  for name in ("relu", "tanh", "sigmoid", "softmax", "elu", "selu",
               "hard_sigmoid", "softplus", "softsign", "linear",
               "exponential"):
    tf.keras.layers.Activation(name)(x)
  tf.keras.layers.LeakyReLU()(x)
  tf.keras.layers.PReLU()(x)
  tf.keras.layers.ELU()(x)
  tf.keras.layers.ThresholdedReLU()(x)
  tf.keras.layers.Softmax()(x)
  tf.keras.layers.ReLU(6.)(x)


@snippet
def merging(tf):
  x, y = _x(tf), _x(tf)
  layers = tf.keras.layers
  for layer in (layers.Add(), layers.Multiply(), layers.Average(),
                layers.Maximum(), layers.Minimum(), layers.Subtract(),
                layers.Concatenate(), layers.Dot(1)):
    layer([x, y])
  layers.dot([_sequence(tf), _sequence(tf)], axes=[2, 2])
  layers.concatenate([x, y])
  layers.add([x, y])


@snippet
def reshaping(tf):
  layers = tf.keras.layers
  x = _x(tf)
  layers.RepeatVector(3)(x)
  layers.Reshape((2, 2))(x)
  layers.Reshape((-1, 2))(x)
  layers.Permute((2, 1))(_sequence(tf))
  layers.Flatten()(_sequence(tf))
  layers.Masking(0.)(_sequence(tf))
  layers.Lambda(lambda v: v * 2)(x)
  layers.ActivityRegularization(0.1)(x)
  layers.ZeroPadding1D(2)(_sequence(tf))
  layers.Cropping1D(1)(_sequence(tf))
  layers.UpSampling1D(2)(_sequence(tf))
  layers.UpSampling2D(2)(_x(tf, None, 8, 8, 3))


@snippet
def masking_lstm(tf):
  masked = tf.keras.layers.Masking(0.)(_sequence(tf))
  tf.keras.layers.LSTM(3, return_sequences=True)(masked)


@snippet
def attention(tf):
  tf.keras.layers.Attention()([_sequence(tf), _sequence(tf)])
  tf.keras.layers.AdditiveAttention()([_sequence(tf), _sequence(tf)])


@snippet
def conv_lstm(tf):
  tf.keras.layers.ConvLSTM2D(3, (2, 2), return_sequences=True)(
      _x(tf, None, 5, 8, 8, 3))


@snippet
def cudnn(tf):
  tf.keras.layers.CuDNNLSTM(3)(_sequence(tf))
  tf.keras.layers.CuDNNGRU(3)(_sequence(tf))


@snippet
def initializers(tf):
  for name in ("glorot_uniform", "glorot_normal", "he_normal", "he_uniform",
               "lecun_normal", "lecun_uniform", "uniform", "normal",
               "random_uniform", "random_normal", "truncated_normal",
               "zeros", "ones", "identity"):
    tf.keras.layers.Dense(4, kernel_initializer=name)(_x(tf))
  init = tf.keras.initializers
  for one in (init.RandomUniform(-0.1, 0.1), init.RandomNormal(stddev=0.1),
              init.VarianceScaling(2.), init.Constant(0.3),
              init.glorot_normal(seed=3), init.TruncatedNormal(stddev=0.2),
              init.Orthogonal()):
    tf.keras.layers.Dense(4, kernel_initializer=one)(_x(tf))


@snippet
def custom_layer(tf):
  class Linear(tf.keras.layers.Layer):
    def __init__(self, units, **kwargs):
      super(Linear, self).__init__(**kwargs)
      self.units = units

    def build(self, input_shape):
      self.w = self.add_weight("w", [int(input_shape[-1]), self.units],
                               initializer="glorot_uniform")
      self.b = self.add_weight(name="b", shape=(self.units,),
                               initializer="zeros", trainable=True)
      super(Linear, self).build(input_shape)

    def call(self, inputs):
      return tf.matmul(inputs, self.w) + self.b

  Linear(3)(_x(tf))
  Linear(2)(_x(tf))


@snippet
def custom_layer_variables(tf):
  class Linear(tf.keras.layers.Layer):
    def build(self, input_shape):
      self.w = self.add_variable("w", shape=[input_shape[-1].value, 3])

    def call(self, inputs):
      return tf.matmul(inputs, self.w)

  Linear()(_x(tf))


@snippet
def sequential(tf):
  model = tf.keras.Sequential()
  model.add(tf.keras.layers.Embedding(7, 3, input_length=5))
  model.add(tf.keras.layers.LSTM(3))
  model.add(tf.keras.layers.Dense(1, activation="sigmoid"))


@snippet
def sequential_compiled(tf):
  model = tf.keras.models.Sequential()
  model.add(tf.keras.layers.Embedding(7, 3, input_length=5))
  model.add(tf.keras.layers.LSTM(3))
  model.add(tf.keras.layers.Dense(1, activation="sigmoid"))
  model.compile(loss="binary_crossentropy", optimizer="adam",
                metrics=["accuracy"])


def _functional(tf):
  one = tf.keras.layers.Input(shape=(5,), dtype="int32")
  words = tf.keras.layers.Embedding(7, 3)(one)
  states = tf.keras.layers.LSTM(3, return_state=True)(words)
  two = tf.keras.layers.Input(shape=(None, 4), name="two")
  outputs = tf.keras.layers.LSTM(3, return_sequences=True)(
      two, initial_state=states[1:])
  outputs = tf.keras.layers.Dense(2, activation="softmax")(outputs)
  return tf.keras.models.Model([one, two], outputs)


@snippet
def functional_states(tf):
  _functional(tf).compile("rmsprop", loss="categorical_crossentropy")


def _small(tf):
  return tf.keras.Sequential([
      tf.keras.layers.Dense(3, input_shape=(4,), activation="relu"),
      tf.keras.layers.Dropout(0.2),
      tf.keras.layers.Dense(2, activation="softmax")])


def _data():
  draw = np.random.RandomState(3)
  return draw.rand(8, 4), np.eye(2)[draw.randint(2, size=8)]


def _trained(name, optimizer, loss="categorical_crossentropy", metrics=()):
  def build(tf):
    tf.keras.backend.clear_session()
    tf.set_random_seed(42)
    model = _small(tf)
    model.compile(optimizer=optimizer(tf), loss=loss, metrics=list(metrics))
    x, y = _data()
    model.train_on_batch(x, y)
  build.__name__ = name
  snippet(build)


for _name in ("sgd", "rmsprop", "adam", "adagrad", "adadelta", "adamax",
              "nadam", "ftrl"):
  def _compile(tf, name=_name):
    model = _small(tf)
    model.compile(optimizer=name, loss="categorical_crossentropy")
    model._make_train_function()
  _compile.__name__ = "train_function_" + _name
  snippet(_compile)


@snippet
def train_function_tf_optimizer(tf):
  model = _small(tf)
  model.compile(optimizer=tf.train.AdamOptimizer(0.01),
                loss="categorical_crossentropy", metrics=["acc"])
  model._make_train_function()


@snippet
def train_function_momentum(tf):
  model = _small(tf)
  model.compile(tf.keras.optimizers.SGD(
      lr=0.1, momentum=0.9, nesterov=True, decay=1e-3, clipnorm=1.),
                loss="mse", metrics=["mae"])
  model._make_train_function()


@snippet
def train_function_recurrent(tf):
  model = tf.keras.Sequential([
      tf.keras.layers.LSTM(3, input_shape=(5, 4), dropout=0.2,
                           recurrent_dropout=0.2, return_sequences=True),
      tf.keras.layers.Bidirectional(tf.keras.layers.GRU(2)),
      tf.keras.layers.BatchNormalization(),
      tf.keras.layers.Dense(2, activation="softmax")])
  model.compile("adam", loss="sparse_categorical_crossentropy",
                metrics=["accuracy"])
  model._make_train_function()
  model._make_test_function()
  model._make_predict_function()


@snippet
def losses(tf):
  y, p = _x(tf), _x(tf)
  for name in ("mse", "mae", "mape", "msle", "hinge", "squared_hinge",
               "categorical_hinge", "logcosh", "categorical_crossentropy",
               "binary_crossentropy", "kld", "poisson",
               "cosine_proximity"):
    tf.keras.losses.get(name)(y, p)
  tf.keras.losses.sparse_categorical_crossentropy(_x(tf, None), p)
  tf.keras.losses.MeanSquaredError()(y, p)
  tf.keras.losses.BinaryCrossentropy(from_logits=True)(y, p)
  tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(y, p)
  tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
      _x(tf, None), p)
  tf.keras.losses.Huber()(y, p)


@snippet
def metrics(tf):
  y, p = _x(tf), _x(tf)
  tf.keras.metrics.binary_accuracy(y, p)
  tf.keras.metrics.categorical_accuracy(y, p)
  tf.keras.metrics.sparse_categorical_accuracy(_x(tf, None), p)
  tf.keras.metrics.top_k_categorical_accuracy(y, p, k=2)
  tf.keras.metrics.Mean()(y)
  tf.keras.metrics.CategoricalAccuracy()(y, p)


@snippet
def backend_functions(tf):
  K = tf.keras.backend
  x, y = _x(tf, 3, 4), _x(tf, 3, 4)
  K.dot(x, K.transpose(y))
  K.batch_dot(_sequence(tf), _sequence(tf), axes=[2, 2])
  K.softmax(x)
  K.sum(x, axis=1, keepdims=True)
  K.mean(x)
  K.std(x)
  K.exp(x)
  K.log(x)
  K.clip(x, 0., 1.)
  K.cast(x, "int32")
  K.expand_dims(x)
  K.squeeze(K.expand_dims(x), 2)
  K.zeros_like(x)
  K.ones_like(x)
  K.max(x, axis=-1)
  K.argmax(x)
  K.equal(x, y)
  K.switch(K.greater(K.sum(x), 0.), x, y)
  K.l2_normalize(x, 1)
  K.one_hot(K.argmax(x), 4)
  K.permute_dimensions(x, (1, 0))
  K.repeat_elements(x, 2, 0)
  K.concatenate([x, y])
  K.stack([x, y])
  K.tile(x, [2, 1])
  K.reverse(x, 0)
  K.gradients(K.sum(K.square(x)), [x])
  K.in_train_phase(x, y)
  K.dropout(x, 0.3)
  K.random_uniform((2, 3))
  K.random_normal((2, 3))
  K.variable(np.ones([2, 2]))
  K.zeros((2,))
  K.ones((2, 2))
  K.constant(3.)
  K.placeholder((None, 4))
  K.binary_crossentropy(x, y)
  K.categorical_crossentropy(x, y)
  K.relu(x)
  K.hard_sigmoid(x)
  K.temporal_padding(_sequence(tf), (1, 1))
  K.spatial_2d_padding(_x(tf, None, 8, 8, 3))
  K.learning_phase()
  K.bias_add(_sequence(tf), K.variable(np.ones([4])))
  K.bias_add(_x(tf), K.variable(np.ones([4])))
  K.random_uniform_variable((2, 3), 0., 1.)
  K.flatten(x)
  K.batch_flatten(_sequence(tf))
  K.arange(5)
  K.pow(x, 2)
  K.var(x)
  K.any(K.equal(x, y))
  K.update(K.variable(1.), 2.)
  K.moving_average_update(K.variable(1.), 2., 0.9)
  K.conv1d(_sequence(tf), K.variable(np.ones([2, 4, 3])))
  K.rnn(lambda a, s: (a + s[0], [a + s[0]]), _sequence(tf), [_x(tf)])
  K.foldl(lambda a, b: a + b, x)
  K.map_fn(lambda a: a * 2, x)
  K.function([x], [K.sum(x)])


@snippet
def ctc(tf):
  tf.keras.backend.ctc_batch_cost(
      _x(tf, 2, 3), _x(tf, 2, 6, 4), _x(tf, 2, 1), _x(tf, 2, 1))


@snippet
def wrapped_model(tf):
  class Net(tf.keras.Model):
    def __init__(self):
      super(Net, self).__init__(name="net")
      self.embedding = tf.keras.layers.Embedding(7, 3)
      self.gru = tf.keras.layers.GRU(3, return_sequences=True,
                                     return_state=True)
      self.fc = tf.keras.layers.Dense(2)

    def call(self, x, hidden):
      output, state = self.gru(self.embedding(x), initial_state=hidden)
      return self.fc(output), state

  net = Net()
  net(tf.placeholder(tf.int32, [2, 5]), tf.zeros([2, 3]))


@snippet
def second_model_after_optimizer(tf):
  x = _x(tf)
  hidden = tf.keras.layers.Dense(3, activation="relu")(x)
  loss = tf.reduce_mean(tf.keras.losses.mean_squared_error(
      _x(tf, None, 3), hidden))
  optimizer = tf.train.GradientDescentOptimizer(0.1)
  optimizer.minimize(loss)
  tf.keras.layers.Dense(3)(hidden)


@snippet
def keras_optimizer_updates(tf):
  layer = tf.keras.layers.Dense(3)
  loss = tf.reduce_mean(layer(_x(tf)))
  tf.keras.optimizers.Adam(0.01).get_updates(loss, layer.trainable_weights)


@snippet
def keras_optimizer_minimize(tf):
  layer = tf.keras.layers.Dense(3)
  layer(_x(tf))
  loss = lambda: tf.reduce_mean(layer(_x(tf)))
  tf.keras.optimizers.SGD(0.01).minimize(loss, layer.trainable_weights)


def _fitted(tf, *layers):
  model = tf.keras.Sequential(list(layers))
  model.compile("sgd", "mse", metrics=["mae"])
  return model


@snippet
def fitted(tf):
  model = _fitted(tf, tf.keras.layers.Dense(2, input_shape=(4,)))
  x, y = _data()
  model.fit(x, y, epochs=1, verbose=0)
  model.evaluate(x, y, verbose=0)
  model.predict(x)
  model.set_weights(model.get_weights())


@snippet
def fitted_recurrent(tf):
  model = _fitted(
      tf, tf.keras.layers.LSTM(3, input_shape=(2, 2)),
      tf.keras.layers.Dense(2))
  x, y = _data()
  model.fit(x.reshape(8, 2, 2), y, epochs=1, verbose=0)


@snippet
def stateful_reset(tf):
  model = _fitted(
      tf, tf.keras.layers.LSTM(3, stateful=True, batch_input_shape=(4, 2, 2)),
      tf.keras.layers.Dense(2))
  x, y = _data()
  model.fit(x.reshape(8, 2, 2), y, epochs=1, verbose=0, batch_size=4)
  model.reset_states()
  model.predict(x.reshape(8, 2, 2), batch_size=4)
  model.reset_states()


@snippet
def fitted_dataset(tf):
  x, y = _data()
  dataset = tf.data.Dataset.from_tensor_slices(
      (x.astype("float32"), y.astype("float32"))).batch(4).repeat()
  model = _fitted(tf, tf.keras.layers.Dense(2, input_shape=(4,)))
  model.fit(dataset, steps_per_epoch=2, epochs=1, verbose=0)


@snippet
def fitted_bidirectional(tf):
  model = _fitted(
      tf, tf.keras.layers.Bidirectional(tf.keras.layers.GRU(
          3, dropout=0.1), input_shape=(2, 2)),
      tf.keras.layers.BatchNormalization(), tf.keras.layers.Dense(2))
  x, y = _data()
  model.fit(x.reshape(8, 2, 2), y, epochs=1, verbose=0)


def _masked_model(tf, layer, temporal):
  layers = tf.keras.layers
  words = layers.Input((5,))
  hidden = layer(layers.Embedding(9, 4, mask_zero=True)(words))
  model = tf.keras.Model(words, layers.Dense(2, activation="softmax")(hidden))
  model.compile("sgd", "categorical_crossentropy", metrics=["acc"],
                sample_weight_mode="temporal" if temporal else None)
  x = np.arange(20).reshape(4, 5) % 9
  y = np.eye(2)[x % 2] if temporal else np.eye(2)[[0, 1, 1, 0]]
  model.train_on_batch(x, y)
  model.evaluate(x, y, verbose=0)
  layers.Dense(3)(_x(tf))


@snippet
def masked_lstm_trained(tf):
  _masked_model(tf, tf.keras.layers.LSTM(3), False)


@snippet
def masked_gru_unrolled_trained(tf):
  _masked_model(tf, tf.keras.layers.GRU(3, unroll=True), False)


@snippet
def masked_bidirectional_trained(tf):
  _masked_model(tf, tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(
      3, return_sequences=True), merge_mode="sum"), True)


@snippet
def masked_cells_trained(tf):
  layers = tf.keras.layers
  _masked_model(tf, layers.RNN(
      [layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(2)],
      return_sequences=True), True)


@snippet
def loaded_with_optimizer(tf):
  x, y = _data()
  with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.h5")
    model = _fitted(tf, tf.keras.layers.Dense(2, input_shape=(4,)))
    model.train_on_batch(x, y)
    model.save(path)
    tf.keras.models.load_model(path).train_on_batch(x, y)
  tf.keras.layers.Dense(3)(_x(tf))


@snippet
def loaded_with_temporal_weights(tf):
  layers = tf.keras.layers
  x = np.arange(48.).reshape(4, 3, 4)
  with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.h5")
    model = tf.keras.Sequential([
        layers.LSTM(2, return_sequences=True, input_shape=(3, 4)),
        layers.TimeDistributed(layers.Dense(4))])
    model.compile("adam", "mse", sample_weight_mode="temporal")
    model.train_on_batch(x, x, sample_weight=np.ones([4, 3]))
    model.save(path)
    tf.keras.models.load_model(path).train_on_batch(
        x, x, sample_weight=np.ones([4, 3]))
  layers.Dense(3)(_x(tf))


@snippet
def shared_names(tf):
  tf.layers.dense(_x(tf), 3)
  tf.keras.layers.Dense(3)(_x(tf))
  with tf.variable_scope("inner"):
    tf.layers.dense(_x(tf), 3)
    tf.keras.layers.Dense(3)(_x(tf))
  tf.nn.rnn_cell.GRUCell(3)
  tf.keras.layers.GRUCell(3)(_x(tf), [_x(tf, None, 3)])
  tf.keras.layers.LSTM(2, name="given")(_sequence(tf))
  tf.keras.layers.LSTM(2)(_sequence(tf))
  with tf.name_scope("named"):
    tf.keras.layers.LSTM(2)(_sequence(tf))


def _second_model(tf, batch, *layers):
  """Two models of the same layers, the second after the first was trained."""
  def build():
    return tf.keras.Sequential([
        tf.keras.layers.InputLayer(batch_input_shape=batch),
        *[make() for make in layers]])
  model = build()
  model.compile("adam", "mse")
  x = np.random.RandomState(0).rand(4, *batch[1:])
  y = model.predict(x, batch_size=2)
  model.fit(x, y, batch_size=2, verbose=0, shuffle=False)
  model.reset_states()
  model.evaluate(x, y, batch_size=2, verbose=0)
  build()


@snippet
def second_model_stateful(tf):
  layers = tf.keras.layers
  _second_model(
      tf, (2, 5, 3),
      lambda: layers.LSTM(3, stateful=True, return_sequences=True,
                          dropout=0.2, recurrent_dropout=0.2),
      lambda: layers.GRU(3, stateful=True, implementation=2),
      lambda: layers.Dense(2))


@snippet
def second_model_gru_reset_after(tf):
  layers = tf.keras.layers
  _second_model(tf, (2, 5, 3), lambda: layers.GRU(
      3, stateful=True, implementation=2, reset_after=True, dropout=0.1,
      recurrent_dropout=0.1))


@snippet
def second_model_lstm_implementation_2(tf):
  layers = tf.keras.layers
  _second_model(tf, (2, 5, 3), lambda: layers.LSTM(
      3, implementation=2, dropout=0.1, recurrent_dropout=0.1))


@snippet
def second_model_bidirectional(tf):
  layers = tf.keras.layers
  _second_model(
      tf, (2, 5, 3),
      lambda: layers.Bidirectional(layers.SimpleRNN(
          3, stateful=True, return_sequences=True)),
      lambda: layers.TimeDistributed(layers.Dense(4, activation="softmax")),
      lambda: layers.Bidirectional(layers.GRU(2)))


@snippet
def second_model_old_cell(tf):
  _second_model(
      tf, (2, 5, 3), lambda: tf.keras.layers.RNN(
          tf.nn.rnn_cell.GRUCell(3), stateful=True))


@snippet
def session_of_keras(tf):
  """A session of Keras initializes what cells and tf.layers made."""
  layers, cells = tf.layers, tf.nn.rnn_cell
  x = layers.dense(tf.zeros([2, 5, 4]), 3)
  cell = cells.MultiRNNCell([cells.GRUCell(3), cells.LSTMCell(2, num_proj=3)])
  x, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  x = tf.contrib.layers.fully_connected(x, 2)
  tf.get_variable("left", [2])
  session = tf.keras.backend.get_session()
  session.run(x)
  layers.dense(x, 3)
  tf.keras.layers.Dense(3)(x)
  tf.keras.backend.get_session().run(x)
  layers.dense(x, 3)


@snippet
def switch(tf):
  K = tf.keras.backend
  x, y = _x(tf, 3, 4), _x(tf, 3, 4)
  K.switch(K.greater(K.sum(x), 0.), x, y)
  K.switch(K.greater(x, 0.), x, y)
  K.switch(K.greater(K.sum(x, axis=1), 0.), x, y)
  K.switch(K.greater(K.sum(x, axis=1, keepdims=True), 0.), lambda: x,
           lambda: y)
  K.switch(K.constant(1, dtype="int32"), x, y)


@snippet
def ctc_decode(tf):
  K = tf.keras.backend
  x, lengths = _x(tf, 2, 6, 4), tf.placeholder(tf.int32, [2])
  K.ctc_decode(x, lengths)
  K.ctc_decode(x, lengths, greedy=False, beam_width=5, top_paths=2)
