"""Whether a program is written for Python 2.

  is_python2("train.py", notify=print)

Each program is asked this when it starts, so nothing is imported here that
only a Python 2 program needs.
"""

import ast
import os

from tfcompat_rnn.launcher.python2 import conversion
from tfcompat_rnn.launcher.python2 import signs


def first_sign(path):
  """(line number, Sign) if only Python 2 can read the file, else None."""
  try:
    text, _ = conversion.read(path)
  except (OSError, LookupError, UnicodeError):
    return None
  return sign_in(text, path)


def sign_in(text, path="<source>"):
  """(line number, Sign) if only Python 2 can read `text`, else None."""
  try:
    compile(text, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    return None
  except SyntaxError as error:
    found = signs.diagnose(error, text)
  except ValueError:  # a null byte
    return None
  if found is None:
    return None
  if conversion.is_available():
    try:
      conversion.convert(text, path)
    except SyntaxError:
      return None  # a mistake in either language
  return found


def find_python2(path):
  """(file, line number, Sign) of the first Python 2 file of a program.

  Follows the imports of `path` among the files beside it.
  """
  folder = os.path.dirname(os.path.realpath(path))
  waiting, seen = [path], set()
  while waiting and len(seen) < 200:
    one = waiting.pop(0)
    real = os.path.realpath(one)
    if real in seen:
      continue
    seen.add(real)
    found = first_sign(one)
    if found is not None:
      return (one,) + found
    waiting += _imported_files(one, folder)
  return None


def _imported_files(path, folder):
  try:
    with open(path, "rb") as file:
      tree = ast.parse(file.read())
  except (OSError, SyntaxError, ValueError):
    return []
  names = []
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      names += [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      names += [base] + [f"{base}.{alias.name}".strip(".")
                         for alias in node.names]
  found = []
  for name in names:
    for start in {folder, os.path.dirname(os.path.realpath(path))}:
      place = os.path.join(start, *name.split("."))
      for file in (place + ".py", os.path.join(place, "__init__.py")):
        if os.path.isfile(file):
          found.append(file)
  return found


def is_python2(path, notify):
  """Whether the program at `path` is for Python 2; says so in one line.

  Without fissix, Python 3 is to show the error.
  """
  found = find_python2(path)
  if found is None or not conversion.is_available():
    return False
  file, number, sign = found
  if os.path.realpath(file) != os.path.realpath(path):
    file = os.path.relpath(file)
  notify(f"{file} is written for Python 2 (line {number}: {sign.name}); the "
         "program is converted while it runs (--show-conversion shows how)")
  return True
