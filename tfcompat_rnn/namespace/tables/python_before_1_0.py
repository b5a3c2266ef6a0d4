"""Private paths of TensorFlow 0.5 to 0.12, and old arguments behind them."""

from tfcompat_rnn.namespace.releases.rows import Changed
from tfcompat_rnn.namespace.releases.rows import Old
from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables import before_1_0

_TF = "tensorflow.compat.v1"
_HERE = "tfcompat_rnn.namespace.releases"
_OPS = "python.ops"


def _old(old, new, arguments=None, first="0.5", last="0.12"):
  where = new if ":" in new else f"{_TF}:{new}"
  return Old(old, where, first, last, arguments)


def _changed(module, name, arguments, form, old_where="", where=None):
  return Changed(f"{_OPS}.{module}.{name}", where or f"{_TF}:{name}", "0.12",
                 arguments, f"{_HERE}.forms:{form}", old_where)


ALIASES = [
    Alias("python.framework.types", "python.framework.dtypes"),
    Alias("python.ops.constant_op", "python.framework.constant_op"),
]

ROWS = [
    *(_old(f"{_OPS}.{module}.{name}", *rest)
      for module, names in before_1_0.NAMES.items()
      for name, *rest in names),
    *(_changed(module, *row)
      for module, rows in before_1_0.ARGUMENTS.items() for row in rows),
    *(Row(f"{_OPS}.init_ops.{name}", f"{_HERE}.initializers:{name}")
      for name in before_1_0.INITIALIZERS),
    *(_changed(module, name, arguments, form, "",
               f"{where}:{name}" if where else f"{_TF}:nn.{name}")
      for name, arguments, form, where, modules in before_1_0.NN_ARGUMENTS
      for module in modules),
    *(_old(f"{_OPS}.{module}.{name}", f"{_HERE}.functions:{name}", arguments)
      for module in ("rnn", "nn") for name, arguments in before_1_0.LOOPS),
    *(before_1_0.private_linear(f"{_OPS}.{module}")
      for module in ("rnn_cell", "rnn_cell_impl")),
    *(_old(f"{_OPS}.rnn_cell.{name}", name) for name in ("sigmoid", "tanh")),
    *(_old(f"{_OPS}.standard_ops.{name}", *rest)
      for names in before_1_0.NAMES.values() for name, *rest in names),
    *(_old(f"{_OPS}.{module}.linear", f"{_HERE}.functions:linear",
           before_1_0.LINEAR) for module in ("rnn_cell", "seq2seq")),
    *(_old(f"{_OPS}.seq2seq.{name}", f"{_HERE}.seq2seq:{name}")
      for name in before_1_0.SEQ2SEQ),
    *(_old(f"python.training.{module}.SummaryWriter", "summary.FileWriter")
      for module in ("summary_io", "training")),
]
