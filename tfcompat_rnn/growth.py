"""Finds the lines of a program that make a graph grow during training.

If every step creates new ops (`state.assign(value)` in the training loop,
`tf.one_hot(labels, 10).eval()`), each step is slower than the one before, and
memory eventually runs out. `graph.finalize()` stops at the first such op;
`report_graph_growth` lets the program run and reports all of them.
"""

from __future__ import annotations

import collections
import linecache
import os
import sys
import sysconfig
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2

GrownLine = collections.namedtuple(
    "GrownLine", ["filename", "lineno", "function", "code", "count", "types"])
GrownLine.__doc__ = """A line of the program, and the ops it created.

filename, lineno, function: the location (None if it is unknown).
code: the line itself, or "".
count: the number of ops it created.
types: `((op type, number), ...)`, most frequent first.
"""


class GraphGrewError(_errors.TfcompatError, RuntimeError):
  """Ops were created although none should have been (`error=True`)."""


def _library_roots():
  """Folders whose files are not part of the user's program."""
  packages = os.path.dirname(os.path.dirname(os.path.abspath(tf2.__file__)))
  names = ("tensorflow", "keras", "tf_keras", "tf_slim", "numpy")
  ours = os.path.dirname(os.path.abspath(__file__))
  return tuple(root + os.sep for root in [ours] + [
      os.path.join(packages, name) for name in names])


def _is_library(filename, roots):
  if filename.startswith("<frozen") or filename.startswith(roots):
    return True
  standard = sysconfig.get_paths()["stdlib"] + os.sep
  return (filename.startswith(standard)
          and not {"site-packages", "dist-packages"} & set(
              filename.split(os.sep)))


def _place(op, roots):
  """`(filename, lineno, function)` of the user's line that created `op`."""
  frames = list(op.traceback or ())
  if not frames:
    return None, None, None
  for frame in reversed(frames):
    if not _is_library(os.path.abspath(frame.filename)
                       if not frame.filename.startswith("<")
                       else frame.filename, roots):
      return frame.filename, frame.lineno, frame.name
  return frames[-1].filename, frames[-1].lineno, frames[-1].name


def _count(graph):
  return len(graph.get_operations())


class GraphGrowth:
  """The ops added to a graph since this object was created by
  `report_graph_growth`.

  count: the number of ops added.
  ops: the ops themselves, in order of creation.
  lines: `GrownLine`s, the one that created most ops first.
  `str()` is the report; `check()` raises it. Counting ends with `stop()` or at
  the end of the `with` block.
  """

  def __init__(self, graph: types.Graph, error: bool,
               out: typing.Callable[[str], object] | None) -> None:
    self._graph = graph
    self._error = error
    self._out = out
    self._start = _count(graph)
    self._stop = None

  def __enter__(self) -> GraphGrowth:
    self._start = _count(self._graph)
    self._stop = None
    return self

  def __exit__(self, kind: type[BaseException] | None,
               value: BaseException | None, traceback: typing.Any) -> None:
    self.stop()
    if self._error and kind is None:
      self.check()
    elif self.count and self._out is not None:
      self._out(str(self))

  def stop(self) -> GraphGrowth:
    """Ends counting; returns this object."""
    self._stop = _count(self._graph)
    return self

  def _end(self):
    return _count(self._graph) if self._stop is None else self._stop

  @property
  def count(self) -> int:
    return self._end() - self._start

  @property
  def ops(self) -> list[types.Operation]:
    return self._graph.get_operations()[self._start:self._end()]

  @property
  def lines(self) -> list[GrownLine]:
    roots = _library_roots()
    counters: typing.Any = collections.defaultdict(collections.Counter)
    for op in self.ops:
      counters[_place(op, roots)][op.type] += 1
    found = [
        GrownLine(place[0], place[1], place[2], _code(place),
                  sum(counter.values()),
                  tuple(counter.most_common()))
        for place, counter in counters.items()]
    return sorted(found, key=lambda line: -line.count)

  def check(self) -> None:
    """Raises `GraphGrewError` with the report if an op was added."""
    if self.count:
      raise GraphGrewError(str(self))

  def __str__(self) -> str:
    if not self.count:
      return f"the graph did not grow: {self._start} ops"
    lines = self.lines
    text = [f"the graph grew by {self.count} ops, from {self._start} to "
            f"{self._end()}, made by {len(lines)} "
            f"line{'s' if len(lines) > 1 else ''} of the program.",
            "Build them once, before the first step:"]
    for line in lines:
      where = ("an unknown line" if line.filename is None else
               f"{line.filename}:{line.lineno}, in {line.function}")
      shown = ", ".join(f"{count} {kind}" for kind, count in line.types[:4])
      rest = sum(count for _, count in line.types[4:])
      text.append(f"  {line.count} ops by {where}")
      if line.code:
        text.append(f"      {line.code}")
      text.append(f"      {shown}{f', {rest} others' if rest else ''}")
    return "\n".join(text)


def _code(place):
  filename, lineno, _ = place
  return linecache.getline(filename, lineno).strip() if filename else ""


def _to_stderr(report: str) -> None:
  print(report, file=sys.stderr)


def report_graph_growth(
    graph: types.Graph | None = None, error: bool = False,
    out: typing.Callable[[str], object] | None = _to_stderr) -> GraphGrowth:
  """Reports which lines of a program create ops between two points.

  >>> with report_graph_growth(session.graph):
  ...   for step in range(1000):
  ...     session.run(train_op)
  ...     session.run(state.assign(value))          # a new op in each step
  the graph grew by 1000 ops, from 412 to 1412, made by 1 line of the ...

  or without a `with` block:

  >>> growth = report_graph_growth(session.graph)
  >>> train(session)
  >>> print(growth)                                 # or growth.check()

  graph: the graph to watch; the default graph if None.
  error: raise `GraphGrewError` (a RuntimeError) at the end of the block instead
    of reporting; an exception raised in the block takes precedence.
  out: called with the report at the end of the block if the graph has grown. By
    default it prints to stderr; None prints nothing.

  Returns a `GraphGrowth`: `count`, `ops`, `lines`, `check()`. The reported line
  is the innermost one outside TensorFlow, Keras, this package and Python's
  library. Ops in functions (such as loop bodies under control flow v2) belong
  to the op that calls the function and are not counted separately. The graph
  does not have to be finalized and is not changed.

  Raises ArgumentTypeError if `graph` is not a graph.
  """
  if graph is None:
    graph = tf.get_default_graph()
  if not isinstance(graph, tf.Graph):
    hint = "pass session.graph" if isinstance(
        graph, (tf.Session, tf.InteractiveSession)) else "pass a tf.Graph"
    raise _errors.ArgumentTypeError(_errors.problem(
        "graph", "be a graph", type(graph).__name__, hint))
  return GraphGrowth(graph, error, out)
