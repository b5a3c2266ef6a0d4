"""docs/recordings.md: its code runs, and its report is word for word."""

import pathlib
import re

import pytest

import docs_blocks
from tfcompat_rnn import testing
from tfcompat_rnn.compare import recorder

PAGE = docs_blocks.Page("recordings.md")
BLOCKS = re.findall(r"<!-- recording: (\S+) -->\n```python\n(.*?)```",
                    PAGE.text, re.S)


@pytest.fixture(autouse=True)
def folder(monkeypatch):
  monkeypatch.chdir(pathlib.Path(__file__).parent / "data")


def test_what_is_read():
  PAGE.check(BLOCKS[0][1])


def test_the_report():
  report, = re.findall(r"<!-- report -->\n```\n(.*?)```", PAGE.text, re.S)
  with pytest.raises(testing.RecordingDiffersError) as caught:
    PAGE.run(BLOCKS[1][1])
  assert f"RecordingDiffersError: {caught.value}\n" == report


def test_the_table_of_versions_ends_with_the_newest():
  versions = re.findall(r"^\| (\d+) \|", PAGE.text, re.M)
  assert [int(version) for version in versions] == list(
      range(1, recorder.VERSION + 1))


def test_every_kind_of_line_is_described():
  lines = set(re.findall(r'^\| `\["(\w+)",', PAGE.text, re.M))
  checks = {name.removeprefix("_check_") for name in vars(recorder.Lines)
            if name.startswith("_check_")}
  assert lines == checks
