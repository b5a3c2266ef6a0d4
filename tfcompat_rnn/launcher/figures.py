"""`plt.show()` without a display: each figure is saved as a PNG file.

A Matplotlib backend (`module://tfcompat_rnn.launcher.figures`) on top of Agg. A
figure gets its number and file when it is first shown. `plt.show()` saves
what is open and closes it, as closing the windows would have done; with
`plt.ion()`, `plt.pause()` and `plt.draw()` the figure stays open and its file
is rewritten, at most once every two seconds and when the program ends.
"""

import atexit
import os
import sys
import time

DEFAULT_FOLDER = "figures"
BACKEND = "module://" + __name__
_SECONDS = 2.0


def has_display():
  """Whether a window can be opened."""
  if sys.platform in ("win32", "darwin"):
    return True
  return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Album:
  """The figures saved so far."""

  def __init__(self, folder, notify):
    self.folder = os.path.abspath(folder)
    self.notify = notify
    self.count = 0
    self.process = os.getpid()

  def save(self, figure, now=True):
    """Writes `figure`; unless `now`, only if it was not just written."""
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
      self.notify(f"figure {self.count} saved as {page['path']}")


_current = {"album": None}


def use(patches, matplotlib, folder, notify):
  """Makes `matplotlib`, just imported, save its figures in `folder`."""
  album = _Album(folder, notify)
  patches.replace(_current, "album", album, item=True)
  # rcParams["backend"] would choose a backend and load it.
  before = {key: dict.__getitem__(matplotlib.rcParams, key)
            for key in ("backend", "backend_fallback")}
  matplotlib.use(BACKEND)
  patches.on_close(_put_backend_back, matplotlib, before)
  told = []

  def make(original):
    def choose(backend, *args, **kwargs):
      if str(backend).lower() in _FILE_BACKENDS:
        return original(backend, **{key: value for key, value in kwargs.items()
                                    if key == "force"})
      if not told and backend != BACKEND:
        told.append(backend)
        notify(f"matplotlib.use({backend!r}): figures go to {album.folder} "
               "instead of a window")
      return None
    return choose

  # Agg writes files too, but its show() would discard the figure.
  patches.wrap(matplotlib, "use", make)
  atexit.register(_finish)
  patches.on_close(_stop)


def _put_backend_back(matplotlib, before):
  if dict.__getitem__(matplotlib.rcParams, "backend") == BACKEND:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
      pyplot.switch_backend(before["backend"])
    dict.update(matplotlib.rcParams, before)


def is_in_use():
  """Whether figures are saved to files."""
  return _current["album"] is not None


_FILE_BACKENDS = frozenset(("pdf", "ps", "svg", "pgf", "cairo", "template"))


def _stop():
  _finish()
  atexit.unregister(_finish)


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
  """`plt.show(...)`, with the arguments of any Matplotlib version."""
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
  """`plt.ion()`: drawings appear at the next show, draw or pause."""


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
      """`figure.show()`: writes the file; the figure stays open."""
      if _current["album"] is not None:
        _current["album"].save(self.canvas.figure)

  class FigureCanvas(FigureCanvasAgg):
    """Agg's canvas with the manager above."""
    manager_class = FigureManager

    def draw_idle(self, *args, **kwargs):
      """`plt.draw()`, which would display an interactive figure."""
      import matplotlib
      if matplotlib.is_interactive() and _current["album"] is not None:
        _current["album"].save(self.figure, now=False)

  globals().update(FigureCanvas=FigureCanvas, FigureManager=FigureManager)
