"""Converts the syntax of Python 2 to Python 3's, line by line.

  text = convert(source, "train.py")

Only what Python 3 cannot parse is changed here, and every line keeps its
number. What has another meaning in Python 3 (`/`, `range`, `open`, ...) is
left to `runtime`.
"""

import codecs
import io
import re

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher.python2 import signs


def load_parser():
  """The parser of Python 2 sources: the package fissix.

  Raises LauncherError if it is not installed.
  """
  try:
    import fissix.pgen2.driver
    import fissix.pgen2.parse
    import fissix.pgen2.tokenize
    import fissix.pygram
    import fissix.pytree
  except ImportError:
    error = _errors.LauncherError(
        f"Python 2 programs need the package fissix; run `{signs.INSTALL}`")
    error.exit_code = 2
    raise error from None
  return fissix


def is_available():
  """Whether fissix is installed."""
  try:
    load_parser()
  except _errors.LauncherError:
    return False
  return True


def decode(data):
  """The text of the source `data` and its encoding.

  Python 2 took a file without a coding line as bytes.
  """
  if data.startswith(codecs.BOM_UTF8):
    return data[3:].decode("utf-8"), "utf-8"
  for line in data.split(b"\n")[:2]:
    found = re.match(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", line)
    if found:
      encoding = found.group(1).decode("ascii")
      return data.decode(encoding), encoding
  try:
    return data.decode("utf-8"), "utf-8"
  except UnicodeDecodeError:
    return data.decode("latin-1"), "latin-1"


def read(path):
  """The text of the source file `path` and its encoding."""
  with open(path, "rb") as file:
    text, encoding = decode(file.read())
  return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def convert(source, path, encoding="utf-8", future=(), as_written=False,
            keep_tabs=False):
  """`source` in Python 3's syntax, with the same number of lines.

  `future` has the features of `__future__` that are already in force. With
  `as_written`, docstrings stay as they are, and a print statement is one call
  (which computes all values before it prints); with `keep_tabs`, tabs and form
  feeds stay, and Python 3 may refuse the indentation.

  Raises SyntaxError if Python 2 could not read it either.
  """
  fissix = load_parser()
  text = source if source.endswith("\n") else source + "\n"
  if not keep_tabs:
    text = text.replace("\f", " ")
    text = _expand_tabs(text, fissix)
  tree, statement = _parse(text, path, fissix, future)
  _Converter(fissix, encoding, _imports("unicode_literals", text, future),
             statement, as_written, "__doc__" in text).change(tree)
  found = str(tree)
  return found if source.endswith("\n") else found[:-1]


def _imports(feature, text, future):
  return feature in future or bool(re.search(
      rf"^from\s+__future__\s+import\b(\s*\([^)]*|.*)\b{feature}\b", text,
      re.MULTILINE))


def _parse(text, path, fissix, future):
  grammars = [fissix.pygram.python_grammar,
              fissix.pygram.python_grammar_no_print_statement]
  if _imports("print_function", text, future):
    grammars.reverse()
  first = None
  for grammar in grammars:
    driver = fissix.pgen2.driver.Driver(grammar, fissix.pytree.convert)
    try:
      return driver.parse_string(text), "print" in grammar.keywords
    except fissix.pgen2.parse.ParseError as error:
      first = first or (error.context[1][0], error.context[1][1] + 1)
    except fissix.pgen2.tokenize.TokenError as error:
      first = first or (error.args[1][0], error.args[1][1] + 1)
    except IndentationError as error:
      first = first or (error.lineno, 1)
  lines = text.split("\n")
  number, column = first
  line = lines[number - 1] if number <= len(lines) else ""
  raise SyntaxError("invalid syntax in Python 2 as well",
                    (path, number, column, line + "\n"))


def _expand_tabs(text, fissix):
  """Tabs in indentation reach the next multiple of eight columns."""
  if "\t" not in text:
    return text
  lines = text.split("\n")
  inside = set()
  tokenize = fissix.pgen2.tokenize
  try:
    for kind, _, start, end, _ in tokenize.generate_tokens(
        io.StringIO(text).readline):
      if kind == tokenize.STRING:
        inside.update(range(start[0] + 1, end[0] + 1))
  except (tokenize.TokenError, IndentationError):
    pass  # the parser will say where
  for at, line in enumerate(lines):
    if at + 1 not in inside:
      space = re.match(r"[ \t]*", line).group()
      lines[at] = space.expandtabs(8) + line[len(space):]
  return "\n".join(lines)


class _Converter:
  """Changes a tree of fissix."""

  def __init__(self, fissix, encoding, unicode_literals, print_statement,
               as_written, reads_docstrings):
    self._symbols = fissix.pygram.python_symbols
    self._token = fissix.pgen2.token
    self._leaf = fissix.pytree.Leaf
    self._encoding = encoding
    self._unicode_literals = unicode_literals
    self._print_statement = print_statement
    self._keep_docstrings = as_written and not reads_docstrings
    self._splits = not as_written
    self._count = 0
    self._by_type = {
        getattr(self._symbols, name): getattr(self, "_" + name)
        for name in ("print_stmt", "exec_stmt", "raise_stmt",
                     "except_clause", "atom", "parameters", "lambdef",
                     "list_for", "old_comp_for", "comp_for")
        if hasattr(self._symbols, name)}

  def change(self, node):
    for child in list(node.children):
      self.change(child)
    if not node.children and isinstance(node, self._leaf):
      if node.type == self._token.NUMBER:
        node.value = _number(node.value)
      elif node.type == self._token.STRING:
        if not self._is_kept_docstring(node):
          node.value = self._string(node.value)
      elif node.type == self._token.NOTEQUAL and node.value == "<>":
        node.value = "!="
      elif node.value == "print" and self._print_statement and (
          node.parent.type != self._symbols.print_stmt):
        node.value = "_py2_print()"
    elif node.type in self._by_type:
      self._by_type[node.type](node)

  def _name(self, text, prefix=""):
    return self._leaf(self._token.NAME, text, prefix=prefix)

  # -- statements

  def _print_stmt(self, node):
    head, rest = node.children[0], list(node.children[1:])
    options = []
    if rest and getattr(rest[0], "value", None) == ">>":
      target = rest[1]
      for part in rest[:3]:
        part.remove()
      rest = rest[3:]
      target.prefix = ""
      options.append(f"to={target}")
    if rest and getattr(rest[-1], "value", None) == ",":
      rest[-1].remove()
      rest = rest[:-1]
      options.append("comma=True")
    if rest:
      rest[0].prefix = rest[0].prefix.lstrip(" \t")
    head.value = "_py2_print("
    end = ", ".join(options)
    if self._splits and len(rest) > 2 and "to=" not in end and any(
        "(" in str(value) for value in rest[2::2]):
      # Each value is printed before the next one is computed.
      for mark in rest[1::2]:
        mark.value = ", comma=True); _py2_print("
        mark.next_sibling.prefix = mark.next_sibling.prefix.lstrip(" \t")
    node.append_child(self._name((", " if rest and end else "") + end + ")"))

  def _exec_stmt(self, node):
    parts = node.children
    parts[0].value = "_py2_exec("
    parts[1].prefix = ""
    for part in parts[2:]:
      if getattr(part, "value", None) == "in":
        part.value, part.prefix = ",", ""
    node.append_child(self._name(")"))

  def _raise_stmt(self, node):
    parts = node.children
    if len(parts) > 2 and getattr(parts[2], "value", None) == ",":
      parts[1].prefix = ""
      parts[0].value = "raise _py2_raise("
      node.append_child(self._name(")"))

  def _except_clause(self, node):
    parts = node.children
    if len(parts) != 4:
      return
    if parts[2].value == ",":
      parts[2].replace(self._name("as", " "))
    target = node.children[3]
    target.prefix = target.prefix or " "
    if target.type != self._token.NAME:
      self._count += 1
      name = f"_py2_error{self._count}"
      self._insert(node.next_sibling.next_sibling,
                   f"{str(target).strip()} = {name}.args; ")
      target.replace(self._name(name, " "))

  def _insert(self, suite, text):
    """Puts the statement `text` before the first one of `suite`."""
    statement = suite
    if suite.type == self._symbols.suite:
      statement = next(child for child in suite.children
                       if child.type not in (self._token.NEWLINE,
                                             self._token.INDENT))
    if statement.type != self._symbols.simple_stmt:
      raise SyntaxError(
          "`except Error, (a, b)` before a compound statement is not "
          "converted; write `a, b = error.args` on a line of its own",
          (None, suite.get_lineno(), 1, ""))
    prefix, statement.prefix = statement.prefix, ""
    statement.insert_child(0, self._name(text, prefix))

  def _atom(self, node):
    parts = node.children
    if parts and getattr(parts[0], "value", None) == "`":
      parts[0].value = "repr(("
      parts[-1].value = "))"

  # A list after `in` without parentheses: [x for x in 1, 2].
  def _list_for(self, node):
    for part in node.children:
      if part.type == getattr(self._symbols, "testlist_safe", -1):
        part.children[0].prefix, before = "", part.children[0].prefix
        part.insert_child(0, self._name("(", before))
        part.append_child(self._name(")"))

  _old_comp_for = _comp_for = _list_for

  # -- parameters

  def _is_tuple(self, node):
    return node.type in (getattr(self._symbols, "tfpdef", -1),
                         getattr(self._symbols, "vfpdef", -1),
                         self._symbols.atom) and (
        getattr(node.children[0], "value", None) == "(")

  def _tuples(self, node):
    found = []
    for part in node.children:
      if self._is_tuple(part):
        if getattr(part.prev_sibling, "value", None) != "=":
          found.append(part)
      elif part.type in (self._symbols.typedargslist,
                         getattr(self._symbols, "varargslist", -1)):
        found += [one for one in part.children if self._is_tuple(one)
                  and getattr(one.prev_sibling, "value", None) != "="]
    return found

  def _parameters(self, node):
    for part in self._tuples(node):
      self._count += 1
      text = str(part).strip()
      part.replace(self._name(f"_py2_tuple{self._count}: {text!r}",
                              part.prefix))

  def _lambdef(self, node):
    parts = node.children
    if len(parts) != 4:
      return
    arguments = parts[1]
    if self._is_tuple(arguments):
      tuples = [arguments]
    elif arguments.children:
      tuples = self._tuples(arguments) or [
          one for one in arguments.children if self._is_tuple(one)
          and getattr(one.prev_sibling, "value", None) != "="]
    else:
      tuples = []
    if not tuples:
      return
    body = parts[3]
    text, prefix = str(body).strip(), body.prefix
    for part in reversed(tuples):
      self._count += 1
      name = f"_py2_tuple{self._count}"
      inner = str(part).strip()[1:-1].strip().rstrip(",")
      # Nested tuples become parameters of a lambda of their own.
      made = self._lambda(inner, text)
      text = f"({made})(*{name})"
      part.replace(self._name(name, part.prefix))
    body.replace(self._name(text, prefix))

  def _lambda(self, parameters, body):
    if "(" not in parameters:
      return f"lambda {parameters}: {body}"
    self._count += 1
    return (f"lambda *_py2_tuple{self._count}: [{body} for {parameters} in "
            f"[_py2_tuple{self._count}]][0]")

  # -- literals

  def _is_kept_docstring(self, node):
    return (self._keep_docstrings and "\\" not in node.value
            and node.value[0] in "'\"r" and node.prev_sibling is None
            and node.parent.type in (self._symbols.simple_stmt,
                                     self._symbols.file_input))

  def _string(self, text):
    found = re.match(r"([a-zA-Z]*)('''|\"\"\"|'|\")(.*)\2\Z", text, re.DOTALL)
    if not found:
      return text
    prefix, quote, body = found.groups()
    kind = prefix.lower()
    is_unicode = "u" in kind or (self._unicode_literals and "b" not in kind)
    if "u" in kind and "r" in kind:
      # Only \u is an escape there.
      body = re.sub(r"\\(?!u[0-9a-fA-F]{4})", r"\\\\", body)
      body = body.replace("\\\\" + quote, "\\" + quote)
      return "u" + quote + body + quote
    raw = "r" in kind
    shown = "r" if raw and "R" not in prefix else prefix if raw else ""
    if is_unicode:
      return ("u" if "u" in kind else shown) + quote + body + quote
    if not body.isascii():
      shown = ""
      if raw:
        body, raw = body.replace("\\", "\\\\"), False
      else:
        body = _plain_escapes(body)
      body = "".join(c if ord(c) < 128 else "".join(
          f"\\x{byte:02x}" for byte in c.encode(self._encoding))
                     for c in body)
      return quote + body + quote
    return shown + quote + (body if raw else _plain_escapes(body)) + quote


def _plain_escapes(body):
  r"""Text in which \u, \U and \N are no escapes, as in a string of bytes."""
  return re.sub(r"\\(.)", lambda found: (
      "\\\\" + found.group(1) if found.group(1) in "uUN" else found.group()),
                body, flags=re.DOTALL)


def _number(text):
  text = text.rstrip("lL")
  if re.fullmatch(r"0[0-7]+", text) and text.strip("0"):
    return "0o" + text.lstrip("0")
  if re.fullmatch(r"0+", text):
    return "0"
  return text
