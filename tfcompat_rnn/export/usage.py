"""Lines of Python that call an exported model, ready to be pasted."""

from tfcompat_rnn._tf import tf


def lines(kind, path, built):
  """How to call the model at `path`: a program without this package."""
  return {"saved_model": _saved_model, "frozen": _frozen,
          "onnx": _onnx}[kind](str(path), built)


def _filled(tensor, library, fill):
  """An expression for an array of the shape and dtype of an input."""
  dims = ([1] if tensor.shape.rank is None else
          [1 if size is None else size for size in tensor.shape.as_list()])
  name = tensor.dtype.base_dtype.name
  if name == "string":
    return (f"tf.fill({dims}, b'')" if library == "tf"
            else f"np.full({dims}, '', object)")
  make = "ones" if fill and tensor.dtype.is_integer else "zeros"
  return f"{library}.{make}({dims}, {name!r})"


def _inputs(built, name, library):
  """Lines that set `inputs` and, if there is one, `state`."""
  state = built.state[name]
  for variable, keys in (
      ("inputs", [key for key in built.inputs[name] if key not in state]),
      ("state", state)):
    if keys or variable == "inputs":
      yield f"{variable} = {{" + (
          "  # replace them by what the model can take"
          if built.fill[name] is None else "")
      for key in keys:
        value = _filled(built.inputs[name][key], library, built.fill[name])
        yield f"    {key!r}: {value},"
      yield "}"


def _after(built, name, rest=""):
  """Lines that show the outputs and take over the state."""
  for key in built.outputs[name]:
    if key not in built.state[name]:
      yield f"print({key!r}, result[{key!r}].shape)"
  if built.state[name]:
    yield (f"state = {{key: result[key{rest}] for key in state}}"
           "  # for the next call")


def _passed(built, name):
  return "**inputs, **state" if built.state[name] else "**inputs"


def _saved_model(path, built):
  yield "import tensorflow as tf"
  yield ""
  yield f"model = tf.saved_model.load({path!r})"
  for name in built.inputs:
    yield ""
    yield f"run = model.signatures[{name!r}]"
    yield from _inputs(built, name, "tf")
    yield f"result = run({_passed(built, name)})"
    yield from _after(built, name)


def _frozen(path, built):
  yield "import tensorflow as tf"
  yield ""
  yield f"with open({path!r}, 'rb') as file:"
  yield "  graph_def = tf.compat.v1.GraphDef.FromString(file.read())"
  yield ""
  yield "graph = tf.compat.v1.wrap_function("
  yield "    lambda: tf.compat.v1.import_graph_def(graph_def, name=''), [])"
  yield "tensor = graph.graph.get_tensor_by_name"
  for name in built.inputs:
    outputs = list(built.outputs[name])
    yield ""
    yield from _inputs(built, name, "tf")
    if built.state[name]:
      yield "inputs.update(state)"
    yield "run = graph.prune("
    yield f"    [tensor(f'{name}/inputs/{{key}}:0') for key in inputs],"
    yield f"    {{key: tensor(f'{name}/outputs/{{key}}:0')"
    yield f"     for key in {outputs!r}}})"
    yield "result = run(*inputs.values())"
    yield from _after(built, name)


def _onnx(path, built):
  yield "import numpy as np"
  yield "import onnxruntime"
  yield ""
  yield f"model = onnxruntime.InferenceSession({path!r})"
  for name in built.inputs:
    yield from _inputs(built, name, "np")
    state = built.state[name]
    yield ("result = model.run(None, {" + _passed(built, name) + "})")
    yield ("result = dict(zip([one.name for one in model.get_outputs()], "
           "result))")
    for key in built.outputs[name]:
      if key not in state:
        yield f"print({key!r}, result[{key!r}].shape)"
    if state:
      yield ("state = {key: result[key + '_out'] for key in state}"
             "  # for the next call")


def describe(built):
  """Lines that list the signatures with their shapes and dtypes."""
  for name in built.inputs:
    yield f"signature {name}"
    for what, tensors in (("input", built.inputs[name]),
                          ("output", built.outputs[name])):
      for key, tensor in tensors.items():
        mark = ", state" if key in built.state[name] else ""
        yield (f"  {what:6} {key}: {tensor.dtype.base_dtype.name} "
               f"{_shape(tensor)}{mark}")


def _shape(tensor):
  shape = tf.TensorShape(tensor.shape)
  if shape.rank is None:
    return "of unknown shape"
  return "[" + ", ".join("?" if size is None else str(size)
                         for size in shape.as_list()) + "]"
