"""Cells of 1.15's Keras that tf_keras no longer has."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import loading

_keras = loading.api()


class PeepholeLSTMCell(_keras.layers.LSTMCell):
  """An `LSTMCell` whose gates also see the memory.

  Example: `tf.keras.layers.RNN(tf.keras.experimental.PeepholeLSTMCell(16))`

  The input and the forget gate see the memory of the step before, the output
  gate the new one, each through a vector of `units` weights. Inputs are
  `[batch, depth]`, both states `[batch, units]`; gate order `i, f, c, o`.

  TF 1.15: `tf.keras.experimental.PeepholeLSTMCell`.
  Gers and Schmidhuber 2000, "Recurrent nets that time and count".
  """

  def build(self, input_shape):
    super().build(input_shape)
    for gate in ("input", "forget", "output"):
      name = f"{gate}_gate_peephole_weights"
      setattr(self, name, self.add_weight(
          shape=(self.units,), name=name,
          initializer=self.kernel_initializer))

  def _gates(self, i, f, candidate, o, memory):
    # Each argument is a function, so that operations come in 1.15's order.
    i = self.recurrent_activation(
        i() + self.input_gate_peephole_weights * memory)
    f = self.recurrent_activation(
        f() + self.forget_gate_peephole_weights * memory)
    memory = f * memory + i * self.activation(candidate())
    o = self.recurrent_activation(
        o() + self.output_gate_peephole_weights * memory)
    return memory, o

  def _compute_carry_and_output(self, x, h_tm1, c_tm1):
    def part(place):
      end = None if place == 3 else (place + 1) * self.units
      return lambda: x[place] + tf.matmul(
          h_tm1[place], self.recurrent_kernel[:, place * self.units:end])
    return self._gates(*map(part, range(4)), memory=c_tm1)

  def _compute_carry_and_output_fused(self, z, c_tm1):
    return self._gates(*(lambda one=one: one for one in z), memory=c_tm1)
