"""Networks of 1.x cells in a graph, of this package or of TensorFlow."""

import arrays


class Network:
  """One network in a session.

  tf: TensorFlow as of 1.x.
  cells: a module with the cells, `MultiRNNCell` and `DropoutWrapper`.
  dynamic_rnn: the function that runs a cell over time.
  classes: kind of cell -> class, where it is not in `cells`.
  """

  def __init__(self, tf, cells, dynamic_rnn, threads, classes=()):
    self._tf, self._cells, self._threads = tf, cells, threads
    self._dynamic_rnn = dynamic_rnn
    self._classes = dict({"RNN": "BasicRNNCell", "GRU": "GRUCell",
                          "LSTM": "LSTMCell"}, **dict(classes))

  def _cell(self, spec, keep):
    made = self._classes[spec["kind"]]
    if isinstance(made, str):
      made = getattr(self._cells, made)

    def layer():
      cell = made(spec["units"])
      if keep is None:
        return cell
      return self._cells.DropoutWrapper(cell, output_keep_prob=keep)

    if spec["layers"] == 1:
      return layer()
    return self._cells.MultiRNNCell([layer() for _ in range(spec["layers"])])

  def build(self, spec):
    tf = self._tf
    with tf.Graph().as_default():
      tf.set_random_seed(spec["seed"])
      # A variable: what depends on a constant alone would be computed when the
      # graph is optimized.
      x = tf.get_variable(
          "inputs", [spec["batch"], spec["steps"], spec["depth"]],
          initializer=tf.zeros_initializer(), trainable=False)
      keep = tf.placeholder(tf.float32, []) if spec["keep"] < 1 else None
      self._outputs, _ = self._dynamic_rnn(
          self._cell(spec, keep), x, dtype=tf.float32)
      loss = tf.reduce_sum(tf.square(self._outputs))
      self._slopes = []
      if spec["training"]:
        self._slopes = tf.gradients(loss, tf.trainable_variables())
      # An operation is run, but its result is not copied.
      self._fetches = [loss] + [slope.op for slope in self._slopes]
      self._feeds = {} if keep is None else {keep: spec["keep"]}
      self._no_dropout = {} if keep is None else {keep: 1.}
      self._start(x, spec)

  def _start(self, x, spec):
    tf = self._tf
    self._session = tf.Session(config=tf.ConfigProto(
        intra_op_parallelism_threads=self._threads,
        inter_op_parallelism_threads=self._threads,
        device_count={"GPU": 0}))
    self._session.run(tf.global_variables_initializer())
    x.load(arrays.inputs(spec), self._session)
    values = arrays.weights(spec)
    variables = tf.trainable_variables()
    assert [value.shape for value in values] == [
        tuple(variable.shape.as_list()) for variable in variables]
    for variable, value in zip(variables, values):
      variable.load(value, self._session)

  def step(self):
    self._session.run(self._fetches, self._feeds)

  def results(self):
    return self._session.run([self._outputs] + self._slopes, self._no_dropout)
