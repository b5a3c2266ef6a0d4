"""A private copy of tf-slim whose imports can be redirected.

tf-slim 1.1.0 contains most of `tf.contrib.layers`, `framework`, `slim`,
`losses` and `metrics`, but the installed TensorFlow has moved or removed
several of the private names it imports. Patching tf-slim would affect
everything else in the process. So its source files are executed a second
time, as modules of `tfcompat_rnn.namespace.contrib.slim_copy`, each with an
`__import__` of its own that (1) redirects `tf_slim…` to the copy and (2) puts
the names of `MOVED` back on the TensorFlow modules, as views that only the
copy sees. `sys.modules["tf_slim"]` and TensorFlow's modules do not change.

>>> import tfcompat_rnn.namespace.contrib.slim_copy as slim
>>> y = slim.batch_norm(x, is_training=True)
"""

import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

COPY = "tfcompat_rnn.namespace.contrib.slim_copy"
ORIGINAL = "tf_slim"

# Row of a private module -> {name that tf-slim looks for: where it is now}.
MOVED = {
    "framework_ops": {
        "IndexedSlices": "tensorflow.compat.v1:IndexedSlices",
        "Tensor": "tensorflow.compat.v1:Tensor",
    },
    "v1_layers_core": {
        "Dropout": "tfcompat_rnn.namespace.layers.core:Dropout",
        "Flatten": "tfcompat_rnn.namespace.layers.core:Flatten",
        "dropout": "tfcompat_rnn.namespace.layers.core:dropout",
        "flatten": "tfcompat_rnn.namespace.layers.core:flatten",
    },
    "v1_layers_normalization": {
        "BatchNormalization":
            "tfcompat_rnn.namespace.layers.normalization:BatchNormalization",
        "batch_normalization":
            "tfcompat_rnn.namespace.layers.normalization:batch_normalization",
    },
    "array_ops": {
        "reshape": "tfcompat_rnn.namespace.contrib.slim_reshape:reshape",
        "stack": "tensorflow.compat.v1:stack",
        "unstack": "tensorflow.compat.v1:unstack",
    },
    "control_flow_ops": {
        "Assert": "tensorflow.compat.v1:Assert",
        "case": "tensorflow.compat.v1:case",
        "cond": "tensorflow.compat.v1:cond",
        "while_loop": "tensorflow.compat.v1:while_loop",
    },
    "variable_scope": {
        "variable": "tensorflow.compat.v1:Variable",
    },
}

_by_module = {_tf.module_name(row): names for row, names in MOVED.items()}
_views = {}


def _register_bound_gradient(layers):
  """Registers a gradient that GDN uses by name and tf-slim forgets."""
  try:
    tf.RegisterGradient("GDNLowerBound")(layers.GDN._lower_bound_grad)
  except KeyError:
    pass  # it is registered already


# Module of the copy -> what to call after it has been executed.
AFTER = {"layers.layers": _register_bound_gradient}


class _View(types.ModuleType):
  """A TensorFlow module with some more names; the module does not change."""

  def __init__(self, module, extra):
    super().__init__(module.__name__, module.__doc__)
    self.__dict__["_module"] = module
    self.__dict__["_extra"] = extra

  def __getattr__(self, name):
    where = self.__dict__["_extra"].get(name)
    if where is None:
      return getattr(self.__dict__["_module"], name)
    value = self.__dict__[name] = _tf.find(where)
    return value


def _view(module):
  name = getattr(module, "__name__", "")
  if not isinstance(module, types.ModuleType) or name not in _by_module:
    return module
  if name not in _views:
    _views[name] = _View(module, _by_module[name])
  return _views[name]


def _import(name, globals=None, locals=None, fromlist=(), level=0):
  """`__import__` as the modules of the copy see it."""
  if level == 0 and (name == ORIGINAL or name.startswith(ORIGINAL + ".")):
    name = COPY + name[len(ORIGINAL):]
    if not fromlist:
      importlib.__import__(name)
      # `import tf_slim.x as y` starts from the package, here that of the copy.
      return sys.modules[COPY]
    return importlib.__import__(name, None, None, fromlist, 0)
  module = importlib.__import__(name, globals, locals, fromlist, level)
  if level or not fromlist or not name.startswith("tensorflow"):
    return module
  changed = {part: _view(getattr(module, part)) for part in fromlist
             if part != "*" and hasattr(module, part)}
  if all(value is getattr(module, part) for part, value in changed.items()):
    return _view(module)
  # `from package import module`: only the imported names matter.
  package = types.ModuleType(module.__name__)
  package.__dict__.update(changed)
  return package


def source_folder():
  """The folder of tf-slim; MissingModuleError if it is not installed."""
  spec = importlib.util.find_spec(ORIGINAL)
  if spec is None or not spec.origin:
    raise _errors.MissingModuleError(
        "tf.contrib.layers, framework, slim, losses and metrics need "
        "tf-slim, which is not installed; pip install 'tf-slim>=1.1.0'")
  return os.path.dirname(spec.origin)


class _Loader(importlib.machinery.SourceFileLoader):
  """Executes one file of tf-slim with `_import`."""

  def exec_module(self, module):
    module.__dict__["__builtins__"] = {**vars(builtins),
                                       "__import__": _import}
    super().exec_module(module)
    part = module.__name__[len(COPY) + 1:]
    if part in AFTER:
      AFTER[part](module)


class _Finder(importlib.abc.MetaPathFinder):
  """Finds the modules of the copy and no others."""

  def find_spec(self, fullname, path=None, target=None):
    if fullname != COPY and not fullname.startswith(COPY + "."):
      return None
    parts = fullname[len(COPY):].strip(".").replace(".", os.sep)
    base = os.path.join(source_folder(), parts).rstrip(os.sep)
    package = os.path.join(base, "__init__.py")
    if os.path.isfile(package):
      return importlib.util.spec_from_file_location(
          fullname, package, loader=_Loader(fullname, package),
          submodule_search_locations=[base])
    if os.path.isfile(base + ".py"):
      return importlib.util.spec_from_file_location(
          fullname, base + ".py", loader=_Loader(fullname, base + ".py"))
    return None


_finder = _Finder()


def install():
  """Adds the finder to `sys.meta_path`, once."""
  if _finder not in sys.meta_path:
    sys.meta_path.insert(0, _finder)


def load(part=""):
  """The copy of the module `tf_slim.<part>`."""
  install()
  return _tf.real_module(COPY + ("." + part if part else ""))
