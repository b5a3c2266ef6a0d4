"""Records a program in this process, under the launcher."""

import importlib
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
  try:
    recording = recorder.make(arguments.output, arguments, arguments.rest)
  except recorder.RecordingError as error:
    raise refuse(error) from error

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

  with _patching.Stack() as patches:
    watch.Watch(patches).when_imported("tfcompat_rnn._tf", attach)
    recorder.seed_generators(arguments.seed)
    try:
      return recorder.watch(recording, launch) or 0
    finally:
      recording.detach()


def refuse(error):
  """A LauncherError with exit code 2 and the text of `error`."""
  refusal = _errors.LauncherError(str(error))
  refusal.exit_code = 2
  return refusal
