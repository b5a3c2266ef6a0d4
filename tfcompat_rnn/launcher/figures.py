"""`plt.show()` without a display: each figure becomes a PNG file.

A Matplotlib backend (`module://tfcompat_rnn.launcher.figures`) on top of Agg. A
figure gets its number and file when it is first shown. `plt.show()` saves
what is open and closes it, as closing the windows would have done; with
`plt.ion()`, `plt.pause()` and `plt.draw()` the figure stays open and its file
is written anew, at most once in two seconds and at the program's end.
"""

import atexit
import os
import sys
import time

DEFAULT_FOLDER = "figures"
BACKEND = "module://" + __name__
_SECONDS = 2.0


def has_display():
  """Can a window be opened here?"""
  if sys.platform in ("win32", "darwin"):
    return True
  return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Album:
  """The figures saved so far."""

  def __init__(self, folder, say):
    self.folder = os.path.abspath(folder)
    self.say = say
    self.count = 0
    self.process = os.getpid()

  def save(self, figure, now=True):
    """Writes `figure`; if not `now`, only if the last time is long past."""
    page = getattr(figure, "_tfcompat_page", None)
    if page is None:
      self.count += 1
      os.makedirs(self.folder, exist_ok=True)
      name = f"figure_{self.count:03d}.png"
      if os.getpid() != self.process:
        name = f"figure_{os.getpid()}_{self.count:03d}.png"
      page = figure._tfcompat_page = {
          "path": os.path.join(self.folder, name), "time": None,
          "dirty": False}
    first = page["time"] is None
    if not (first or now or time.monotonic() - page["time"] >= _SECONDS):
      page["dirty"] = True
      return
    figure.savefig(page["path"])
    page["time"], page["dirty"] = time.monotonic(), False
    if first:
      self.say(f"figure {self.count} saved as {page['path']}")


_current = {"album": None}


def use(matplotlib, folder, say):
  """Makes `matplotlib` (just imported) save its figures in `folder`."""
  _current["album"] = _Album(folder, say)
  original = matplotlib.use
  original(BACKEND)
  told = []

  def choose(backend, *args, **kwargs):
    """`matplotlib.use` of a program that saves its figures."""
    if str(backend).lower() in _FILE_BACKENDS:
      return original(backend, **{key: value for key, value in kwargs.items()
                                  if key == "force"})
    if not told and backend != BACKEND:
      told.append(backend)
      say(f"matplotlib.use({backend!r}): figures go to "
          f"{_current['album'].folder} instead of a window")
    return None

  # Agg writes files as well, but its show() would lose the figure.
  matplotlib.use = choose
  matplotlib._tfcompat_use = original
  atexit.register(_finish)


def is_in_use():
  """Are figures saved in files here?"""
  return _current["album"] is not None


_FILE_BACKENDS = frozenset(("pdf", "ps", "svg", "pgf", "cairo", "template"))


def _finish():
  pyplot = sys.modules.get("matplotlib.pyplot")
  album = _current["album"]
  if pyplot is None or album is None:
    return
  for number in pyplot.get_fignums():
    figure = pyplot.figure(number)
    page = getattr(figure, "_tfcompat_page", None)
    if page and page["dirty"]:
      album.save(figure)


def show(*args, **kwargs):
  """`plt.show(...)`, with whatever arguments it was given over the years."""
  import matplotlib
  from matplotlib import _pylab_helpers
  album = _current["album"]
  managers = _pylab_helpers.Gcf.get_all_fig_managers()
  if album is None:
    return
  block = kwargs.get("block")
  stays = not block and (matplotlib.is_interactive() or block is False)
  for manager in managers:
    album.save(manager.canvas.figure, now=not stays)
  if not stays:
    _pylab_helpers.Gcf.destroy_all()


def draw_if_interactive():
  """`plt.ion()`: what is drawn is seen at the next show, draw or pause."""


def __getattr__(name):
  # Matplotlib asks for these when it loads this module as a backend.
  if name in ("FigureCanvas", "FigureManager"):
    _build_backend()
    return globals()[name]
  raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _build_backend():
  from matplotlib.backend_bases import FigureManagerBase
  from matplotlib.backends.backend_agg import FigureCanvasAgg

  class FigureManager(FigureManagerBase):
    """Shows a figure by saving it."""

    def show(self):
      """`figure.show()`: the file, and the figure stays open."""
      if _current["album"] is not None:
        _current["album"].save(self.canvas.figure)

  class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas with the manager above."""
    manager_class = FigureManager

    def draw_idle(self, *args, **kwargs):
      """`plt.draw()`: an interactive figure would be seen now."""
      import matplotlib
      if matplotlib.is_interactive() and _current["album"] is not None:
        _current["album"].save(self.figure, now=False)

  globals().update(FigureCanvas=FigureCanvas, FigureManager=FigureManager)
