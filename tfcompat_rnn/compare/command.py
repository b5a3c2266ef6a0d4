"""Implements `tfcompat-rnn compare`, from the options to the exit code."""

import argparse
import json
import os
import pathlib
import re
import shutil
import tempfile
import time

from tfcompat_rnn import _writing
from tfcompat_rnn._terminal import complain
from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import folders
from tfcompat_rnn.compare import mapping
from tfcompat_rnn.compare import options
from tfcompat_rnn.compare import page
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare import report as report_text
from tfcompat_rnn.compare import sides
from tfcompat_rnn.compare.here import refuse
from tfcompat_rnn.compare.recording import Recording
from tfcompat_rnn.compare.recording import RecordingError
from tfcompat_rnn.launcher import failure

EQUAL, DIFFERENT, FAILED = 0, 1, 2


def words_of(add_arguments, arguments):
  """The command-line words from which `add_arguments` would parse the same.

  Used to pass the options of `run` on to our side unchanged.
  """
  parser = argparse.ArgumentParser(add_help=False)
  add_arguments(parser)
  words = []
  for action in parser._actions:
    value = getattr(arguments, action.dest)
    if value == parser.get_default(action.dest):
      continue
    if action.nargs == 0:
      if action.const != value:
        continue             # the other of two opposite options
      words.append(action.option_strings[-1])
    else:
      for one in value if isinstance(value, list) else [value]:
        words += [action.option_strings[-1], str(one)]
  return words


def compare(arguments, run_words=()):
  """Runs both sides, prints the report, and returns 0, 1 or 2.

  Raises:
    LauncherError: with `exit_code` 2, if a side cannot be started or a
      recording cannot be read.
  """
  for path in (arguments.json, arguments.html):
    if path and not os.path.isdir(os.path.dirname(os.path.abspath(path))):
      raise refuse(f"there is no folder for {path}; make it first")
  work = None
  try:
    work = _real(arguments.keep or tempfile.mkdtemp(prefix="tfcompat-rnn-"))
    work.mkdir(parents=True, exist_ok=True)
    return _Comparison(arguments, list(run_words), work).result()
  except RecordingError as error:
    raise refuse(error) from error
  except OSError as error:  # a full disk, a folder in place of a file, ...
    raise refuse(f"{error.filename or 'a file'} cannot be read or written "
                 f"({error.strerror or error}); check its name, its "
                 "permissions and the free space there") from error
  finally:
    if work and not arguments.keep:
      shutil.rmtree(work, ignore_errors=True)


def _real(path):
  # `Path.resolve` raises a RuntimeError for a link to itself.
  return pathlib.Path(os.path.realpath(path))


class _Comparison:

  def __init__(self, arguments, run_words, work):
    self.arguments = arguments
    self.run_words = run_words
    self.work = work
    self.remarks = []
    self._python2 = {}       # program -> does it run as Python 2 did
    self.given = None        # the map of names that `--variables` names
    self.names = []          # remarks on names that differ
    self.copies = []         # of the current folder, one for each side

  def result(self):
    """The exit code."""
    arguments = self.arguments
    path = arguments.variables
    # Read before anything runs, and from where the sides do not run.
    self.given = mapping.read(path) if path and os.path.exists(path) else None
    if arguments.against:
      path = _real(arguments.against)
      self._take_options(self._open(path))
      there = sides.Outcome("the recording", 0, path)
    else:
      for name in ("threads", "parallel_iterations"):
        setattr(arguments, name, _given(getattr(arguments, name), 1))
      if arguments.reference_python:
        sides.check_python(arguments.reference_python)
      path = self.work / "reference.npz"
      there = self._run("the reference", path, arguments.rest,
                        ours=not arguments.reference_python)
    if there.path is None:
      return self._fail([there])
    words = []
    if arguments.initial_values == "reference":
      words = ["--initial", str(path)]
      if self.given:
        words += ["--initial-names", os.path.abspath(arguments.variables)]
    if arguments.rest[0].endswith(".npz"):
      here = sides.Outcome("our side", 0, pathlib.Path(arguments.rest[0]))
    else:
      here = self._run("our side", self.work / "ours.npz",
                       arguments.new or arguments.rest, True, words)
    if here.path is None:
      return self._fail([here])
    reference, ours = self._open(there.path), self._open(here.path)
    ours, self.names = self._renamed(reference, ours)
    failed = [side for side, recording in ((there, reference), (here, ours))
              if _error_of(recording)]
    if failed and _code(reference) != _code(ours) or any(
        recording.outcome["kind"] == "error"
        for recording in (reference, ours)):
      return self._fail(failed, reference, ours)
    if not reference.tail["calls"] and not ours.tail["calls"]:
      complain("the program did not call Session.run on either side; there is "
               "nothing to compare")
      return FAILED
    return self._report(reference, ours)

  def _open(self, path):
    return Recording(path, recorder.size_of(self.arguments.max_size))

  # -- running

  def _take_options(self, recording):
    """Takes the options that are not given from the recording."""
    for name in ("steps", "seed", "threads", "parallel_iterations"):
      # Recordings of older versions left loops to the program.
      given, theirs = getattr(self.arguments, name), recording.head.get(
          name, 0 if name == "parallel_iterations" else None)
      if given is None:
        setattr(self.arguments, name, theirs)
      elif given != theirs:
        self.remarks.append(f"--{name.replace('_', '-')} is {given} here, "
                            f"{theirs} in the recording")
    if self.arguments.rest[0].endswith(".npz"):
      return
    self.arguments.gradients |= recording.head.get("gradients", False)
    if not self.arguments.variables_at:
      self.arguments.variables_at = ",".join(
          map(str, recording.head.get("variables_at", ())))
    if recording.head["argv"][1:] != self.arguments.rest[1:]:
      self.remarks.append(
          f"the program's arguments are {self.arguments.rest[1:]} here, "
          f"{recording.head['argv'][1:]} in the recording")

  def _run(self, name, output, program, ours, words=()):
    """Runs one side in its folder and returns its Outcome."""
    arguments = self.arguments
    current = os.getcwd()
    title, program = program[0], list(program)
    if output.exists():
      output.unlink()
    if arguments.in_place:
      folder = pathlib.Path(current)
      before = folders.state(folder)
    else:
      place = self.work / output.stem
      if place.exists():
        shutil.rmtree(place)
      folder = folders.mirror(current, place)
      self.copies.append(str(folder))
      if not program[0].startswith("-"):
        program[0] = folders.script_word(program[0], current)
    self._check_program(program, folder)
    words = options.of_recorder(arguments) + list(words)
    if ours:
      plain = not self.run_words and sides.imports_this(program[0], folder)
      if plain:
        self.remarks.append(f"{title} imports tfcompat_rnn itself, so it ran "
                            "without the launcher")
      command = sides.our_command(
          program, output, self.run_words + words + ["--no-launcher"] * plain,
          not plain and self._is_python2(program, folder))
    else:
      command = sides.reference_command(
          arguments.reference_python, program, output,
          words + options.of_reference(arguments), folder,
          self._is_python2(program, folder))
    complain(f"running {title} for {name}: {command[0]}")
    start = time.monotonic()
    outside = folders.Outside(folder, current)
    outcome = sides.run(name, command, folder, ours, output,
                        arguments.reference_path)
    complain(f"{name} ended after {time.monotonic() - start:.0f} s")
    written = [] if arguments.in_place else outside.changed()
    if written:
      self.remarks.append(
          "files outside of the current folder, of which there is no copy, "
          f"changed while {name} ran: " + ", ".join(written[:5]) + (
              f" and {len(written) - 5} more" if written[5:] else ""))
    if arguments.in_place and name == "the reference":
      self._remark_files(folders.changed(before, folders.state(folder)))
    for kind in ("stdout", "stderr"):
      (self.work / f"{output.stem}.{kind}.txt").write_text(
          getattr(outcome, kind), encoding="utf-8")
    return outcome

  def _is_python2(self, program, folder):
    name = program[0]
    if name not in self._python2:
      arguments = argparse.Namespace(**vars(self.arguments))
      if arguments.new and program[0] == self.arguments.new[0]:
        arguments.reference_python = None    # that is of the old program
      self._python2[name] = sides.is_python2(program, arguments, folder)
    return self._python2[name]

  def _check_program(self, program, folder):
    name = program[0]
    if name == "-":
      raise refuse("`SCRIPT` must be a file, got -; standard input can be "
                   "read only once, but there are two sides")
    if not name.startswith("-m") and not os.path.exists(
        os.path.join(folder, name)):
      raise refuse(f"can't open file {name!r}: there is no such program; "
                   "name a SCRIPT.py, a NOTEBOOK.ipynb or `-m MODULE`")

  def _remark_files(self, names):
    if names:
      self.remarks.append(
          "the reference's run left files in this folder, where our side "
          "found them: " + ", ".join(names[:5]) + (
              f" and {len(names) - 5} more" if names[5:] else "") +
          "; without --in-place each side has a folder of its own")

  # -- failures

  def _fail(self, failed, reference=None, ours=None):
    """Reports which side failed, and how; returns 2."""
    if len(failed) == 2 and _same(_error_of(reference), _error_of(ours)):
      self._show_failure(failed[1], ours)
      complain("both sides fail with the same error, so this is the program's "
               f"own: {_error_of(ours)}")
      report = self._compare(reference, ours)
      complain(f"before it, {report.calls} calls of Session.run " + (
          "are equal" if report.equal else
          f"were compared; first difference: {report.first.text}"))
      self._hint(_error_of(ours))
      return FAILED
    for side in failed:
      recording = {"our side": ours}.get(side.name, reference)
      self._show_failure(side, recording)
      complain(f"{side.name} failed: " + (
          _error_of(recording) if recording else
          f"it ended with exit code {side.code} and left no recording"))
      self._hint(_error_of(recording) if recording else side.stderr)
    if len(failed) == 1 and reference and ours:
      complain("the other side did not; " + self._agreement(reference, ours))
    return FAILED

  def _agreement(self, reference, ours):
    """How far the two runs agreed before one of them failed."""
    calls, first = differences.agreement(reference, ours, self._tolerance())
    if not calls:
      return "there is no call of Session.run that both made"
    if first is None:
      return f"the {calls} calls of Session.run that both made are equal"
    return (f"of the {calls} calls of Session.run that both made, the first "
            f"difference is this: {first.text}")

  def _hint(self, error):
    if "No such file" in error and not self.arguments.in_place:
      complain("each side ran in a copy of this folder; if the program needs a "
               "path outside it, use --in-place")
    absent = re.search(r"No module named '?([A-Za-z_]\w*)", error)
    folder = absent and failure.hint_of_folder(absent.group(1))
    if folder:
      complain(folder)

  def _show_failure(self, side, recording):
    text = side.stderr[-6000:]
    if recording is not None and "traceback" in recording.outcome:
      text = recording.outcome["traceback"]
    for copy in self.copies:
      text = text.replace(copy, os.getcwd())
    if text.strip():
      complain(text.rstrip(), "")

  # -- the report

  def _compare(self, reference, ours):
    return differences.compare(reference, ours, self._tolerance())

  def _renamed(self, reference, ours):
    """(our Recording under the reference's names, remarks on the names)."""
    path = self.arguments.variables
    if not path and not self.arguments.new and (
        _name_of(reference) == _name_of(ours)):
      return ours, []        # one program: another name is a difference
    names = mapping.find(reference, ours, self.given)
    others = [new for new in names.variables.values() if new is not None]
    if self.arguments.initial_values == "reference" and others and (
        not self.given):
      self.remarks.append(
          f"{len(others)} variables have other names in the reference, so they "
          "started with their own values; compare again with --variables "
          f"{path or 'FILE'}")
    if path and self.given is None:
      mapping.write(path, names)
      complain(f"wrote the names that differ to {path}; edit it and compare "
               "again if a pair is wrong")
    return mapping.Renamed(ours, names), names.notes()

  def _tolerance(self):
    arguments = self.arguments
    return differences.Tolerance(
        arguments.rtol, arguments.atol, arguments.weights_rtol)

  def _report(self, reference, ours):
    arguments = self.arguments
    remarks = self.remarks + [
        f"the reference: {text}" for text in reference.tail["problems"]] + [
            f"our side: {text}" for text in ours.tail["problems"]]
    if arguments.initial_values == "reference":
      remarks.append(f"{ours.tail['loaded']} variables started with the "
                     "reference's values")
    remarks += _loops(reference, ours)
    report = self._compare(reference, ours)
    title = " ".join(arguments.rest[:1] + (
        ["with", *arguments.new] if arguments.new else arguments.rest[1:]))
    parts = (report, reference, ours, title, remarks + self.names)
    print(report_text.text(*parts))
    if arguments.json:
      text = json.dumps(report_text.data(*parts), indent=1, allow_nan=False)
      _write(arguments.json, text + "\n")
    if arguments.html:
      self._write_page(arguments.html, parts)
    return EQUAL if report.equal else DIFFERENT

  def _write_page(self, path, parts):
    # Whatever goes wrong with the picture, the verdict stands.
    try:
      _write(path, page.page(*parts))
    except Exception as error:
      complain(f"--html: {path} was not written ({type(error).__name__}: "
               f"{error}); the verdict above stands")


def _write(path, text):
  try:
    # Names may hold half a character that a file's name was made of.
    _writing.write_whole(path, text.encode("utf-8", "backslashreplace"))
  except OSError as error:
    raise OSError(error.errno, error.strerror, path) from error


def _loops(reference, ours):
  """[a remark on the loops that ran otherwise than the program says]."""
  counts = {side.tail.get("loops", 0) for side in (reference, ours)}
  limits = {side.head.get("parallel_iterations", 0)
            for side in (reference, ours)}
  if not any(counts) or len(limits) > 1:
    return []
  return ["on both sides, loops that draw random numbers ran with "
          f"parallel_iterations={limits.pop()}; --parallel-iterations 0 "
          "leaves them as they are"]


def _name_of(recording):
  """The name of the recorded script, without its folder."""
  words = recording.head["argv"]
  return os.path.basename(words[0]) if words else ""


def _given(value, default):
  return default if value is None else value


def _code(recording):
  return recording.outcome.get("code", 0)


def _error_of(recording):
  """One line on how the program failed, or None."""
  outcome = recording.outcome
  if outcome["kind"] == "error":
    return f"{outcome['type']}: {_essence(outcome['message'])}"
  if outcome["kind"] == "exit" and outcome["code"]:
    return f"exit code {outcome['code']}" + (
        f": {outcome['said']}" if "said" in outcome else "")
  return None


def _essence(message):
  """The line of a message that states the error.

  >>> _essence("Graph execution error:\\n\\n...\\nNode: 'x'\\nYou must feed")
  'You must feed'
  """
  found = re.search(r"\nNode: .*\n(.*)", message)
  if message.startswith("Graph execution error") and found:
    return found.group(1)
  return message.strip().split("\n")[0]


def _same(one, other):
  """Are both the same error? Addresses and folders are ignored."""
  def plain(text):
    text = re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b", "", text)
    return re.sub(r"(/[\w.-]+)+/", "/", text)
  return plain(one) == plain(other)
