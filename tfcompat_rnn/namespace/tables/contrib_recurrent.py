"""`tf.contrib.recurrent`: loops over pure steps (this package's own)."""

from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_NAMES = ("Recurrent", "bidirectional_functional_rnn", "functional_rnn")
_INSIDE = {
    "contrib.recurrent.python.ops.functional_rnn": _NAMES[1:],
    "contrib.recurrent.python.ops.recurrent": _NAMES[:1],
}

MODULES = [
    Module("contrib.recurrent"),
    Module("contrib.recurrent.python"),
    Module("contrib.recurrent.python.ops"),
    Module("contrib.recurrent.python.recurrent_api"),
    *(Module(name) for name in _INSIDE),
]

ROWS = [
    *(Row(f"{module}.{name}", f"tfcompat_rnn.loops:{name}")
      for module in ("contrib.recurrent",
                     "contrib.recurrent.python.recurrent_api")
      for name in _NAMES),
    *(Row(f"{module}.{name}", f"tfcompat_rnn.loops:{name}")
      for module, names in _INSIDE.items() for name in names),
]
