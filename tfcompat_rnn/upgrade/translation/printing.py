"""The print statement."""

from __future__ import annotations

import ast

from tfcompat_rnn.upgrade.translation import kinds

_STREAMS = {"sys.stdout", "sys.stderr"}


def find_printing(parsed):
  """The names of functions, methods and classes that may print something."""
  mentions, found = {}, set()
  for one in parsed:
    for node in one.nodes:
      if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        continue
      inside = list(ast.walk(node))
      if any(_prints(one, part) for part in inside):
        found.add(node.name)
      mentions.setdefault(node.name, set()).update(
          _identifier(part) for part in inside)
  before = None
  while before != found:
    before = set(found)
    found |= {name for name, others in mentions.items() if others & found}
  return frozenset(found)


def _identifier(node):
  return getattr(node, "id", None) or getattr(node, "attr", None)


def _prints(parsed, node):
  """Whether an expression itself may print something."""
  if isinstance(node, ast.Attribute) and node.attr in (
      "stdout", "stderr", "write", "writelines"):
    return True
  if not isinstance(node, ast.Call):
    return False
  if isinstance(node.func, ast.Name):
    # What a variable or a parameter stands for is not known.
    return node.func.id in ("_py2_print", "print", "raw_input") or not (
        parsed.is_builtin(node.func.id) or node.func in parsed.uses.at
        or node.func.id in parsed.defined
        or node.func.id in parsed.imported
        or node.func.id.startswith("_py2_"))
  return not isinstance(node.func, ast.Attribute)


def leaves_space(parsed, printing):
  """Whether a print statement leaves its space to the next one."""
  return any(_has_comma(node) or bool(_splits(parsed, node, printing))
             for node in parsed.nodes if _is_print(node))


def translate(work):
  """Makes each statement a call."""
  for node in work.parsed.nodes:
    if _is_print(node):
      _change(work, node)


def _is_print(node):
  return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
          and node.func.id == "_py2_print")


def _has_comma(node):
  return any(keyword.arg == "comma" for keyword in node.keywords)


def _change(work, node):
  target = next((keyword for keyword in node.keywords
                 if keyword.arg == "to"), None)
  if len(node.args) == 1 and target is None:
    _without_parentheses(work, node)
  if _is_plain(work, node, target):
    work.edits.replace(*work.edits.span(node.func), "print")
    if target is not None:
      start, _ = work.edits.span(target)
      work.edits.replace(start, start + len("to"), "file")
    return
  work.edits.replace(*work.edits.span(node.func), "python2.print_values")
  for before, after in _splits(work.parsed, node, work.facts.printing):
    # Each value is printed before the next one is computed.
    work.edits.replace_between(
        work.edits.span(before)[1], work.edits.span(after)[0], r",[ \t]*",
        ", comma=True); python2.print_values(")


def _without_parentheses(work, node):
  """`print (x)` needs no second ones."""
  value = node.args[0]
  start, end = work.edits.span(node.func)[1], work.edits.span(node)[1]
  first, last = work.edits.span(value)
  if (not node.keywords and not isinstance(value, (ast.Tuple,
                                                   ast.GeneratorExp))
      and work.edits.text[start:first] == "(("
      and work.edits.text[last:end] == "))"):
    work.edits.replace(start, start + 1, "")
    work.edits.replace(end - 1, end, "")


def _is_plain(work, node, target):
  """Whether Python 3's `print` does the same."""
  if work.facts.pending or _has_comma(node):
    return False
  if target is not None and (
      work.parsed.uses.at.get(target.value) not in _STREAMS):
    return False
  return all(work.kinds.of(one) == kinds.INT
             or work.kinds.of(one) == kinds.ASCII and not _ends_space(one)
             for one in node.args[:-1]) and all(
                 work.kinds.of(one) in (kinds.INT, kinds.ASCII)
                 for one in node.args[-1:])


def _ends_space(node):
  """Whether a text may end with white space, after which comes no space."""
  is_format = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
  text = node.left if is_format else node
  return not (isinstance(text, ast.Constant) and text.value
              and not text.value[-1].isspace()
              and not (is_format and text.value.endswith("s")))


def _splits(parsed, node, printing):
  """[(value, next value)] between which something else could be printed."""
  if any(keyword.arg == "to" for keyword in node.keywords):
    return []
  found = []
  for before, after in zip(node.args, node.args[1:]):
    if any(_prints(parsed, part) or _identifier(part) in printing
           for part in ast.walk(after)):
      found.append((before, after))
  return found
