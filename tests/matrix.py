"""Runs the fast tests in each environment of tox.ini with a TensorFlow.

  python tests/matrix.py [options] [ENVIRONMENT...]

Tests run folder by folder, and what each gave is kept in a file, so a run that
was stopped goes on where it was; a folder with failures is run again. The table
of docs/reliability.md is made of that file:

  python tests/matrix.py --write docs/reliability.md
"""

import argparse
import configparser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
DISTRIBUTIONS = ("tensorflow", "numpy", "tf_keras")
HEAD = ("environment", "TensorFlow", "Python", "NumPy", "tf_keras", "passed",
        "skipped", "failed", "minutes")
BEGIN, END = "<!-- matrix -->", "<!-- end of matrix -->"


def environments():
  """The environments of tox.ini with a TensorFlow, in its order."""
  tox = configparser.ConfigParser()
  tox.read(ROOT / "tox.ini")
  return [name for name in tox["tox"]["envlist"].split()
          if re.match(r"py\d+-tf\d+", name)]


def pieces():
  """What is run at a time: a folder, or all test modules outside of one."""
  tests = ROOT / "tests"
  folders = sorted({path.relative_to(tests).parts[0]
                    for path in tests.glob("*/**/test_*.py")})
  modules = sorted(path.name for path in tests.glob("test_*.py"))
  return {"tests": [f"tests/{name}" for name in modules],
          **{f"tests/{name}": [f"tests/{name}"] for name in folders}}


def interpreter(name, folder=None):
  """The Python of an environment; tox makes it if there is no folder."""
  if folder is None:
    subprocess.run([sys.executable, "-m", "tox", "run", "-q", "--notest", "-e",
                    name], cwd=ROOT, check=True)
    folder = ROOT / ".tox"
  python = pathlib.Path(folder).absolute() / name / "bin" / "python"
  if not python.exists():
    raise SystemExit(f"{python} does not exist; make that environment, or "
                     "leave --environments out")
  return python


def versions(python):
  """The versions that a row of the table names."""
  code = ("import importlib.metadata, json, platform; print(json.dumps(dict("
          "{name: importlib.metadata.version(name) "
          f"for name in {DISTRIBUTIONS}}}, python=platform.python_version())))")
  return json.loads(subprocess.run(
      [python, "-c", code], check=True, capture_output=True, text=True).stdout)


def counted(report):
  """What a report of pytest's --junitxml says."""
  cases = list(xml.etree.ElementTree.parse(report).iter("testcase"))
  failed = [f"{case.get('classname')}::{case.get('name')}" for case in cases
            if case.find("failure") is not None
            or case.find("error") is not None]
  skipped = sum(case.find("skipped") is not None for case in cases)
  return dict(passed=len(cases) - skipped - len(failed), skipped=skipped,
              failed=len(failed), failures=failed)


def run_piece(python, paths):
  """The outcome of the fast tests in `paths`; prints what pytest prints."""
  environment = dict(
      os.environ,
      TFCOMPAT_ALLOWED_SKIPS=str(ROOT / "tests" / "allowed_skips.txt"))
  environment.pop("PYTHONPATH", None)
  with tempfile.TemporaryDirectory() as folder:
    report = pathlib.Path(folder) / "report.xml"
    begin = time.monotonic()
    code = subprocess.run(
        [python, "-m", "pytest", "-q", "-m", "not slow", "--junitxml", report,
         *paths], cwd=ROOT, env=environment).returncode
    seconds = time.monotonic() - begin
    outcome = (counted(report) if report.exists() else
               dict(passed=0, skipped=0, failed=0, failures=[]))
  if code not in (0, 5) and not outcome["failed"]:
    # A test that ended the process, or a skip that nobody allowed.
    outcome["failed"] = 1
    outcome["failures"] = [f"{' '.join(paths)}: pytest ended with code {code}"]
  return dict(outcome, seconds=round(seconds))


def row(name, result):
  """A row of the table."""
  total = {key: sum(piece[key] for piece in result["pieces"].values())
           for key in ("passed", "skipped", "failed", "seconds")}
  known = result["versions"]
  return (f"`{name}`", known["tensorflow"], known["python"], known["numpy"],
          known["tf_keras"], total["passed"], total["skipped"],
          total["failed"], round(total["seconds"] / 60))


def table(results, names, wanted):
  """The table in Markdown, and what failed or is still to be run."""
  rows = [row(name, results[name]) for name in names if name in results]
  lines = ["| " + " | ".join(map(str, cells)) + " |"
           for cells in (HEAD, ["---"] * len(HEAD), *rows)]
  failures = [f"* `{name}`: `{failure}`"
              for name in names if name in results
              for piece in results[name]["pieces"].values()
              for failure in piece["failures"]]
  missing = [f"* `{name}`: {len(left)} of {len(wanted)} folders were not run"
             for name in names
             if (left := set(wanted) - set(
                 results.get(name, {}).get("pieces", ())))]
  for title, listed in (("Failed:", failures), ("Not complete:", missing)):
    if listed:
      lines += ["", title, "", *listed]
  return "\n".join(lines) + "\n"


def write(page, text):
  """Puts the table between its marks in `page`."""
  before = page.read_text(encoding="utf-8")
  if BEGIN not in before or END not in before:
    raise SystemExit(f"{page} has no lines {BEGIN} and {END}; add them")
  head, tail = before.partition(BEGIN)[0], before.partition(END)[2]
  page.write_text(f"{head}{BEGIN}\n{text}{END}{tail}", encoding="utf-8")


def save(path, results):
  """Writes the results so that a kill leaves the old ones or the new ones."""
  path.parent.mkdir(parents=True, exist_ok=True)
  new = path.with_suffix(".new")
  new.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
  os.replace(new, path)


def parsed(words):
  parser = argparse.ArgumentParser(
      description="Run the fast tests with each TensorFlow of tox.ini.")
  parser.add_argument(
      "names", nargs="*", metavar="ENVIRONMENT",
      help="environments of tox.ini (all with a TensorFlow by default)")
  parser.add_argument(
      "--environments", metavar="FOLDER",
      help="use FOLDER/ENVIRONMENT/bin/python instead of what tox makes")
  parser.add_argument(
      "--pieces", metavar="FOLDER", nargs="+",
      help="run only these, such as tests/cells")
  parser.add_argument(
      "--results", metavar="FILE", type=pathlib.Path,
      default=ROOT / ".tox" / "matrix.json",
      help="where the results are kept (default .tox/matrix.json)")
  parser.add_argument(
      "--again", action="store_true", help="run what has passed as well")
  parser.add_argument(
      "--write", metavar="PAGE", type=pathlib.Path,
      help="write the table to PAGE after the run")
  parser.add_argument(
      "--no-run", action="store_true", help="only make the table")
  options = parser.parse_args(words)
  for what, given, known in (
      ("environment", options.names, environments()),
      ("piece", options.pieces or (), pieces())):
    for name in given:
      if name not in known:
        parser.error(f"no {what} {name}; there are {', '.join(known)}")
  return options


def main(words=None):
  options = parsed(words)
  results = (json.loads(options.results.read_text())
             if options.results.exists() else {})
  wanted = pieces()
  for name in [] if options.no_run else options.names or environments():
    result = results.setdefault(name, {"versions": {}, "pieces": {}})
    left = [piece for piece in options.pieces or wanted
            if options.again or result["pieces"].get(
                piece, {"failed": True})["failed"]]
    if not left:
      continue
    python = interpreter(name, options.environments)
    result["versions"] = versions(python)
    for piece in left:
      print(f"=== {name} {piece}", flush=True)
      result["pieces"][piece] = run_piece(python, wanted[piece])
      save(options.results, results)
  text = table(results, environments(), wanted)
  print(text)
  if options.write:
    write(options.write, text)
  return int("Failed:" in text)


if __name__ == "__main__":
  sys.exit(main())
