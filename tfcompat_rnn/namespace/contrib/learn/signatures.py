"""What the tensors of an input look like."""

import collections

from tfcompat_rnn._tf import tf


class TensorSignature(collections.namedtuple(
    "TensorSignature", ["dtype", "shape", "is_sparse"])):
  """The dtype and the shape of a tensor; the batch size does not count.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature.TensorSignature`.
  """

  def __new__(cls, tensor):
    if isinstance(tensor, tf.SparseTensor):
      return super().__new__(cls, dtype=tensor.values.dtype, shape=None,
                             is_sparse=True)
    return super().__new__(cls, dtype=tensor.dtype,
                           shape=tensor.get_shape(), is_sparse=False)

  def is_compatible_with(self, other):
    """Whether a tensor like this may be used for one like `other`."""
    if (self.is_sparse != other.is_sparse
        or not self.dtype.is_compatible_with(other.dtype)):
      return False
    if self.is_sparse or None in (self.shape.rank, other.shape.rank):
      return True
    return (self.shape.rank == other.shape.rank
            and self.shape[1:].is_compatible_with(other.shape[1:]))

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


def create_signatures(tensors):
  """The signature of a tensor, or a dict of them.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  if isinstance(tensors, dict):
    return {key: TensorSignature(tensors[key]) for key in tensors}
  return None if tensors is None else TensorSignature(tensors)


def tensors_compatible(tensors, signatures):
  """Whether all tensors of `signatures` are there and fit.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  if tensors is None:
    return signatures is None
  if isinstance(tensors, dict):
    return isinstance(signatures, dict) and all(
        key in tensors and TensorSignature(tensors[key]).is_compatible_with(
            signatures[key]) for key in signatures)
  if signatures is None or isinstance(signatures, dict):
    return False
  return TensorSignature(tensors).is_compatible_with(signatures)


def create_placeholders_from_signatures(signatures):
  """A placeholder for each signature.

  TF 1.15: `tf.contrib.learn.estimators.tensor_signature`.
  """
  if signatures is None:
    return None
  if isinstance(signatures, dict):
    return {key: signatures[key].get_placeholder() for key in signatures}
  return signatures.get_placeholder()


def check(what, tensors, known):
  """`known`, or the signatures of `tensors` if nothing is known.

  Raises ValueError if the two do not fit.
  """
  if known is None:
    return create_signatures(tensors)
  if not tensors_compatible(tensors, known):
    raise ValueError(
        f"{what} are incompatible with given information. Given "
        f"{what.lower()}: {tensors}, required signatures: {known}.")
  return known
