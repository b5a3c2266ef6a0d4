"""What kind of value an expression certainly has, told from one file.

  kinds = Kinds(tree, shared=set())
  kinds.of(node)     # "int", "float", "ascii", "str", ...; None: not known

A name has a kind if everything that binds it in its scope has that kind. What
another file could assign (`shared`), and whatever a parameter is, is not known.
"""

from __future__ import annotations

import ast
import re

from tfcompat_rnn.launcher.python2 import runtime

INT, FLOAT, NUMBER = "int", "float", "number"
# `ASCII` is a string too, without characters outside of it, and without signs
# that are white space in Python 3 only.
ASCII, STRING, STRINGS = "ascii", "str", "strings"
LIST, DICT, TUPLE, NONE, FILE = "list", "dict", "tuple", "none", "file"
NUMBERS = {INT, FLOAT, NUMBER}
# Anything but a string, such as an array.
VALUE = "value"
TEXTS = {ASCII, STRING}
# Going over these takes nothing away.
CONTAINERS = TEXTS | {LIST, STRINGS, DICT, TUPLE}
# Values of these never change.
FIXED = NUMBERS | TEXTS | {NONE}
# Values of these are never equal to a string, and no strings.
OTHERS = NUMBERS | {LIST, DICT, TUPLE, NONE, FILE, STRINGS, VALUE}

_PLAIN = re.compile(r"[^\x0b\x0c\x1c-\x1f\x7f-\U0010ffff]*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef, ast.Module)
_UNKNOWN = object()

_CALLS = {"len": INT, "ord": INT, "int": INT, "float": FLOAT, "round": FLOAT,
          "str": STRING, "repr": STRING, "chr": STRING, "raw_input": STRING,
          "hex": ASCII, "oct": ASCII, "bin": ASCII, "range": LIST,
          "zip": LIST, "sorted": LIST, "list": LIST, "dict": DICT,
          "tuple": TUPLE, "open": FILE, "file": FILE, "bool": INT,
          "isinstance": INT, "hasattr": INT, "callable": INT, "cmp": INT,
          "hash": INT, "id": INT}
_IN_MODULES = {"time.time": FLOAT, "time.clock": FLOAT, "os.path.join": STRING,
               "os.path.basename": STRING, "os.path.dirname": STRING,
               "os.path.exists": INT, "os.path.isfile": INT,
               "os.path.isdir": INT, "os.getcwd": STRING,
               "os.listdir": STRINGS}
_METHODS = {"strip": STRING, "lstrip": STRING, "rstrip": STRING,
            "lower": STRING, "upper": STRING, "replace": STRING,
            "title": STRING, "capitalize": STRING, "zfill": STRING,
            "ljust": STRING, "rjust": STRING, "center": STRING,
            "join": STRING, "format": STRING, "find": INT, "rfind": INT,
            "index": INT, "count": INT, "startswith": INT, "endswith": INT,
            "isdigit": INT, "isalpha": INT, "isspace": INT,
            "split": STRINGS, "splitlines": STRINGS, "rsplit": STRINGS}
_FIELD = re.compile(r"%(\(\w+\))?[-+ #0]*(\*|\d+)?(\.(\*|\d+)?)?[hlL]?(.)",
                    re.DOTALL)


class Kinds:
  """The kinds of one tree.

  `uses`: its `bindings.Uses`, which tell the functions of modules; `shared`:
  attributes that other files assign; `is_open`: whether they may assign any.
  """

  def __init__(self, tree, uses, shared=frozenset(), is_open=False):
    self._uses = uses
    self._scope_of = {}
    self._bindings = {}    # scope -> {name: [expression, kind or _UNKNOWN]}
    self._kinds = {}       # expression -> kind, once those of names are known
    self._named = {}       # (scope, name) -> kind
    self._unsettled = False
    self._known = {}       # node -> its scope
    self._shared = set(shared)
    self._globals = {name for node in ast.walk(tree)
                     if isinstance(node, ast.Global) for name in node.names}
    self._tree = tree
    self._divides = "division" in runtime.features(tree)
    self._is_open = is_open or bool(
        {"globals", "locals", "vars"} & uses.plain.keys()) or any(
            isinstance(node, ast.Attribute) and node.attr == "__dict__"
            for node in ast.walk(tree))
    self._collect(tree, None)
    self._settle()

  # -- what binds names

  def _collect(self, node, scope):
    """Finds the bindings in `node`, which is evaluated in `scope`."""
    self._known[node] = scope
    self._bind(node, scope)
    inside = scope
    if isinstance(node, _SCOPES):
      inside = node
      self._scope_of[node] = scope
      self._bindings[node] = {}
      if isinstance(node, _FUNCTIONS):
        for part in ast.walk(node.args):
          if isinstance(part, ast.arg):
            self._add(node, part.arg, _UNKNOWN)
    outside = _evaluated_outside(node)
    for child in ast.iter_child_nodes(node):
      if isinstance(child, ast.arguments):
        for part in (*child.defaults, *filter(None, child.kw_defaults)):
          self._collect(part, scope)
      else:
        self._collect(child, scope if child in outside else inside)

  def _add(self, scope, name, value):
    self._bindings[scope].setdefault(name, []).append(value)

  def _bind(self, node, scope):
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
      self._add(scope, node.name, _UNKNOWN)
    elif isinstance(node, ast.Assign):
      for target in node.targets:
        self._target(scope, target, node.value)
    elif isinstance(node, ast.AugAssign):
      value = ast.BinOp(ast.Name("", ast.Load()), node.op, node.value)
      if isinstance(node.target, ast.Name):
        value.left = ast.Name(node.target.id, ast.Load())
        self._known[value] = self._known[value.left] = scope
      self._target(scope, node.target, value)
    elif isinstance(node, (ast.For, ast.comprehension)):
      self._target(scope, node.target, self._item(node.iter))
      outer = scope
      while isinstance(outer, _COMPREHENSIONS):
        # Python 2 had no scope in lists.
        outer = self._scope_of[outer]
        self._target(outer, node.target, self._item(node.iter))
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
      self._target(scope, node.optional_vars, node.context_expr
                   if self._called(node.context_expr) in ("open", "file")
                   else _UNKNOWN)
    elif isinstance(node, ast.ExceptHandler) and node.name:
      self._add(scope, node.name, _UNKNOWN)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
      for alias in node.names:
        self._add(scope, (alias.asname or alias.name).partition(".")[0],
                  _UNKNOWN)
    elif isinstance(node, ast.NamedExpr):
      self._target(scope, node.target, _UNKNOWN)
    elif isinstance(node, ast.Delete):
      for target in node.targets:
        self._target(scope, target, _UNKNOWN)

  def _target(self, scope, target, value):
    if isinstance(target, ast.Name):
      self._add(scope, target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
      values = [_UNKNOWN] * len(target.elts)
      if isinstance(value, ast.Tuple) and len(value.elts) == len(values):
        values = value.elts
      for one, other in zip(target.elts, values):
        self._target(scope, one, other)
    elif isinstance(target, ast.Starred):
      self._target(scope, target.value, _UNKNOWN)

  def _item(self, iterable):
    """An expression of the kind that the items of `iterable` have."""
    called = self._called(iterable)
    if called in ("range", "xrange"):
      return ast.Constant(0)
    if called == "enumerate":
      return ast.Tuple([ast.Constant(0), ast.Name("", ast.Load())],
                       ast.Load())
    return _UNKNOWN

  def _called(self, node):
    """The builtin that a call calls, or ""."""
    if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id in self._uses.plain and not self._uses.stars):
      return node.func.id
    return ""

  # -- kinds

  def of(self, node):
    """The kind of an expression, or None."""
    if node not in self._kinds:
      self._kinds[node] = self._find(node)
    return self._kinds[node]

  def of_target(self, node):
    """The kind of the variable `node` that a statement changes."""
    read = ast.Name(node.id, ast.Load())
    self._known[read] = self._known[node]
    return self.of(read)

  def _settle(self):
    """Finds the kinds of all names, which depend on each other."""
    keys = [(scope, name) for scope, names in self._bindings.items()
            for name in names]
    self._named = dict.fromkeys(keys, _UNKNOWN)
    for _ in range(50):
      before = dict(self._named)
      for key in keys:
        self._named[key] = self._of_values(key)
      if self._named == before:
        # What depends on nothing but itself is not known either.
        alone = [key for key in keys if before[key] is _UNKNOWN]
        if not alone:
          break
        self._named.update(dict.fromkeys(alone))
        keys = [key for key in keys if key not in alone]
    else:
      self._named.clear()
    self._kinds.clear()

  def _of_values(self, key):
    """The kind of all that a name is bound to; `_UNKNOWN` as long as all of it
    depends on names whose kinds are not found yet."""
    scope, name = key
    if name in self._globals or scope is self._tree and (
        name in self._shared or self._uses.stars or self._is_open):
      return None
    found = set()
    for value in self._bindings[scope][name]:
      self._unsettled = False
      self._kinds.clear()
      kind = None if value is _UNKNOWN else self.of(value)
      if not self._unsettled:
        found.add(kind)
    return _joined(found) if found else _UNKNOWN

  def _find(self, node):
    find = getattr(self, "_of_" + type(node).__name__.lower(), None)
    return find(node) if find else None

  def _of_constant(self, node):
    value = node.value
    if value is None:
      return NONE
    if isinstance(value, (bool, int)):
      return INT
    if isinstance(value, float):
      return FLOAT
    if isinstance(value, str):
      return ASCII if _PLAIN.fullmatch(value) else STRING
    return None

  def _of_name(self, node):
    if not isinstance(node.ctx, ast.Load):
      return None
    if node.id in ("__name__", "__file__"):
      return STRING
    scope = self._known.get(node)
    first = True
    while scope is not None:
      if node.id in self._bindings[scope] and (
          first or not isinstance(scope, ast.ClassDef)):
        kind = self._named.get((scope, node.id), _UNKNOWN)
        self._unsettled |= kind is _UNKNOWN
        return None if kind is _UNKNOWN else kind
      scope, first = self._scope_of[scope], False
    return None

  def _of_binop(self, node):
    left, right = self.of(node.left), self.of(node.right)
    if isinstance(node.op, ast.Mod) and left in TEXTS:
      return self._of_format(node, left)
    if left in NUMBERS and right in NUMBERS:
      return self._of_arithmetic(node, left, right)
    if isinstance(node.op, ast.Add):
      if left in TEXTS and right in TEXTS:
        return ASCII if left == right == ASCII else STRING
      if left == right and left in (LIST, STRINGS, TUPLE):
        return left
      if {left, right} == {LIST, STRINGS}:
        return LIST
    if isinstance(node.op, ast.Mult) and {left, right} & {INT}:
      other = right if left == INT else left
      return other if other in (ASCII, STRING, LIST, STRINGS, TUPLE) else None
    if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow)) or (
        isinstance(node.op, ast.Add) and {left, right} & NUMBERS):
      return VALUE
    return None

  def _of_arithmetic(self, node, left, right):
    if isinstance(node.op, ast.Pow):
      exponent = node.right
      if left == right == INT and not (
          isinstance(exponent, ast.Constant) and exponent.value >= 0):
        return NUMBER
    if left == right == INT:
      return (FLOAT if self._divides and isinstance(node.op, ast.Div)
              else INT)
    return FLOAT if FLOAT in (left, right) else NUMBER

  def _of_format(self, node, left):
    if not isinstance(node.left, ast.Constant):
      return STRING
    for conversion, argument in self.conversions(node) or [("r", None)]:
      if conversion == "s" and argument is not None and (
          self.of(argument) in (ASCII, INT)):
        continue
      if conversion not in "diufFeEgG":
        return STRING
    return left

  def conversions(self, node):
    """[(letter, expression or None)] of `"..." % value`; None: not told."""
    text = node.left.value
    found = [one for one in _FIELD.finditer(text) if one.group(5) != "%"]
    right = node.right
    named = any(one.group(1) for one in found)
    stars = any("*" in (one.group(2) or "", one.group(4) or "")
                for one in found)
    if isinstance(right, ast.Tuple) and not named and not stars:
      if len(right.elts) != len(found) or any(
          isinstance(one, ast.Starred) for one in right.elts):
        return None
      values = right.elts
    elif len(found) == 1 and not named and not stars and (
        self.of(right) not in (None, TUPLE, DICT)):
      values = [right]
    else:
      values = [None] * len(found)
    return [(one.group(5), value) for one, value in zip(found, values)]

  def _of_unaryop(self, node):
    if isinstance(node.op, ast.Not):
      return INT
    kind = self.of(node.operand)
    return kind if kind in NUMBERS else VALUE

  def _of_compare(self, node):
    if all(isinstance(one, (ast.Is, ast.IsNot, ast.In, ast.NotIn))
           for one in node.ops):
      return INT
    kinds = [self.of(one) for one in (node.left, *node.comparators)]
    return INT if None not in kinds else None

  def _of_boolop(self, node):
    return _joined({self.of(one) for one in node.values})

  def _of_ifexp(self, node):
    return _joined({self.of(node.body), self.of(node.orelse)})

  def _of_call(self, node):
    name = self._called(node)
    if name in ("max", "min") and len(node.args) > 1 and not node.keywords:
      found = {self.of(one) for one in node.args}
      return _joined(found) if found <= NUMBERS else None
    if name == "abs":
      kind = self.of(node.args[0]) if len(node.args) == 1 else None
      return kind if kind in NUMBERS else None
    if name:
      return _CALLS.get(name)
    if node.func in self._uses.at:
      return _IN_MODULES.get(self._uses.at[node.func])
    if isinstance(node.func, ast.Attribute) and (
        self.of(node.func.value) in TEXTS):
      return _METHODS.get(node.func.attr)
    return None

  def _of_subscript(self, node):
    kind = self.of(node.value)
    if kind in TEXTS:
      return kind
    if kind in (LIST, STRINGS, TUPLE) and isinstance(node.slice, ast.Slice):
      return kind
    if self._uses.at.get(node.value) == "sys.argv":
      return (STRINGS if isinstance(node.slice, ast.Slice) else STRING)
    return None

  def _of_list(self, node):
    kinds = {self.of(one) for one in node.elts}
    return STRINGS if kinds and kinds <= TEXTS else LIST

  def _of_listcomp(self, node):
    return STRINGS if self.of(node.elt) in TEXTS else LIST

  def _of_generatorexp(self, node):
    return STRINGS if self.of(node.elt) in TEXTS else None

  def _of_tuple(self, node):
    return TUPLE

  def _of_dict(self, node):
    return DICT

  def _of_dictcomp(self, node):
    return DICT


def _evaluated_outside(node):
  """The parts of a scope that are evaluated in the one around it."""
  if isinstance(node, ast.ClassDef):
    return {*node.bases, *node.keywords, *node.decorator_list}
  if isinstance(node, ast.FunctionDef):
    return set(node.decorator_list)
  return set()


def _joined(kinds):
  """The kind of a value that has one of `kinds`."""
  if len(kinds) == 1:
    return next(iter(kinds))
  if kinds <= NUMBERS:
    return NUMBER
  if kinds <= TEXTS:
    return STRING
  if kinds <= {LIST, STRINGS}:
    return LIST
  return VALUE if kinds <= OTHERS else None
