"""Runs a converted program in an interpreter that lacks tfcompat_rnn."""

import importlib.machinery
import importlib.util
import os
import sys
import types

from . import running


def start(sources):
  """Makes `run(words, as_module)` of a program whose text is in `sources`.

  `sources` is {full path: converted text}. For an interpreter that lacks
  tfcompat_rnn; nothing is undone.
  """
  running.add_names(setattr)

  def text_of(path):
    return path and sources.get(os.path.realpath(path))

  kind = importlib.machinery.SourceFileLoader
  kind.exec_module = running.Loader(text_of).wrap(kind.exec_module)

  def run(words, as_module):
    sys.argv = list(words)
    path, package = words[0], None
    if as_module:
      sys.path[0] = os.getcwd()
      spec = importlib.util.find_spec(words[0])
      if spec.submodule_search_locations is not None:
        spec = importlib.util.find_spec(words[0] + ".__main__")
      path, package = spec.origin, spec.parent
      sys.argv[0] = path
    else:
      sys.path[0] = os.path.dirname(os.path.realpath(path))
    main = types.ModuleType("__main__")
    main.__file__, main.__package__ = path, package
    sys.modules["__main__"] = main
    running.execute(running.compile_source(
        text_of(path), os.path.abspath(path)), vars(main))
  return run
