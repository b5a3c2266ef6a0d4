"""Patches objects of other modules, and undoes the patches in reverse order.

  with Stack() as patches:
    patches.replace(numpy, "float", float)
    patches.replace(os.environ, "NAME", "value", item=True)
    patches.wrap(tf.Session, "run", lambda original: our_run)
    patches.insert(sys.meta_path, 0, finder)
    patches.on_close(logger.removeFilter, our_filter)
  # Here everything is as it was before.

This is the only module of the package that patches anything. Two rules apply:

- An attribute that did not exist, or was inherited from a base class, is
  deleted again instead of being set to the value that a look-up found.
- If other code has replaced our patch since, its value is kept. If that value
  is a wrapper that still calls ours, ours just calls the original from then on.
  If the same place is wrapped again, our existing wrapper is reactivated, so
  that the two never call each other in a cycle and the other wrapper can be
  removed at any time.

A stack has no lock; code that patches from several threads needs its own.
"""

import functools
import gc
import types
import typing
import warnings

_ABSENT = object()

# Wrappers that were undone while another wrapper was on top of them.
_buried = []


class _Attribute(typing.NamedTuple):
  """The attribute `key` of a module, a class or an object."""
  holder: object
  key: str

  def own(self):
    """What the holder itself has, or `_ABSENT`."""
    if isinstance(self.holder, type):
      return vars(self.holder).get(self.key, _ABSENT)
    # `vars` of a lazy module may load all of its contents.
    return object.__getattribute__(self.holder, "__dict__").get(
        self.key, _ABSENT)

  def found(self):
    """What a look-up finds; for a class, the raw attribute."""
    for owner in self.holder.__mro__ if isinstance(self.holder, type) else ():
      if self.key in vars(owner):
        return vars(owner)[self.key]
    return getattr(self.holder, self.key)

  def put(self, value):
    setattr(self.holder, self.key, value)

  def remove(self):
    delattr(self.holder, self.key)


class _Item(typing.NamedTuple):
  """The item `key` of a dictionary."""
  holder: object
  key: object

  def own(self):
    return self.holder[self.key] if self.key in self.holder else _ABSENT

  def found(self):
    return self.holder[self.key]

  def put(self, value):
    self.holder[self.key] = value

  def remove(self):
    del self.holder[self.key]


def find(holder, key, item=False):
  """The value that `Stack.wrap` would pass to `make` as the original.

  Raises `AttributeError`, with `item` `KeyError`, if there is none.
  """
  return _place(holder, key, item).found()


def _place(holder, key, item):
  return _Item(holder, key) if item else _Attribute(holder, key)


class Patch:
  """A value that replaces an attribute or item of another module."""

  def __init__(self, place, value):
    self.place = place
    self.value = value
    self.before = place.own()

  def __str__(self):
    holder = self.place.holder
    name = getattr(holder, "__name__", None) or type(holder).__name__
    return f"{name}.{self.place.key}"

  def put(self):
    self.place.put(self.value)

  def undo(self):
    """Restores the old value if ours is still set; returns whether it was."""
    now = self.place.own()
    # os.environ returns a new string each time.
    if now is not self.value and not (
        isinstance(self.value, str) and now == self.value):
      return False
    if self.before is _ABSENT:
      self.place.remove()
    else:
      self.place.put(self.before)
    return True


class _Unbound(staticmethod):
  """A wrapper that does not become a method in the body of a class."""

  def __init__(self, call):
    super().__init__(call)
    self.__tfcompat_original__ = call.__tfcompat_original__

  def __reduce__(self):
    return self.__qualname__


def _binds(function):
  """Whether `function` becomes a method in the body of a class."""
  return hasattr(type(function), "__get__") and not isinstance(
      function, (types.MethodType, staticmethod))


class Wrapper(Patch):
  """A function that replaces another one and can call it.

  `value` is the function that is put in place. It calls the replacement, or
  `original` if `when()` is false and after `undo`.
  """

  def __init__(self, place):
    self.original = original = place.found()
    self.replacement = self.when = None

    def call(*args, **kwargs):
      replacement, when = self.replacement, self.when
      if replacement is None or (when is not None and not when()):
        return original(*args, **kwargs)
      return replacement(*args, **kwargs)
    try:
      functools.update_wrapper(call, original)
    except AttributeError:
      pass  # a callable without a name
    call.__tfcompat_original__ = original
    if isinstance(place.holder, types.ModuleType) and isinstance(
        place, _Attribute):
      # Where pickle looks for it: `random.shuffle` is a method elsewhere.
      call.__module__ = place.holder.__name__
      call.__qualname__ = place.key
    super().__init__(place, call if _binds(original) else _Unbound(call))

  def undo(self):
    if self.replacement is None:
      return
    self.replacement = self.when = None
    if not super().undo():
      _buried.append(self)


def _unearth(place):
  """Our wrapper that another function at `place` calls, if any."""
  for patch in reversed(_buried):
    if (patch.place.holder is place.holder and patch.place.key == place.key
        and _reaches(place.found(), patch.value)):
      _buried.remove(patch)
      return patch
  return None


def _reaches(value, target):
  """Whether the function `value` refers to `target`, such as in a closure."""
  level, seen = [value], set()
  for _ in range(4):
    if any(one is target for one in level):
      return True
    seen.update(map(id, level))
    level = [one for one in gc.get_referents(*level) if id(one) not in seen
             and not isinstance(one, (type, types.ModuleType))]
  return any(one is target for one in level)


class Entry(typing.NamedTuple):
  """What a stack has to undo: its description and the function."""
  what: str
  undo: typing.Callable


class Stack:
  """Patches that are undone together, the last one first."""

  def __init__(self):
    self.entries = []
    self._closed = False

  def __enter__(self):
    return self

  def __exit__(self, *exception):
    self.close()

  def close(self):
    """Undoes everything, even if one undo raises, and then raises that error.

    A closed stack makes no more patches, because an import in another thread
    may still request some.
    """
    self._closed = True
    errors = []
    while self.entries:
      try:
        self.entries.pop().undo()
      except Exception as error:
        errors.append(error)
    if errors:
      raise errors[0]

  def replace(self, holder, key, value, item=False):
    """Sets the attribute `key` of `holder`, or the item `key` with `item`."""
    if self._closed:
      return
    patch = Patch(_place(holder, key, item), value)
    patch.put()
    self.entries.append(Entry(str(patch), patch.undo))

  def wrap(self, holder, key, make, when=None, item=False):
    """Replaces the function `original` by `make(original)`.

    With `when`, the replacement is called only if `when()` is true, and
    `original` otherwise. Returns the `Wrapper`; its `undo` may be called early.

    Raises `AttributeError`, with `item` `KeyError`, if there is no original.
    """
    place = _place(holder, key, item)
    if self._closed:
      return Wrapper(place)
    beneath = _unearth(place)
    patch = beneath or Wrapper(place)
    patch.replacement, patch.when = make(patch.original), when
    if beneath is None:
      patch.put()
    self.entries.append(Entry(str(patch), patch.undo))
    return patch

  def insert(self, items, index, value):
    """Inserts `value` into the list `items`, which others may change too."""
    if not self._closed:
      items.insert(index, value)
      self.on_close(_take_out, items, value)

  def filter_warnings(self, action, message="", category=Warning, module=""):
    """`warnings.filterwarnings`, until the stack is closed."""
    if self._closed:
      return
    before = list(warnings.filters)
    warnings.filterwarnings(action, message, category, module)
    if warnings.filters[0] not in before:
      self.on_close(_take_filter_out, warnings.filters[0], warnings.filters)

  def on_close(self, function, *args):
    """Calls `function(*args)` when the stack is closed."""
    if not self._closed:
      name = getattr(function, "__qualname__", repr(function))
      self.entries.append(Entry(
          f"{name}{args!r:.100}", functools.partial(function, *args)))


def _take_out(items, value):
  for at, one in enumerate(items):
    if one is value:
      del items[at]
      return


def _take_filter_out(entry, filters):
  # Closed within `catch_warnings`, which works on a copy of the list and puts
  # the list itself back, `filters` would keep the entry.
  if filters is not warnings.filters:
    _take_out(filters, entry)
  # `catch_warnings` replaces the list; leaving it clears what is cached.
  with warnings.catch_warnings():
    pass
  _take_out(warnings.filters, entry)
