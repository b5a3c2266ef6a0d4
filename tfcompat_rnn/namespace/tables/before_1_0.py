"""Names of TensorFlow 0.5 to 0.12 that 1.15 no longer had."""

from tfcompat_rnn.namespace.releases.rows import Changed
from tfcompat_rnn.namespace.releases.rows import Old

_TF = "tensorflow.compat.v1"
_HERE = "tfcompat_rnn.namespace.releases"


def _old(old, new, arguments=None, first="0.5", last="0.12"):
  where = new if ":" in new else f"{_TF}:{new}"
  return Old(old, where, first, last, arguments)


ROWS = [
    _old("mul", "multiply", "x y name"),
    _old("sub", "subtract", "x y name"),
    _old("neg", "negative", "x name"),
    _old("inv", "reciprocal", "x name"),
    _old("complex_abs", "abs", "x name"),
    _old("select", "where", "condition t=x e=y name"),
    _old("listdiff", "setdiff1d", "x y name"),
    _old("pack", "stack", "values axis name"),
    _old("unpack", "unstack", "value num axis name"),
    Changed("concat", f"{_TF}:concat", "0.12",
            "concat_dim=axis values name", f"{_HERE}.forms:is_old_concat"),
    Changed("split", f"{_TF}:split", "0.12",
            "split_dim=axis num_split=num_or_size_splits value name",
            f"{_HERE}.forms:is_old_split"),
]
