"""Writes `docs/contrib_rnn.md`; run by today's Python.

  python tests/cells/make_contrib_page.py

A test compares the page with what this would write.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "docs", "contrib_rnn.md")

HEAD = """# tf.contrib.rnn, grid_rnn, recurrent and cudnn_rnn

Written by `tests/cells/make_contrib_page.py` from the tables of names; change
those, not this page.

Every public name that TensorFlow 1.15.5 had in these namespaces.
`tests/cells/test_contrib_table.py` holds each to 1.15's parameters and their
defaults, methods, properties and variables; the last column names the file
whose cases show that it computes the same. Files in `tests/golden` compare
variables, outputs, states, gradients and operations with what 1.15.5 wrote
down, to 1e-5 in float32 and 1e-10 in float64.
"""

UNEXPORTED = """
## tensorflow.contrib.rnn.python.ops.rnn_cell

What stood in the module and was not exported; programs import it from there.

| name | status | where it lives | shown by |
|---|---|---|---|
"""
_UNEXPORTED = ("CFNCell", "LayerNormLSTMCell", "MinimalRNNCell", "NTMCell",
               "NTMControllerState", "WeightNormLSTMCell", "_Linear",
               "_linear")


def _line(old, name, tables, contrib_table):
  row = tables.row(old)
  shown = contrib_table.evidence(name)
  shown = f"`tests/{shown}`" if shown else "nothing yet"
  if row is None:
    gap = tables.gap(old)
    step = gap.next_step if gap else "no row"
    return f"| `{name}` | not carried | {step} | {shown} |"
  return f"| `{name}` | works | `{row.new}` | {shown} |"


def page():
  """The text of the page."""
  from cells import contrib_table
  from tfcompat_rnn.namespace import tables
  out = [HEAD]
  for namespace, names in contrib_table.SYMBOLS.items():
    out.append(f"\n## {namespace}\n\n| name | status | where it lives | "
               "shown by |\n|---|---|---|---|\n")
    for name in sorted(names):
      out.append(_line(f"{namespace[3:]}.{name}", name, tables,
                       contrib_table) + "\n")
  out.append(UNEXPORTED)
  for name in _UNEXPORTED:
    out.append(_line(f"contrib.rnn.python.ops.rnn_cell.{name}", name, tables,
                     contrib_table) + "\n")
  return "".join(out)


def main():
  with open(PAGE, "w") as stream:
    stream.write(page())


if __name__ == "__main__":
  sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)),
                  os.path.dirname(HERE)]
  main()
