"""tf.layers and tf.contrib against what TensorFlow 1.15.5 computed."""

import functools
import os

import numpy as np
import pytest

from namespace import generate
from namespace import measure
from oracle import files

# Of layers whose options have cases of their own, the fast tests try a few.
SLOW = frozenset("""
    dense_regularized separable subclass norm_axes norm_renorm_clipping norms
    batch_norm_zero_debias metrics_at_k learn_models data_functions
""".split())
CASES = [pytest.param(module, name, id=name,
                      marks=pytest.mark.slow if name in SLOW else ())
         for module in generate.MODULES for name in generate.cases(module)]


@functools.lru_cache(maxsize=None)
def golden(module):
  path = os.path.join(generate.DATA, module)
  return (files.read_json(path + ".json.gz"),
          files.read_arrays(path + ".npz"))


@pytest.mark.spread(fast=4, slow=2)
@pytest.mark.parametrize("module,name", CASES)
def test_case_equals_1_15(v1, module, name):
  import tfcompat_rnn.tf1 as tf
  case = generate.cases(module)[name]
  names, arrays = generate.plain(measure.run_case(tf, case))
  all_names, all_arrays = golden(module)
  assert names == all_names[name]
  expected = {key[len(name) + 1:]: value for key, value in all_arrays.items()
              if key.startswith(name + "/")}
  assert sorted(arrays) == sorted(expected)
  for kind in ("outputs", "loss_values", "gradients", "moved"):
    keys = [key for key in expected if key.startswith(kind + "/")]
    floats = [np.abs(expected[key]).max() for key in keys
              if expected[key].dtype.kind == "f" and expected[key].size]
    scale = float(max(floats, default=0.))
    for key in keys:
      ours, theirs = arrays[key], expected[key]
      assert ours.shape == theirs.shape, key
      if theirs.dtype.kind == "f":
        assert ours.dtype == theirs.dtype, key
        coarse = theirs.dtype == np.float16
        np.testing.assert_allclose(
            ours, theirs, rtol=1e-3 if coarse else 1e-5,
            atol=max(1e-7, (1e-3 if coarse else 1e-5) * scale), err_msg=key)
      else:
        np.testing.assert_array_equal(ours, theirs, err_msg=key)
