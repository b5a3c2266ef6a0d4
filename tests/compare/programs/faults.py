"""Plants a fault into our LSTMCell; does nothing under TensorFlow 1.x.

The environment variable PLANTED_FAULT names it.
"""
import os


def plant():
  fault = os.environ.get("PLANTED_FAULT")
  if not fault:
    return
  try:
    from tfcompat_rnn.cells import core
  except ImportError:
    return
  build = core.LSTMCell.build

  def build_with(self, inputs_shape):
    build(self, inputs_shape)
    if fault == "forget_bias":
      self._forget_bias = .9
  core.LSTMCell.build = build_with
  if fault == "gate_order":
    split = core.split

    def swapped(tensor, count, axis):
      i, j, f, o = split(tensor, count, axis)
      return f, j, i, o
    core.split = swapped
  if fault == "bias":
    add_variable = core.LSTMCell.add_variable

    def without_bias(self, name, *args, **kwargs):
      if name == "bias":
        return [0.] * kwargs["shape"][0]
      return add_variable(self, name, *args, **kwargs)
    core.LSTMCell.add_variable = without_bias
