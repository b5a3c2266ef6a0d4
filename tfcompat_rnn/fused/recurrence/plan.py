"""Which results of a step need a loop, and which are computed for all steps.

State leaves that depend on one another, through the steps, form a component:
the two leaves of one LSTM layer, for instance. Components are run one after
the other, each in a loop of its own. Whatever does not depend on a component's
old state is computed before its loop, for all steps at once, and what only the
outputs need is computed after it.
"""

from __future__ import annotations

import dataclasses

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams

# A sum of a part known for all steps and a product made in the loop.
AFFINE = "<affine>"


@dataclasses.dataclass
class Component:
  """State leaves computed together, in one loop (or in none)."""

  leaves: list
  loops: bool
  body: list = dataclasses.field(default_factory=list)
  emitted: list = dataclasses.field(default_factory=list)


class Plan:
  """A step in the order in which its parts are computed.

  `outputs` and `new_states` are the step's results, rewritten: products of a
  concatenation with a matrix are split, so that the part of it that is known
  before the loop leaves the loop.
  """

  def __init__(self, step):
    order = _components(step)
    self._level = {leaf: level for level, (leaves, _) in enumerate(order)
                   for leaf in leaves}
    self._rewritten = {}
    self.step = step
    self.outputs = [self._rewrite(value) for value in step.outputs]
    self.new_states = [self._rewrite(value) for value in step.new_states]
    self.components = [Component(leaves, loops) for leaves, loops in order]
    self._streamable = {}
    self._inside = [set() for _ in order]
    for level, component in enumerate(self.components):
      if component.loops:
        for leaf in component.leaves:
          self._include(self.new_states[leaf], level)
    self._note_wanted()

  def level(self, value):
    """The component after whose loop `value` is known; -1 before them all."""
    return max((self._level[leaf] for leaf in value.states), default=-1)

  def shows(self, new_state):
    """Whether a new state is needed for all steps, outside of its loop."""
    return new_state in self._seen or new_state in self._shifted

  # What is rewritten.

  def _rewrite(self, value):
    return steps.completed(
        value, self._rewritten, lambda top: top.node.inputs,
        self._rewrite_one)

  def _rewrite_one(self, value):
    node = value.node
    above = [self._rewritten[value] for value in node.inputs]
    if node.type == "MatMul":
      split = self._split_product(node, above)
      if split is not None:
        self._rewritten[node.outputs[0]] = split
        return
    if node.type in ("BiasAdd", "AddV2", "Add"):
      pushed = self._push_bias(node, above)
      if pushed is not None:
        self._rewritten[node.outputs[0]] = pushed
        return
    if all(one is two for one, two in zip(above, node.inputs)):
      fresh = node
    else:
      fresh = steps.Node(
          node.type, above, node.attributes,
          [(value.dtype, value.shape) for value in node.outputs], node.origin)
    for old, new in zip(node.outputs, fresh.outputs):
      self._rewritten[old] = new

  def _split_product(self, node, above):
    """`[a, b] W` as `a W1 + b W2`, where `a` and `b` are known in turn."""
    left, matrix = above
    if matrix.varies or not left.dtype.is_floating:
      return None
    flags = node.attributes
    if flags["transpose_a"].b:
      return None
    transposed = flags["transpose_b"].b
    groups = self._groups(left)
    if groups is None:
      return self._product(left, matrix, transposed, node.outputs[0].shape)
    begin, terms = 0, []
    for parts, width in groups:
      rows = _rows(matrix, begin, width, transposed)
      part = parts[0] if len(parts) == 1 else _joined(parts)
      terms.append((part, rows))
      begin += width
    terms.sort(key=lambda term: self.level(term[0]))
    total = []
    for part, rows in terms:
      total = [self._product(
          part, rows, transposed, node.outputs[0].shape, *total)]
    return total[0]

  def _product(self, left, matrix, transposed, shape, *terms):
    return steps.derived(AFFINE, [left, matrix, *terms], shape,
                         dtype=left.dtype, transposed=transposed)

  def _groups(self, left):
    """Neighbouring parts of a concatenation that are known together."""
    node = left.node
    if node.type != "ConcatV2" or left.shape.rank != 2:
      return None
    axis = streams.constant_of(node.inputs[-1])
    parts = node.inputs[:-1]
    widths = [part.shape.as_list()[-1] if part.shape.rank else None
              for part in parts]
    if axis is None or int(axis) not in (1, -1) or None in widths:
      return None
    groups = []
    for part, width in zip(parts, widths):
      level = self.level(part)
      if groups and groups[-1][2] == level:
        groups[-1][0].append(part)
        groups[-1][1] += width
      else:
        groups.append([[part], width, level])
    if len(groups) == 1:
      return None
    return [(parts, width) for parts, width, _ in groups]

  def _push_bias(self, node, above):
    """`(a W1 + b W2) + bias` with the bias added to what is known first."""
    total, bias = above
    if node.type != "BiasAdd":
      if bias.type == AFFINE and not total.varies:
        total, bias = bias, total
      if bias.varies or bias.shape.rank != 1:
        return None
    if total.type != AFFINE or bias.varies:
      return None
    return self._with_bias(total, bias)

  def _with_bias(self, total, bias):
    node = total.node
    left, matrix = node.inputs[:2]
    transposed = node.attributes["transposed"]
    if len(node.inputs) == 3:
      known = node.inputs[2]
      known = (self._with_bias(known, bias) if known.type == AFFINE
               else steps.derived("AddV2", [known, bias], known.shape))
      return self._product(left, matrix, transposed, total.shape, known)
    return self._product(left, matrix, transposed, total.shape, bias)

  # What runs where.

  def _streams(self, value):
    """Whether `value` can be computed for all steps at once."""
    known = self._streamable.get(value)
    if known is None:
      node = value.node
      known = self._streamable[value] = (
          node.type in (steps.INPUT, steps.STATE) or not value.varies
          or node.type in steps.RANDOM
          # The loop that computes a layer knows its results in all steps.
          or ((steps.layer_of(node) is not None or streams.has_rule(node))
              and all(self._streams(above) for above in node.inputs)))
    return known

  def _include(self, value, level):
    """Notes what the loop of `level` has to compute for `value`."""
    inside = self._inside[level]
    pending = [value]
    while pending:
      top = pending.pop()
      if top in inside or not top.varies:
        continue
      if top.type in (steps.INPUT, steps.STATE) or top.type in steps.RANDOM:
        continue
      if self.level(top) < level and self._streams(top):
        continue
      inside.update(top.node.outputs)
      pending.extend(top.node.inputs)

  def _note_wanted(self):
    self._seen, self._shifted = set(), set()
    for value in self.outputs:
      self._want(value)
    for level in reversed(range(len(self.components))):
      component = self.components[level]
      for leaf in component.leaves:
        if not component.loops:
          self._want(self.new_states[leaf])
      component.body = self._in_order(level)
      for node in component.body:
        for above in node.inputs:
          if above not in self._inside[level] and not (
              above.type == steps.STATE
              and above.node.origin in component.leaves):
            self._want(above)

  def _want(self, value):
    """Notes that `value` is needed for all steps at once."""
    pending = [value]
    while pending:
      top = pending.pop()
      if top in self._seen or not top.varies:
        continue
      self._seen.add(top)
      if top.type == steps.STATE:
        self._shifted.add(self.new_states[top.node.origin])
        continue
      if top.type == steps.INPUT or top.type in steps.RANDOM:
        continue
      level = self.level(top)
      component = self.components[level] if level >= 0 else None
      if component is not None and component.loops:
        if top in self._inside[level]:
          component.emitted.append(top)
          continue
      if self._streams(top):
        pending.extend(top.node.inputs)
        continue
      if component is None or not component.loops:
        raise steps.CannotCompile(
            f"its operation {top.type} has no form for all steps at once")
      self._include(top, level)
      component.emitted.append(top)

  def _in_order(self, level):
    """The nodes that the loop of `level` computes, inputs first."""
    done, order = {}, []
    component = self.components[level]
    inside = self._inside[level]

    def add(value):
      done.update(dict.fromkeys(value.node.outputs))
      order.append(value.node)

    for root in (*(self.new_states[leaf] for leaf in component.leaves),
                 *component.emitted):
      if root in inside:
        steps.completed(
            root, done, lambda top: [
                above for above in top.node.inputs if above in inside], add)
    return order


def _rows(matrix, begin, width, transposed):
  """`matrix[begin:begin + width]` (columns, if transposed), as a value."""
  full = matrix.shape.as_list()
  axis = 1 if transposed else 0
  first, size = [0, 0], [-1, -1]
  first[axis], size[axis] = begin, width
  shape = list(full)
  shape[axis] = width
  return steps.derived(
      "Slice", [matrix, _constant(first), _constant(size)], shape)


def _constant(numbers):
  value = tf.make_tensor_proto(numbers, tf.int32)
  attributes = {
      "dtype": tf.AttrValue(type=tf.int32.as_datatype_enum),
      "value": tf.AttrValue(tensor=value)}
  shape = [len(numbers)] if isinstance(numbers, list) else []
  return steps.Node("Const", [], attributes,
                    [(tf.int32, tf.TensorShape(shape))]).outputs[0]


def _joined(parts):
  width = sum(part.shape.as_list()[-1] for part in parts)
  shape = parts[0].shape[:1].concatenate(width)
  return steps.derived("ConcatV2", [*parts, _constant(1)], shape,
                       dtype=parts[0].dtype, N=tf.AttrValue(i=len(parts)))


def _components(step):
  """`[(leaves, loops)]` in an order in which each needs only earlier ones."""
  needs = {leaf: set(value.states)
           for leaf, value in enumerate(step.new_states)}
  reach = {leaf: set(found) for leaf, found in needs.items()}
  changed = True
  while changed:
    changed = False
    for leaf, found in reach.items():
      more = set().union(*(reach[other] for other in found)) - found
      if more:
        found |= more
        changed = True
  order, done = [], set()
  left = [leaf for leaf, value in enumerate(step.states)
          if value.type != steps.KEPT]
  while left:
    for leaf in left:
      together = [other for other in left
                  if other == leaf
                  or (other in reach[leaf] and leaf in reach[other])]
      outside = set().union(*(needs[other] for other in together))
      if outside - set(together) <= done:
        break
    order.append((together, leaf in reach[leaf]))
    done.update(together)
    left = [leaf for leaf in left if leaf not in done]
  return order
