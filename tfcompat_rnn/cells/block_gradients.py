"""The gradients of the block kernels, which left TensorFlow with contrib.

TensorFlow still has the operations `LSTMBlockCell` and `GRUBlockCell` and the
kernels of their gradients, but it reports "no gradient defined for operation".
Importing this module registers the gradients under the names of the
operations, as importing `tf.contrib.rnn` did in 1.15. Only this covers eager
mode, imported graphs and programs that call the operation themselves, and it
replaces nothing, since TensorFlow registers none. If another library has
already registered one, that one stays, and in graphs `differentiated_here`
marks the operations of our cells to use ours.
"""

import contextlib

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import rows as rows_

_OWN_NAME = "TfcompatRnn{}"


def lstm_block_gradient(op, *output_gradients):
  """Gradients of an `LSTMBlockCell` operation by its eight inputs.

  The kernel computes those by `cs_prev`, the peepholes and the gates' logits
  (`i, ci, f, o`). The logits are `[x, h_prev] w + b`, from which the rest
  follows. As in 1.15, clipping of the cell state counts
  as the identity, and only the gradients of `cs` and `h` flow back, not those
  of the gates `i, f, o, ci, co`.

  TF 1.15: the gradient registered by `tf.contrib.rnn`.
  """
  inputs, outputs, output_gradients = rows_.given(op, output_gradients)
  x, cs_prev, h_prev, w, wci, wcf, wco, b = inputs
  i, cs, f, o, ci, co, _ = outputs
  by_cs, by_h = output_gradients[1], output_gradients[6]
  peepholes = op.get_attr("use_peephole")
  # The kernel may write the gradients of the peepholes over the peepholes
  # before it reads them, if nothing else will read them later. Then it runs
  # without them, and their part is added.
  added = peepholes and not all(map(_is_kept, (wci, wcf, wco)))
  if added:
    with _opcount.uncounted():
      by_cs += o * (1 - o) * by_h * co * wco
  back = tf.raw_ops.LSTMBlockCellGrad(
      x=x, cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco,
      b=b, i=i, cs=cs, f=f, o=o, ci=ci, co=co, cs_grad=by_cs, h_grad=by_h,
      use_peephole=peepholes and not added)
  by_cs_prev, by_logits = back.cs_prev_grad, back.dicfo
  by_peepholes = back.wci_grad, back.wcf_grad, back.wco_grad
  if added:
    with _opcount.uncounted():
      by_i, _, by_f, by_o = tf.split(by_logits, 4, axis=1)
      by_cs_prev += by_i * wci + by_f * wcf
      by_peepholes = tuple(tf.reduce_sum(product, 0) for product in (
          by_i * cs_prev, by_f * cs_prev, by_o * cs))
  rows, depth, units = _sizes(x, cs_prev)
  by_joined = tf.matmul(by_logits, w, transpose_b=True)
  by_x = tf.slice(by_joined, (0, 0), (rows, depth))
  by_h = tf.slice(by_joined, (0, depth), (rows, units))
  joined = tf.concat([x, h_prev], 1)
  by_w = tf.matmul(joined, by_logits, transpose_a=True)
  by_b = tf.raw_ops.BiasAddGrad(out_backprop=by_logits)
  return (by_x, by_cs_prev, by_h, by_w, *by_peepholes, by_b)


def _is_kept(tensor):
  """Whether something else keeps the memory of `tensor`: a variable, say."""
  if tf.executing_eagerly():
    return True  # the tape
  while tensor.op.type in ("Enter", "Identity"):
    tensor = tensor.op.inputs[0]
  return tensor.op.type in ("Const", "ReadVariableOp", "Variable", "VariableV2")


def _sizes(x, cs_prev):
  rows, depth = x.shape.with_rank(2).as_list()
  units = cs_prev.shape.with_rank(2).as_list()[1]
  for name, width in (("x", depth), ("cs_prev", units)):
    if width is None:
      raise _errors.ArgumentError(_errors.problem(
          name, "have a known last dimension for the gradient",
          "an unknown one", f"set it: {name}.set_shape([None, size])"))
  return -1 if rows is None else rows, depth, units


def gru_block_gradient(op, *output_gradients):
  """Gradients of a `GRUBlockCell` operation by its six inputs.

  The kernel computes those by `x`, by `h_prev` and by both groups of logits.
  Only the gradient of `h` flows back.

  TF 1.15: the gradient registered by `tf.contrib.rnn`.
  """
  x, h_prev, w_ru, w_c, b_ru, b_c = op.inputs
  r, u, c, _ = op.outputs
  back = tf.raw_ops.GRUBlockCellGrad(
      x=x, h_prev=h_prev, w_ru=w_ru, w_c=w_c, b_ru=b_ru, b_c=b_c, r=r, u=u,
      c=c, d_h=output_gradients[3])
  joined = tf.concat([x, h_prev], 1)
  by_w_ru = tf.matmul(joined, back.d_r_bar_u_bar, transpose_a=True)
  by_b_ru = tf.raw_ops.BiasAddGrad(out_backprop=back.d_r_bar_u_bar)
  reset = tf.concat([x, h_prev * r], 1)
  by_w_c = tf.matmul(reset, back.d_c_bar, transpose_a=True)
  by_b_c = tf.raw_ops.BiasAddGrad(out_backprop=back.d_c_bar)
  return back.d_x, back.d_h_prev, by_w_ru, by_w_c, by_b_ru, by_b_c


def _register(name, gradient):
  """Registers `gradient`; False if the registry has the name already."""
  try:
    tf.RegisterGradient(name)(gradient)
  except KeyError:
    return False
  return True


_GRADIENTS = {"LSTMBlockCell": lstm_block_gradient,
              "GRUBlockCell": gru_block_gradient}
_TAKEN = [name for name, gradient in _GRADIENTS.items()
          if not _register(name, gradient)]
for _name in _TAKEN:
  _register(_OWN_NAME.format(_name), _GRADIENTS[_name])


def differentiated_here():
  """Context in which graph operations get the gradients of this module.

  It does nothing if the registry has them under the operations' own names.
  """
  if not _TAKEN or tf.executing_eagerly():
    return contextlib.nullcontext()
  return tf.get_default_graph().gradient_override_map(
      {name: _OWN_NAME.format(name) for name in _TAKEN})
