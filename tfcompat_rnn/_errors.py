"""The errors of this package; all of them derive from `TfcompatError`.

Each class also derives from the built-in type that TensorFlow 1.15 raised in
the same place, so `except ValueError:` in an old program keeps working.
"""


class TfcompatError(Exception):
  """Base class of every error this package raises on purpose."""


class ArgumentError(TfcompatError, ValueError):
  """An argument has the right type but a wrong value, shape or structure."""


class ArgumentTypeError(TfcompatError, TypeError):
  """An argument has the wrong type or dtype."""


class EmptySequenceError(TfcompatError, IndexError):
  """A sequence has no step, and at least one is needed."""


class StateFieldError(TfcompatError, AttributeError):
  """A state lacks fields that the cell reads by name."""


class UnknownNameError(TfcompatError, KeyError):
  """A name is looked up, and nothing has it."""

  # KeyError prints the representation of its argument.
  __str__ = Exception.__str__


class StateNameError(UnknownNameError):
  """A state of this name does not exist."""


class EagerError(TfcompatError, RuntimeError):
  """Something that needs eager execution is used in a graph."""


class UnsupportedTensorFlowError(TfcompatError, ImportError):
  """The installed TensorFlow is outside the range this package supports."""


class UntestedTensorFlowWarning(UserWarning):
  """The installed TensorFlow is newer than the tested versions."""


class PrivateSymbolError(TfcompatError, ImportError):
  """A private TensorFlow symbol is missing, and there is no fallback."""


class MissingSymbolError(TfcompatError, AttributeError):
  """A TensorFlow 1.15 name (attribute) that this package does not support."""


class MissingModuleError(TfcompatError, ModuleNotFoundError):
  """A TensorFlow 1.15 module or name that cannot be imported here."""


class MissingFileError(TfcompatError, FileNotFoundError):
  """A data file that the program needs does not exist."""


class CheckpointError(TfcompatError, ValueError):
  """A checkpoint is damaged, incomplete, or not what the graph needs."""


class CheckpointWriteError(TfcompatError, OSError):
  """A checkpoint cannot be written where it should be."""


class ExportError(TfcompatError, ValueError):
  """An exported model does not run, or computes something else."""


class ExportWriteError(TfcompatError, OSError):
  """A model cannot be written where it should be."""


class RefusedError(TfcompatError, NotImplementedError):
  """Refuses something that 1.15 supported, instead of computing it wrongly."""


class LauncherError(TfcompatError):
  """`tfcompat-rnn run` cannot start the given program or continue it."""


def problem(name, must, got, next_step):
  """The form of all messages: "`name` must ..., got ...; next step".

  It is one line: names of files, too, may have ends of lines in them.

  >>> problem("batch_size", "be positive", -1, "pass the number of rows")
  '`batch_size` must be positive, got -1; pass the number of rows'
  """
  return f"`{name}` must {must}, got {got}; {next_step}".replace(
      "\r", "\\r").replace("\n", "\\n")


def option(words, argument):
  """How a choice is made: with an option of `run`, or in a program's call.

  >>> option("--api 0.8", "api='0.8'")
  "--api 0.8 or behave_as_1_15(api='0.8')"
  """
  return f"{words} or behave_as_1_15({argument})"


def require(holds, name, must, got, next_step, kind=ArgumentError):
  """Raises the error `kind` unless `holds`; the rest as for `problem`."""
  if not holds:
    raise kind(problem(name, must, got, next_step))
