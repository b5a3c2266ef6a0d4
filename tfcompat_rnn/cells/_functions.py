"""Functions (residual, state filter) to and from the config of a wrapper."""

import base64
import marshal
import sys
import types
import warnings

from tfcompat_rnn import _errors


def function_to_config(function):
  """`(what, kind, module name)`, from which the function can be made again.

  A Python function is stored as its byte code (kind "lambda"), so the config
  works in the same Python version only; any other callable as its name.
  """
  if isinstance(function, types.FunctionType):
    cells = function.__closure__ or ()
    closure = tuple(cell.cell_contents for cell in cells) or None
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    return (code, function.__defaults__, closure), "lambda", function.__module__
  if callable(function):
    return function.__name__, "function", function.__module__
  raise _errors.ArgumentError(_errors.problem(
      "function", "be callable", type(function).__name__,
      "pass a function"))


def function_from_config(what, kind, module, custom_objects=None):
  """The inverse of `function_to_config`."""
  names = {"__builtins__": __builtins__}
  if module in sys.modules:
    names.update(vars(sys.modules[module]))
  elif module is not None:
    warnings.warn(f"{module} is not imported, but the function of a wrapper "
                  "comes from it; import it first.", UserWarning)
  names.update(custom_objects or {})
  if kind == "lambda":
    code, defaults, closure = what
    # JSON has no tuples.
    defaults = tuple(defaults) if defaults else None
    closure = tuple(types.CellType(value) for value in closure or ())
    code = marshal.loads(base64.decodebytes(code.encode("ascii")))
    return types.FunctionType(
        code, names, code.co_name, defaults, closure or None)
  if kind == "function":
    if what not in (custom_objects or {}):
      raise _errors.ArgumentError(_errors.problem(
          "custom_objects", f"hold the function {what!r}",
          sorted(custom_objects or {}), "pass it to from_config"))
    return custom_objects[what]
  raise _errors.ArgumentTypeError(_errors.problem(
      "config", "name a function of type 'function' or 'lambda'",
      repr(kind), "make it with get_config"))
