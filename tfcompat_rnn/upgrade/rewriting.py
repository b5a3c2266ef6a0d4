"""Changes the names in one source; all else stays as it is.

  rewrite("import tensorflow as tf\\n")   # import tfcompat_rnn.tf1 as tf

No line gets another number, so what stands in a line can be told from before
and after.
"""

from __future__ import annotations

import ast
import io

import libcst
from libcst import helpers
from libcst import metadata

from tfcompat_rnn import repairs
from tfcompat_rnn.inspection import bindings

OURS = "tfcompat_rnn.tf1"
# The second is what editors inserted.
ROOTS = ("tensorflow", "tensorflow_core")
CALL = "tfcompat_rnn.behave_as_1_15"
CALL_LINES = ("import tfcompat_rnn", f"{CALL}()")
_BUILTINS = "builtins."
_BY_HAND = "change its imports by hand"


def new_name(name):
  """Our module for a module of TensorFlow; None for any other.

  >>> new_name("tensorflow.contrib.slim")
  'tfcompat_rnn.tf1.contrib.slim'
  """
  root, dot, rest = name.partition(".")
  return OURS + dot + rest if root in ROOTS else None


def rewrite(text, tree=None, uses=None):
  """`text` with today's names.

  `tree` and `uses` are those of the text, if they are known.

  Raises:
    ValueError: libcst cannot read it; the text says why.
  """
  tree = tree or ast.parse(text)
  attributes, needs_abc = _library_names(text, tree,
                                         uses or bindings.Uses(tree))
  if not attributes and not _has_imports(tree):
    return text
  try:
    module = libcst.parse_module(text)
  except libcst.ParserSyntaxError as error:
    raise ValueError(f"cannot be read by libcst (line {error.raw_line}); "
                     f"{_BY_HAND}") from error
  if module.code != text:
    raise ValueError(f"is not given back by libcst as it is; {_BY_HAND}")
  if attributes:
    # Positions take longer than all else.
    module = metadata.MetadataWrapper(
        module, unsafe_skip_copy=True).visit(_Names(attributes))
  found = module.visit(_Imports(needs_abc)).code
  # Whoever puts lines back relies on it.
  if len(lines_of(found)) != len(lines_of(text)):
    raise ValueError(f"has a module's name on several lines; {_BY_HAND}")
  return found


def lines_of(text):
  """The lines of `text` with their ends, as Python counts them."""
  return io.StringIO(text, newline="").readlines()


# -- names that other libraries have removed


def _library_names(text, tree, uses):
  """{position: (old, new)} of such names, and whether `collections.abc` is new.

  Only where the new name is the same thing, and where no other name is in the
  way; all else is put back while the program runs.
  """
  rows = repairs.restored()
  asked = {(use.name, use.line) for use in uses.found if use.asked}
  plain = {alias.name for node in ast.walk(tree)
           if isinstance(node, ast.Import)
           for alias in node.names if alias.asname is None}
  lines = lines_of(text)
  found, needs_abc = {}, False
  for node, name in uses.at.items():
    today = rows[name].today if name in rows else ""
    if (not today or not isinstance(node, ast.Attribute)
        or not isinstance(node.ctx, ast.Load)
        or (name, node.lineno) in asked or node.lineno != node.end_lineno):
      continue
    root, module = _root(node, name)
    if root is None:
      continue
    if today.startswith(_BUILTINS):
      new = today.removeprefix(_BUILTINS)
      if new in uses.bound or uses.stars:
        continue
    elif today.startswith("collections.abc."):
      if root != "collections" or "collections" not in plain:
        continue
      new, needs_abc = today, True
    elif today.startswith(module + "."):
      new = root + today[len(module):]
    else:
      continue
    line = lines[node.lineno - 1].encode("utf-8")
    start, end = (len(line[:offset].decode("utf-8"))
                  for offset in (node.col_offset, node.end_col_offset))
    found[node.lineno, start, end] = ast.unparse(node), new
  return found, needs_abc


def _root(node, name):
  """(the plain name that a chain begins with, what it stands for)."""
  parts = 0
  while isinstance(node, ast.Attribute):
    node, parts = node.value, parts + 1
  if not isinstance(node, ast.Name):
    return None, None
  return node.id, ".".join(name.split(".")[:-parts])


class _Names(libcst.CSTTransformer):
  """Changes the attributes at certain positions."""

  METADATA_DEPENDENCIES = (metadata.PositionProvider,)

  def __init__(self, attributes):
    super().__init__()
    self._attributes = attributes

  def leave_Attribute(self, original_node, updated_node):
    place = self.get_metadata(metadata.PositionProvider, original_node)
    old, new = self._attributes.get(
        (place.start.line, place.start.column, place.end.column), ("", ""))
    # Before Python 3.12, positions in f-strings are not those in the file.
    if not new or old != helpers.get_full_name_for_node(original_node):
      return updated_node
    return libcst.parse_expression(new).with_changes(
        lpar=updated_node.lpar, rpar=updated_node.rpar)


# -- imports


def _has_imports(tree):
  """Whether there may be an import to change."""
  moved = {name.rpartition(".")[0] for name, row in repairs.restored().items()
           if row.today}
  for node in ast.walk(tree):
    names = ([alias.name for alias in node.names]
             if isinstance(node, ast.Import) else [node.module or ""]
             if isinstance(node, ast.ImportFrom) and not node.level else ())
    if any(new_name(name) or name in moved for name in names):
      return True
  return False


class _Imports(libcst.CSTTransformer):
  """Changes the modules in imports; `needs_abc`: `collections.abc` as well."""

  def __init__(self, needs_abc):
    super().__init__()
    self._needs_abc = needs_abc
    self._rows = repairs.restored()
    self._tries = 0

  def on_visit(self, node):
    # There is no import in an expression.
    return not isinstance(node, libcst.BaseExpression) and super().on_visit(
        node)

  def visit_Try(self, node):
    self._tries += 1

  def leave_Try(self, original_node, updated_node):
    self._tries -= 1
    return updated_node

  def leave_Import(self, original_node, updated_node):
    return updated_node.with_changes(names=[
        new for alias in updated_node.names for new in self._aliases(alias)])

  def _aliases(self, alias):
    """What stands for one `MODULE [as NAME]` of an import."""
    name = helpers.get_full_name_for_node_or_raise(alias.name)
    new = new_name(name)
    if new is None:
      if name == "collections" and alias.asname is None and self._needs_abc:
        # `collections` stands for the same as before, and has `abc`.
        return [alias.with_changes(name=_dotted("collections.abc"))]
      return [alias]
    if alias.asname is not None:
      return [alias.with_changes(name=_dotted(new))]
    found = [alias.with_changes(name=_dotted(OURS), asname=libcst.AsName(
        libcst.Name(name.partition(".")[0])))]
    if "." in name:
      # `import tensorflow.contrib.slim` loads the module, or fails, and makes
      # the name `tensorflow`.
      found.insert(0, libcst.ImportAlias(_dotted(new), comma=libcst.Comma(
          whitespace_after=libcst.SimpleWhitespace(" "))))
    return found

  def leave_ImportFrom(self, original_node, updated_node):
    if updated_node.relative or updated_node.module is None:
      return updated_node
    module = helpers.get_full_name_for_node_or_raise(updated_node.module)
    new = new_name(module) or self._moved(module, updated_node.names)
    return updated_node if new is None else updated_node.with_changes(
        module=_dotted(new))

  def _moved(self, module, names):
    """The module that has all `names` of `module` today, or None."""
    # A program that tries has another branch.
    if self._tries or isinstance(names, libcst.ImportStar):
      return None
    places = set()
    for alias in names:
      name = helpers.get_full_name_for_node_or_raise(alias.name)
      row = self._rows.get(f"{module}.{name}")
      where, _, last = row.today.rpartition(".") if row else ("", "", "")
      places.add(where if last == name else "")
    place = places.pop() if len(places) == 1 else ""
    return place or None


def _dotted(name):
  return libcst.parse_expression(name)


# -- the call that a program begins with


def has_call(uses):
  """Whether a program with these `bindings.Uses` calls `behave_as_1_15`."""
  return any(use.name == CALL for use in uses.found)


def place_of_call(tree):
  """The line before which the call belongs, or None in an empty module.

  After the docstring and the imports from `__future__`.
  """
  end = 0
  for number, node in enumerate(tree.body):
    is_docstring = (number == 0 and isinstance(node, ast.Expr)
                    and isinstance(node.value, ast.Constant)
                    and isinstance(node.value.value, str))
    is_future = (isinstance(node, ast.ImportFrom)
                 and node.module == "__future__")
    if is_docstring or is_future:
      end = node.end_lineno
      continue
    first = min([node.lineno, *(part.lineno for part in getattr(
        node, "decorator_list", ()))])
    if first > end:
      return first
    end = node.end_lineno
  return None
