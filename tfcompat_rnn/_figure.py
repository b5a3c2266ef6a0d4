"""An empty picture, without touching what the user does in pyplot."""

import importlib

from tfcompat_rnn import _errors


def require_matplotlib():
  """Raises `MissingModuleError` where there is no Matplotlib."""
  try:
    importlib.import_module("matplotlib")
  except ImportError as error:
    raise _errors.MissingModuleError(
        "a picture needs matplotlib; pip install 'tfcompat_rnn[plot]'"
    ) from error


def new_figure(width, height):
  """A Matplotlib figure of its own, in inches."""
  require_matplotlib()
  from matplotlib.backends.backend_agg import FigureCanvasAgg
  from matplotlib.figure import Figure
  figure = Figure(figsize=(width, height), layout="constrained")
  FigureCanvasAgg(figure)
  return figure
