"""Text for a terminal: names from files must not control it."""


def printable(text):
  r"""`text` with what cannot be printed as a backslash escape.

  Keys of a checkpoint and names of files may hold control characters, which a
  terminal obeys, and bytes that are not UTF-8, which `print` refuses.

  >>> printable("a\x1b[31mb")
  'a\\x1b[31mb'
  """
  return "".join(
      letter if letter.isprintable() or letter == "\n"
      else letter.encode("unicode_escape").decode("ascii")
      for letter in str(text))
