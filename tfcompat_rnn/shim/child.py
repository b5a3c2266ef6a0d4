"""What a process started by `multiprocessing` runs before its work.

With the start methods spawn and forkserver a child is a fresh Python that
executes the program's main file as `__mp_main__`. `equip` has it execute this
file first, so that old imports work there as well.
"""

import dataclasses
import json
import os
import runpy

_VARIABLE = "TFCOMPAT_RNN_CHILD"


def equip(spawn, options, quiet):
  """Makes children of this process start as it did.

  `spawn` is the module `multiprocessing.spawn`.
  """
  original = spawn.get_preparation_data

  def get_preparation_data(name):
    data = original(name)
    task = {"options": dataclasses.asdict(options), "quiet": quiet,
            "path": data.pop("init_main_from_path", None),
            "module": data.pop("init_main_from_name", None)}
    if task["path"] or task["module"]:
      os.environ[_VARIABLE] = json.dumps(task)
      data["init_main_from_path"] = os.path.abspath(__file__)
      package = os.path.dirname(os.path.dirname(os.path.dirname(
          os.path.abspath(__file__))))
      if "sys_path" in data and package not in data["sys_path"]:
        # Last, so that nothing in the program's folders is hidden.
        data["sys_path"] = list(data["sys_path"]) + [package]
    return data

  spawn.get_preparation_data = get_preparation_data


def main():
  """In the child: our imports, then the program's main file."""
  from tfcompat_rnn.shim import launcher
  task = json.loads(os.environ[_VARIABLE])
  options = dict(task["options"], no_repair=tuple(
      task["options"]["no_repair"]))
  launcher.prepare(launcher.Options(**options), quiet=task["quiet"])
  if task["module"]:
    return runpy.run_module(task["module"], run_name="__mp_main__",
                            alter_sys=True)
  return runpy.run_path(task["path"], run_name="__mp_main__")


if __name__ == "__mp_main__" and _VARIABLE in os.environ:
  globals().update(main())
