"""What an exported model cannot contain, and why."""

import re

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

RANDOM = re.compile(
    r"(Stateful)?(Random|Truncated|Standard|Parameterized|Multinomial|"
    r"Uniform|Stateless(Random|Truncated|Multinomial)).*|"
    r"(Log)?UniformCandidateSampler|LearnedUnigramCandidateSampler|"
    r"FixedUnigramCandidateSampler|AllCandidateSampler")
# Operations that keep something, but only within one run, or that only print.
_HARMLESS = re.compile(
    r"TensorArray.*|TensorList.*|Stack.*|While|If|Case|.*PartitionedCall|"
    r"VarHandleOp|ReadVariableOp|VarIsInitializedOp|VariableShape|"
    r"Variable(V2)?|IsVariableInitialized|ResourceGather.*|Assert|Print(V2)?|"
    r"Cudnn.*|XlaLaunch.*|Timestamp|DeepCopy")
# regular expression of an operation -> (what it is, the next step)
_ROWS = tuple((re.compile(pattern), what, next_step)
              for pattern, what, next_step in (
    (r"(Eager)?PyFunc(Stateless)?", "Python code of this process",
     "name what it computes as an input, or write it in TensorFlow"),
    (r".*(Iterator|Dataset).*", "a tf.data pipeline",
     "name the tensors that it yields as inputs"),
    (r".*(Queue|Barrier|Stage|Reader).*", "an input queue",
     "name the tensors that it yields as inputs"),
    (r".*(HashTable|LookupTable).*", "a lookup table",
     "name the ids that it returns as an input"),
    (r"(Resource)?(Sparse)?Apply.*", "a training step",
     "leave out what trains"),
    (r"Assign.*|(Resource)?Scatter(Nd)?(Update|Add|Sub|Mul|Div|Min|Max)|"
     r"(Resource)?CountUpTo", "a variable written while the model runs",
     "build the graph for inference, or name what is written as an output"),
))


def check_nodes(nodes, used):
  """Raises `RefusedError` that names what cannot be exported among `used`.

  Returns the names of random operations.
  """
  random = []
  for node in nodes.inside(used):
    if RANDOM.fullmatch(node.op):
      random.append(node.name)
    elif node.op not in nodes.functions and not _HARMLESS.fullmatch(node.op):
      for pattern, what, next_step in _ROWS:
        if pattern.fullmatch(node.op):
          _refuse(node, what, next_step)
      definition = _tf.private("op_def_registry").get(node.op)
      if definition is not None and definition.is_stateful:
        _refuse(node, "an operation with a state of its own",
                "name what it computes as an input")
  return random


def _refuse(node, what, next_step):
  raise _errors.RefusedError(_errors.problem(
      "graph", "consist of operations that another process can run",
      f"{node.name} ({node.op}), {what}", next_step))


def check_tensor(argument, name, tensor):
  """Raises `RefusedError` unless other programs can pass and read `tensor`."""
  dtype = tensor.dtype.base_dtype
  if dtype in (tf.resource, tf.variant) or dtype.name.endswith("_ref"):
    what = ("a TensorArray or a table" if dtype == tf.resource
            else "a list of tensors")
    raise _errors.RefusedError(_errors.problem(
        argument, "be tensors of numbers, bools or strings",
        f"{name}, {what} ({dtype.name})",
        "stack it first, or build the model without it (AttentionWrapper: "
        "alignment_history=False)"))
