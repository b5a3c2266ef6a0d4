"""Operations of one step applied to all steps at once.

A *stream* is a value of every step, stacked: `[time, ...]`. For each type of
operation that can take streams there is a rule here, which builds it once for
all steps. Constants are given as they are.
"""

from __future__ import annotations

import dataclasses
import typing

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_UNARY = frozenset({
    "Abs", "Cast", "Ceil", "Cos", "Elu", "Erf", "Exp", "Expm1", "Floor",
    "IsFinite", "IsNan", "LeakyRelu", "Log", "Log1p", "LogicalNot", "Neg",
    "OnesLike", "PreventGradient", "Reciprocal", "Relu", "Relu6", "Rint",
    "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign",
    "Sqrt", "Square", "StopGradient", "Tanh", "ZerosLike"})
_BROADCASTING = frozenset({
    "Add", "AddV2", "Atan2", "Div", "DivNoNan", "Equal", "FloorDiv",
    "FloorMod", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd",
    "LogicalOr", "Maximum", "Minimum", "Mod", "Mul", "NotEqual", "Pow",
    "RealDiv", "SelectV2", "SquaredDifference", "Sub"})
_REDUCTIONS = frozenset({"All", "Any", "Max", "Mean", "Min", "Prod", "Sum"})
_ALONG_AN_AXIS = frozenset({"ConcatV2", "ExpandDims", "Pack", "Split"})
ALONG_THE_LAST = frozenset({"LogSoftmax", "Softmax"})
RULES = (_UNARY | _BROADCASTING | _REDUCTIONS | _ALONG_AN_AXIS
         | ALONG_THE_LAST | {"AddN", "BiasAdd", "Slice"})


@dataclasses.dataclass
class Operand:
  """An input of an operation: a stream, or the same in every step."""

  tensor: typing.Any
  streams: bool
  rank: int | None  # of one step
  constant: typing.Any = None  # its number, where it is in the graph


def constant_of(value):
  """The array of a constant of the graph, or None."""
  if value.type != "Const":
    return None
  return tf.make_ndarray(value.node.attributes["value"].tensor)


def build(type_, inputs, attributes, dtypes):
  """Creates an operation in the current graph; returns its results."""
  made = tf.get_default_graph().create_op(
      type_, inputs, dtypes, attrs=attributes)
  tapes = _tf.private("eager_execute")
  if tapes.must_record_gradient():
    names = [one.name for one in made.op_def.attr]
    tapes.record_gradient(
        type_, made.inputs,
        tuple(part for name in names for part in (name, made.get_attr(name))),
        made.outputs)
  return made.outputs


def has_rule(node):
  """Whether `node` can be built once for all steps."""
  kind, above = node.type, node.inputs
  if any(value.shape.rank is None for value in above):
    return False
  if kind in _UNARY or kind in _BROADCASTING or kind in ("AddN", "<affine>"):
    return True
  if kind == "BiasAdd":
    return (above[0].varies and not above[1].varies
            and node.attributes.get("data_format", _NHWC).s != b"NCHW")
  if kind == "ConcatV2":
    return (all(value.varies for value in above[:-1])
            and constant_of(above[-1]) is not None)
  if kind == "Pack":
    return all(value.varies for value in above)
  if kind == "Split":
    return constant_of(above[0]) is not None
  if kind in _REDUCTIONS or kind == "ExpandDims":
    return constant_of(above[1]) is not None
  if kind == "Slice":
    return all(constant_of(value) is not None for value in above[1:])
  return kind in ALONG_THE_LAST


_NHWC = tf.AttrValue(s=b"NHWC")


def apply(node, operands):
  """The streams of the outputs of `node`; `has_rule(node)` must hold."""
  kind = node.type
  dtypes = [value.dtype for value in node.outputs]
  attributes = dict(node.attributes)
  inputs = [operand.tensor for operand in operands]
  if kind == "<affine>":
    return [affine(operands, node.attributes["transposed"])]
  if kind in _BROADCASTING or kind == "AddN":
    rank = max(operand.rank for operand in operands)
    inputs = [_with_rank(operand, rank) for operand in operands]
  elif kind == "ConcatV2":
    inputs[-1] = _later(operands[-1].constant)
  elif kind == "Split":
    inputs[0] = _later(operands[0].constant)
  elif kind in _REDUCTIONS or kind == "ExpandDims":
    inputs[1] = _later(operands[1].constant)
  elif kind == "Slice":
    inputs[1] = tf.constant([0, *operands[1].constant.tolist()])
    inputs[2] = tf.constant([-1, *operands[2].constant.tolist()])
  elif kind == "Pack":
    axis = attributes["axis"].i
    attributes["axis"] = tf.AttrValue(i=axis + 1 if axis >= 0 else axis)
  return build(kind, inputs, attributes, dtypes)


def product(node, inputs):
  """The result of an affine node: `left matrix [+ known]`."""
  total = tf.matmul(inputs[0], inputs[1],
                    transpose_b=node.attributes["transposed"])
  return total + inputs[2] if len(inputs) == 3 else total


def affine(operands, transposed):
  """`left W [+ known]` for all steps, in one product."""
  left, matrix = operands[:2]
  known = [operand.tensor for operand in operands[2:]]
  bias = None
  if left.streams:
    if operands[2:] and not operands[2].streams and operands[2].rank == 1:
      bias = known.pop()
    shape = tf.shape(left.tensor)
    width = left.tensor.shape.as_list()[-1]
    rows = tf.reshape(left.tensor, [-1, shape[-1] if width is None else width])
    product = tf.matmul(rows, matrix.tensor, transpose_b=transposed)
    if bias is not None:
      # TensorFlow makes one operation of a product and this.
      product = tf.nn.bias_add(product, bias)
    total = tf.reshape(product, tf.concat(
        [shape[:-1], tf.shape(product)[1:]], 0))
    total.set_shape(left.tensor.shape[:-1].concatenate(product.shape[1:]))
  else:
    total = tf.matmul(left.tensor, matrix.tensor, transpose_b=transposed)
    if any(operand.streams for operand in operands[2:]):
      # TensorFlow takes a stream of one step and one row for a bias otherwise,
      # and the sum is no stream then.
      total = tf.expand_dims(total, 0)
  for term in known:
    total += term
  return total


def _with_rank(operand, rank):
  tensor = operand.tensor
  if operand.streams:
    for _ in range(rank - operand.rank):
      tensor = tf.expand_dims(tensor, 1)
  return tensor


def _later(axes):
  """Axes of one step as axes of the stream: one more, if from the front."""
  return tf.constant(axes + (axes >= 0).astype(axes.dtype))
