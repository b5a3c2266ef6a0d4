"""Whether a program uses an old name, or only asks whether it is there.

Programs that run under several releases try the old name first:

    try:
      from tensorflow.models.rnn import rnn_cell
    except ImportError:
      from tensorflow.contrib import rnn as rnn_cell

    rnn = tf.nn.rnn if hasattr(tf.nn, "rnn") else tf.nn.static_rnn

1.15 did not have the name, so they took the other branch there, and they take
it here. With a set release (`--api`), the name exists. The source is read by
its indentation, because a program of Python 2 cannot be parsed.
"""

import linecache
import re
import sys

from tfcompat_rnn.namespace.releases import version

_OURS = re.compile(r"(tfcompat_rnn|importlib|_frozen_importlib\w*)(\.|$)")
_HANDLER = re.compile(r"except\b([^:]*):")
# What says that a name is missing; other errors may come from its use.
_MISSING = re.compile(r"\b(ImportError|ModuleNotFoundError|AttributeError)\b")
_IMPORT = re.compile(r"(from|import)\b|pass\b|[\w, ()\\]*$")
_ASKS = (r"\b(?:hasattr\s*\(\s*[\w.]+\s*,|"
         r"getattr\s*\(\s*[\w.]+\s*,(?=\s*[^,()]+,))"
         r"\s*(?:['\"]{name}['\"]|\w+)")


def asks(name):
  """Whether the line that runs now only asks for `name`.

  `name` is the last part of an old name, such as "scalar_summary". False
  without the program's source, and with a set release.
  """
  if version.api() is not None:
    return False
  frame = sys._getframe(1)
  while frame and _OURS.match(frame.f_globals.get("__name__") or ""):
    frame = frame.f_back
  if frame is None:
    return False
  lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
  return is_probe(lines, frame.f_lineno, name)


def is_probe(lines, number, name):
  """Whether line `number` of `lines`, from 1 on, only asks for `name`.

  >>> is_probe(["try:", "  import tf.a", "except ImportError:", "  a = 1"],
  ...          2, "a")
  True
  """
  if not 0 < number <= len(lines):
    return False
  if re.search(_ASKS.format(name=re.escape(name)), lines[number - 1]):
    return True
  return is_guarded(lines, number)


def is_guarded(lines, number):
  """Whether line `number` is in a `try` for names that may be missing.

  That is one that catches ImportError or AttributeError by name, or anything
  around nothing but imports.
  """
  line = lines[number - 1]
  if re.match(r"\s*try\s*:\s*\S", line):
    return _is_for_names(lines, number, _indent(line))
  indent = _indent(line)
  for above in range(number - 1, 0, -1):
    text = lines[above - 1]
    if not text.strip() or text.lstrip().startswith("#"):
      continue
    if _indent(text) >= indent:
      continue
    indent = _indent(text)
    if re.match(r"\s*(def|class)\b", text):
      return False
    if re.match(r"\s*try\s*:", text) and _is_for_names(lines, above, indent):
      return True
  return False


def without_probes(text):
  """`text` with the lines blanked that only ask for old names."""
  if "try" not in text:
    return text
  lines = text.split("\n")
  asked = [number for number, line in enumerate(lines, 1)
           if re.search(r"\btf\b|tensorflow", line)
           and is_guarded(lines, number)]
  for number in asked:
    lines[number - 1] = ""
  return "\n".join(lines)


def _is_for_names(lines, start, indent):
  """Whether the `try` in line `start` catches what a missing name raises."""
  imports_only = bool(re.match(r"\s*try\s*:\s*($|#|from\b|import\b)",
                               lines[start - 1]))
  for text in lines[start:]:
    if not text.strip() or text.lstrip().startswith("#"):
      continue
    if _indent(text) > indent:
      imports_only = imports_only and bool(_IMPORT.match(text.strip()))
      continue
    handler = _HANDLER.match(text.strip())
    if handler is None:
      return False
    caught = handler.group(1)
    return bool(_MISSING.search(caught)) or imports_only
  return False


def _indent(line):
  expanded = line.expandtabs()
  return len(expanded) - len(expanded.lstrip())
