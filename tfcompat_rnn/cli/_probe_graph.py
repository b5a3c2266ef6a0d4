"""Runs a program until its graph is built, records its keys, and stops.

The process ends at once at the first `Session.run` of a graph that has
variables, or at the first `Saver.restore`. Nothing is computed, and no
`finally` block or exit handler of the program runs.
"""

import json
import os
import sys
import typing

from tfcompat_rnn import _patching
from tfcompat_rnn import _writing
from tfcompat_rnn import cli
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import fallback
from tfcompat_rnn.checkpoints import wanted
from tfcompat_rnn.cli import _graphs

_RUNNING = ("run", "partial_run_setup", "make_callable")


class Result(typing.NamedTuple):
  """Where the keys and, if it is not None, the meta graph are written."""
  keys: str
  graph: typing.Optional[str]


def main(result, words, graph_file=None):
  """Runs the program `words`, and writes what it restores to `result`.

  Its meta graph is written to `graph_file`, unless that is None.
  """
  savers = []
  result = Result(result, graph_file)
  patches = _patching.Stack()  # for as long as the process lives
  _watch_savers(patches, savers, result)
  _watch_sessions(patches, savers, result)
  # the launcher drops the first entry of sys.path, which `-c` sets too
  sys.argv = ["tfcompat-rnn"]
  code = cli.main(["run", *words])
  _finish(result, tf.get_default_graph(), savers, "its end")
  return code


def _watch_savers(patches, savers, result):
  def noting(build):
    def note(self, *args, **kwargs):
      build(self, *args, **kwargs)
      savers.append(self)
    return note

  def stop(saver, session, save_path):
    _finish(result, session.graph, [saver], "Saver.restore")

  patches.wrap(tf.train.Saver, "__init__", noting)
  patches.replace(fallback, "restore", stop)


def _watch_sessions(patches, savers, result):
  base = next(kind for kind in tf.Session.__mro__
              if "make_callable" in vars(kind))

  def watched(original):
    def call(self, *args, **kwargs):
      if _has_variables(self.graph):
        _finish(result, self.graph, savers, "Session.run")
      return original(self, *args, **kwargs)
    return call

  for name in _RUNNING:
    patches.wrap(base, name, watched)


def _has_variables(graph):
  with graph.as_default():
    return bool(tf.global_variables() or tf.local_variables())


def _finish(result, graph, savers, where):
  """Writes the keys and ends the process."""
  keys = {}
  for saver in savers:
    try:
      found = wanted.of_saver(saver.saver_def, graph)
    except (AttributeError, KeyError):
      continue  # a saver of another graph, or one not built yet
    for item in found:
      keys.setdefault(item.key, item)
  if not keys:
    with graph.as_default():
      keys = {item.key: item
              for item in wanted.of_variables(tf.global_variables())}
  if result.graph is not None and keys:
    tf.train.export_meta_graph(result.graph, graph=graph)
  found = {"where": where, "keys": _graphs.data_of(keys.values())}
  _writing.write_whole(result.keys, json.dumps(found).encode("utf-8"))
  sys.stdout.flush()
  sys.stderr.flush()
  os._exit(0)
