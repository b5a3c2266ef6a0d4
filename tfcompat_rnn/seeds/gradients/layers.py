"""Gradients of neural network operations, with 1.15's operations."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds.gradients import _pieces as pieces

raw = tf.raw_ops


def _sparse_cross_entropy(op, grad, unused_grad_of_gradient):
  # The fused kernel's second output is the gradient; 1.15 did not allow it
  # to be differentiated again.
  guarded = raw.PreventGradient(
      input=op.outputs[1],
      message="TensorFlow 1.15 has no second derivative of "
              "sparse_softmax_cross_entropy_with_logits")
  return tf.expand_dims(grad, -1) * guarded, None


def _convolution_3d(op, grad):
  x, kernel = op.inputs
  attributes = {
      "strides": op.get_attr("strides"), "padding": op.get_attr("padding"),
      "data_format": op.get_attr("data_format").decode(),
      "dilations": op.get_attr("dilations")}
  x_grad = raw.Conv3DBackpropInputV2(
      input_sizes=tf.shape(x), filter=kernel, out_backprop=grad, **attributes)
  return x_grad, raw.Conv3DBackpropFilterV2(
      input=x, filter_sizes=tf.shape(kernel), out_backprop=grad, **attributes)


def _zeros_in_shape_of(x):
  return tf.zeros(shape=tf.shape(x), dtype=x.dtype)


def _of_activation_gradient(kernel, *attributes):
  """The second derivative of a piecewise linear function."""
  def gradient(op, grad):
    x = op.inputs[1]
    own = {name: op.get_attr(name) for name in attributes}
    return kernel(gradients=grad, features=x, **own), _zeros_in_shape_of(x)
  return gradient


def _of_pooling_gradient(kernel):
  """The second derivative of a maximum over windows."""
  def gradient(op, grad):
    x, y = op.inputs[:2]
    zeros = _zeros_in_shape_of(x), _zeros_in_shape_of(y)
    windows = {name: op.get_attr(name) for name in (
        "data_format", "ksize", "padding", "strides")}
    return (*zeros, kernel(orig_input=x, orig_output=y, grad=grad, **windows))
  return gradient


def _make_normalization(original):
  def normalization(op, *grads):
    x_grad, *others = original(op, *grads)
    if op.get_attr("is_training"):
      # 1.15 returned all results of the kernel and waited for all of them.
      others[2:] = x_grad.op.outputs[3:5]
    return (x_grad, *others)
  return normalization


def _sign(op, unused_grad):
  return _zeros_in_shape_of(op.inputs[0])


_ZEROS = "1.15 made its zeros in a shape taken in the graph"

ROWS = [
    pieces.registered("SparseSoftmaxCrossEntropyWithLogits",
                      _sparse_cross_entropy,
                      "1.15 guarded the gradient against a second derivative"),
    pieces.registered("Conv3D", _convolution_3d,
                      "1.15 took the two shapes one by one"),
    pieces.registered("Sign", _sign, _ZEROS),
    pieces.registered("ReluGrad", _of_activation_gradient(raw.ReluGrad),
                      _ZEROS),
    pieces.registered("Relu6Grad", _of_activation_gradient(raw.Relu6Grad),
                      _ZEROS),
    pieces.registered("LeakyReluGrad",
                      _of_activation_gradient(raw.LeakyReluGrad, "alpha"),
                      _ZEROS),
    pieces.registered("MaxPoolGrad", _of_pooling_gradient(raw.MaxPoolGradGrad),
                      _ZEROS),
    pieces.registered("MaxPoolGradGrad",
                      _of_pooling_gradient(raw.MaxPoolGrad), _ZEROS),
] + [pieces.registered(f"FusedBatchNorm{version}", None,
                       "1.15 handed out two results of the kernel more"
                       )._replace(make=_make_normalization)
     for version in ("", "V2", "V3")]
