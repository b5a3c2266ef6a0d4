"""What old programs use of Matplotlib 1.5 to 3.0."""

from tfcompat_rnn import _errors
from tfcompat_rnn.repairs import Repair
from tfcompat_rnn.repairs import _kinds


def _hold(module):
  def hold(b=None):
    """Accepts `True`: later plots add to earlier ones, as always now."""
    if not b:
      raise _errors.RefusedError(_errors.problem(
          "hold", "be True: Matplotlib 3 adds each plot to the last", b,
          "call plt.cla() before a plot that replaces the last one"))
  return hold


def _axes_hold(module):
  held = _hold(module)
  return lambda self, b=None: held(b)


def _set_axis_bgcolor(module):
  return lambda self, color: self.set_facecolor(color)


def _get_axis_bgcolor(module):
  return lambda self: self.get_facecolor()


def _set_window_title(module):
  def set_window_title(self, title):
    """Sets the title of the window, if there is one."""
    if self.manager is not None:
      self.manager.set_window_title(title)
  return set_window_title


def _tostring_rgb(module):
  def tostring_rgb(self):
    """Returns the pixels as bytes: red, green and blue, without alpha."""
    import numpy as np
    return np.asarray(self.buffer_rgba())[..., :3].tobytes()
  return tostring_rgb


def _drop(name):
  """A wrapper that drops the keyword `name`, which can only be True now."""
  def make(original, notify):
    def plot(*args, **kwargs):
      if kwargs.get(name, True) is False:
        raise _errors.RefusedError(_errors.problem(
            name, "be True: Matplotlib 3 adds each plot to the last", False,
            "call plt.cla() before a plot that replaces the last one"))
      kwargs.pop(name, None)
      return original(*args, **kwargs)
    return plot
  return make


def _drop_ignored(*names):
  def make(original, notify):
    def call(*args, **kwargs):
      for name in names:
        kwargs.pop(name, None)
      return original(*args, **kwargs)
    return call
  return make


def _rename(**names):
  """A wrapper that renames keyword arguments, old to new."""
  def make(original, notify):
    def call(*args, **kwargs):
      for old, new in names.items():
        if old in kwargs:
          kwargs.setdefault(new, kwargs.pop(old))
      return original(*args, **kwargs)
    return call
  return make


_ON_OFF = {"on": True, "off": False}


def _make_on_off(original, notify):
  def call(*args, **kwargs):
    return original(
        *(_ON_OFF.get(value, value) if isinstance(value, str) else value
          for value in args),
        **{key: _ON_OFF.get(value, value)
           if isinstance(value, str) and key != "axis" else value
           for key, value in kwargs.items()})
  return call


def _make_grid(original, notify):
  on_off = _make_on_off(original, notify)

  def grid(*args, b=None, **kwargs):
    if b is not None:
      kwargs.setdefault("visible", _ON_OFF.get(b, b))
    return on_off(*args, **kwargs)
  return grid


def _make_gca(original, notify):
  def gca(self, **kwargs):
    if not kwargs:
      return original(self)
    # gca(projection="3d") created the axes if there were none.
    wanted = kwargs.get("projection")
    if self.axes and (wanted is None or self.axes[-1].name == wanted):
      return original(self)
    return self.add_subplot(**kwargs)
  return gca


_STYLES = ("seaborn", "seaborn-bright", "seaborn-colorblind", "seaborn-dark",
           "seaborn-dark-palette", "seaborn-darkgrid", "seaborn-deep",
           "seaborn-muted", "seaborn-notebook", "seaborn-paper",
           "seaborn-pastel", "seaborn-poster", "seaborn-talk",
           "seaborn-ticks", "seaborn-white", "seaborn-whitegrid")


def _make_style(original, notify):
  def translate(style):
    if isinstance(style, str) and style in _STYLES:
      return style.replace("seaborn", "seaborn-v0_8", 1)
    if isinstance(style, (list, tuple)):
      return [translate(one) for one in style]
    return style

  def use(style, *args, **kwargs):
    return original(translate(style), *args, **kwargs)
  return use


_COLOURS = {"spectral": "nipy_spectral", "Vega10": "tab10",
            "Vega20": "tab20", "Vega20b": "tab20b", "Vega20c": "tab20c"}


def _colour(new):
  return lambda cm: getattr(cm, new)


def _get_cmap(cm):
  def get_cmap(name=None, lut=None):
    """Returns the colormap `name`, with `lut` entries if `lut` is given."""
    import matplotlib
    if name is None:
      name = matplotlib.rcParams["image.cmap"]
    if not isinstance(name, str):
      return name
    found = matplotlib.colormaps[_COLOURS.get(name, name)]
    return found if lut is None else found.resampled(lut)
  return get_cmap


def _old_colours(patches, matplotlib, notify):
  """Registers the colormaps that were renamed under their old names."""
  registry = matplotlib.colormaps
  for old in _COLOURS:
    if old not in registry:
      registry.register(registry[_COLOURS[old]], name=old)
      patches.on_close(registry.unregister, old)


def _register_cmap(cm):
  def register_cmap(name=None, cmap=None, override_builtin=False):
    """Registers `cmap`."""
    import matplotlib
    matplotlib.colormaps.register(cmap, name=name, force=True)
  return register_cmap


def _normpdf(mlab):
  def normpdf(x, *args):
    """Density of the normal distribution; `args`: mean, standard deviation."""
    import numpy as np
    mu, sigma = args
    return np.exp(-0.5 * ((np.asarray(x) - mu) / sigma) ** 2) / (
        np.sqrt(2 * np.pi) * sigma)
  return normpdf


def _bivariate_normal(mlab):
  def bivariate_normal(X, Y, sigmax=1.0, sigmay=1.0, mux=0.0, muy=0.0,
                       sigmaxy=0.0):
    """Density of the bivariate normal distribution."""
    import numpy as np
    rho = sigmaxy / (sigmax * sigmay)
    x, y = (X - mux) / sigmax, (Y - muy) / sigmay
    rest = 1 - rho ** 2
    return np.exp(-(x ** 2 + y ** 2 - 2 * rho * x * y) / (2 * rest)) / (
        2 * np.pi * sigmax * sigmay * np.sqrt(rest))
  return bivariate_normal


def _find(mlab):
  def find(condition):
    """Returns the indices where `condition`, flattened, is true."""
    import numpy as np
    return np.nonzero(np.ravel(condition))[0]
  return find


def _plot_date(pyplot):
  def plot_date(x, y, fmt="o", tz=None, xdate=True, ydate=False, **kwargs):
    """Plots data with dates on an axis."""
    axes = pyplot.gca()
    if xdate:
      axes.xaxis_date(tz)
    if ydate:
      axes.yaxis_date(tz)
    return axes.plot(x, y, fmt, **kwargs)
  return plot_date


_PLT = "matplotlib.pyplot"
_AXES = "matplotlib.axes"
_HOLD_WHY = "removed in Matplotlib 3.0"

ROWS = (
    _kinds.restore("plt.hold", _PLT, "hold", _hold, _HOLD_WHY),
    _kinds.restore("Axes.hold", _AXES, "Axes.hold", _axes_hold, _HOLD_WHY),
) + tuple(
    _kinds.wrap(f"plt.{name}(hold=)", _PLT, name, _drop("hold"),
                "hold=True is accepted", "an error since Matplotlib 3.11"
                if name == "contour" else _HOLD_WHY)
    for name in ("plot", "imshow", "scatter", "bar", "contour")) + (
    _kinds.wrap("Axes.hist(normed=)", _AXES, "Axes.hist",
                _rename(normed="density"), "normed= means density=",
                "removed in Matplotlib 3.1"),
    _kinds.wrap("plt.hist(normed=)", _PLT, "hist", _rename(normed="density"),
                "normed= means density=", "removed in Matplotlib 3.1"),
    _kinds.wrap("axisbg=", "matplotlib.figure", "Figure.add_subplot",
                _rename(axisbg="facecolor", axis_bgcolor="facecolor"),
                "axisbg= means facecolor=", "removed in Matplotlib 2.2"),
    _kinds.restore("Axes.set_axis_bgcolor", _AXES, "Axes.set_axis_bgcolor",
                   _set_axis_bgcolor, "removed in Matplotlib 2.2"),
    _kinds.restore("Axes.get_axis_bgcolor", _AXES, "Axes.get_axis_bgcolor",
                   _get_axis_bgcolor, "removed in Matplotlib 2.2"),
    _kinds.wrap("Figure.gca(projection=)", "matplotlib.figure", "Figure.gca",
                _make_gca, "creates axes with that projection",
                "removed in Matplotlib 3.6"),
    _kinds.restore("canvas.set_window_title", "matplotlib.backend_bases",
                   "FigureCanvasBase.set_window_title", _set_window_title,
                   "removed in Matplotlib 3.6"),
    _kinds.restore("canvas.tostring_rgb", "matplotlib.backends.backend_agg",
                   "FigureCanvasAgg.tostring_rgb", _tostring_rgb,
                   "removed in Matplotlib 3.10"),
    _kinds.restore("renderer.tostring_rgb", "matplotlib.backends.backend_agg",
                   "RendererAgg.tostring_rgb", _tostring_rgb,
                   "removed in Matplotlib 3.10"),
    _kinds.wrap("savefig(frameon=)", "matplotlib.figure", "Figure.savefig",
                _drop_ignored("frameon"), "frameon= is accepted and ignored",
                "removed in Matplotlib 3.5"),
    _kinds.wrap("matplotlib.use(warn=)", "matplotlib", "use",
                _drop_ignored("warn"), "warn= is accepted and ignored",
                "removed in Matplotlib 3.3"),
    _kinds.wrap("plt.style.use(seaborn)", "matplotlib.style", "use",
                _make_style, "the seaborn styles have their old names too",
                "renamed in Matplotlib 3.6"),
    _kinds.restore("plt.cm.get_cmap", "matplotlib.cm", "get_cmap", _get_cmap,
                   "removed in Matplotlib 3.11"),
    _kinds.restore("plt.cm.register_cmap", "matplotlib.cm", "register_cmap",
                   _register_cmap, "removed in Matplotlib 3.9"),
    Repair("cmap='spectral'", "matplotlib", "spectral, Vega10 and "
           "Vega20 can be used by name", "renamed in Matplotlib 2.2",
           _old_colours),
) + tuple(
    _kinds.restore(f"plt.cm.{old}", "matplotlib.cm", old, _colour(new),
                   "renamed in Matplotlib 2.2", f"plt.cm.{old} is {new}")
    for old, new in _COLOURS.items()) + (
    _kinds.wrap("Axes.tick_params('off')", _AXES, "Axes.tick_params",
                _make_on_off, "'on' and 'off' mean True and False",
                "every string means True since Matplotlib 3.1"),
    _kinds.wrap("Axes.grid(b=)", _AXES, "Axes.grid", _make_grid,
                "b= means visible=; 'on' and 'off' mean True and False",
                "removed in Matplotlib 3.6"),
    _kinds.wrap("plt.grid(b=)", _PLT, "grid", _make_grid,
                "b= means visible=; 'on' and 'off' mean True and False",
                "removed in Matplotlib 3.6"),
    _kinds.wrap("set_xscale(nonposx=)", _AXES, "Axes.set_xscale",
                _rename(nonposx="nonpositive", basex="base",
                        subsx="subs"), "nonposx= means nonpositive=",
                "removed in Matplotlib 3.5"),
    _kinds.wrap("set_yscale(nonposy=)", _AXES, "Axes.set_yscale",
                _rename(nonposy="nonpositive", basey="base",
                        subsy="subs"), "nonposy= means nonpositive=",
                "removed in Matplotlib 3.5"),
    _kinds.restore("plt.plot_date", _PLT, "plot_date", _plot_date,
                   "removed in Matplotlib 3.11"),
    _kinds.restore("mlab.normpdf", "matplotlib.mlab", "normpdf", _normpdf,
                   "removed in Matplotlib 3.1"),
    _kinds.restore("mlab.bivariate_normal", "matplotlib.mlab",
                   "bivariate_normal", _bivariate_normal,
                   "removed in Matplotlib 3.1"),
    _kinds.restore("mlab.find", "matplotlib.mlab", "find", _find,
                   "removed in Matplotlib 3.1"),
    _kinds.restore("cbook.iterable", "matplotlib.cbook", "iterable",
                   lambda cbook: __import__("numpy").iterable,
                   "removed in Matplotlib 3.3"),
    _kinds.restore("cbook.is_string_like", "matplotlib.cbook",
                   "is_string_like",
                   lambda cbook: lambda obj: isinstance(obj, str),
                   "removed in Matplotlib 3.1"),
)
for _name in ("x", "y", "z"):
  ROWS += (_kinds.restore(
      f"Axes3D.w_{_name}axis", "mpl_toolkits.mplot3d", f"Axes3D.w_{_name}axis",
      lambda module, _name=_name: property(
          lambda self: getattr(self, _name + "axis")),
      "removed in Matplotlib 3.8"),)
