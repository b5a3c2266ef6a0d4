"""Creates empty figures without affecting the user's pyplot state."""

import importlib

from tfcompat_rnn import _errors


def require_matplotlib():
  """Raises `MissingModuleError` if Matplotlib is not installed."""
  try:
    importlib.import_module("matplotlib")
  except ImportError as error:
    raise _errors.MissingModuleError(
        "plotting needs matplotlib; pip install 'tfcompat_rnn[plot]'"
    ) from error


def new_figure(width, height):
  """A separate Matplotlib figure; sizes are in inches."""
  require_matplotlib()
  from matplotlib.backends.backend_agg import FigureCanvasAgg
  from matplotlib.figure import Figure
  figure = Figure(figsize=(width, height), layout="constrained")
  FigureCanvasAgg(figure)
  return figure
