"""Regular expressions whose global flags do not stand at their start."""

import re

_MISPLACED = "global flags not at the start of the expression"
_VERBOSE_GROUP = re.compile(r"\(\?[aiLmsu]*x[aiLmsux]*(?:-[ims]+)?:")


def make_parse(original, notify):
  """`re._parser.parse`, with global flags anywhere in the pattern.

  Python itself tells where they are, so nothing else is taken for them. Empty
  comments take their place: errors name the same positions, and `a(?i)*`
  repeats `a`. `re.compile` never sees the other text: a pattern has its own as
  its attribute, and is pickled and cached by it.
  """
  def parse(str, flags=0, state=None):
    text, found = str, flags
    while True:
      try:
        return original(text, found, state)
      except re.error as error:
        # A state that was passed has taken in a part of the pattern.
        if error.msg != _MISPLACED or state is not None:
          raise
        start = error.pos
        before, letters = _until_flags(text, start)
        starts_again = "x" in letters and not flags & re.X
        # In such a group, Python 3.6 did not start again.
        if starts_again and _VERBOSE_GROUP.search(before):
          raise
      if starts_again:
        # All is verbose, and what looked like flags may be in a comment.
        flags |= re.X
        text, found = str, flags
      else:
        for letter in letters:
          found |= getattr(re, letter.upper())
        text = _with_comment(text, start)
  return parse


def _until_flags(pattern, start):
  """What is before the flags that start there, and their letters; text."""
  text = pattern if isinstance(pattern, str) else str(pattern, "latin1")
  return text[:start], text[start + 2:text.index(")", start)]


def _with_comment(pattern, start):
  """The pattern with `(?#s)` for `(?is)`."""
  mark = "#" if isinstance(pattern, str) else b"#"
  return pattern[:start + 2] + mark + pattern[start + 3:]
