"""Writes `docs/names.md` from the tables; run by today's Python.

  python tests/namespace/make_names_page.py

A test compares the page with what this would write.
"""

import os
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "docs", "names.md")

HEAD = """# Old names, and where they live now

Written by `tests/namespace/make_names_page.py` from `tfcompat_rnn/namespace/tables`;
change the tables, not this page.

`import tfcompat_rnn.tf1 as tf` (and `import tensorflow as tf` under
`tfcompat-rnn run`) gives everything of `tf.compat.v1` of the installed
TensorFlow, and on top of it the rows below. Names are resolved when they are
first used. What 1.15 had and is not carried raises an error with the next
step listed under «Not carried»; a name that 1.15 did not have raises an error
with the nearest names that it had.

`tf.keras` is the v1 API of the package `tf_keras` where that is installed,
and an error that says so otherwise; it is never Keras 3.

Under `tfcompat-rnn run` and `%load_ext tfcompat_rnn` the importing module
decides what `import tensorflow` gives: packages of today (`launcher/hook.py`
lists them: TensorFlow itself, Keras 3, tf_slim, TensorBoard, ...) get the
real TensorFlow, everybody else this namespace. `sys.modules["tensorflow"]`
is always the real one.
"""


def _grouped(rows):
  """[(module, [(names, target)])]: rows of one module, one line a target."""
  groups = {}
  for row in rows:
    parent, _, name = row.old.rpartition(".")
    module, _, attribute = row.new.partition(":")
    within, _, last = attribute.rpartition(".")
    key = (f"{module}:{within}".rstrip(":"), "" if last == name else last)
    groups.setdefault(parent, {}).setdefault(key, []).append(name)
  return sorted(groups.items())


def _line(names, module, attribute):
  joint = "." if ":" in module else ":"
  where = f"`{module}`" if not attribute else f"`{module}{joint}{attribute}`"
  return f"| {', '.join(f'`{name}`' for name in sorted(names))} | {where} |"


def page():
  """The text of the page."""
  from tfcompat_rnn.namespace import tables
  out = [HEAD]
  for family, title in (("core", "tf.*"), ("contrib", "tf.contrib.*"),
                        ("python", "tensorflow.python.* (private paths)")):
    index = tables.family(family)
    out += [f"\n## {title}\n"]
    out += ["### Whole modules\n", "| 1.15 | shows through |", "|---|---|"]
    for old, module in sorted(index.modules.items()):
      if module is not None and module.source:
        out.append(f"| `{old}` | `{module.source}` |")
    for old, alias in sorted(index.aliases.items()):
      same = f"tensorflow.{alias.same_as}".rstrip(".")
      out.append(f"| `{old}` | the same as `{same}` |")
    out += ["\n### Names\n", "| 1.15 | now |", "|---|---|"]
    for parent, targets in _grouped(index.rows.values()):
      label = f"tensorflow.{parent}".rstrip(".")
      out.append(f"| **`{label}`** | |")
      for (module, attribute), found in sorted(targets.items()):
        out.append(_line(found, module, attribute))
    out += ["\n### Not carried\n", "| name | why | next step |",
            "|---|---|---|"]
    same = {}
    for old, gap in sorted(index.gaps.items()):
      same.setdefault((gap.reason, gap.next_step), []).append(f"`{old}`")
    for (reason, step), found in sorted(same.items(), key=lambda i: i[1]):
      out.append(f"| {', '.join(found)} | {reason} | {step} |")
  return "\n".join(out) + "\n"


def main():
  text = page()  # before the old one is gone
  with open(PAGE, "w", encoding="utf-8") as stream:
    stream.write(text)
  sys.stdout.write(f"wrote {os.path.normpath(PAGE)}\n")


if __name__ == "__main__":
  main()
