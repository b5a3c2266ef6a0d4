"""`_pb2.py` files that protoc generated before version 3.19.

They create each descriptor by a call, which protobuf has refused since 4.0.
But they also contain the whole file in serialized form, from which protobuf
builds the same messages, enums, extensions and services.
"""

import ast
import importlib.machinery
import re

from tfcompat_rnn import _importers

_OLD = re.compile(rb"\b_?descriptor\.(Descriptor|EnumDescriptor|"
                  rb"FieldDescriptor|ServiceDescriptor)\(")


def is_old(path):
  """Whether the file at `path` was generated before protobuf 3.19."""
  if not path or not path.endswith("_pb2.py"):
    return False
  try:
    with open(path, "rb") as file:
      source = file.read()
  except OSError:
    return False
  return (b"serialized_pb" in source and b"AddSerializedFile" not in source
          and _OLD.search(source) is not None)


def install(patches):
  """Has such files in a program, or in an older library, loaded this way."""
  def make(original):
    def exec_module(loader, module):
      path = getattr(loader, "path", None)
      if (not path or not path.endswith("_pb2.py")
          or _importers.belongs_to_today(module.__name__, path)
          or not is_old(path)):
        return original(loader, module)
      return load(path, vars(module))
    return exec_module

  patches.wrap(importlib.machinery.SourceFileLoader, "exec_module", make)


def load(path, names):
  """Fills the module's namespace `names` from the file at `path`.

  Raises ImportError if the file has no serialized descriptor that protobuf
  accepts.
  """
  with open(path, "rb") as file:
    tree = ast.parse(file.read(), path)
  from google.protobuf import descriptor_pool
  from google.protobuf.internal import builder
  # The messages of the files that it imports come first.
  imports = [node for node in tree.body if _is_import(node)]
  exec(compile(ast.Module(imports, []), path, "exec"), names)
  data = _serialized(tree)
  if data is None:
    raise ImportError(f"{path} has no serialized descriptor; generate it "
                      "again with protoc", name=names["__name__"], path=path)
  try:
    descriptor = descriptor_pool.Default().AddSerializedFile(data)
  except TypeError as error:
    raise ImportError(
        f"protobuf refuses the descriptor in {path}: {error}; generate the "
        "file again with protoc", name=names["__name__"], path=path) from None
  names["DESCRIPTOR"] = descriptor
  builder.BuildMessageAndEnumDescriptors(descriptor, names)
  builder.BuildTopDescriptorsAndMessages(descriptor, names["__name__"], names)
  if descriptor.services_by_name and _has_generic_services(descriptor):
    builder.BuildServices(descriptor, names["__name__"], names)


def _is_import(node):
  if isinstance(node, ast.ImportFrom):
    return (node.module or "").endswith("_pb2") or any(
        alias.name.endswith("_pb2") for alias in node.names)
  return isinstance(node, ast.Import) and any(
      alias.name.endswith("_pb2") for alias in node.names)


def _serialized(tree):
  """The bytes of `serialized_pb=...`; in a Python 2 file, it is a string."""
  for node in ast.walk(tree):
    if isinstance(node, ast.keyword) and node.arg == "serialized_pb":
      value = node.value
      if isinstance(value, ast.Call) and value.args:  # _b('...')
        value = value.args[0]
      if isinstance(value, ast.Constant):
        found = value.value
        return found.encode("latin-1") if isinstance(found, str) else found
  return None


def _has_generic_services(descriptor):
  if not descriptor.GetOptions().py_generic_services:
    return False
  try:
    import google.protobuf.service  # noqa: F401
    return True
  except ImportError:  # protobuf dropped it
    return False
