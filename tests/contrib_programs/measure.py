"""Runs a case in any TensorFlow that speaks 1.x. Python 3.7 syntax too.

A case is a function of `tf` that returns either a dict of tensors, which are
run once in one session, or a dict of values that it has computed itself.
"""

import numpy as np


def run(tf, case):
  """(texts, arrays): what the case computed, by name."""
  graph = tf.Graph()
  with graph.as_default():
    tf.set_random_seed(1)
    found = case(tf)
    tensors = {name: value for name, value in found.items()
               if isinstance(value, tf.Tensor)}
    if tensors:
      # Its seed is the number of operations before it.
      tensors["last"] = tf.random_uniform([])
      with tf.Session(graph=graph) as session:
        session.run(tf.global_variables_initializer())
        found.update(session.run(tensors))
  texts, arrays = {}, {}
  for name, value in found.items():
    kept = np.asarray(value) if not isinstance(value, (str, list)) else None
    if kept is None or kept.dtype.kind in "OSU":
      texts[name] = value if kept is None else str(value)
    else:
      arrays[name] = kept
  return texts, arrays


def check(case, texts, arrays, wanted_texts, wanted_arrays):
  """Raises AssertionError unless both are 1.15's."""
  assert texts == wanted_texts, case
  assert sorted(arrays) == sorted(wanted_arrays), case
  for name, wanted in wanted_arrays.items():
    ours = arrays[name]
    label = "%s: %s" % (case, name)
    assert ours.shape == wanted.shape, label
    assert ours.dtype == wanted.dtype, label
    if wanted.dtype.kind != "f":
      np.testing.assert_array_equal(ours, wanted, err_msg=label)
      continue
    close = 1e-10 if wanted.dtype == np.float64 else 1e-5
    finite = wanted[np.isfinite(wanted)]
    scale = np.abs(finite).max() if finite.size else 0.0
    np.testing.assert_allclose(ours, wanted, rtol=close,
                               atol=close * max(scale, 1e-2),
                               err_msg=label)
