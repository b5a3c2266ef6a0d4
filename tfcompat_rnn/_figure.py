"""An empty picture, without touching what the user does in pyplot."""

from tfcompat_rnn import _errors


def new_figure(width, height):
  """A Matplotlib figure of its own, in inches.

  Raises `MissingModuleError` where there is no Matplotlib.
  """
  try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
  except ImportError as error:
    raise _errors.MissingModuleError(
        "a picture needs matplotlib; pip install 'tfcompat_rnn[plot]'"
    ) from error
  figure = Figure(figsize=(width, height), layout="constrained")
  FigureCanvasAgg(figure)
  return figure
