"""The same seed gives the numbers that it gave in TensorFlow 1.15.

In graph mode 1.15 seeded a random operation with the graph's seed and the
number of operations made before it. The modules of this package restore that
number: each has a table `ROWS` of functions to restore; a new module is found
automatically.

  install()                     # for the whole process: the launcher
  with seeds_of_1_15():         # for this thread, inside the block
    ...

While neither is in force, nothing in TensorFlow is changed.
"""

from __future__ import annotations

import contextlib
import contextvars
import importlib
import pkgutil
import re
import sys
import threading
import types
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


class Restored(typing.NamedTuple):
  """One attribute that is replaced while the seeds are 1.15's.

  `where` is "row:path", a row of `_private.PRIVATE` and what to replace in it:
  "array_ops:zeros", "tensor_array_ops:TensorArray.stack",
  "framework_ops:_gradient_registry._registry[Add][type]". A last name that
  differs between releases of TensorFlow is written "new|old".
  `make(original)` returns the replacement. It is called in graph mode only,
  and only if the seeds are on; otherwise `original` is called.
  The launcher does not need rows with `context_only`.
  """
  where: str
  make: typing.Callable
  reason: str
  context_only: bool = False


_in_context = contextvars.ContextVar("tfcompat_rnn_seeds", default=False)
_lock = threading.RLock()


class _State:
  """What is in force: process-wide, in how many contexts, and the patches."""
  everywhere = False
  contexts = 0
  patches = None


def families():
  """Names of the modules below this package that have `ROWS`, sorted."""
  return sorted(
      module.name[len(__name__) + 1:]
      for module in pkgutil.walk_packages(__path__, f"{__name__}.")
      if not module.ispkg and "._" not in module.name)


def rows():
  """All rows of all families."""
  found = []
  for name in families():
    found.extend(importlib.import_module(f"{__name__}.{name}").ROWS)
  return found


def wanted():
  """Whether the current code gets 1.15's seeds."""
  return _State.everywhere or _in_context.get()


def active():
  """Whether replacements apply: `wanted`, while a 1.x graph is built."""
  if not (_State.everywhere or _in_context.get()) or tf.executing_eagerly():
    return False
  if not tf.get_default_graph().building_function:
    return True
  # The body of a tf.function of TensorFlow 2 did not exist in 1.15; a function
  # inside a graph (tf.data, Defun) did.
  return not tf.executing_eagerly_outside_functions()


def _active_in_context():
  return _in_context.get() and active()


def _find(where):
  """(holder, key, whether the key is an item) of what `where` names."""
  row, _, path = where.partition(":")
  holder = _tf.private(row)
  steps = re.findall(r"\[([^\]]+)\]|([^.\[\]]+)", path)
  for item, attribute in steps[:-1]:
    holder = holder[item] if item else getattr(holder, attribute)
  item, attribute = steps[-1]
  if item:
    return holder, item, True
  names = attribute.split("|")
  return holder, next((n for n in names if hasattr(holder, n)), names[0]), False


_dictionary_of = types.ModuleType.__dict__["__dict__"].__get__


def _bindings(values):
  """Yields (module, name, value) for each module that binds one of `values`.

  The public namespace and `from x import y` bind functions again.
  """
  by_id = {id(value): value for value in values}
  for name, module in list(sys.modules.items()):
    if name.startswith(__name__) or module is None:
      continue
    if not isinstance(module, types.ModuleType):
      continue
    # Its own `__dict__` would make the namespace of 1.15 load everything.
    own = _dictionary_of(module)
    for key, value in list(own.items()):
      if id(value) in by_id:
        yield module, key, value


def _rebind(to_original):
  """Rebinds values to their originals: {id(value): (value, original)}."""
  for module, key, value in _bindings(
      [value for value, _ in to_original.values()]):
    setattr(module, key, to_original[id(value)][1])


def _patch():
  """Applies all rows; returns the stack."""
  patches = _patching.Stack()
  try:
    to_original, replaced = {}, {}
    # Modules that are imported meanwhile bind the replacements.
    patches.on_close(_rebind, to_original)
    for row in rows():
      try:
        holder, key, is_item = _find(row.where)
        patch = patches.wrap(
            holder, key, row.make, item=is_item,
            when=_active_in_context if row.context_only else active)
      except (AttributeError, KeyError) as error:
        raise _errors.PrivateSymbolError(
            f"this TensorFlow has no {row.where}, which 1.15's seeds need "
            f"({row.reason}); use a TensorFlow from 2.16 to 2.21, or "
            + _errors.option("--seeds native", "seeds='native'")) from error
      to_original[id(patch.value)] = patch.value, patch.original
      if isinstance(holder, types.ModuleType):
        replaced[id(patch.original)] = patch
    for module, key, value in _bindings(
        [patch.original for patch in replaced.values()]):
      patches.replace(module, key, replaced[id(value)].value)
  except BaseException:
    patches.close()
    raise
  return patches


def _settle():
  """Applies or undoes the patches, according to what is in force."""
  if _State.everywhere or _State.contexts:
    if _State.patches is None:
      _State.patches = _patch()
  elif _State.patches is not None:
    patches, _State.patches = _State.patches, None
    patches.close()


def install():
  """Turns on 1.15's seeds in every thread; a second call does nothing."""
  with _lock:
    before, _State.everywhere = _State.everywhere, True
    try:
      _settle()
    except BaseException:
      _State.everywhere = before
      raise


def uninstall():
  """Undoes `install`; open contexts keep their seeds."""
  with _lock:
    _State.everywhere = False
    _settle()


@contextlib.contextmanager
def seeds_of_1_15() -> typing.Iterator[None]:
  """Gives graphs built inside the op seeds of TensorFlow 1.15.

  >>> with tf.Graph().as_default(), seeds_of_1_15():
  ...   tf.set_random_seed(42)
  ...   noise = tf.random_normal([2])     # 1.15's bits

  With a graph-level seed, each random operation without a seed of its own
  draws what it drew in 1.15.5. Within, new variables are reference variables
  and control flow is the first version's, as they were by default in 1.15,
  whatever TensorFlow 2 has set for the process. Only this thread sees it;
  eager code and `tf.function` are left alone. May be nested.
  """
  with _lock:
    _State.contexts += 1
    try:
      _settle()
    except BaseException:
      _State.contexts -= 1
      raise
  token = _in_context.set(True)
  try:
    yield
  finally:
    _in_context.reset(token)
    with _lock:
      _State.contexts -= 1
      _settle()
