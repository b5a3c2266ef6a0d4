"""`IPython.display` for a terminal: what is displayed is printed."""

_CLASSES = ("Audio Code FileLink HTML IFrame Image JSON Javascript Latex "
            "Markdown Math Pretty SVG Video YouTubeVideo").split()
__all__ = ["DisplayObject", "clear_output", "display", *_CLASSES]


def display(*objs, **kwargs):
  """Prints each object. A figure is saved or shown, as plt.show() does."""
  for obj in objs:
    manager = getattr(getattr(obj, "canvas", None), "manager", None)
    if manager is not None:
      manager.show()
    else:
      print(repr(obj), flush=True)


def clear_output(wait=False):
  """Does nothing: a terminal keeps its lines."""


class DisplayObject:
  """An object that a browser would show. It prints its name and source."""

  def __init__(self, data=None, *args, url=None, filename=None, **kwargs):
    self.data, self.url, self.filename = data, url, filename

  def __repr__(self):
    source = self.filename or self.url
    if source is None and isinstance(self.data, str):
      source = self.data if len(self.data) < 200 else (
          f"{len(self.data)} characters")
    elif source is None and isinstance(self.data, bytes):
      source = f"{len(self.data)} bytes"
    return f"<{type(self).__name__}: {source}>"


for _name in _CLASSES:
  globals()[_name] = type(_name, (DisplayObject,), {})
