"""Cells of 2017 to 2019 that subclass the attention of `tf.contrib.seq2seq`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here. `tf` is
an argument, so the classes are made in functions.
"""

import importlib


def attention_wrapper(tf):
  """The private module that programs import."""
  return importlib.import_module(
      tf.__name__ + ".contrib.seq2seq.python.ops.attention_wrapper")


def stacked(tf, state):
  """`state` as a list of tensors; a history of alignments becomes one."""
  leaves = tf.contrib.framework.nest.flatten(state)
  return [leaf.stack() if isinstance(leaf, tf.TensorArray) else leaf
          for leaf in leaves]


def gnmt(tf, memory, lengths, units, dtype):
  """Attention below; it is given to each layer above, with residuals.

  As in the published translation tutorials: the layers above see the new
  attention, the output of a layer is added to its input.
  """
  class GNMTCell(tf.nn.rnn_cell.MultiRNNCell):

    def __init__(self, attention_cell, cells, use_new_attention=False):
      self.use_new_attention = use_new_attention
      super(GNMTCell, self).__init__(
          [attention_cell] + cells, state_is_tuple=True)

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "multi_rnn_cell"):
        new_states = []
        with tf.variable_scope("cell_0_attention"):
          attention_cell = self._cells[0]
          attention_state = state[0]
          current, new_state = attention_cell(inputs, attention_state)
          new_states.append(new_state)
        for i in range(1, len(self._cells)):
          with tf.variable_scope("cell_%d" % i):
            attention = (new_state if self.use_new_attention
                         else attention_state).attention
            current, above = self._cells[i](
                tf.concat([current, attention], -1), state[i])
            new_states.append(above)
      return current, tuple(new_states)

  def residual(inputs, outputs):
    # The attention, which is appended to the inputs, is not added.
    split = tf.split(inputs, [units, inputs.shape[-1].value - units], axis=-1)
    split[0].shape.assert_is_compatible_with(outputs.shape)
    return split[0] + outputs

  seq2seq = tf.contrib.seq2seq
  mechanism = seq2seq.BahdanauAttention(
      units, memory, memory_sequence_length=lengths, normalize=True,
      dtype=dtype)
  attention_cell = seq2seq.AttentionWrapper(
      tf.nn.rnn_cell.BasicLSTMCell(units), mechanism,
      attention_layer_size=None, output_attention=False, name="attention")
  cells = [
      tf.nn.rnn_cell.ResidualWrapper(
          tf.nn.rnn_cell.GRUCell(units), residual_fn=residual)
      for _ in range(2)]
  return GNMTCell(attention_cell, cells, use_new_attention=True)


def speech_cell(tf, memory, lengths, units, dtype):
  """An `AttentionWrapper` with a step of its own and a mechanism of its own.

  The mechanism sums up its alignments and sees where it has been through a
  convolution; the wrapper attends before its cell runs.
  """
  wrapper = attention_wrapper(tf)

  class LocationSensitiveAttention(wrapper.BahdanauAttention):

    def __init__(self, num_units, memory, memory_sequence_length=None,
                 smoothing=False, cumulate_weights=True,
                 name="LocationSensitiveAttention"):
      def smooth(e):
        return tf.nn.sigmoid(e) / tf.reduce_sum(
            tf.nn.sigmoid(e), axis=-1, keepdims=True)
      super(LocationSensitiveAttention, self).__init__(
          num_units=num_units, memory=memory,
          memory_sequence_length=memory_sequence_length, dtype=dtype,
          probability_fn=smooth if smoothing else None, name=name)
      self.location_convolution = tf.layers.Conv1D(
          filters=3, kernel_size=3, padding="same", use_bias=True,
          bias_initializer=tf.zeros_initializer(), dtype=self.dtype,
          name="location_features_convolution")
      self.location_layer = tf.layers.Dense(
          units=num_units, use_bias=False, dtype=self.dtype,
          name="location_features_layer")
      self._cumulate = cumulate_weights

    def __call__(self, query, state):
      previous_alignments = state
      with tf.variable_scope(None, "Location_Sensitive_Attention", [query]):
        processed_query = (self.query_layer(query) if self.query_layer
                           else query)
        processed_query = tf.expand_dims(processed_query, 1)
        features = self.location_convolution(
            tf.expand_dims(previous_alignments, axis=2))
        processed_location = self.location_layer(features)
        v = tf.get_variable(
            "attention_variable", shape=[self._num_units], dtype=query.dtype)
        b = tf.get_variable(
            "attention_bias", shape=[self._num_units], dtype=query.dtype,
            initializer=tf.zeros_initializer())
        score = tf.reduce_sum(v * tf.tanh(
            self.keys + processed_query + processed_location + b), [2])
      alignments = self._probability_fn(score, previous_alignments)
      next_state = alignments
      if self._cumulate:
        next_state = alignments + previous_alignments
      return alignments, next_state

  class SpeechCell(wrapper.AttentionWrapper):

    def __init__(self, cell, mechanism):
      super(SpeechCell, self).__init__(
          cell, mechanism, alignment_history=True, output_attention=False,
          name="speech_cell")

    @property
    def output_size(self):
      return self._cell.output_size + self._attention_layer_size

    def zero_state(self, batch_size, dtype):
      state = super(SpeechCell, self).zero_state(batch_size, dtype)
      mechanism = self._attention_mechanisms[0]
      first = tf.one_hot(
          tf.zeros([batch_size], tf.int32), mechanism.alignments_size,
          dtype=dtype)
      return state.clone(attention_state=first)

    def call(self, inputs, state):
      cell_inputs = self._cell_input_fn(inputs, state.attention)
      output, cell_state = self._cell(cell_inputs, state.cell_state)
      mechanism = self._attention_mechanisms[0]
      with tf.control_dependencies(self._batch_size_checks(
          output.shape[0].value or tf.shape(output)[0], "rows")):
        output = tf.identity(output, name="checked_cell_output")
      attention, alignments, attention_state = wrapper._compute_attention(
          mechanism, output, state.attention_state, None)
      state = wrapper.AttentionWrapperState(
          time=state.time + 1, cell_state=cell_state, attention=attention,
          attention_state=self._item_or_tuple([attention_state]),
          alignments=self._item_or_tuple([alignments]),
          alignment_history=state.alignment_history.write(
              state.time, alignments))
      return tf.concat([output, attention], -1), state

  mechanism = LocationSensitiveAttention(
      4, memory, lengths, smoothing=True)
  cell = tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.LSTMCell(units) for _ in range(2)])
  return SpeechCell(cell, mechanism)
