"""Records a program in this process, under the launcher."""

import importlib
import os
import traceback

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import watch

COPIED = (
    "state is read from reference variables. If one run computes gradients "
    "and assigns that state, 1.x returns wrong gradients; our side reads a "
    "copy and returns the right ones. If gradients differ, compare with "
    "--resource-variables, where both are right")


def record(arguments, run):
  """Calls `run()`, which launches the program, with the recorder attached.

  Returns 0 when the program has ended. Its exceptions pass through.

  Raises:
    LauncherError: if the recording cannot be written, `--initial` cannot be
      read, or the program does not exist.
  """
  recording = _recorder(arguments)

  def launch():
    try:
      return run()
    except _errors.LauncherError:
      recording.discard()  # no program, no recording
      raise
    except Exception as error:
      failure.strip_chain(error)
      error.recorded_traceback = "".join(traceback.format_exception(error))
      raise

  def attach(module):
    recording.attach(module.tf)
    # Imported here because it needs TensorFlow, which the program has now
    # imported.
    snapshot = importlib.import_module("tfcompat_rnn._snapshot")
    snapshot.on_first(lambda: recording.problem(COPIED))

  return _watched(recording, arguments, launch,
                  {"tfcompat_rnn._tf": attach})


def record_plainly(arguments):
  """Runs and records the program as Python would run it; as `record`."""
  words = list(arguments.rest)
  as_module = words[0].startswith("-m")
  if as_module:
    words = ([words[0][2:]] if words[0][2:] else []) + words[1:]
  if not as_module and not os.path.isfile(words[0]):
    raise refuse(f"can't open file {words[0]!r}: there is no such program; "
                 "name a SCRIPT.py or `-m MODULE`")
  recording = _recorder(arguments)

  def attach(module):
    recording.attach(module.compat.v1)

  def note(module):
    module.on_first(lambda: recording.problem(COPIED))

  return _watched(recording, arguments,
                  lambda: recorder.run_program(words, as_module),
                  {"tensorflow": attach, "tfcompat_rnn._snapshot": note})


def _recorder(arguments):
  try:
    return recorder.make(arguments.output, arguments, arguments.rest)
  except recorder.RecordingError as error:
    raise refuse(error) from error


def _watched(recording, arguments, run, when_imported):
  """Runs the program; calls a function when one of the modules is imported."""
  with _patching.Stack() as patches:
    watcher = watch.Watch(patches)
    for name, function in when_imported.items():
      watcher.when_imported(name, function)
    recorder.seed_generators(arguments.seed)
    try:
      return recorder.watch(recording, run) or 0
    except recorder.RecordingError as error:
      raise refuse(error) from error
    finally:
      recording.detach()


def refuse(error):
  """A LauncherError with exit code 2 and the text of `error`."""
  refusal = _errors.LauncherError(str(error))
  refusal.exit_code = 2
  return refusal
