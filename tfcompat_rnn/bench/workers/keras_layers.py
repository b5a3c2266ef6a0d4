"""Keras 3 layers in `tf.function`."""

import arrays


class Contestant:
  """`way`: `jit_compile`, an argument of `tf.function`."""

  def __init__(self, way, threads):
    from tfcompat_rnn._tf import tf2 as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.set_visible_devices([], "GPU")
    import keras
    self._tf, self._keras, self._way = tf, keras, way
    self.versions = {"Keras": keras.__version__}

  def _layer(self, spec):
    layers = self._keras.layers
    units = spec["units"]
    if spec["kind"] == "RNN":
      return layers.SimpleRNN(units, return_sequences=True)
    if spec["kind"] == "LSTM":
      return layers.LSTM(units, return_sequences=True)
    # The reset gate before the product, as in TensorFlow 1.15's cell.
    return layers.GRU(units, return_sequences=True, reset_after=False)

  def build(self, spec):
    tf, keras = self._tf, self._keras
    self._spec = spec
    parts = []
    for _ in range(spec["layers"]):
      parts.append(self._layer(spec))
      if spec["keep"] < 1:
        parts.append(keras.layers.Dropout(1 - spec["keep"], seed=spec["seed"]))
    model = keras.Sequential(parts)
    self._x = tf.constant(arrays.inputs(spec))
    model.build(self._x.shape)
    values = []
    for layer in arrays.layers(spec, arrays.weights(spec)):
      values += arrays.pack(spec["kind"], layer, arrays.LIKE_KERAS)[:3]
    for variable, value in zip(model.trainable_variables, values):
      variable.assign(value)
    # TensorFlow's variables: a tape watches these.
    weights = [variable.value for variable in model.trainable_variables]

    def compute(x, dropout):
      if not spec["training"]:
        outputs = model(x, training=dropout)
        return outputs, tf.reduce_sum(tf.square(outputs)), []
      with tf.GradientTape() as tape:
        outputs = model(x, training=dropout)
        loss = tf.reduce_sum(tf.square(outputs))
      return outputs, loss, tape.gradient(loss, weights)

    signature = [tf.TensorSpec(self._x.shape, self._x.dtype)]
    self._step = tf.function(
        lambda x: compute(x, spec["keep"] < 1)[1:], input_signature=signature,
        **self._way)
    self._results = tf.function(
        lambda x: compute(x, False), input_signature=signature, **self._way)
    self._step.get_concrete_function()

  def step(self):
    float(self._step(self._x)[0])

  def results(self):
    outputs, _, slopes = self._results(self._x)
    slopes = [slope.numpy() for slope in slopes]
    found = [outputs.numpy()]
    for at in range(0, len(slopes), 3):
      found += arrays.unpack(
          self._spec["kind"], slopes[at:at + 3] + [slopes[at + 2]],
          arrays.LIKE_KERAS)
    return found
