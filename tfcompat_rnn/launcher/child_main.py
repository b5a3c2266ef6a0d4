"""What a child of `multiprocessing` executes as its `__mp_main__`.

First prepares the imports, then runs the program's main file. See
`child.install`.
"""

import json
import os
import runpy

from tfcompat_rnn.launcher import child
from tfcompat_rnn.launcher import preparation


def main():
  """Prepares the child; returns the namespace of the program's main file."""
  task = json.loads(os.environ[child.VARIABLE])
  options = dict(task["options"], no_repair=tuple(
      task["options"]["no_repair"]))
  patches = preparation.prepare(preparation.Options(**options),
                                quiet=task["quiet"])
  if options["python2"] and task["path"]:
    from tfcompat_rnn.launcher.python2 import program
    return program.run_in_child(task["path"], patches)
  if task["module"]:
    return runpy.run_module(task["module"], run_name="__mp_main__",
                            alter_sys=True)
  if task["path"]:
    return runpy.run_path(task["path"], run_name="__mp_main__")
  return {}


if __name__ == "__mp_main__" and child.VARIABLE in os.environ:
  globals().update(main())
