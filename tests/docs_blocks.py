"""Runs the code blocks of a page in `docs/` and compares what they print.

On the pages, text after `# ->` in a block is the printed output.
"""

import collections
import contextlib
import io
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

# `line`: number of the line before the block's first.
Block = collections.namedtuple("Block", "line code start")


class Page:
  """A page of `docs/`: its text and its blocks."""

  def __init__(self, name):
    self.path = DOCS / name
    self.text = self.path.read_text(encoding="utf-8")

  def blocks(self, kind="python"):
    """The blocks of one kind, as `Block`s."""
    return blocks_of(self.text, kind)

  def codes(self, kind="python"):
    """The same, as texts."""
    return [block.code for block in self.blocks(kind)]

  def run(self, *codes, names=None):
    """Runs blocks one after the other; the lines that they print.

    They share `names`, a dict, as a program's globals.
    """
    names = {} if names is None else names
    names.setdefault("__name__", "page")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
      for code in codes:
        exec(compile(code, str(self.path), "exec"), names)
    return printed.getvalue().splitlines()

  def check(self, *codes, names=None):
    """Runs blocks; the last one must print what the page shows, and only it.

    Those before it make what it uses.
    """
    expected = promised(codes[-1])
    assert expected, "the block shows no output"
    assert self.run(*codes, names=names) == expected

  def check_links(self):
    """Every link within the page leads to a heading; the number of links."""
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
               for heading in re.findall(r"^#+ (.*)$", self.text, re.M)}
    links = re.findall(r"\]\(#([\w-]+)\)", self.text)
    assert set(links) <= anchors, sorted(set(links) - anchors)
    return len(links)


def blocks_of(text, kind="python"):
  """The fenced blocks of one kind in a text."""
  return [Block(text[:found.start()].count("\n") + 1, found.group(1),
                found.start())
          for found in re.finditer(rf"^```{kind}\n(.*?)^```$", text,
                                   re.M | re.S)]


def promised(code):
  """The lines that a block says it prints."""
  return [line.strip() for line in re.findall(r"# -> (.*)$", code, re.M)]
