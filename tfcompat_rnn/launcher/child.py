"""What a process started by `multiprocessing` runs before its work.

With the start methods spawn and forkserver a child is a fresh Python that
executes the program's main file as `__mp_main__`. `install` has it execute
another file, `child_main.py`, first, so that old imports work there as well.
"""

import dataclasses
import json
import os

VARIABLE = "TFCOMPAT_RNN_CHILD"
_MAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "child_main.py")
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(_MAIN)))


def install(patches, spawn, options, quiet):
  """Makes the children of this process start as it did.

  `spawn` is the module `multiprocessing.spawn`.
  """
  def make(original):
    def get_preparation_data(name):
      data = original(name)
      task = {"options": dataclasses.asdict(options), "quiet": quiet,
              "path": data.pop("init_main_from_path", None),
              "module": data.pop("init_main_from_name", None)}
      if task["path"] or task["module"]:
        if _is_never_executed(task["module"]):
          task["module"] = None
        os.environ[VARIABLE] = json.dumps(task)
        data["init_main_from_path"] = _MAIN
        if "sys_path" in data and _PACKAGE not in data["sys_path"]:
          # Last, so that nothing in the program's folders is hidden.
          data["sys_path"] = list(data["sys_path"]) + [_PACKAGE]
      return data
    return get_preparation_data

  patches.wrap(spawn, "get_preparation_data", make)
  # A child finds its own task there; each start of a child sets it again.
  patches.on_close(_set_variable, os.environ.get(VARIABLE))


def _is_never_executed(module):
  # As in Python: the `__main__.py` of a folder, an archive or a package
  # seldom asks whether it is the main program.
  return module is not None and (module == "__main__"
                                 or module.endswith(".__main__"))


def _set_variable(value):
  os.environ.pop(VARIABLE, None)
  if value is not None:
    os.environ[VARIABLE] = value
