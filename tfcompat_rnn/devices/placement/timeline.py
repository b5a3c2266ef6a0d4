"""Shows when each device was busy in one `session.run`, with a plot."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _figure
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf

# These wait for another device or pass on a value; they do no work themselves.
_WAITING = ("RecvTensor", "_Recv", "_HostRecv", "_Send", "_HostSend")


class Span(typing.NamedTuple):
  """The run of one operation, in seconds from the start of the first one."""
  start: float
  end: float
  name: str
  type: str


class Timeline:
  """The result of `device_timeline`.

  Attributes:
    spans: device (such as "CPU:1") -> the list of its `Span`s, sorted by start.
    seconds: time from the first start to the last end.
  """

  def __init__(self, spans: dict[str, list[Span]]) -> None:
    self.spans = spans
    self.seconds = max((span.end for row in spans.values() for span in row),
                       default=0.0)

  def busy(self, device: str) -> float:
    """The number of seconds in which `device` was busy."""
    return sum(end - start for start, end in _joined(self.spans[device]))

  @property
  def overlap(self) -> float:
    """The number of seconds in which two or more devices were busy."""
    edges = sorted(
        (moment, step) for row in self.spans.values()
        for start, end in _joined(row)
        for moment, step in ((start, 1), (end, -1)))
    at_work, since, total = 0, 0.0, 0.0
    for moment, step in edges:
      if at_work >= 2:
        total += moment - since
      at_work, since = at_work + step, moment
    return total

  def draw(self, path: types.Path, title: str = "",
           label: typing.Callable[[Span], str] | None = None) -> None:
    """Writes a plot with one row per device and one bar per operation.

    `label(span)` returns the group of a bar, which determines its color; by
    default the type of operation.
    """
    figure = _figure.new_figure(10, 0.7 * len(self.spans) + 1.6)
    axes = figure.subplots()
    label = label or (lambda span: span.type)
    seconds: typing.Any = {}
    for row in self.spans.values():
      for span in row:
        name = label(span)
        seconds[name] = seconds.get(name, 0) + span.end - span.start
    shown: list[typing.Any] = sorted(
        sorted(seconds, key=seconds.get, reverse=True)[:7])
    devices = list(self.spans)
    for number, name in enumerate(shown + [None]):
      bars = [(row, span) for row, device in enumerate(devices)
              for span in self.spans[device]
              if (label(span) if label(span) in shown else None) == name]
      if bars:
        axes.barh([row for row, _ in bars],
                  [1e3 * (span.end - span.start) for _, span in bars],
                  left=[1e3 * span.start for _, span in bars], height=0.7,
                  color=f"C{number}" if name is not None else "lightgray",
                  label="the rest" if name is None else name)
    axes.set_yticks(range(len(devices)), devices)
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds")
    axes.set_title(title)
    figure.legend(loc="outside right upper", fontsize="small")
    figure.savefig(path, dpi=110)

  def __str__(self) -> str:
    lines = [f"{1e3 * self.seconds:.3g} ms, two or more devices busy for "
             f"{1e3 * self.overlap:.3g} ms"]
    lines += [f"  {device}: {1e3 * self.busy(device):.3g} ms, "
              f"{len(row)} operations" for device, row in self.spans.items()]
    return "\n".join(lines)


def device_timeline(run_metadata: types.RunMetadata) -> Timeline:
  """Finds when each device was busy in a traced `session.run`.

    metadata = tf.RunMetadata()
    session.run(train, options=tf.RunOptions(
        trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
    timeline = tfcompat_rnn.device_timeline(metadata)
    print(timeline); timeline.draw("timeline.png")

  Operations that wait for a value from another device do not count as busy. For
  a GPU, the kernels count, not the calls that launch them.

  Returns a `Timeline`.

  Raises:
    TypeError: `run_metadata` is not a `tf.RunMetadata`.
    ValueError: the run was not traced.
  """
  if not isinstance(run_metadata, tf.RunMetadata):
    raise _errors.ArgumentTypeError(problem(
        "run_metadata", "be a tf.RunMetadata", type(run_metadata).__name__,
        "pass the one given to session.run"))
  rows: dict[str, list[typing.Any]] = {}
  for statistics in run_metadata.step_stats.dev_stats:
    device = _short(statistics.device)
    for node in statistics.node_stats:
      type_ = _type(node)
      if device is None or type_ in _WAITING:
        continue
      start = node.all_start_micros + node.op_start_rel_micros
      end = node.all_start_micros + node.op_end_rel_micros
      rows.setdefault(device, []).append((start, end, node.node_name, type_))
  if not rows:
    raise _errors.ArgumentError(problem(
        "run_metadata", "come from a traced run", "no statistics",
        "pass options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE) to "
        "the same session.run"))
  first = min(row[0] for found in rows.values() for row in found)
  return Timeline({
      device: [Span((start - first) * 1e-6, (end - first) * 1e-6, name, type_)
               for start, end, name, type_ in sorted(rows[device])]
      for device in sorted(rows)})


def _short(device):
  """`/job:localhost/replica:0/task:0/device:CPU:1` -> `CPU:1`.

  A GPU has one row for launches and one, "stream:all", for its kernels.
  """
  place, _, stream = device.partition("/stream:")
  spec = tf.DeviceSpec.from_string(place.replace("/gpu:", "/device:GPU:"))
  if spec.device_type == "GPU" and stream != "all":
    return None
  task = f"task {spec.task}, " if spec.task else ""
  return f"{task}{spec.device_type}:{spec.device_index}"


def _type(node):
  """The op type; in a trace the label is `name = Type(inputs)`."""
  label = node.timeline_label.partition(" = ")[2] or node.timeline_label
  return label.partition("(")[0].strip() or node.node_name


def _joined(spans):
  """`(start, end)` of the periods in which any of `spans` runs."""
  joined = []
  for span in spans:
    if joined and span.start <= joined[-1][1]:
      joined[-1][1] = max(joined[-1][1], span.end)
    else:
      joined.append([span.start, span.end])
  return joined
