"""IPython's syntax taken out of cells: magics, commands, help and prompts.

For where IPython is not installed. Magics are skipped, each reported once, but
the Python code after `%time` and its like stays.
"""

import ast
import re

# Magics whose text is Python that must run.
_TIMING = {"time", "timeit", "prun", "capture", "memit", "mprun", "lprun"}
_PYLAB = "from pylab import *; import numpy as np; " \
         "import matplotlib.pyplot as plt"
# The first line shows which prompts were copied along; then they all go.
_PROMPTS = (
    (re.compile(r"^>>>( |$)"), re.compile(r"^(>>>|\.\.\.)( |$)")),
    (re.compile(r"^In \[\d+\]: "),
     re.compile(r"^(In \[\d+\]: |\s*\.{3,}: ?)")))
_HELP = r"^\s*%{0,2}[\w.*\[\]'\"-]+\?+\s*$"
_MAGIC_LINE = re.compile(
    r"^\s*([%!?]|[\w\s,.\[\]'\"]+=\s*[%!])|" + _HELP)


class Magics:
  """Reports each magic once."""

  def __init__(self, notify):
    self._notify = notify
    self._named = set()

  def skip(self, text, note="skipped"):
    """Reports that the magic in `text` is not executed."""
    word = re.match(r"\s*(%%?\w+|!)", text)
    name = word.group(1) if word else (
        "?" if "?" in text else text.split("=")[-1].strip().split(" ")[0])
    if name not in self._named:
      self._named.add(name)
      shown = text.strip().splitlines()[0]
      self._notify(f"magic {name} {note}: {shown}")


def to_python(source, magics, filename="<cell>", parse=None):
  """`source` without its magics; each line keeps its number.

  As in IPython, a cell that is indented as a whole loses the indentation of
  its first line, and one that was copied with its prompts loses those.
  `parse(text, filename)` stands for `compile`, if the rest is Python 2.

  Raises SyntaxError as `compile` does.
  """
  source = without_prompts(source.replace("\r\n", "\n"))
  first = source.lstrip()
  if first.startswith("%%"):
    head, _, body = first.partition("\n")
    name = re.match(r"%%(\w*)", head).group(1)
    if name not in _TIMING:
      magics.skip(head)
      return ""
    magics.skip(head, "ignored, its code runs")
    source = "\n" * source[:len(source) - len(first)].count("\n") + "\n" + body
  lines = source.split("\n")
  for _ in range(len(lines) + 1):
    text = "\n".join(lines)
    try:
      if parse is not None:
        parse(text, filename)
      else:
        compile_cell(text, filename, "exec", ast.PyCF_ONLY_AST)
      return text
    except SyntaxError as error:
      at = (error.lineno or 0) - 1
      if not (0 <= at < len(lines) and _MAGIC_LINE.match(lines[at])):
        # Python names the line where it gave up; the magic may be earlier.
        at = next((at for at, line in enumerate(lines)
                   if re.match(r"\s*[%!]", line)), None)
        if at is None:
          raise
      _replace(lines, at, magics)
  raise SyntaxError(f"{filename}: cannot tell magics from Python")


def compile_cell(source, filename, mode, flags=0):
  """Compiles as a notebook does: `await` may stand outside of functions."""
  return compile(source, filename, mode, dont_inherit=True,
                 flags=flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def without_prompts(source):
  lines = source.split("\n")
  start = next((at for at, line in enumerate(lines) if line.strip()), None)
  if start is None:
    return source
  space = re.match(r"[ \t]*", lines[start]).group()
  if space:
    lines = [line[len(space):] if line.startswith(space) else line
             for line in lines]
  for first, each in _PROMPTS:
    if first.match(lines[start]):
      lines = [each.sub("", line, count=1) for line in lines]
  return "\n".join(lines)


def _replace(lines, at, magics):
  """Removes the magic at line `at` and the lines that continue it."""
  line = lines[at]
  space = re.match(r"\s*", line).group()
  word = re.match(r"\s*%(\w+)(.*)", line)
  if re.match(_HELP, line):
    magics.skip(line)
    lines[at] = space + "pass"
    return
  if word and word.group(1) in _TIMING and word.group(2).strip():
    magics.skip(line, "ignored, its code runs")
    code = re.sub(r"^(\s*-\w+(\s*\d+)?)+", "", word.group(2)).strip()
    lines[at] = space + (code or "pass")
    return
  if word and word.group(1) == "pylab":
    magics.skip(line, "ignored, its imports are made")
    lines[at] = space + _PYLAB
    return
  target = re.match(r"\s*([\w\s,.\[\]'\"]+)=\s*(?:%time\s+(.*)|[%!])",
                    line)
  if target and target.group(2):  # the value is that of the expression
    magics.skip(line, "ignored, its code runs")
    lines[at] = f"{space}{target.group(1)}= {target.group(2)}"
    return
  magics.skip(line)
  lines[at] = space + (f"{target.group(1)}= None" if target else "pass")
  while line.endswith("\\") and at + 1 < len(lines):
    at += 1
    line = lines[at]
    lines[at] = ""
