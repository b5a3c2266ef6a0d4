"""Programs of 2018 with estimators print what they printed under 1.15.5."""

import json
import os
import re
import subprocess
import sys

import pytest

from estimator import generate
from estimator import run_programs

WANT = generate.read()
# The others take longer; `tfcompat-rnn compare` was run on all of them.
TESTED = [
    pytest.param(("rnn_classifier", "several_heads", "tagger_crf"), id="rnn"),
    # It takes longer than the others together.
    pytest.param(("bert_tpu",), id="bert", marks=pytest.mark.exhaustive)]
_NUMBER = re.compile(r"(?<![\w/])-?\d+\.\d+(?:e-?\d+)?")
# They print four digits.
_ONE_DIGIT = 1.5e-4

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=TESTED)
def printed(request, tmp_path_factory):
  """What each program of a group prints, run in one process."""
  out = tmp_path_factory.mktemp("programs") / "printed.json"
  environment = dict(os.environ, TF_NUM_INTEROP_THREADS="1",
                     TF_NUM_INTRAOP_THREADS="1")
  subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run",
       run_programs.__file__, str(out), *request.param], check=True,
      env=environment, capture_output=True)
  found = json.loads(out.read_text())
  assert sorted(found) == sorted(request.param)
  return found


def test_a_program_prints_what_it_did(printed):
  for name, text in printed.items():
    found = text.splitlines()
    assert [_NUMBER.sub("#", line) for line in found] == [
        _NUMBER.sub("#", line) for line in WANT[name]]
    for line, wanted in zip(found, WANT[name]):
      assert [float(n) for n in _NUMBER.findall(line)] == pytest.approx(
          [float(n) for n in _NUMBER.findall(wanted)], abs=_ONE_DIGIT), line


def test_each_program_has_its_lines():
  assert sorted(WANT) == sorted(run_programs.PROGRAMS)
  assert all(WANT.values())
