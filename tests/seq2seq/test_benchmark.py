"""The models of benchmarks/seq2seq.py can be built and run."""

import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = dict(batch=2, units=4, source=4, steps=3, bucket=2, sentences=2,
             words=3, tags=3, vocabulary=25)

ASK = f"""
import json
import sys
sys.path.insert(0, {str(ROOT / "benchmarks")!r})
import _seq2seq_models
import seq2seq
worker = _seq2seq_models.Worker()
for case in seq2seq.CASES:
  worker.build(case.function, {SIZES!r}, case.arguments)
  found = worker.start(1)
  print("#", json.dumps([case.name, found["values"], worker.run(1)]))
"""


@pytest.mark.slow
def test_every_case_runs(forked, tmp_path):
  script = tmp_path / "ask.py"
  script.write_text(ASK)
  ran = forked.run(["-m", "tfcompat_rnn", "run", script], ROOT)
  assert ran.returncode == 0, ran.stderr
  found = [json.loads(line[1:]) for line in ran.stdout.splitlines()
           if line.startswith("#")]
  assert len(found) == 13
  assert len({name for name, *_ in found}) == 13
  for name, values, seconds in found:
    assert seconds > 0
    if "greedy" in name or "sampling" in name:
      assert [len(row) for row in values] == [3, 3], name
    elif "beam" in name:
      width = int(name.split()[1].rstrip(","))
      assert [[len(step) for step in row] for row in values] == [
          [width] * 3] * 2, name
