"""Selects the kernels and variables of `tf.contrib.cudnn_rnn`.

The choice is made when a layer (or an op, saveable or converter) is
constructed.
"""

import contextlib
import os

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf

# option -> (environment variable, values; the first is the default)
_CHOICES = {
    "kernels": ("TFCOMPAT_RNN_CUDNN_KERNELS", ("auto", "cudnn", "portable")),
    "variables": ("TFCOMPAT_RNN_CUDNN_VARIABLES", ("canonical", "opaque")),
}
_overrides = []


def _check(name, value, source):
  values = _CHOICES[name][1]
  if value not in values:
    raise _errors.ArgumentError(problem(
        source, f"be one of {', '.join(values)}", repr(value),
        f"leave it out for {values[0]}"))
  return value


def _chosen(name):
  for options in reversed(_overrides):
    if options[name] is not None:
      return options[name]
  variable, values = _CHOICES[name]
  return _check(name, os.environ.get(variable, values[0]), variable)


@contextlib.contextmanager
def cudnn_options(kernels=None, variables=None):
  """Selects kernels and variables for objects constructed in the block.

  Example:

    with cudnn_options(kernels="portable"):
      lstm = tf.contrib.cudnn_rnn.CudnnLSTM(2, 128)

  Args:
    kernels: "cudnn" for TensorFlow's cuDNN operations, which run only on a GPU;
      "portable" for operations that run anywhere; "auto" (the default) for
      "cudnn" if TensorFlow sees a GPU, else "portable".
    variables: "canonical" (the default) for the variables of the compatible
      cells, the same on every machine; "opaque" for one flat `opaque_kernel`
      per layer with a saveable, as in 1.15.

  None keeps the surrounding setting. Without any, the environment variables
  TFCOMPAT_RNN_CUDNN_KERNELS and TFCOMPAT_RNN_CUDNN_VARIABLES apply. Raises
  ValueError for other values.
  """
  options = {"kernels": kernels, "variables": variables}
  for name, value in options.items():
    if value is not None:
      _check(name, value, name)
  _overrides.append(options)
  try:
    yield
  finally:
    _overrides.remove(options)


def sees_gpu():
  """Whether TensorFlow sees a GPU and has cuDNN; initializes no device."""
  return bool(tf.test.is_built_with_cuda()
              and tf.config.get_visible_devices("GPU"))


def uses_cudnn():
  """Whether objects constructed now use cuDNN's operations."""
  kernels = _chosen("kernels")
  return kernels == "cudnn" or kernels == "auto" and sees_gpu()


def keeps_opaque():
  """Whether layers constructed now have one opaque variable."""
  return _chosen("variables") == "opaque"
