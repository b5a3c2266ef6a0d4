"""Our runs against recordings that TensorFlow 1.15.5 made (data/)."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.compare import make_data
from tfcompat_rnn import cli
from tfcompat_rnn.compare import page
from tfcompat_rnn.compare import recording

# What our runs cost is shared by all tests here.
pytestmark = pytest.mark.slow
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA = HERE / "data"
FORKED = HERE.parent / "forked_runs.py"

# our run -> (program, options, environment)
OURS = {
    "lstm": ("lstm", [], {}),
    "forget_bias": ("lstm", [], {"PLANTED_FAULT": "forget_bias"}),
    "gate_order": ("lstm", [], {"PLANTED_FAULT": "gate_order"}),
    "bias": ("lstm", [], {"PLANTED_FAULT": "bias"}),
    "native_seeds": ("lstm", ["--seeds", "native"], {}),
    "few_steps": ("lstm", ["--steps", "6"], {}),
    "linear": ("linear", ["--initial", str(DATA / "linear.npz")], {}),
    "linear_without": ("linear", [], {}),
    "linear_seed_42": ("linear", ["--seed", "42"], {}),
    "feeds": ("linear", ["--seed", "42"], {"GO_WRONG": "feeds"}),
    "error": ("linear", ["--seed", "42"], {"GO_WRONG": "error"}),
    "error_here": ("linear", ["--seed", "42"], {"GO_WRONG": "error here"}),
    "kept_state": ("kept_state", [], {}),
    "kept_state_resource": ("kept_state", ["--resource-variables"], {}),
    "exit_here": ("linear", ["--seed", "42"], {"GO_WRONG": "exit here"}),
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
  """name -> the recording of our run, all by one process that forks."""
  base = tmp_path_factory.mktemp("ours")
  jobs = []
  for name, (program, options, environment) in OURS.items():
    folder = base / name
    shutil.copytree(HERE / "programs", folder)
    jobs.append({"argv": options + [f"{program}.py", "-o", "ours.npz"],
                 "subcommand": "record", "cwd": str(folder),
                 "environment": environment})
  (base / "jobs.json").write_text(json.dumps(jobs))
  subprocess.run(
      [sys.executable, str(FORKED), str(base / "jobs.json")], check=True,
      env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg",
               TF_ENABLE_ONEDNN_OPTS="0", PYTHONPATH=str(ROOT)))

  def path(name):
    found = base / name / "ours.npz"
    assert found.exists(), (base / name / "stderr.txt").read_text()
    return str(found)
  return path


def compare(capsys, *words):
  """(exit code, standard output, standard error) of `compare WORDS`."""
  code = cli.main(["compare"] + [str(word) for word in words])
  return (code, *capsys.readouterr())


def against(capsys, ours, name, reference, *options):
  return compare(capsys, *options, ours(name), "--against",
                 DATA / f"{reference}.npz")


def test_a_seeded_lstm_is_equal(ours, capsys):
  code, out, err = against(capsys, ours, "lstm", "lstm")
  assert (code, err) == (0, ""), out
  assert "variables after initialization: 14 in both, 14 bit-identical" in out
  assert "feeds: 2 tensors, bit-identical in all calls" in out
  assert "verdict: equal (rtol 1e-05, atol 1e-08): 27 calls" in out


@pytest.mark.slow
def test_a_notebook_is_equal(tmp_path, capsys):
  pytest.importorskip("IPython")
  shutil.copy(ROOT / "examples" / "legacy" / "wave_gru.ipynb", tmp_path)
  subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "record", "wave_gru.ipynb",
       "-o", "ours.npz"], check=True, cwd=tmp_path, capture_output=True,
      env=dict(os.environ, TF_ENABLE_ONEDNN_OPTS="0", PYTHONPATH=str(ROOT)))
  assert len(list((tmp_path / "figures").glob("*.png"))) == 2
  code, out, err = compare(capsys, tmp_path / "ours.npz", "--against",
                           DATA / "wave_gru.npz")
  assert (code, err) == (0, ""), out
  assert "initialization: 32 in both, 32 bit-identical" in out
  assert "verdict: equal (rtol 1e-05, atol 1e-08): 123 calls" in out


@pytest.mark.slow
def test_loops_draw_in_one_order(tmp_path, capsys):
  for program in make_data.PROGRAMS:
    shutil.copy(program, tmp_path)
  def run(*options):
    code, out, _ = compare(
        capsys, *options, "loop_draws.py", "--against",
        DATA / "loop_draws.npz")
    return code, out
  with pytest.MonkeyPatch.context() as patch:
    patch.chdir(tmp_path)
    code, out = run("--threads", "2")
    assert code == 0, out
    assert "verdict: equal (rtol 1e-05, atol 1e-08): 261 calls" in out
    assert "ran with parallel_iterations=1; --parallel-iterations 0" in out
    code, out = run("--parallel-iterations", "0")
    assert code == 1, out
    assert "--parallel-iterations is 0 here, 1 in the recording" in out


def first(out):
  return next(line for line in out.splitlines()
              if line.startswith("first difference: "))


@pytest.mark.parametrize("fault", ["forget_bias", "gate_order"])
def test_a_fault_in_the_arithmetic_is_named_at_the_first_loss(
    ours, capsys, fault):
  code, out, _ = against(capsys, ours, fault, "lstm")
  assert code == 1
  # The variables are those of 1.15.5, so is what is fed: it is the model.
  assert "14 in both, 14 bit-identical" in out
  assert "feeds: 2 tensors, bit-identical" in out
  assert first(out).startswith(
      "first difference: call 1 returned a different Mean:0 [1]: largest")
  assert ("both sides were fed the same values; the model computes "
          "something different from this call on") in out
  assert "verdict: different" in out


def test_a_dropped_bias_is_named_among_the_variables(ours, capsys):
  code, out, _ = against(capsys, ours, "bias", "lstm")
  assert code == 1
  assert first(out) == (
      "first difference: variable rnn/lstm_cell/bias [32] after "
      "initialization: only in the reference")
  assert ("  only in the reference: rnn/lstm_cell/bias, "
          "rnn/lstm_cell/bias/Adam, rnn/lstm_cell/bias/Adam_1") in out


def test_todays_own_seeds_draw_otherwise(ours, capsys):
  code, out, _ = against(capsys, ours, "native_seeds", "lstm")
  assert code == 1 and "variable W after initialization" in first(out) or (
      "kernel after initialization" in first(out))
  assert "--initial-values reference" in out


def test_steps_end_our_run_earlier(ours, capsys):
  code, out, _ = against(capsys, ours, "few_steps", "lstm")
  assert code == 0 and "only the first 6 calls are compared" in out


def test_a_program_without_a_seed(ours, capsys):
  code, out, _ = against(capsys, ours, "linear", "linear")
  assert code == 0, out
  code, out, _ = against(capsys, ours, "linear_without", "linear")
  assert code == 1 and "variable w after initialization" in first(out)
  code, out, _ = against(capsys, ours, "linear_seed_42", "linear_seed_42")
  assert code == 0 and "1 in both, 1 bit-identical" in out


def test_feeds_that_differ_before_the_model_does(ours, capsys):
  code, out, _ = against(capsys, ours, "feeds", "linear_seed_42")
  assert code == 1
  assert first(out).startswith(
      "first difference: call 3 was fed a different x:0: largest difference")
  assert "the feeds already differ at this call" in out


def test_a_side_that_fails_is_named_with_its_traceback(ours, capsys):
  code, out, err = against(capsys, ours, "error_here", "linear_seed_42")
  assert (code, out) == (2, "")
  assert "in <module>" in err and "ValueError: the data are gone" in err
  assert "our side failed: ValueError" in err
  assert "the other side did not" in err
  code, _, err = against(capsys, ours, "linear_seed_42", "linear_error")
  assert code == 2 and "the recording failed: ValueError" in err
  code, _, err = against(capsys, ours, "exit_here", "linear_seed_42")
  assert code == 2 and "our side failed: exit code 5" in err


def test_both_sides_failing_alike_is_the_programs_own(ours, capsys):
  code, _, err = against(capsys, ours, "error", "linear_error")
  assert code == 2
  assert "both sides fail with the same error, so this is the program's" in err
  assert "before it, 4 calls of Session.run are equal" in err


def test_gradients_of_1_15_that_are_wrong_by_its_own_race(ours, capsys):
  code, out, _ = against(capsys, ours, "kept_state", "kept_state")
  assert code == 1
  assert "after initialization: 4 in both, 4 bit-identical" in out
  assert first(out).startswith("first difference: call ")
  assert "note: our side: state is read from reference variables" in out
  assert "compare with --resource-variables" in out
  code, out, _ = against(capsys, ours, "kept_state_resource",
                         "kept_state_resource")
  assert code == 0, out
  assert "state is read" not in out


def test_json_and_html(ours, capsys, tmp_path):
  code, _, _ = against(capsys, ours, "lstm", "lstm", "--json",
                       tmp_path / "r.json", "--html", tmp_path / "r.html")
  assert code == 0
  data = json.loads((tmp_path / "r.json").read_text())
  assert data["verdict"] == "equal" and data["first"] is None
  assert data["initial"] == {
      "both": 14, "identical": 14, "only_reference": [], "only_ours": [],
      "differences": []}
  row = next(row for row in data["fetches"] if row["name"] == "Mean:0")
  assert row["calls"] == 25 and float(row["largest"]["relative"]) < 1e-5
  assert data["reference"]["tensorflow"] == "1.15.5"
  html = (tmp_path / "r.html").read_text()
  assert html.count("<svg") == 1 and "Mean:0" in html
  assert sorted(os.listdir(tmp_path)) == ["r.html", "r.json"]


@pytest.mark.parametrize("what", ["plot", "page"])
def test_a_page_that_fails_leaves_the_verdict(
    ours, capsys, tmp_path, monkeypatch, what):
  def fails(*arguments):
    raise OverflowError("too large to draw")

  monkeypatch.setattr(page, what, fails)
  target = tmp_path / "r.html"
  code, out, err = against(capsys, ours, "lstm", "lstm", "--html", target)
  assert code == 0 and "equal" in out
  assert "r.html was not written (OverflowError: too large to draw)" in err
  assert not target.exists()


def test_a_broken_recording_is_one_line(ours, capsys, tmp_path):
  broken = tmp_path / "broken.npz"
  broken.write_bytes((DATA / "lstm.npz").read_bytes()[:-500])
  code, out, err = compare(capsys, ours("lstm"), "--against", broken)
  assert (code, out) == (2, "")
  assert err.startswith("tfcompat-rnn: ") and err.count("\n") == 1
  assert "its end is missing" in err


@pytest.mark.parametrize("words, said", [
    ([], "name the SCRIPT"),
    (["s.py"], "before or after the SCRIPT: `--reference-python PYTHON`"),
    (["s.py", "--reference-python"],
     "--reference-python: expected one argument"),
    (["--against", "a.npz", "--reference-python", "p", "s.py"],
     "cannot be used together"),
    (["--rtol", "-1", "s.py", "--against", "a.npz"], "must not be negative"),
    (["--html", "no/such/r.html", "s.py", "--against", "a.npz"],
     "there is no folder for no/such/r.html"),
    (["s.py", "--against", "none.npz"], "there is no recording"),
    (["nofile.py", "--reference-python", sys.executable],
     "there is no such program"),
    (["-", "--reference-python", sys.executable], "standard input"),
    (["s.py", "--reference-python", "/no/python3.7"],
     "must be an interpreter with TensorFlow 1.4 to 1.15, got /no/python3.7"),
], ids=range(10))
def test_wrong_usage(capsys, monkeypatch, tmp_path, words, said):
  monkeypatch.chdir(tmp_path)
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)
  (tmp_path / "s.py").write_text("")
  try:
    code = cli.main(["compare"] + words)
  except SystemExit as stop:
    code = stop.code
  assert code == 2 and said in capsys.readouterr().err


def parsed(name, words):
  """(arguments, rest) of the subcommand `name`."""
  import argparse
  module = cli.load(name)
  parser = argparse.ArgumentParser(allow_abbrev=False)
  module.add_arguments(parser)
  own, rest = module.split(words, parser)
  return parser.parse_args(own), rest


def test_options_of_ours_and_of_the_program(capsys):
  arguments, rest = parsed("compare", [
      "--steps", "9", "s.py", "--steps", "3", "--x", "--reference-python",
      "p", "--html", "f"])
  assert (arguments.steps, arguments.reference_python) == (9, "p")
  assert arguments.html == "f"
  assert rest == ["s.py", "--steps", "3", "--x"]
  assert capsys.readouterr().err == (
      "tfcompat-rnn: --steps comes after s.py and is passed to it; for "
      "compare, put it before s.py or at the end\n")
  arguments, rest = parsed("compare", [
      "s.py", "--against=f.npz", "--steps", "9"])
  assert (arguments.against, arguments.steps, rest) == ("f.npz", 9, ["s.py"])
  arguments, rest = parsed("compare", [
      "ours.npz", "--json", "j", "--against", "f.npz"])
  assert (arguments.against, arguments.json, rest) == (
      "f.npz", "j", ["ours.npz"])
  arguments, rest = parsed("compare", ["--against", "f", "s.py", "--against",
                                       "g", "--reference-python", "p"])
  assert arguments.against == "f"
  assert rest == ["s.py", "--against", "g", "--reference-python", "p"]
  arguments, rest = parsed("record", ["-m", "pk.m", "-o", "a", "-o", "b.npz"])
  assert arguments.output == "b.npz" and rest == ["-m", "pk.m", "-o", "a"]
  arguments, rest = parsed("record", ["-o", "b", "s.py", "-o", "a"])
  assert arguments.output == "b" and rest == ["s.py", "-o", "a"]


def test_options_of_run_reach_our_side():
  from tfcompat_rnn.cli import run
  from tfcompat_rnn.compare import command
  words = ["--figures", "f", "--no-snapshot", "--repeated-cells", "copy",
           "--no-repair", "np.*", "--no-repair", "pandas", "--verbose"]
  arguments, _ = parsed("compare", words + ["s.py"])
  again, _ = parsed("run", command.words_of(run.add_arguments, arguments)
                    + ["s.py"])
  for name in vars(again):
    assert getattr(again, name) == getattr(arguments, name), name
  assert arguments.no_repair == ["np.*", "pandas"]


@pytest.mark.oracle
@pytest.mark.parametrize("name", sorted(make_data.RECORDINGS))
def test_the_recordings_are_what_1_15_computes(name, tmp_path):
  python = os.environ.get("TFCOMPAT_REFERENCE_PYTHON")
  if not python:
    pytest.skip("TFCOMPAT_REFERENCE_PYTHON names no interpreter")
  make_data.record(python, name, tmp_path)
  one, other = (recording.Recording(folder / f"{name}.npz")
                for folder in (DATA, tmp_path))
  for calls in zip(one.calls(), other.calls()):
    assert len({len(call.fetched) for call in calls}) == 1
    for items in zip(*(call.fed for call in calls)):
      assert items[0].value.array.tobytes() == items[1].value.array.tobytes()
  assert one.tail["calls"] == other.tail["calls"]
  if name != "linear":     # it draws from no seed
    for key, variable in one.initial.items():
      assert (variable.value.array.tobytes()
              == other.initial[key].value.array.tobytes()), key
