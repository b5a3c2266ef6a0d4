"""`tf.contrib.graph_editor`: the backward walk from an operation."""

import collections

from tfcompat_rnn._tf import tf


def _operations(seeds):
  if isinstance(seeds, (tf.Operation, tf.Tensor)):
    seeds = [seeds]
  return [seed.op if isinstance(seed, tf.Tensor) else seed for seed in seeds]


def get_backward_walk_ops(seed_ops, inclusive=True, within_ops=None,
                          within_ops_fn=None, stop_at_ts=(),
                          control_inputs=False):
  """All operations that the given ones depend on, nearest first.

  Example: `get_backward_walk_ops(loss.op, control_inputs=True)`

  Args:
    seed_ops: an operation or tensor, or several.
    inclusive: False leaves the seeds out.
    within_ops: the walk stays within these operations; None for all.
    within_ops_fn: the walk stays where this function of an operation is true.
    stop_at_ts: tensors that the walk does not pass.
    control_inputs: True to follow control inputs too.

  Raises ValueError if a seed is not in `within_ops`.

  TF 1.15: `tf.contrib.graph_editor.get_backward_walk_ops`, which had no order.
  """
  seeds = _operations(seed_ops)
  inside = None if within_ops is None else set(_operations(within_ops))
  stops = {id(tensor) for tensor in (
      [stop_at_ts] if isinstance(stop_at_ts, tf.Tensor) else stop_at_ts)}

  def is_inside(op):
    return (inside is None or op in inside) and (
        within_ops_fn is None or within_ops_fn(op))

  outside = [op.name for op in seeds if not is_inside(op)]
  if outside:
    raise ValueError("`seed_ops` must all be in `within_ops`, got "
                     f"{', '.join(outside)} outside; add them to within_ops")
  found, waiting = dict.fromkeys(seeds), collections.deque(seeds)
  while waiting:
    op = waiting.popleft()
    before = [t.op for t in op.inputs if id(t) not in stops]
    for other in before + (list(op.control_inputs) if control_inputs else []):
      if other not in found and is_inside(other):
        found[other] = None
        waiting.append(other)
  return [op for op in found if inclusive or op not in seeds]
