"""Gives operators, methods and comparisons Python 2's meaning, in the tree.

Lines keep their numbers, so that tracebacks show the original text.
"""

import ast
import sys

from . import errors
from . import functions
from . import strings

_COMPARISONS = {
    ast.Lt: "_py2_less", ast.Gt: "_py2_greater", ast.LtE: "_py2_at_most",
    ast.GtE: "_py2_at_least", ast.Eq: "_py2_equal",
    ast.NotEq: "_py2_unequal"}
_FUNCTIONS = (ast.FunctionDef, ast.Lambda)
# Before Python 3.8 there is no assignment expression.
_KEEPS = sys.version_info >= (3, 8)


def features(tree):
  """The names that the module imports from `__future__`."""
  body = getattr(tree, "body", ())
  # The body of an expression, as for `eval`, is no list.
  return {name.name for node in (body if isinstance(body, list) else ())
          if isinstance(node, ast.ImportFrom) and node.module == "__future__"
          for name in node.names}


def _call(name, args, like, keywords=()):
  made = ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=args,
                  keywords=list(keywords))
  return ast.copy_location(made, like)


class Meaning(ast.NodeTransformer):
  """Changes a tree; `changes` has the line numbers of each kind of change."""

  def __init__(self, future=()):
    self.division = "division" not in future
    self.changes = {}
    self._count = 0
    self._called = set()
    self._leaks = [set()]
    self._errors = []  # names of the except clauses around a node

  def _note(self, kind, node):
    self.changes.setdefault(kind, []).append(node.lineno)

  def visit_BinOp(self, node):
    self.generic_visit(node)
    if isinstance(node.op, ast.Div) and self.division:
      self._note("/", node)
      return _call("_py2_divide", [node.left, node.right], node)
    if isinstance(node.op, ast.Mod):
      return _call("_py2_modulo", [node.left, node.right], node)
    return node

  def visit_AugAssign(self, node):
    self.generic_visit(node)
    if isinstance(node.op, ast.Div) and self.division:
      self._note("/=", node)
      node.op = ast.LShift()
      node.value = _call("_py2_over", [node.value], node.value)
    return node

  def visit_Compare(self, node):
    self.generic_visit(node)
    if len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
      return _call(_COMPARISONS[type(node.ops[0])],
                   [node.left, node.comparators[0]], node)
    return node

  def visit_Call(self, node):
    self._called.add(node.func)
    self.generic_visit(node)
    function = node.func
    if isinstance(function, ast.Attribute) and (
        function.attr in functions.METHODS):
      if function.attr not in ("format", "join", "write",
                               *strings.BYTE_METHODS):
        self._note(".%s()" % function.attr, node)
      return _call("_py2_" + function.attr, [function.value] + node.args,
                   node, node.keywords)
    if isinstance(function, ast.Name) and function.id == "str" and (
        len(node.args) == 1 and not node.keywords):
      function.id = "_py2_str"
    return node

  def visit_Attribute(self, node):
    self.generic_visit(node)
    if node.attr in strings.BYTE_METHODS and node not in self._called and (
        isinstance(node.value, ast.Name) and node.value.id == "str"):
      # map(str.lower, words)
      return _call("_py2_method",
                   [node.value, ast.Constant(value=node.attr)], node)
    if node.attr in errors.ATTRIBUTES and isinstance(node.ctx, ast.Load):
      return _call("_py2_attribute",
                   [node.value, ast.Constant(value=node.attr)], node)
    return node

  def visit_Subscript(self, node):
    self.generic_visit(node)
    if isinstance(node.ctx, ast.Load) and isinstance(
        node.value, ast.Name) and node.value.id in self._errors:
      if not isinstance(node.slice, ast.Slice):
        return _call("_py2_item", [node.value, node.slice], node)
    return node

  def visit_ExceptHandler(self, node):
    self._errors.append(node.name)
    self.generic_visit(node)
    self._errors.pop()
    if node.name:
      # Python 2 kept the name after the clause.
      keep = ast.Assign(
          targets=[ast.Name(id=node.name, ctx=ast.Store())],
          value=ast.Name(id="_py2_error", ctx=ast.Load()))
      node.name = "_py2_error"
      node.body.insert(0, _at(keep, node))
    return node

  # -- scopes

  def visit_FunctionDef(self, node):
    unpack = []
    for arg in _all_arguments(node.args):
      if arg.arg.startswith("_py2_tuple") and arg.annotation is not None:
        text = getattr(arg.annotation, "s", None) or arg.annotation.value
        made = ast.parse("%s = %s" % (text, arg.arg)).body[0]
        unpack.append(_at(made, node))
        arg.annotation = None
    stops = may_stop(node)
    self._visit_function(node)
    if stops:
      node.decorator_list.append(ast.copy_location(
          ast.Name(id="_py2_end_with_stop", ctx=ast.Load()), node))
    start = 1 if ast.get_docstring(node, clean=False) is not None else 0
    node.body[start:start] = unpack
    return node

  def visit_Lambda(self, node):
    self._visit_function(node)
    return node

  def _visit_function(self, node):
    # The lists of its defaults belong to what surrounds it.
    body, node.body = node.body, ast.Pass() if isinstance(
        node, ast.Lambda) else []
    self.generic_visit(node)
    node.body = body
    self._leaks.append(leaking(node))
    if isinstance(body, list):
      node.body = [self.visit(part) for part in body]
    else:
      node.body = self.visit(body)
    self._leaks.pop()

  def visit_ClassDef(self, node):
    # Python allows no assignment expression in a list there.
    self._leaks.append(set())
    self.generic_visit(node)
    self._leaks.pop()
    return node

  def visit_Module(self, node):
    self._leaks[-1] = leaking(node)
    self.generic_visit(node)
    return node

  def visit_ListComp(self, node):
    self.generic_visit(node)
    names = targets(node) & self._leaks[-1]
    if names:
      self._keep(node, names)
    return self._without_kept(node)

  def visit_SetComp(self, node):
    self.generic_visit(node)
    return self._without_kept(node)

  visit_DictComp = visit_GeneratorExp = visit_SetComp

  def _without_kept(self, node):
    """`node` without assignments in what it goes over: Python allows none."""
    first = None
    if not _KEEPS:
      return node
    for before, generator in zip([None] + node.generators, node.generators):
      if not any(isinstance(part, ast.NamedExpr)
                 for part in ast.walk(generator.iter)):
        continue
      self._count += 1
      name = "_py2_items%d" % self._count
      keep = ast.NamedExpr(target=ast.Name(id=name, ctx=ast.Store()),
                           value=generator.iter)
      generator.iter = _at(ast.Name(id=name, ctx=ast.Load()), node)
      if before is None:
        first = keep
      else:
        before.ifs.append(_around([keep], node))
    if first is None:
      return node
    made = ast.Subscript(value=_around([first, node], node),
                         slice=ast.Constant(value=1), ctx=ast.Load())
    return ast.copy_location(made, node)

  def _keep(self, node, names):
    """Makes the variables `names` of a list outlive it."""
    self._note("variable of a list that outlives it", node)
    for generator in node.generators:
      own = sorted(_names(generator.target, ast.Store) & names)
      if not own:
        continue
      for part in ast.walk(generator.target):
        if isinstance(part, ast.Name) and part.id in own:
          part.id = "_py2_" + part.id
      keep = [ast.NamedExpr(target=ast.Name(id=name, ctx=ast.Store()),
                            value=ast.Name(id="_py2_" + name,
                                           ctx=ast.Load()))
              for name in own]
      test = ast.Tuple(elts=keep, ctx=ast.Load())
      generator.ifs.insert(0, _at(test, node))


def _at(node, like):
  for part in ast.walk(node):
    ast.copy_location(part, like)
  return node


def _around(parts, like):
  """A tuple of expressions."""
  for part in parts:
    ast.copy_location(part, like)
  return ast.copy_location(ast.Tuple(elts=parts, ctx=ast.Load()), like)


def _all_arguments(arguments):
  return list(arguments.args)


def _names(node, kind):
  return {part.id for part in ast.walk(node)
          if isinstance(part, ast.Name) and isinstance(part.ctx, kind)}


def outside(function):
  """What of a function is evaluated where it stands."""
  found = list(getattr(function, "decorator_list", ()))
  found += function.args.defaults
  return found + [one for one in function.args.kw_defaults if one is not None]


def _body_of(function):
  body = function.body
  return body if isinstance(body, list) else [body]


def targets(node):
  found = set()
  for generator in node.generators:
    found |= _names(generator.target, ast.Store)
  return found


def may_stop(function):
  """Whether a function is a generator that StopIteration may end."""
  yields = stops = False
  waiting = list(function.body)
  while waiting:
    node = waiting.pop()
    if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
      continue
    waiting += ast.iter_child_nodes(node)
    yields = yields or isinstance(node, ast.Yield)
    if isinstance(node, ast.Call):
      name = getattr(node.func, "attr", getattr(node.func, "id", ""))
      stops = stops or name == "next" and len(node.args) < 2
    elif isinstance(node, ast.Raise) and node.exc is not None:
      stops = stops or any(isinstance(part, ast.Name)
                           and part.id == "StopIteration"
                           for part in ast.walk(node.exc))
  return yields and stops


def leaking(scope):
  """The variables of lists that are also read outside of them in `scope`."""
  inside, read = set(), set()

  def walk(node, hidden):
    if isinstance(node, ast.ListComp):
      inside.update(targets(node))
      hidden = hidden | targets(node)
    elif isinstance(node, (ast.GeneratorExp, ast.SetComp, ast.DictComp)):
      hidden = hidden | targets(node)
    elif isinstance(node, _FUNCTIONS):
      for part in outside(node):
        walk(part, hidden)
      own = {arg.arg for arg in ast.walk(node.args)
             if isinstance(arg, ast.arg)} | _names(node, ast.Store)
      own -= globals_of(node)
      for part in _body_of(node):
        walk(part, hidden | own)
      return
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and (
        node.id not in hidden):
      read.add(node.id)
    for child in ast.iter_child_nodes(node):
      walk(child, hidden)

  for child in (_body_of(scope) if isinstance(scope, _FUNCTIONS)
                else ast.iter_child_nodes(scope)):
    walk(child, frozenset())
  if not _KEEPS:
    return set()
  return inside & (read | globals_of(scope))


def globals_of(scope):
  """The names that a function declares as global."""
  return {name for part in ast.walk(scope) if isinstance(part, ast.Global)
          for name in part.names}


def change(tree, future=()):
  """Changes `tree`; returns what was changed, {kind: line numbers}.

  `future` has the features that earlier cells have imported.
  """
  meaning = Meaning(set(future) | features(tree))
  meaning.visit(tree)
  ast.fix_missing_locations(tree)
  for node in ast.walk(tree):
    if hasattr(node, "end_col_offset"):
      # The whole line: columns of the converted text say nothing about the
      # original one, which a traceback shows.
      node.end_lineno = node.lineno
      node.col_offset, node.end_col_offset = 0, 10000
  return meaning.changes
