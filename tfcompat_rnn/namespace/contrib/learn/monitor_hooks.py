"""Monitors as a hook of a session."""

import inspect

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
  """Monitors as a hook.

  TF 1.15: `tf.contrib.learn.monitors.RunHookAdapterForMonitors`.
  """

  def __init__(self, monitors):
    self._monitors = monitors
    self._step = None

  def begin(self):
    self._step = None
    self._global_step = tf.train.get_global_step()
    for monitor in self._monitors:
      monitor.begin(max_steps=None)

  def before_run(self, run_context):
    if self._step is None:
      self._step = 1 + run_context.session.run(self._global_step)
    wanted = {}
    for monitor in self._monitors:
      requests = monitor.step_begin(self._step) or []
      _require(isinstance(requests, list), "step_begin",
               "return a list of tensors or names", type(requests).__name__,
               f"correct it in {type(monitor).__name__}")
      wanted.update(zip(requests, map(_element, requests), strict=True))
    return tf.train.SessionRunArgs(
        {"step": self._global_step, **({"monitors": wanted} if wanted else {})})

  def after_run(self, run_context, run_values):
    results = run_values.results
    # Every monitor sees the values, also when one of them wants to stop.
    if any([monitor.step_end(self._step, results.get("monitors", {}))
            for monitor in self._monitors]):
      run_context.request_stop()
    for monitor in self._monitors:
      monitor.post_step(self._step, run_context.session)
    self._step = 1 + results["step"]

  def end(self, session):
    self._step = None
    for monitor in self._monitors:
      takes_session = "session" in inspect.signature(monitor.end).parameters
      monitor.end(**({"session": session} if takes_session else {}))


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
  """A list of hooks, the last one of which calls the monitors.

  TF 1.15: `tf.contrib.learn.monitors.replace_monitors_with_hooks`.
  """
  hooks, monitors = [], []
  for one in monitors_or_hooks or []:
    if isinstance(one, tf.train.SessionRunHook):
      hooks.append(one)
    elif estimator.config.is_chief or one.run_on_all_workers:
      monitors.append(one)
  for monitor in monitors:
    monitor.set_estimator(estimator)
  return hooks + ([RunHookAdapterForMonitors(monitors)] if monitors else [])


def _element(request):
  """The tensor or operation that a monitor asked for."""
  graph = tf.get_default_graph()
  if not isinstance(request, str):
    _require(getattr(request, "graph", None) is graph, "step_begin",
             "ask for tensors and operations of the graph that is trained",
             request, "ask for one by its name, or build it in this graph")
    return request
  names_output = ":" in request
  element = graph.as_graph_element(request if names_output else request + ":0")
  _require(names_output or len(element.op.outputs) == 1, "step_begin",
           "say which output of an operation it asks for", repr(request),
           f"write {request}:0, for example")
  return element
