"""One family of errors: catch `TfcompatError` and you catch all of ours.

Each class is also the built-in type that TensorFlow 1.15 raised in the same
place, so a legacy `except ValueError:` keeps working.
"""


class TfcompatError(Exception):
  """Base class of every error this package raises on purpose."""


class ArgumentError(TfcompatError, ValueError):
  """An argument has the right type and a wrong value, shape or structure."""


class ArgumentTypeError(TfcompatError, TypeError):
  """An argument has the wrong type or dtype."""


class StateFieldError(TfcompatError, AttributeError):
  """A state lacks fields that the cell reads by name."""


class UnsupportedTensorFlowError(TfcompatError, ImportError):
  """The installed TensorFlow is outside the range this package supports."""


class UntestedTensorFlowWarning(UserWarning):
  """The installed TensorFlow is newer than the tested versions."""


class PrivateSymbolError(TfcompatError, ImportError):
  """A private TensorFlow symbol that we rely on is gone, with no fallback."""


class MissingSymbolError(TfcompatError, AttributeError):
  """A TensorFlow 1.15 name that this package does not carry (attribute)."""


class MissingModuleError(TfcompatError, ModuleNotFoundError):
  """A TensorFlow 1.15 module or name that cannot be imported here."""


class MissingFileError(TfcompatError, FileNotFoundError):
  """A data file that the program asks for is not where it looks."""


class CheckpointError(TfcompatError, ValueError):
  """A checkpoint is damaged, incomplete, or not what the graph needs."""


class CheckpointWriteError(TfcompatError, OSError):
  """A checkpoint cannot be written where it should be."""


class RefusedError(TfcompatError, NotImplementedError):
  """Something 1.15 could do and we do not; better loud than wrong."""


class LauncherError(TfcompatError):
  """`tfcompat-rnn run` cannot start or go on with the given program."""


def problem(name, must, got, next_step):
  """The form of all messages: "`name` must ..., got ...; next step".

  >>> problem("batch_size", "be positive", -1, "pass the number of rows")
  '`batch_size` must be positive, got -1; pass the number of rows'
  """
  return f"`{name}` must {must}, got {got}; {next_step}"
