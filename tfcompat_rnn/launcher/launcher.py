"""Runs a program of TensorFlow 1.x as `python PROGRAM` would have done.

  launch(["train.py", "--steps=10"], Options())

In this process, so that standard streams, signals, exit codes and what
`__main__` means to pickle are Python's own. TensorFlow is loaded when the
program asks for it, not before.
"""

import builtins
import dataclasses
import importlib.machinery
import importlib.util
import os
import pkgutil
import re
import sys
import types

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import beside
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import preparation

Options = preparation.Options

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)


@dataclasses.dataclass
class _Program:
  code: object = None
  path: str = None          # __file__
  argv0: str = None
  folder: str = None        # sys.path[0]
  spec: object = None
  loader: object = None
  package: object = None


def _refuse(text, exit_code):
  error = _errors.LauncherError(text)
  error.exit_code = exit_code
  return error


def launch(words, options=Options(), as_module=False):
  """Runs the program `words[0]` with arguments `words[1:]`.

  Returns 0 at the end of the program; its exceptions propagate.

  Raises:
    LauncherError: there is no such program (`exit_code` 2), or it is not one
      (1).
  """
  name, arguments = words[0], list(words[1:])
  failure.note_start()
  as_notebook = not as_module and name.endswith(".ipynb")
  if not as_module:
    _check_file(name)
  if as_notebook:
    from tfcompat_rnn.launcher import notebook
    book = notebook.read(name)
    from tfcompat_rnn.namespace.releases import sources
    sources.add_text(name, "\n".join(cell.source for cell in book.cells))
  options, old = _find_python2(name, options, as_module,
                               book if as_notebook else None)
  patches = preparation.prepare(
      options, figures_to_files=True if as_notebook else None)
  compile_source = compile
  try:
    if options.ordered_sets:
      compile_source = _order_sets(patches, name, as_module, old)
    if old is not None:
      old.install(patches)
    if as_notebook:
      # Jupyter gives a notebook no __file__.
      program = _Program(argv0=name, folder=_folder_of(name))
      namespace = _enter(program, arguments)
      if old is not None:
        old.enter(namespace)
      notebook.run(patches, book, namespace,
                   python2=old and old.cells())
      return 0
    if as_module:
      program = _find_module(name, arguments, old)
    elif name == "-":
      program = _read_stdin(old)
    elif old is not None:
      program = _compile_python2(name, old)
    elif os.path.isdir(name) or _is_archive(name):
      program = _find_main(name, arguments)
    else:
      program = _compile_script(name, compile_source)
    namespace = _enter(program, arguments)
    if old is not None:
      old.execute(program.code, namespace)
    else:
      exec(program.code, namespace)
    return 0
  except SystemExit:
    raise
  except BaseException as error:
    # Not `isinstance`: the program's own class may have any `__class__`.
    if issubclass(type(error), _errors.LauncherError) and hasattr(
        error, "exit_code"):
      raise  # ours: there is no such program
    failure.arrange(patches, error, from_file=not as_notebook,
                    verbose=options.verbose)
    raise


def _find_python2(name, options, as_module, book):
  """The options, and the Program if it is written for Python 2, else None."""
  if options.python2 is False:
    return options, None
  if book is not None:
    return _find_python2_cells(book, options)
  path = name
  if as_module:
    path = os.path.join(*name.split(".")) + ".py"
  elif os.path.isdir(name):
    path = os.path.join(name, "__main__.py")
  elif name != "-" and _is_archive(name):
    if options.python2:
      raise _refuse(f"{name!r} is an archive, which `--python2` does not "
                    "convert; unpack it and name the folder", 2)
    return options, None
  from tfcompat_rnn.launcher.python2 import recognition
  if not options.python2 and not (
      os.path.isfile(path)
      and recognition.is_python2(path, preparation.notify)):
    return options, None
  from tfcompat_rnn.launcher.python2 import program
  old = program.in_folders_of(
      path if os.path.exists(path) else os.path.join(os.getcwd(), "x"),
      print if options.show_conversion else None)
  return dataclasses.replace(options, python2=True), old


def _find_python2_cells(book, options):
  from tfcompat_rnn.launcher import notebook
  from tfcompat_rnn.launcher.python2 import conversion
  from tfcompat_rnn.launcher.python2 import program
  if not options.python2:
    found = notebook.find_python2(book)
    why = (f"cell {found[0]}, line {found[1]}: {found[2].name}" if found
           else "its kernel" if book.python2 else None)
    if why is None or not conversion.is_available():
      return options, None
    preparation.notify(
        f"{book.path} is written for Python 2 ({why}); its cells are "
        "converted while they run (--show-conversion shows how)")
  old = program.in_folders_of(
      book.path, print if options.show_conversion else None)
  return dataclasses.replace(options, python2=True), old


def _check_file(name):
  if name == "-":
    return
  if not os.path.exists(name):
    raise _refuse(
        f"can't open file {os.path.abspath(name)!r}: there is no such "
        "program; name a SCRIPT.py, a NOTEBOOK.ipynb or `-m MODULE`", 2)
  if os.path.isdir(name) and not os.path.exists(
      os.path.join(name, "__main__.py")):
    raise _refuse(
        f"{name!r} is a folder without a __main__.py; name the script in it",
        1)
  if not os.path.isdir(name) and not os.access(name, os.R_OK):
    raise _refuse(f"can't open file {os.path.abspath(name)!r}: no permission "
                  "to read it", 2)


def _folder_of(path):
  # As with `python SCRIPT`: the folder after resolving symbolic links.
  return os.path.dirname(os.path.realpath(path))


def _order_sets(patches, name, as_module, old):
  """Gives the program's modules ordered sets; returns their `compile`."""
  if old is not None or not (as_module or name.endswith(".py")):
    raise _refuse("`--ordered-sets` works for a SCRIPT.py and `-m MODULE` in "
                  f"Python 3, got {name}; convert it, or leave the option "
                  "out", 2)
  from tfcompat_rnn.launcher import ordered_sets
  folders = [os.getcwd()] + ([] if as_module else [_folder_of(name)])
  patches.on_close(ordered_sets.install(folders))
  return ordered_sets.compile_source


def _check_encoding(source, name):
  """Refuses a source in bytes that is no text or of an unknown encoding."""
  if b"\0" in source and not source.startswith((b"\xff\xfe", b"\xfe\xff")):
    line = source.count(b"\n", 0, source.index(b"\0")) + 1
    raise _refuse(f"{name!r} must be a text, got a null byte in line {line}; "
                  "name a SCRIPT.py, or save it as UTF-8", 1)
  start = b"\n".join(source.split(b"\n", 2)[:2])
  if _CODING.search(start):
    return  # `compile` heeds it
  try:
    source.decode("utf-8")
  except UnicodeDecodeError as error:
    line = source.count(b"\n", 0, error.start) + 1
    raise _refuse(
        f"{name!r} must be UTF-8 or name its encoding, got the byte "
        f"0x{source[error.start]:02x} in line {line}; write "
        "`# -*- coding: latin-1 -*-`, or what it is, into its first line",
        1) from None


def _compile_script(name, compile_source=compile):
  path = os.path.abspath(name)
  with open(path, "rb") as file:
    source = file.read()
  _check_encoding(source, name)
  return _Program(
      code=compile_source(source, path, "exec", dont_inherit=True), path=path,
      argv0=name, folder=_folder_of(name),
      loader=importlib.machinery.SourceFileLoader("__main__", path))


def _compile_python2(name, old):
  path = os.path.abspath(name)
  folder = _folder_of(name)
  if os.path.isdir(name):
    folder, path = os.path.realpath(name), os.path.join(path, "__main__.py")
  return _Program(
      code=old.compile_file(path), path=path, argv0=name, folder=folder,
      loader=importlib.machinery.SourceFileLoader("__main__", path))


def _read_stdin(old=None):
  source = sys.stdin.buffer.read()
  if old is not None:
    code = old.compile_source(source, "<stdin>")
    return _Program(code=code, path="<stdin>", argv0="-", folder="")
  _check_encoding(source, "<stdin>")
  return _Program(code=compile(source, "<stdin>", "exec", dont_inherit=True),
                  path="<stdin>", argv0="-", folder="")


def _find_module(name, arguments, old=None):
  """The module `name` as `python -m` finds it."""
  # Parent packages are imported to find it; they see "-m", as in Python.
  sys.argv = ["-m"] + arguments
  _set_folder(os.getcwd())
  try:
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
      spec = importlib.util.find_spec(name + ".__main__")
      if spec is None:
        raise _refuse(f"-m {name}: it is a package without __main__.py and "
                      "cannot be run; name a module in it", 1)
  except ModuleNotFoundError as error:
    if error.name is None or not (name + ".").startswith(error.name + "."):
      raise
    spec = None
  if spec is None:
    raise _refuse(f"-m {name}: there is no such module in {os.getcwd()} or "
                  "among the installed ones (write it without .py)", 1)
  if old is not None and spec.origin and old.text_of(spec.origin):
    code = old.compile_file(spec.origin)
  else:
    code = spec.loader.get_code(spec.name) if spec.loader else None
  if code is None:
    raise _refuse(f"-m {name}: there is no code to run in it", 1)
  return _Program(code=code, path=spec.origin, argv0=spec.origin,
                  folder=os.getcwd(), spec=spec, loader=spec.loader,
                  package=spec.parent)


def _is_archive(path):
  import zipfile
  return not path.endswith((".py", ".pyw")) and zipfile.is_zipfile(path)


def _find_main(name, arguments):
  """The `__main__.py` of a folder or an archive, as Python finds it."""
  sys.argv = [name] + arguments
  path = os.path.abspath(name)
  _set_folder(path)
  finder = pkgutil.get_importer(path)
  spec = finder.find_spec("__main__") if finder else None
  if spec is None or spec.loader is None:
    raise _refuse(f"can't find a __main__ module in {name!r}; name a "
                  "SCRIPT.py, a NOTEBOOK.ipynb or `-m MODULE`", 1)
  return _Program(code=spec.loader.get_code("__main__"), path=spec.origin,
                  argv0=name, folder=path, spec=spec, loader=spec.loader,
                  package="")


def _drop_folder():
  # sys.path[0] is the folder of the launcher's own script (or, after
  # `python -m`, the working directory), unless Python was told not to.
  if not getattr(sys.flags, "safe_path", False) and sys.path:
    del sys.path[0]


def _set_folder(folder):
  _drop_folder()
  if not getattr(sys.flags, "safe_path", False):
    beside.give_way(folder)
    sys.path.insert(0, folder)


def _enter(program, arguments):
  """Makes the program's `__main__`; returns its namespace."""
  sys.argv = [program.argv0] + arguments
  if program.spec is None:
    _set_folder(program.folder)
  main = types.ModuleType("__main__")
  if sys.version_info < (3, 14):
    main.__annotations__ = {}  # as Python's own has it, and no other module
  vars(main).update(
      __builtins__=builtins, __loader__=program.loader,
      __package__=program.package, __spec__=program.spec)
  if program.path is not None:
    main.__file__ = program.path
    main.__cached__ = getattr(program.spec, "cached", None)
  # The launcher's own main module must outlive the program.
  sys.modules.setdefault("__tfcompat_launcher__", sys.modules["__main__"])
  sys.modules["__main__"] = main
  return vars(main)
