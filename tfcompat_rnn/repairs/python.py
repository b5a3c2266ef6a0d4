"""Names and behavior of Python 3.5 to 3.7 that Python has removed."""

import collections
import sys

from tfcompat_rnn.repairs import _kinds
from tfcompat_rnn.repairs import _patterns
from tfcompat_rnn.repairs import modules


def _clock(time):
  if sys.platform == "win32":
    return time.perf_counter
  return time.process_time


_ArgSpec = collections.namedtuple("ArgSpec",
                                   "args varargs keywords defaults")


def _getargspec(inspect):
  def getargspec(func):
    """Returns the names and defaults of a function's positional arguments."""
    spec = inspect.getfullargspec(func)
    # The functions of 1.15 that ours stand for had no annotations.
    ours = str(getattr(func, "__module__", "")).startswith("tfcompat_rnn.")
    if spec.kwonlyargs or (spec.annotations and not ours):
      raise ValueError("Function has keyword-only parameters or annotations, "
                       "use getfullargspec() API which can support them")
    return _ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)
  return getargspec


def _formatargspec(inspect):
  def formatargspec(args, varargs=None, varkw=None, defaults=None,
                    kwonlyargs=(), kwonlydefaults=None, annotations=None):
    """Returns `(a, b=1, *rest, **more)` for what getfullargspec returned."""
    first = len(args) - len(defaults or ())
    words = [name if at < first else f"{name}={defaults[at - first]!r}"
             for at, name in enumerate(args)]
    if varargs:
      words.append("*" + varargs)
    elif kwonlyargs:
      words.append("*")
    words += [f"{name}={(kwonlydefaults or {})[name]!r}"
              if name in (kwonlydefaults or {}) else name
              for name in kwonlyargs]
    if varkw:
      words.append("**" + varkw)
    return "(" + ", ".join(words) + ")"
  return formatargspec


def _coroutine(asyncio):
  import types
  return types.coroutine


def _gcd(fractions):
  def gcd(a, b):
    """Returns the greatest common divisor, with the sign of `b`."""
    while b:
      a, b = b, a % b
    return a
  return gcd


def _html_unescape(module):
  import html
  return lambda self, text: html.unescape(text)


def _isAlive(threading):
  return lambda self: self.is_alive()


def _dist(platform):
  def dist(*args, **kwargs):
    """Returns (distribution, version, id) from /etc/os-release."""
    try:
      found = platform.freedesktop_os_release()
    except OSError:
      return ("", "", "")
    return (found.get("ID", ""), found.get("VERSION_ID", ""),
            found.get("VERSION_CODENAME", ""))
  return dist


def _linux_distribution(platform):
  def linux_distribution(*args, full_distribution_name=True, **kwargs):
    """Returns (distribution, version, id) from /etc/os-release."""
    try:
      found = platform.freedesktop_os_release()
    except OSError:
      return ("", "", "")
    name = found.get("NAME" if full_distribution_name else "ID", "")
    return (name, found.get("VERSION_ID", ""),
            found.get("VERSION_CODENAME", ""))
  return linux_distribution


def _readfp(configparser):
  def readfp(self, fp, filename=None):
    """Reads configuration from an open file."""
    self.read_file(fp, source=filename)
  return readfp


def _locale_format(locale):
  def format(percent, value, grouping=False, monetary=False, *additional):
    """Returns `percent % value`, formatted for the locale."""
    return locale.format_string(percent, (value,) + additional, grouping,
                                monetary)
  return format


def _getcheckinterval(module):
  return lambda: 100


def _setcheckinterval(module):
  # Python 3.2 to 3.8 ignored the interval too.
  return lambda interval: None


def _assert_dict_contains(unittest):
  def assertDictContainsSubset(self, subset, dictionary, msg=None):
    """Asserts that every item of `subset` is in `dictionary`."""
    self.assertEqual({**dictionary, **subset}, dict(dictionary), msg)
  return assertDictContainsSubset


def _make_open(original, notify):
  def open(file, mode="r", *args, **kwargs):
    if isinstance(mode, str) and "U" in mode:
      mode = mode.replace("U", "") or "r"
      if not any(letter in mode for letter in "rwax"):
        mode = "r" + mode
    return original(file, mode, *args, **kwargs)
  return open


def _make_shuffle(original, notify):
  def shuffle(self, x, random=None):
    if random is None:
      return original(self, x)
    for i in reversed(range(1, len(x))):
      j = int(random() * (i + 1))
      x[i], x[j] = x[j], x[i]
    return None
  return shuffle


def _make_module_shuffle(original, notify):
  wrapped = _make_shuffle(lambda self, x: original(x), notify)
  return lambda x, random=None: wrapped(None, x, random)


def _make_sample(original, notify):
  def sample(population, k, **kwargs):
    if isinstance(population, (set, frozenset)):
      population = tuple(population)
    if isinstance(k, float) and k.is_integer():
      k = int(k)
    return original(population, k, **kwargs)
  return sample


def _make_whole_arguments(original, notify):
  def drawn(*args, **kwargs):
    def whole(value):
      if isinstance(value, float) and value.is_integer():
        return int(value)
      return value
    return original(*map(whole, args),
                    **{key: whole(value) for key, value in kwargs.items()})
  return drawn


def _make_without_encoding(original, notify):
  def loads(s, *args, **kwargs):
    # Ignored since Python 3.1, and an error since 3.9.
    kwargs.pop("encoding", None)
    return original(s, *args, **kwargs)
  return loads


_ABCS = ("Awaitable Coroutine AsyncIterable AsyncIterator AsyncGenerator "
         "Hashable Iterable Iterator Generator Reversible Sized Container "
         "Callable Collection Set MutableSet Mapping MutableMapping "
         "MappingView KeysView ItemsView ValuesView Sequence "
         "MutableSequence ByteString").split()


def _abc(name):
  def find(collections):
    import collections.abc as abc
    # Python 3.14 removes ByteString itself.
    return getattr(abc, name, None) or (bytes, bytearray)
  return find


_ASSERTS = (("assertEquals", "assertEqual"),
            ("assertNotEquals", "assertNotEqual"),
            ("assert_", "assertTrue"), ("failUnless", "assertTrue"),
            ("failIf", "assertFalse"), ("failUnlessEqual", "assertEqual"),
            ("failIfEqual", "assertNotEqual"),
            ("failUnlessRaises", "assertRaises"),
            ("assertAlmostEquals", "assertAlmostEqual"),
            ("assertNotAlmostEquals", "assertNotAlmostEqual"),
            ("assertRegexpMatches", "assertRegex"),
            ("assertNotRegexpMatches", "assertNotRegex"),
            ("assertRaisesRegexp", "assertRaisesRegex"))


def _method(name):
  return lambda module: getattr(module.TestCase, name)


def _before(*version):
  return lambda module: sys.version_info >= version


NAMES = (
    _kinds.restore("time.clock", "time", "clock", _clock,
                   "removed in Python 3.8", "time.clock() counts CPU seconds"),
) + tuple(
    _kinds.restore(f"collections.{name}", "collections", name, _abc(name),
                   "removed in Python 3.10",
                   f"collections.{name} is collections.abc.{name}",
                   # Python 3.14 removes ByteString itself.
                   "" if name == "ByteString" else f"collections.abc.{name}")
    for name in _ABCS) + (
    _kinds.restore("inspect.getargspec", "inspect", "getargspec", _getargspec,
                   "removed in Python 3.11"),
    _kinds.restore("inspect.ArgSpec", "inspect", "ArgSpec",
                   lambda inspect: _ArgSpec, "removed in Python 3.11"),
    _kinds.restore("inspect.formatargspec", "inspect", "formatargspec",
                   _formatargspec, "removed in Python 3.11"),
    _kinds.restore("asyncio.coroutine", "asyncio", "coroutine", _coroutine,
                   "removed in Python 3.11"),
    _kinds.restore("fractions.gcd", "fractions", "gcd", _gcd,
                   "removed in Python 3.9"),
    _kinds.restore("cgi.escape", "cgi", "escape", lambda module: (
        lambda s, quote=None: __import__("html").escape(s, bool(quote))),
                   "removed in Python 3.8"),
    _kinds.restore("HTMLParser.unescape", "html.parser",
                   "HTMLParser.unescape", _html_unescape,
                   "removed in Python 3.9"),
    _kinds.restore("platform.dist", "platform", "dist", _dist,
                   "removed in Python 3.8"),
    _kinds.restore("platform.linux_distribution", "platform",
                   "linux_distribution", _linux_distribution,
                   "removed in Python 3.8"),
    _kinds.restore("base64.encodestring", "base64", "encodestring",
                   lambda base64: base64.encodebytes, "removed in Python 3.9",
                   today="base64.encodebytes"),
    _kinds.restore("base64.decodestring", "base64", "decodestring",
                   lambda base64: base64.decodebytes, "removed in Python 3.9",
                   today="base64.decodebytes"),
    _kinds.restore("os.errno", "os", "errno",
                   lambda os: __import__("errno"), "removed in Python 3.7"),
    _kinds.restore("Thread.isAlive", "threading", "Thread.isAlive", _isAlive,
                   "removed in Python 3.9"),
    _kinds.restore("sys.setcheckinterval", "sys", "setcheckinterval",
                   _setcheckinterval, "removed in Python 3.9",
                   "does nothing, as in Python 3.2 to 3.8"),
    _kinds.restore("sys.getcheckinterval", "sys", "getcheckinterval",
                   _getcheckinterval, "removed in Python 3.9"),
    _kinds.restore("locale.format", "locale", "format", _locale_format,
                   "removed in Python 3.12"),
    _kinds.restore("configparser.SafeConfigParser", "configparser",
                   "SafeConfigParser", lambda module: module.ConfigParser,
                   "removed in Python 3.12"),
    _kinds.restore("ConfigParser.readfp", "configparser",
                   "RawConfigParser.readfp", _readfp,
                   "removed in Python 3.12"),
) + tuple(
    _kinds.restore(f"TestCase.{old}", "unittest", f"TestCase.{old}",
                   _method(new), "removed in Python 3.12",
                   f"TestCase.{old} is {new}")
    for old, new in _ASSERTS) + (
    _kinds.restore("TestCase.assertDictContainsSubset", "unittest",
                   "TestCase.assertDictContainsSubset", _assert_dict_contains,
                   "removed in Python 3.12"),
)

BEHAVIOUR = (
    _kinds.wrap("open('rU')", "builtins", "open", _make_open,
                "mode U is accepted and does nothing", "removed in Python 3.11",
                _before(3, 11)),
    _kinds.wrap("io.open('rU')", "io", "open", _make_open,
                "mode U is accepted and does nothing", "removed in Python 3.11",
                _before(3, 11)),
    _kinds.wrap("codecs.open('rU')", "codecs", "open", _make_open,
                "mode U is accepted and does nothing", "removed in Python 3.11",
                _before(3, 11)),
    _kinds.wrap("random.shuffle(x, random)", "random", "shuffle",
                _make_module_shuffle, "the second argument is accepted",
                "removed in Python 3.11", _before(3, 11)),
    _kinds.wrap("Random.shuffle(x, random)", "random", "Random.shuffle",
                _make_shuffle, "the second argument is accepted",
                "removed in Python 3.11", _before(3, 11)),
    _kinds.wrap("random.sample(set)", "random", "sample", _make_sample,
                "sets are accepted", "an error since Python 3.11",
                _before(3, 11)),
    _kinds.wrap("random.randint(1., 6.)", "random", "randint",
                _make_whole_arguments, "floats with whole values are accepted",
                "an error since Python 3.12", _before(3, 12)),
    _kinds.wrap("random.randrange(6.)", "random", "randrange",
                _make_whole_arguments, "floats with whole values are accepted",
                "an error since Python 3.12", _before(3, 12)),
    _kinds.wrap("json.loads(encoding=)", "json", "loads",
                _make_without_encoding, "encoding= is accepted and ignored",
                "removed in Python 3.9"),
    _kinds.wrap("json.load(encoding=)", "json", "load",
                _make_without_encoding, "encoding= is accepted and ignored",
                "removed in Python 3.9"),
    _kinds.wrap("re.compile('a(?i)')", "re._parser", "parse",
                _patterns.make_parse,
                "global flags are accepted anywhere in a pattern",
                "an error since Python 3.11", _before(3, 11)),
)

ROWS = NAMES + BEHAVIOUR + modules.ROWS
