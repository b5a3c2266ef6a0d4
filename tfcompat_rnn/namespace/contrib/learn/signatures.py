"""What the tensors of an input look like."""

import collections

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf


class TensorSignature(collections.namedtuple(
    "TensorSignature", ["dtype", "shape", "is_sparse"])):
  """The dtype and the shape of a tensor; the batch size does not count.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature.TensorSignature`.
  """

  def __new__(cls, tensor):
    is_sparse = isinstance(tensor, tf.SparseTensor)
    return super().__new__(
        cls, (tensor.values if is_sparse else tensor).dtype,
        None if is_sparse else tensor.get_shape(), is_sparse)

  def is_compatible_with(self, other):
    """Whether a tensor like this may be used for one like `other`."""
    if (self.is_sparse is not other.is_sparse
        or not self.dtype.is_compatible_with(other.dtype)):
      return False
    if self.is_sparse:
      return True
    ranks = {self.shape.rank, other.shape.rank}
    return None in ranks or (len(ranks) == 1 and self.shape[
        1:].is_compatible_with(other.shape[1:]))

  def get_placeholder(self):
    """A placeholder for such tensors, with an open batch size."""
    if self.is_sparse:
      return tf.sparse_placeholder(dtype=self.dtype)
    return tf.placeholder(dtype=self.dtype,
                          shape=[None] + self.shape[1:].as_list())

  def get_feature_spec(self):
    """How to parse such tensors from `tf.train.Example`s."""
    dtype = {tf.int32: tf.int64, tf.float64: tf.float32}.get(self.dtype,
                                                             self.dtype)
    if self.is_sparse:
      return tf.VarLenFeature(dtype=dtype)
    return tf.FixedLenFeature(shape=self.shape[1:], dtype=dtype)


def _each(function, values):
  """`function` of each value of a dict, or of the only one."""
  if isinstance(values, dict):
    return {key: function(value) for key, value in values.items()}
  return None if values is None else function(values)


def create_signatures(tensors):
  """The signature of a tensor, or a dict of them.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  return _each(TensorSignature, tensors)


def tensors_compatible(tensors, signatures):
  """Whether all tensors of `signatures` are there and fit.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  if tensors is None or signatures is None:
    return tensors is signatures
  if isinstance(tensors, dict) is not isinstance(signatures, dict):
    return False
  if not isinstance(tensors, dict):
    tensors, signatures = {"": tensors}, {"": signatures}
  # What else is in `tensors` need not be a tensor.
  return all(
      key in tensors and TensorSignature(tensors[key]).is_compatible_with(
          wanted) for key, wanted in signatures.items())


def create_placeholders_from_signatures(signatures):
  """A placeholder for each signature.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  return _each(TensorSignature.get_placeholder, signatures)


def check(what, tensors, known):
  """`known`, or the signatures of `tensors` if nothing is known.

  Raises ValueError if the two do not fit.
  """
  if known is None:
    return create_signatures(tensors)
  _require(tensors_compatible(tensors, known), what.lower(),
           f"look as they did before, {known}", tensors,
           "return the same names, types and shapes from each input")
  return known
