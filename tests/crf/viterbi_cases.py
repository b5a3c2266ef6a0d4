"""Arguments of `viterbi_decode`; run under 1.15.5 and here. Python 3.7 syntax.
"""

import numpy as np


def _numbers(seed, shape, dtype):
  return (np.random.RandomState(seed).uniform(-3, 3, shape) * 4).astype(dtype)


def _random(seed, steps, tags, dtype="float32", other=None):
  return (_numbers(seed, [steps, tags], dtype),
          _numbers(seed + 1, [tags, tags], other or dtype))


CASES = {
    "float32": _random(1, 7, 4),
    "float64": _random(3, 7, 4, "float64"),
    "float16": _random(5, 9, 3, "float16"),
    "long": _random(7, 60, 6),
    "one_step": _random(9, 1, 4),
    "one_tag": _random(11, 5, 1),
    "float32_and_float64": _random(13, 6, 3, "float32", "float64"),
    "float64_and_float32": _random(15, 6, 3, "float64", "float32"),
    "integers": _random(17, 6, 3, "int64"),
    "integers_and_floats": _random(19, 8, 3, "int32", "float64"),
    "transitions_in_lists": (_numbers(21, [5, 2], "float32"),
                             [[0.5, -1.0], [2.0, 0.25]]),
    "transitions_in_a_column": (_numbers(29, [5, 3], "float64"),
                                _numbers(30, [3, 1], "float64")),
    "transitions_in_a_row": (_numbers(31, [5, 3], "float64"),
                             _numbers(32, [1, 3], "float64")),
    "one_number_for_all": (_numbers(33, [4, 3], "float32"), 0.1),
    "all_equal": (np.ones([5, 3], "float32"), np.ones([3, 3], "float32")),
    "ties_at_the_end": (np.array([[0, 1, 1], [2, 0, 2]], "float32"),
                        np.zeros([3, 3], "float32")),
    "ties_on_the_way": (
        np.array([[1, 1, 0], [0, 3, 3], [1, 1, 1], [0, 0, 5]], "float64"),
        np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], "float64")),
    "ties_of_rounding": (np.array([[.1, .3], [.2, .1], [.3, .2]], "float32"),
                         np.array([[.2, .1], [.0, .1]], "float32")),
    "forbidden": (_numbers(23, [6, 3], "float32"), np.array(
        [[0, -np.inf, 1], [1, 0, -np.inf], [-np.inf, 1, 0]], "float32")),
    "nothing_allowed": (_numbers(25, [3, 2], "float32"),
                        np.full([2, 2], -np.inf, "float32")),
    "not_a_number": (np.array([[0, 1], [np.nan, 1], [2, 1]], "float32"),
                     np.zeros([2, 2], "float32")),
    "not_contiguous": (_numbers(27, [3, 8], "float32").T[::2],
                       _numbers(28, [6, 6], "float32")[::2, ::-2]),
}


def record(viterbi_decode, name):
  """What the function returned, with the types."""
  with np.errstate(all="ignore"):
    tags, score = viterbi_decode(*CASES[name])
  return {"type": type(tags).__name__, "tags": [int(tag) for tag in tags],
          "types": [type(tag).__name__ for tag in tags],
          "score": repr(float(score)), "score_type": type(score).__name__}
