"""tf.contrib.learn with arguments that the recorded cases do not have."""

import pytest

from seeds import ours
from tfcompat_rnn.namespace.contrib.learn import exporting
from tfcompat_rnn.namespace.contrib.learn import sequences
from tfcompat_rnn.namespace.contrib.learn import signatures


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def _alternatives(tf, key):
  outputs = {None: ("classification", {}), "own": ("regression", {})}
  with tf.Graph().as_default():
    features = {"x": tf.zeros([1])}
    ops = tf.contrib.learn.ModelFnOps("infer", tf.zeros([1]),
                                      output_alternatives=outputs)
    return exporting.alternatives((features, None), ops, key)


def test_an_output_alternative_may_have_no_name(tf):
  assert _alternatives(tf, "own")[2] == "own"
  for key in ("other", None):
    with pytest.raises(ValueError, match=r"\[None, 'own'\]"):
      _alternatives(tf, key)


def test_only_tensors_with_a_signature_are_looked_at(tf):
  with tf.Graph().as_default():
    known = signatures.create_signatures({"x": tf.zeros([2, 3])})
    found = {"x": tf.zeros([4, 3]), "note": "no tensor"}
    assert signatures.tensors_compatible(found, known)
    assert not signatures.tensors_compatible({"note": "no tensor"}, known)
    assert not signatures.tensors_compatible(tf.zeros([2, 3]), known)
    assert not signatures.tensors_compatible(None, known)
    assert signatures.tensors_compatible(None, None)


def test_logits_from_an_iterator(tf):
  with tf.Graph().as_default():
    predictions, _ = sequences.sequence_classifier(
        (tf.zeros([2, 3]) for _ in range(4)), [tf.ones([2, 3])] * 4)
  assert predictions.shape.as_list() == [2, 4, 3]
