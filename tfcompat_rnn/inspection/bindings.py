"""Which modules' names a program uses: imports, aliases and attribute chains.

  uses = Uses(ast.parse(source))
  uses.found[0]        # Use("tensorflow.contrib.rnn.LSTMCell", 4, ...)

`rnn = tf.contrib.rnn` and `from tensorflow.contrib import rnn` make `rnn`
stand for `tensorflow.contrib.rnn`. A name that is also bound to something
else is left out: nothing is said about what may be another thing.
"""

from __future__ import annotations

import ast
import typing

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MISSING = {"ImportError", "ModuleNotFoundError", "AttributeError",
            "Exception", "BaseException", "NameError"}
_ASKS = {"hasattr", "getattr"}
# What a program compares to find out what it runs under.
_VERSIONS = {"__version__", "VERSION", "version_info", "PY2", "PY3"}
_OTHER = "?"


def _same(name):
  """`name` such that the two names of one module are equal."""
  return name.replace("tensorflow.compat.v1", "tensorflow").replace(
      "tfcompat_rnn.tf1", "tensorflow")


class Use(typing.NamedTuple):
  """One use of a dotted name.

  `asked`: the program only tries it, and has another branch.
  `imported`: it stands in an import statement.
  """
  name: str
  line: int
  asked: bool = False
  imported: bool = False


class Uses:
  """The dotted names that a tree uses.

  `found`: all `Use`s in order of their lines. `at`: {node: dotted name} for
  the expressions among them. `stars`: [(module, line)] of
  `from module import *`. `bound`: every plain name that the program binds.
  `plain`: {name: first line} of names that it reads and nowhere binds.
  """

  def __init__(self, tree):
    self.found = []
    self.at = {}
    self.stars = []
    self.bound = set()
    self.plain = {}
    self._tried = set()   # names whose alias is None where they are missing
    self._asked = 0
    self._handlers = 0
    self._branches = 0
    self._read(tree)
    self.found.sort(key=lambda use: use.line)
    for name in self.bound:
      self.plain.pop(name, None)

  def _read(self, tree):
    self._scopes = [{}]
    self._waiting = []
    self._block(tree.body)
    while self._waiting:
      node, scopes, asked = self._waiting.pop(0)
      self._scopes, self._asked = [*scopes, {}], asked
      self._branches = 0
      self._function(node)

  # -- names

  def name_of(self, node):
    """The dotted name that the expression `node` stands for, or None."""
    if isinstance(node, ast.Name):
      return self._look_up(node.id)
    if isinstance(node, ast.Attribute):
      base = self.name_of(node.value)
      return f"{base}.{node.attr}" if base else None
    if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id == "getattr" and len(node.args) >= 2
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
        and self._look_up("getattr") is None):
      base = self.name_of(node.args[0])
      return f"{base}.{node.args[1].value}" if base else None
    return None

  def _look_up(self, name):
    for scope in reversed(self._scopes):
      if name in scope:
        return None if scope[name] == _OTHER else scope[name]
    return None

  def _bind(self, name, value):
    self.bound.add(name)
    scope = self._scopes[-1]
    before = scope.get(name)
    # What a name means after a branch that binds it otherwise is not known.
    if value is None or (self._branches and before is not None
                         and _same(before) != _same(value)):
      scope[name] = _OTHER
    else:
      scope[name] = value

  def _bind_targets(self, target, value=None):
    if isinstance(target, ast.Name):
      self._bind(target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
      for part in target.elts:
        self._bind_targets(part)
    elif isinstance(target, ast.Starred):
      self._bind_targets(target.value)
    elif target is not None:
      self._expression(target)

  # -- statements

  def _block(self, statements, is_branch=False):
    self._branches += is_branch
    for node in statements:
      self._statement(node)
    self._branches -= is_branch

  def _statement(self, node):
    kind = getattr(self, "_" + type(node).__name__, None)
    if kind is not None:
      kind(node)
      return
    for field in ast.iter_child_nodes(node):
      if isinstance(field, ast.stmt):
        self._statement(field)
      else:
        self._part(field)

  def _part(self, node):
    if isinstance(node, ast.expr):
      self._expression(node)
    elif isinstance(node, ast.withitem):
      self._expression(node.context_expr)
      self._bind_targets(node.optional_vars)
    elif isinstance(node, ast.match_case):
      for field in ast.iter_child_nodes(node):
        (self._statement if isinstance(field, ast.stmt) else
         self._part)(field)
    else:
      for field in ast.iter_child_nodes(node):
        self._part(field)

  def _Import(self, node):
    for alias in node.names:
      self._use(alias.name, node.lineno, imported=True)
      top = alias.name.partition(".")[0]
      self._bind(alias.asname or top, alias.name if alias.asname else top)

  def _ImportFrom(self, node):
    if node.level:
      for alias in node.names:
        self._bind(alias.asname or alias.name, None)
      return
    for alias in node.names:
      if alias.name == "*":
        self.stars.append((node.module, node.lineno))
        self._use(node.module, node.lineno, imported=True)
        continue
      name = f"{node.module}.{alias.name}"
      self._use(name, node.lineno, imported=True)
      self._bind(alias.asname or alias.name, name)

  def _Assign(self, node):
    self._expression(node.value)
    value = self.name_of(node.value)
    for target in node.targets:
      if isinstance(target, ast.Name) and isinstance(
          node.value, ast.Constant) and node.value.value is None and (
          self._look_up(target.id)):
        if self._handlers:
          self._tried.add(self._look_up(target.id))
        continue
      self._bind_targets(target, value)

  def _AnnAssign(self, node):
    if node.value is not None:
      self._expression(node.value)
    self._bind_targets(node.target,
                       node.value and self.name_of(node.value))

  def _AugAssign(self, node):
    self._expression(node.value)
    self._bind_targets(node.target)

  def _For(self, node):
    self._expression(node.iter)
    self._bind_targets(node.target)
    self._block(node.body, True)
    self._block(node.orelse, True)

  _AsyncFor = _For

  def _While(self, node):
    self._expression(node.test)
    self._block(node.body, True)
    self._block(node.orelse, True)

  def _ClassDef(self, node):
    self._bind(node.name, None)
    for part in [*node.decorator_list, *node.bases]:
      self._expression(part)
    for keyword in node.keywords:
      self._expression(keyword.value)
    # Functions in the class do not see the names of its body.
    outer, self._scopes = self._scopes, [*self._scopes, {}]
    for statement in node.body:
      if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        inner, self._scopes = self._scopes, outer
        self._later(statement)
        self._scopes = inner
        self._scopes[-1][statement.name] = _OTHER
      else:
        self._statement(statement)
    self._scopes = outer

  def _FunctionDef(self, node):
    self._bind(node.name, None)
    self._later(node)

  _AsyncFunctionDef = _FunctionDef

  def _later(self, node):
    """Reads a function after what surrounds it, as it is called after that."""
    for part in getattr(node, "decorator_list", ()):
      self._expression(part)
    for part in [*node.args.defaults, *node.args.kw_defaults]:
      if part is not None:
        self._expression(part)
    self._waiting.append((node, list(self._scopes), self._asked))

  def _function(self, node):
    arguments = node.args
    for argument in [*arguments.posonlyargs, *arguments.args,
                     *arguments.kwonlyargs, arguments.vararg,
                     arguments.kwarg]:
      if argument is not None:
        self._bind(argument.arg, None)
    if isinstance(node, ast.Lambda):
      self._expression(node.body)
    else:
      self._block(node.body)

  def _Try(self, node):
    tries = any(self._catches_missing(handler) for handler in node.handlers)
    self._asked += tries
    self._block(node.body, True)
    self._asked -= tries
    for handler in node.handlers:
      if handler.name:
        self._bind(handler.name, None)
      if handler.type is not None:
        self._expression(handler.type)
      self._handlers += tries
      self._block(handler.body, True)
      self._handlers -= tries
    self._block(node.orelse, True)
    self._block(node.finalbody)

  _TryStar = _Try

  def _catches_missing(self, handler):
    caught = handler.type
    names = [part.id for part in ast.walk(caught)
             if isinstance(part, ast.Name)] if caught is not None else []
    return caught is None or bool(_MISSING & set(names))

  def _If(self, node):
    self._expression(node.test)
    asks = self._asks(node.test)
    # `if False:` and `if 0:` switch code off.
    off = isinstance(node.test, ast.Constant) and not node.test.value
    self._asked += asks + off
    self._block(node.body, True)
    self._asked -= off
    self._block(node.orelse, True)
    self._asked -= asks

  def _asks(self, test):
    """Whether a condition is about what the program runs under."""
    for node in ast.walk(test):
      if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
          node.func.id in _ASKS):
        return True
      if isinstance(node, ast.Attribute) and node.attr in _VERSIONS:
        return True
      if isinstance(node, ast.Name) and (
          node.id in _VERSIONS or "version" in node.id.lower()
          or self._look_up(node.id) in self._tried):
        return True
    return False

  # -- expressions

  def _expression(self, node):
    name = self.name_of(node)
    if name is not None and "." in name:
      self.at[node] = name
      asked = isinstance(node, ast.Call) and len(node.args) > 2 or (
          isinstance(node, ast.Name) and name in self._tried)
      self._use(name, node.lineno, asked=asked)
      return
    if isinstance(node, ast.Name):
      if isinstance(node.ctx, ast.Load) and name is None:
        self.plain.setdefault(node.id, (node.lineno, bool(self._asked)))
      elif isinstance(node.ctx, ast.Store):
        self._bind(node.id, None)
      return
    if isinstance(node, ast.Lambda):
      self._later(node)
    elif isinstance(node, _COMPREHENSIONS):
      self._comprehension(node)
    elif isinstance(node, ast.NamedExpr):
      self._expression(node.value)
      self._bind_targets(node.target, self.name_of(node.value))
    elif isinstance(node, ast.IfExp):
      self._expression(node.test)
      asks = self._asks(node.test)
      self._asked += asks
      self._expression(node.body)
      self._expression(node.orelse)
      self._asked -= asks
    else:
      asks = (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
              and node.func.id in _ASKS)
      self._asked += asks
      for field in ast.iter_child_nodes(node):
        self._part(field)
      self._asked -= asks

  def _comprehension(self, node):
    self._scopes.append({})
    for generator in node.generators:
      self._expression(generator.iter)
      self._bind_targets(generator.target)
      for test in generator.ifs:
        self._expression(test)
    for field in ("elt", "key", "value"):
      part = getattr(node, field, None)
      if part is not None:
        self._expression(part)
    self._scopes.pop()

  def _use(self, name, line, asked=False, imported=False):
    self.found.append(Use(name, line, asked or bool(self._asked), imported))
