"""Finds the operations that run once per step: the bodies of loops."""

import collections

from tfcompat_rnn import _tf

ENTER = ("Enter", "RefEnter")
_EXIT = ("Exit", "RefExit")
_WHILE = ("While", "StatelessWhile")
_BRANCHES = ("If", "StatelessIf", "PartitionedCall",
             "StatefulPartitionedCall", "Case", "StatelessCase")


def operations_of(graph):
  """`[(operation, in a loop?, device), ...]`, including those in functions.

  An operation in a function that names no device runs on the device of the
  call; the device is "" if neither names one. A loop under control flow v1 is
  the part between its Enter and Exit operations; under control flow v2 it is a
  While operation that calls two functions.
  """
  return list(_walk(graph, False, "", set()))


def _walk(graph, within, around, seen):
  frames = _frames(graph)
  for operation in graph.get_operations():
    inside = within or bool(frames.get(operation))
    device = operation.device or around
    yield operation, inside, device
    looping = operation.type in _WHILE
    if looping or operation.type in _BRANCHES:
      for name in _functions(operation):
        if name in seen:
          continue
        seen.add(name)
        body = _tf.private("graph_function")(graph, name)
        if body is not None:
          yield from _walk(body.graph, inside or looping, device, seen)


def _functions(operation):
  """The names of the functions that `operation` calls."""
  for attribute in operation.op_def.attr:
    if attribute.type == "func":
      yield operation.get_attr(attribute.name).name
    elif attribute.type == "list(func)":
      for function in operation.get_attr(attribute.name):
        yield function.name


def _frames(graph):
  """operation -> the loops that contain it, outermost first, if any."""
  followers = collections.defaultdict(list)
  waiting = []
  for operation in graph.get_operations():
    for source in [tensor.op for tensor in operation.inputs]:
      followers[source].append(operation)
    for source in operation.control_inputs:
      followers[source].append(operation)
    if operation.type in ENTER:
      waiting.append(operation)
  frames = {operation: (operation.get_attr("frame_name"),)
            for operation in waiting}
  while waiting:
    operation = waiting.pop()
    after = frames[operation]
    if operation.type in _EXIT:
      after = after[:-1]
    for follower in followers[operation] if after else ():
      stack = after
      if follower.type in ENTER:
        stack = after + (follower.get_attr("frame_name"),)
      if len(stack) > len(frames.get(follower, ())):
        frames[follower] = stack
        waiting.append(follower)
  return frames
