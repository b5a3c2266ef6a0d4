"""docs/layouts.md: its code runs, and its tables are complete."""

import contextlib
import io
import pathlib
import re

from tfcompat_rnn.checkpoints import layouts

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "layouts.md"


def test_the_code_prints_what_the_page_says():
  blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
  assert len(blocks) == 6
  scope = {}
  for block in blocks:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
      exec(block, scope)
    assert printed.getvalue().splitlines() == [
        line.strip() for line in re.findall(r"# -> (.*)", block)]


def test_every_conversion_is_in_the_table():
  text = PAGE.read_text()
  for name in layouts.CONVERSIONS:
    assert re.search(rf"^\| .*`{name}`", text, re.M), name
