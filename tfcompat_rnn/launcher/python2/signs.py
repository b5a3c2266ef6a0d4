"""Tells Python 2 programs from those with a mistake, and what to do.

`explain(error, source)` looks at a SyntaxError, `hint(error)` at what an
uncaught exception says while the program runs.
"""

import re
import typing


class Sign(typing.NamedTuple):
  """One construct of Python 2 that Python 3 does not parse."""
  name: str
  pattern: str    # in a line of the source
  message: str    # in Python's own message
  example: str    # a program that has it


SIGNS = (
    Sign("print statement", r"^\s*print\s+(?![=(.,:\[)\]]|if\b|is\b|in\b)\S",
         "Missing parentheses in call to 'print'", "print 'loss', loss"),
    Sign("exec statement", r"^\s*exec\s+(?![=(.,:\[)\]])\S",
         "Missing parentheses in call to 'exec'", "exec code in scope"),
    Sign("`except Error, name`", r"^\s*except\s+[\w.()\s,]+,\s*\w+\s*:",
         "multiple exception types must be parenthesized",
         "try:\n  pass\nexcept IOError, e:\n  pass"),
    Sign("`raise Error, message`", r"^\s*raise\s+[\w.]+\s*,", "",
         "raise ValueError, 'no'"),
    Sign("`<>`", r"<>", "", "if a <> b: pass"),
    Sign("backticks", r"`[^`]*`", "", "name = `number`"),
    Sign("octal number 0777", r"(?<![\w.])0[0-7]*[1-7][0-7]*(?![\w.])",
         "leading zeros in decimal integer literals", "os.chmod(p, 0755)"),
    Sign("long integer 10L", r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)[lL]\b", "",
         "big = 10L"),
    Sign("ur'' string", r"\b[uU][rR]['\"]", "", "s = ur'\\d'"),
    Sign("tuple parameter", r"\bdef\s+\w+\s*\(([^()]*,)?\s*\("
         r"|\blambda\s+([\w\s,]*,)?\s*\(.*\)\s*[,:]",
         "parameters cannot be parenthesized", "f = lambda (a, b): a"),
    Sign("tabs and spaces mixed", r"^( +\t|\t+ )\s*\S",
         "inconsistent use of tabs",
         "if 1:\n        x = 1\n\ty = 2"),
)

_REMEDY = ("This program is written for Python 2; Python {version} does not "
           "run it. tfcompat-rnn converts it as it runs after `{install}`")
INSTALL = "pip install 'tfcompat_rnn[python2]'"

# What replaced names of Python 2. For the message only.
NAMES = {
    "xrange": "range", "raw_input": "input", "unicode": "str",
    "long": "int", "basestring": "str", "unichr": "chr",
    "reload": "importlib.reload", "file": "open", "reduce":
    "functools.reduce", "execfile": "exec(open(...).read())",
    "cmp": "(a > b) - (a < b)", "buffer": "memoryview", "apply": "f(*args)",
    "intern": "sys.intern", "StandardError": "Exception",
}
ATTRIBUTES = {
    "iteritems": "items()", "itervalues": "values()", "iterkeys": "keys()",
    "has_key": "`key in d`", "maxint": "sys.maxsize",
    "setdefaultencoding": "nothing (delete the line)", "getcwdu":
    "os.getcwd()", "izip": "zip", "imap": "map", "ifilter": "filter",
    "izip_longest": "itertools.zip_longest", "maketrans": "str.maketrans",
    "letters": "string.ascii_letters", "lowercase":
    "string.ascii_lowercase", "uppercase": "string.ascii_uppercase",
    "urlopen": "urllib.request.urlopen", "urlretrieve":
    "urllib.request.urlretrieve", "urlencode": "urllib.parse.urlencode",
}
MODULES = {
    "cPickle": "pickle", "Queue": "queue", "ConfigParser": "configparser",
    "StringIO": "io", "cStringIO": "io", "urllib2": "urllib.request",
    "urlparse": "urllib.parse", "Tkinter": "tkinter", "tkMessageBox":
    "tkinter.messagebox", "HTMLParser": "html.parser", "httplib":
    "http.client", "commands": "subprocess", "__builtin__": "builtins",
    "SocketServer": "socketserver", "copy_reg": "copyreg", "sets":
    "set", "thread": "_thread", "itertools.izip": "zip", "xmlrpclib":
    "xmlrpc.client", "cookielib": "http.cookiejar", "htmlentitydefs":
    "html.entities", "BaseHTTPServer": "http.server", "exceptions":
    "builtins", "md5": "hashlib", "anydbm": "dbm",
}
_VIEWS = {"dict_keys", "dict_values", "dict_items", "map", "filter", "zip",
          "range"}


_LONG_STRING = re.compile(r"(\"\"\"|''').*?\1", re.DOTALL)


def find_signs(source):
  """[(line number, Sign, line)] of all lines that only Python 2 can read."""
  found = []
  source = _LONG_STRING.sub(lambda text: "''" + "\n" * text.group().count("\n"),
                            source)
  for number, line in enumerate(source.splitlines(), 1):
    code = _without_strings(line)
    for sign in SIGNS:
      text = line if sign.name == "ur'' string" else code
      if re.search(sign.pattern, text):
        found.append((number, sign, line))
        break
  return found


def _without_strings(line):
  line = re.sub(r"('[^'\\]*(\\.[^'\\]*)*'|\"[^\"\\]*(\\.[^\"\\]*)*\")",
                lambda found: "'" + "x" * (len(found.group()) - 2) + "'",
                line)
  return line.partition("#")[0]


def diagnose(error, source):
  """(line number, Sign) if SyntaxError `error` shows Python 2, else None."""
  message = error.msg or ""
  sign = next((sign for sign in SIGNS
               if sign.message and sign.message in message), None)
  if sign is not None:
    return error.lineno, sign
  signs = find_signs(source)
  here = [row for row in signs if row[0] == error.lineno]
  # Python names the line where it gave up, sometimes the next one. Mixed
  # tabs alone are no proof: Python 3 accepts most of them.
  strong = [row for row in signs if row[1].name != "tabs and spaces mixed"]
  if not (here or strong):
    return None
  return (here or strong)[0][:2]


def explain(error, source, version):
  """The hint for SyntaxError `error`, or None if it is not Python 2.

  Names the line and the remedy.
  """
  found = diagnose(error, source)
  if found is None:
    return _explain_keyword(error, source)
  number, sign = found
  remedy = _REMEDY.format(version=version, install=INSTALL)
  return f"{error.filename}:{number}: {sign.name}. {remedy}"


def _explain_keyword(error, source):
  lines = source.splitlines()
  line = lines[error.lineno - 1] if error.lineno and (
      error.lineno <= len(lines)) else ""
  word = re.search(r"\b(async|await)\b(?!\s+(def|for|with)\b)",
                   _without_strings(line))
  if word:
    return (f"{error.filename}:{error.lineno}: `{word.group(1)}` is a keyword "
            "since Python 3.7; give the name or argument another word")
  return None


def hint(error):
  """One line about how Python 2 explains `error`, or None."""
  text = str(error)
  if isinstance(error, NameError):
    name = getattr(error, "name", None) or (
        re.findall(r"name '(\w+)'", text) or [""])[0]
    if name in NAMES:
      return (f"`{name}` was Python 2's; Python 3 says `{NAMES[name]}`. "
              "`tfcompat-rnn run --python2` runs the program as Python 2 "
              "did")
  elif isinstance(error, AttributeError):
    name = getattr(error, "name", None) or (
        re.findall(r"attribute '(\w+)'", text) or [""])[0]
    if name in ATTRIBUTES:
      return f"`{name}` was Python 2's; Python 3 says {ATTRIBUTES[name]}"
  elif isinstance(error, ImportError):
    name = error.name or ""
    if isinstance(error, ModuleNotFoundError) and name in MODULES:
      return (f"module `{name}` was Python 2's; Python 3 says "
              f"`{MODULES[name]}`")
    attribute = (re.findall(r"cannot import name '(\w+)'", text) or [""])[0]
    if attribute in ATTRIBUTES:
      return (f"`{attribute}` was Python 2's; Python 3 says "
              f"{ATTRIBUTES[attribute]}")
  elif isinstance(error, TypeError):
    if "for >>: 'builtin_function_or_method'" in text:
      return ("`print >>file, ...` was Python 2's; Python 3 says "
              "`print(..., file=file)`")
    named = re.findall(r"'(\w+)' object (?:is not subscriptable|does not "
                       r"support item)", text)
    if named and named[0] in _VIEWS:
      return (f"Python 2 gave a list here, Python 3 a `{named[0]}`; wrap it "
              "in list(...)")
    if "'float' object cannot be interpreted as an integer" in text:
      return ("`/` of two integers is a float in Python 3; `//` is what "
              "Python 2 did")
    if "a bytes-like object is required, not 'str'" in text:
      return "open the file with mode 'wb' or 'rb', or encode the string"
  elif isinstance(error, UnicodeDecodeError) and error.encoding == "utf-8":
    return ("the file was opened as text; pickles and other binary files "
            "want mode 'rb', text of another encoding "
            "open(..., encoding='latin1')")
  return None
