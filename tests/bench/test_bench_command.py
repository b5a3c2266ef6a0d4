"""`tfcompat-rnn bench`: its options, its errors, and one whole run."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tfcompat_rnn import cli
from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import tasks
from tfcompat_rnn.fused import recurrence


@pytest.fixture(autouse=True)
def no_reference(monkeypatch):
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)


def test_list_names_all_and_loads_no_tensorflow():
  code = ("import sys; from tfcompat_rnn import cli; "
          "code = cli.main(['bench', '--list']); "
          "sys.exit(code or 3 * ('tensorflow' in sys.modules))")
  done = subprocess.run([sys.executable, "-c", code], capture_output=True,
                        text=True, check=False)
  assert done.returncode == 0, done.stderr
  words = done.stdout.split()
  assert set(tasks.CELLS) | set(contestants.everyone()) <= set(words)
  assert [line[2:].split()[0] for line in done.stdout.splitlines()
          if line.startswith("+ ")] == list(tasks.DEFAULT_CELLS)


def test_every_execution_takes_part():
  from tfcompat_rnn.fused.recurrence import rnn
  assert rnn.EXECUTIONS is recurrence.EXECUTIONS
  found = contestants.everyone()
  assert set(recurrence.EXECUTIONS) <= set(found)
  assert list(found)[0] == "loop"
  assert set(contestants.BASES) <= set(found)
  taking_part, left_out = contestants.choose()
  assert "block" in [one.name for one in taking_part]
  assert "on a GPU" in left_out["cudnn"]
  taking_part, left_out = contestants.choose(["cudnn"])
  assert [one.name for one in taking_part] == ["cudnn"] and not left_out


@pytest.mark.parametrize("words, said", [
    (["--cells", "Perceptron"], "`--cells` must name some of RNN, GRU, LSTM"),
    (["--sizes", "32x50x128"], "`--sizes` must be BATCH,STEPS,UNITS"),
    (["--sizes", "32,50"], "got '32,50'"),
    (["--sizes", "32,0,128"], "got '32,0,128'"),
    (["--rounds", "0"], "`--rounds` must be at least 1, got 0"),
    (["--warm-up", "-1"], "`--warm-up` must not be negative, got -1"),
    (["--threads", "-2"], "`--threads` must not be negative, got -2"),
    (["--seconds", "0"], "`--seconds` must be above 0, got 0"),
    (["--limit", "-1"], "`--limit` must be above 0, got -1"),
    (["--only", "tourch"], "got 'tourch'; write torch"),
    (["--only", "reference"], "but --reference-python is not given"),
    (["--only", "xla+recompute", "--forward-only"],
     "`--only` must leave something to measure"),
    (["--reference-python", "no-such-python"],
     "`--reference-python` must be an interpreter with TensorFlow"),
    (["--json", "nowhere/r.json"], "`--json` must name a file in an existing"),
    (["--picture", "nowhere/p.png"], "`--picture` must name a file in an"),
    (["--picture", "p.txt"], "end in .png, .svg or .pdf"),
    (["--write", "page.md"], "`--write` must name a Markdown page"),
])
def test_what_cannot_run_is_said_before_anything_runs(
    words, said, capsys, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  assert cli.main(["bench", *words]) == 2
  captured = capsys.readouterr()
  assert captured.out == "" and said in captured.err
  assert captured.err.startswith("tfcompat-rnn bench: ")
  assert captured.err.count("\n") == 1
  assert not list(tmp_path.iterdir())


def test_a_page_without_a_place_for_the_table(capsys, tmp_path):
  page = tmp_path / "page.md"
  page.write_text("nothing\n")
  assert cli.main(["bench", "--write", str(page)]) == 2
  assert "put the two lines where the table is to be" in (
      capsys.readouterr().err)


@pytest.mark.parametrize("words", [["--rounds", "many"], ["LSTM"], ["--fast"]])
def test_wrong_usage(words, capsys):
  with pytest.raises(SystemExit) as stopped:
    cli.main(["bench", *words])
  assert stopped.value.code == 2
  assert words[-1] in capsys.readouterr().err


@pytest.mark.slow
def test_two_contestants_from_one_end_to_the_other(capsys, tmp_path):
  files = tmp_path / "r.json", tmp_path / "p.png", tmp_path / "page.md"
  files[2].write_text("before\n<!-- tfcompat-rnn bench -->\nold\n"
                      "<!-- end of the table -->\nafter\n")
  code = cli.main([
      "bench", "--cells", "GRU", "--sizes", "2,3,4", "--rounds", "2",
      "--only", "loop", "products", "--warm-up", "0", "--forward-only",
      "--json", str(files[0]), "--picture", str(files[1]),
      "--write", str(files[2])])
  captured = capsys.readouterr()
  assert (code, captured.err) == (0, ""), captured.out
  rows = [[word.strip() for word in line.split("|")[1:-1]]
          for line in captured.out.splitlines() if line.startswith("| GRU")]
  assert [row[:4] for row in rows] == [
      ["GRU", "2, 3, 4", "forward", "loop"],
      ["GRU", "2, 3, 4", "forward", "products"]]
  data = json.loads(files[0].read_text())
  loop, products = data["rows"]
  assert loop["difference"] == 0 and products["difference"] is None
  assert len(loop["rounds"]) == len(products["rounds"]) == data["rounds"] == 2
  assert loop["ratios"]["loop"]["median"] == 1
  assert 0 < products["ratios"]["loop"]["median"]
  assert loop["first"] > loop["seconds"] > 0 and loop["build"] > 0
  assert files[1].read_bytes().startswith(b"\x89PNG")
  page = files[2].read_text()
  assert page.startswith("before\n") and page.endswith("\nafter\n")
  assert "| GRU" in page and "old" not in page


def workers_of(folder):
  """The processes that run in a session of their own with this mark."""
  found = []
  for name in os.listdir("/proc"):
    if name.isdecimal():
      try:
        with open(f"/proc/{name}/environ", "rb") as file:
          if f"BENCH_TEST={folder}".encode() in file.read().split(b"\0"):
            found.append(int(name))
      except OSError:
        pass
  return found


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_ctrl_c_leaves_no_worker(tmp_path):
  process = subprocess.Popen(
      [sys.executable, "-m", "tfcompat_rnn", "bench", "--cells", "LSTM",
       "--sizes", "2,3,4", "--only", "loop", "products"],
      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
      # A shell starts its background jobs with SIGINT ignored.
      preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
      env=dict(os.environ, BENCH_TEST=str(tmp_path)))
  while len(workers_of(tmp_path)) < 3:
    assert process.poll() is None
    time.sleep(.05)
  process.send_signal(signal.SIGINT)
  out, err = process.communicate(timeout=120)
  assert (process.returncode, out) == (130, "")
  assert err == "tfcompat-rnn bench: stopped\n"
  # A worker that was just being started ends when it reads its input.
  limit = time.monotonic() + 60
  while workers_of(tmp_path) and time.monotonic() < limit:
    time.sleep(.1)
  assert workers_of(tmp_path) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("cells", [["LSTM3+dropout"], ["RNN", "GRU"]])
def test_all_that_is_installed_computes_the_same(tmp_path, cells):
  path = tmp_path / "r.json"
  code = cli.main([
      "bench", "--cells", *cells, "--sizes", "3,7,5", "--rounds", "1",
      "--warm-up", "0", "--json", str(path)])
  rows = json.loads(path.read_text())["rows"]
  assert code == 0, [row["failed"] for row in rows if row["failed"]]
  there = {row["contestant"] for row in rows}
  assert {*recurrence.EXECUTIONS, "keras", "tensorflow"} - {"cudnn"} <= there
  for row in rows:
    if row["contestant"] != "products":
      assert row["difference"] < 1e-4, row
    # TensorFlow has no block kernel for the others.
    said = row["contestant"] == "block" and row["cell"] in ("RNN", "GRU")
    assert bool(row["notes"]) == said, row
