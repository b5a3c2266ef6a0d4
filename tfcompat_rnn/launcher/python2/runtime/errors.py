"""Attributes that exceptions, functions and methods of Python 2 had."""

import types

# old attribute -> that of Python 3
RENAMED = {
    "func_closure": "__closure__", "func_code": "__code__",
    "func_defaults": "__defaults__", "func_dict": "__dict__",
    "func_doc": "__doc__", "func_globals": "__globals__",
    "func_name": "__name__", "im_func": "__func__", "im_self": "__self__"}
ATTRIBUTES = ("message", "im_class", *RENAMED)


def attribute_of(holder, name):
  """`holder.name`, where `name` is one of `ATTRIBUTES`."""
  try:
    return getattr(holder, name)
  except AttributeError:
    if name == "message" and isinstance(holder, BaseException):
      return holder.args[0] if len(holder.args) == 1 else ""
    if name == "im_func" and isinstance(holder, types.FunctionType):
      return holder  # a method of a class is a function
    if name == "im_class" and hasattr(holder, "__self__"):
      return type(holder.__self__)
    if name in RENAMED and callable(holder) and hasattr(
        holder, RENAMED[name]):
      return getattr(holder, RENAMED[name])
    raise


def item_of(holder, key):
  """`holder[key]`; of an exception, an argument."""
  if isinstance(holder, BaseException) and not hasattr(
      type(holder), "__getitem__"):
    return holder.args[key]
  return holder[key]
