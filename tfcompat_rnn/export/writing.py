"""Writes a model completely or not at all.

It is written under another name next to its place (`.NAME.*.writing`), and
renamed when it has been compared with the original.
"""

import contextlib
import importlib.util
import os
import shutil
import tempfile

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.export import signatures

KINDS = ("saved_model", "frozen", "onnx")
_LARGEST = 2 ** 31 - 2 ** 20  # bytes that a file of one message may hold
_OPSET = 17


def check_target(path, kind):
  """Raises unless something of `kind` may be written to `path`.

  `ArgumentError` if it exists or has the wrong ending, and `ExportWriteError`
  if its folder does not exist.
  """
  path = os.path.normpath(os.fspath(path))
  _errors.require(kind in KINDS, "format", f"be one of {', '.join(KINDS)}",
                  repr(kind), "saved_model is what servers load")
  ending = {"frozen": ".pb", "onnx": ".onnx"}.get(kind)
  _errors.require(
      ending is None or path.endswith(ending), "path",
      f"end in {ending} for the format {kind}", path, f"use {path}{ending}")
  _errors.require(
      not os.path.lexists(path), "path", "not exist yet", path,
      "name another one, or remove it; nothing is overwritten")
  folder = os.path.dirname(path) or os.curdir
  if not os.path.isdir(folder):
    raise _errors.ExportWriteError(_errors.problem(
        "path", "be in a folder that exists", path, f"create {folder} first"))
  if kind == "onnx":
    require_onnx()
  return path


def require_onnx():
  """Raises `RefusedError` unless the packages of the extra are installed."""
  for name in ("tf2onnx", "onnxruntime"):
    if importlib.util.find_spec(name) is None:
      raise _errors.RefusedError(_errors.problem(
          "format", "be saved_model or frozen without the extra `onnx`",
          f"onnx, and {name} is not installed",
          "run pip install 'tfcompat_rnn[onnx]'"))


@contextlib.contextmanager
def written(path, kind, built):
  """Writes `built` to `path`; yields where it lies until this context ends.

  If the context ends with an error, nothing is left. Raises
  `ExportWriteError` if it cannot be written.
  """
  folder, name = os.path.split(path)
  made = None
  try:
    made = tempfile.mkdtemp(prefix=f".{name}.", suffix=".writing",
                            dir=folder or os.curdir)
    scratch = os.path.join(made, name)
    {"saved_model": _write_saved_model, "frozen": _write_frozen,
     "onnx": _write_onnx}[kind](scratch, built)
    yield scratch
    check_target(path, kind)  # somebody may have been faster
    os.rename(scratch, path)
  except (OSError, tf.errors.OpError) as error:
    if isinstance(error, _errors.TfcompatError):
      raise
    told = getattr(error, "strerror", None) or reading.shortened(error)
    raise _errors.ExportWriteError(_errors.problem(
        "path", "be where a model can be written", f"{path} ({told})",
        "check the folder, its permissions and the free space on its disk; "
        "nothing was left there")) from error
  finally:
    if made:
      shutil.rmtree(made, ignore_errors=True)


def _write_saved_model(path, built):
  """A SavedModel with the tag and the methods that TensorFlow Serving needs."""
  with built.session.graph.as_default(), _tf.quiet_logger():
    definitions = {
        name: tf.saved_model.predict_signature_def(
            built.inputs[name], built.outputs[name])
        for name in built.inputs}
    builder = tf.saved_model.Builder(path)
    builder.add_meta_graph_and_variables(
        built.session, [tf.saved_model.tag_constants.SERVING],
        signature_def_map=definitions, strip_default_attrs=True)
    builder.save()


def freeze(built):
  """The GraphDef of `built` with constants in place of its weights."""
  # inputs too: a leaf of the state that no output needs stays one
  nodes = [tensor.op.name for part in (built.inputs, built.outputs)
           for tensors in part.values() for tensor in tensors.values()]
  graph = built.session.graph
  with graph.as_default(), _tf.quiet_logger():
    size = sum(variable.shape.num_elements() * variable.dtype.size
               for variable in tf.global_variables())
    _errors.require(
        size < _LARGEST, "format", "be saved_model for more than 2 GB of "
        "weights, which one file cannot hold", f"{size} bytes",
        "leave the format out")
    return tf.graph_util.convert_variables_to_constants(
        built.session, graph.as_graph_def(), nodes)


def _write_frozen(path, built):
  with open(path, "wb") as file:
    file.write(freeze(built).SerializeToString())
    file.flush()
    os.fsync(file.fileno())


def _write_onnx(path, built):
  """Converts the only signature with tf2onnx."""
  _errors.require(
      list(built.inputs) == [signatures.DEFAULT], "signatures",
      "be one for the format onnx, which has no names for them",
      ", ".join(built.inputs), "export each to a file of its own")
  inputs, outputs = built.inputs[signatures.DEFAULT], built.outputs[
      signatures.DEFAULT]
  import tf2onnx
  try:
    with _tf.quiet_logger():
      model, _ = tf2onnx.convert.from_graph_def(
          freeze(built), opset=_OPSET,
          input_names=[tensor.name for tensor in inputs.values()],
          output_names=[tensor.name for tensor in outputs.values()])
    model = _renamed(model, inputs, outputs)
  except Exception as error:  # whatever its rewriters stumble over
    raise _errors.RefusedError(_errors.problem(
        "format", "be one that the graph converts to", "onnx: tf2onnx says "
        + reading.shortened(error),
        "export a saved_model; docs/export.md lists what converts")) from error
  missing = _without_onnx_form(model.graph)
  if missing:
    raise _errors.RefusedError(_errors.problem(
        "format", "be one that the graph converts to",
        f"onnx, and tf2onnx has no form of {', '.join(missing)}",
        "use a cell of plain operations with the same variables (GRUCell for "
        "GRUBlockCellV2), or export a saved_model"))
  with open(path, "wb") as file:
    file.write(model.SerializeToString())


def _without_onnx_form(graph):
  """The names of operations that tf2onnx has left as TensorFlow's."""
  import onnx
  found = set()
  for node in graph.node:
    if not onnx.defs.has(node.op_type, node.domain):
      found.add(node.op_type)
    for attribute in node.attribute:
      found.update(_without_onnx_form(attribute.g))
  return sorted(found)


def _renamed(model, inputs, outputs):
  """Gives the inputs and outputs of an ONNX model their names.

  A state has one name as an input and, because names are unique there, the
  same with `_out` as an output.
  """
  names = {tensor.name: key for key, tensor in inputs.items()}
  names.update({tensor.name: f"{key}_out" if key in inputs else key
                for key, tensor in outputs.items()})
  parts = list(model.graph.input) + list(model.graph.output)
  for part in parts:
    part.name = names.get(part.name, part.name)
  for node in model.graph.node:
    node.input[:] = [names.get(name, name) for name in node.input]
    node.output[:] = [names.get(name, name) for name in node.output]
    for attribute in node.attribute:
      for inner in attribute.g.node:
        inner.input[:] = [names.get(name, name) for name in inner.input]
  return model
