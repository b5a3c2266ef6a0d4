"""`ConfigParser` and `HTMLParser` of Python 2."""

import configparser
import html
import html.parser
import types

from . import strings


class _Interpolation(configparser.Interpolation):
  """`%(name)s` is replaced; a `%` that stands alone is kept."""

  def before_get(self, parser, section, option, value, defaults):
    for _ in range(configparser.MAX_INTERPOLATION_DEPTH):
      if not value or "%(" not in value:
        return value
      try:
        value = value % defaults
      except KeyError as error:
        raise configparser.InterpolationMissingOptionError(
            option, section, value, error.args[0]) from None
    if "%(" in value:
      raise configparser.InterpolationDepthError(option, section, value)
    return value


def _make_parser(base):

  class Parser(base):
    """Reads repeated sections and text after ` ;` as Python 2 did."""

    def __init__(self, defaults=None, dict_type=dict, allow_no_value=False):
      super().__init__(
          defaults, dict_type, allow_no_value, strict=False,
          comment_prefixes=("#", ";"), inline_comment_prefixes=(";",))

    def read(self, filenames, encoding="latin-1"):
      return super().read(filenames, encoding)

    def read_file(self, f, source=None):
      if source is None:
        source = getattr(f, "name", None)
      # A binary file of the standard library gives bytes.
      lines = (strings.to_string(line) for line in f)
      super().read_file(lines, source or "<???>")

    def readfp(self, fp, filename=None):
      self.read_file(fp, filename)

    def get(self, section, option, raw=False, vars=None, **kwargs):
      return super().get(section, option, raw=raw, vars=vars, **kwargs)

    def set(self, section, option, value=None):
      # Not the `set` of `configparser.ConfigParser`, which takes text only.
      configparser.RawConfigParser.set(self, section, option, value)

    def write(self, fp):
      super().write(fp)

  return Parser


def _named(cls, name):
  cls.__name__ = cls.__qualname__ = name
  cls.__module__ = "ConfigParser"
  return cls


def make_config_parser():
  """The module `ConfigParser`."""
  module = types.ModuleType("ConfigParser")
  for name in configparser.__all__:
    setattr(module, name, getattr(configparser, name))
  module.RawConfigParser = _named(
      _make_parser(configparser.RawConfigParser), "RawConfigParser")
  for name in ("ConfigParser", "SafeConfigParser"):
    cls = _named(_make_parser(configparser.ConfigParser), name)
    cls._DEFAULT_INTERPOLATION = _Interpolation()
    setattr(module, name, cls)
  return module


class HTMLParser(html.parser.HTMLParser):
  """Hands `&name;` and `&#number;` to the program's own methods."""

  def __init__(self):
    super().__init__(convert_charrefs=False)

  def unescape(self, text):
    """`text` with `&name;` and `&#number;` replaced."""
    return html.unescape(text)


def make_html_parser():
  """The module `HTMLParser`."""
  module = types.ModuleType("HTMLParser")
  module.HTMLParser = HTMLParser

  class HTMLParseError(Exception):
    """Raised by Python 2 for some broken pages; nothing raises it here."""
  module.HTMLParseError = HTMLParseError
  return module
