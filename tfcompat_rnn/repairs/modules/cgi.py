"""`cgi`: escape, parse_qs, parse_qsl."""

import html
from urllib.parse import parse_qs
from urllib.parse import parse_qsl

__all__ = ("escape", "parse_qs", "parse_qsl")


def escape(s, quote=None):
  """Replaces &, < and >, and with `quote` also quotation marks."""
  return html.escape(s, bool(quote))
