"""Methods of models."""

from tfcompat_rnn import _opcount
from tfcompat_rnn.namespace.keras.changes import Addition
from tfcompat_rnn.namespace.keras.changes import Change


def _verify_dataset_shuffled(original):
  def verify_dataset_shuffled(x):
    # 1.15 asked the object; today an operation writes down its graph.
    _opcount.compensate(-1)
    return original(x)
  return verify_dataset_shuffled


def _predict_proba(self, x, batch_size=32, verbose=0):
  """The outputs for `x`, which should be probabilities.

  TF 1.15: `tf.keras.Sequential.predict_proba`.
  """
  return self.predict(x, batch_size=batch_size, verbose=verbose)


def _predict_classes(self, x, batch_size=32, verbose=0):
  """The class of each row: the largest output, or one above 0.5.

  TF 1.15: `tf.keras.Sequential.predict_classes`.
  """
  scores = self.predict(x, batch_size=batch_size, verbose=verbose)
  if scores.shape[-1] > 1:
    return scores.argmax(axis=-1)
  return (scores > 0.5).astype("int32")


CHANGES = [
    Change("engine.training_utils_v1:verify_dataset_shuffled",
           _verify_dataset_shuffled, "no operation was needed for this"),
]
ADDITIONS = [
    Addition("engine.sequential:Sequential.predict_proba", _predict_proba,
             "removed in 2021"),
    Addition("engine.sequential:Sequential.predict_classes", _predict_classes,
             "removed in 2021"),
]
