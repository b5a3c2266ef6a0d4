"""Writes, or checks, the arguments that functions had in old TensorFlow.

    python tests/releases/signatures.py             # writes data/
    python tests/releases/signatures.py --check     # compares
    python tests/releases/signatures.py --add NAME ...

Start it with any Python (see `tests/oracle/command.py`). TFCOMPAT_OLD_PYTHONS
names Pythons 3.6 or 3.7 with TensorFlow 0.12 and 1.0 to 1.14, separated like
the folders of PATH; what the files say of a release without one stays as it is,
and is not checked. `--add` puts names into the file of 1.x first. Python 3.6
syntax.

`signatures_0_12.json`: {name: "its arguments"}, of names that were gone by 1.0.
`signatures_1_x.json`: `releases` has the versions that were asked, `names` has
{name: {"the releases": "its arguments"}}, and `missing` those that none of them
has. `a=` has a default, and what follows `*` is given by name. A method of a
class is `NAME:METHOD`.
"""

import importlib
import inspect
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
OLDEST, LATER = "signatures_0_12.json", "signatures_1_x.json"
VARIABLE = "TFCOMPAT_OLD_PYTHONS"
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import comparison  # noqa: E402
from oracle import reference  # noqa: E402


def find(root, name):
  """`root.NAME`, attribute by attribute or imported; None if it is missing."""
  value, path = root, root.__name__
  for part in name.split("."):
    path += "." + part
    if not hasattr(value, part):
      try:
        value = importlib.import_module(path)
      except ImportError:
        return None
    else:
      value = getattr(value, part)
  return value


def written(parameters):
  """`"a b= *args c="` of the parameters of a signature."""
  words, named = [], False
  for parameter in parameters:
    if parameter.kind == parameter.VAR_POSITIONAL:
      named = True
      words.append("*" + parameter.name)
    elif parameter.kind == parameter.VAR_KEYWORD:
      words.append("**" + parameter.name)
    else:
      if parameter.kind == parameter.KEYWORD_ONLY and not named:
        named = True
        words.append("*")
      words.append(parameter.name + "=" * (
          parameter.default is not parameter.empty))
  return " ".join(words)


def of(value):
  """The arguments of a function or of a constructor."""
  return written(inspect.signature(value).parameters.values())


def methods(kind):
  """{name: arguments without self} of the public methods of a class."""
  found = {}
  for name in dir(kind):
    value = getattr(kind, name, None)
    if (name.startswith("_") and name != "__call__"
        or not (inspect.isfunction(value) or inspect.ismethod(value))):
      continue
    parameters = list(inspect.signature(value).parameters.values())
    if inspect.isfunction(value) and not isinstance(
        inspect.getattr_static(kind, name), staticmethod):
      parameters = parameters[1:]
    found[name] = written(parameters)
  return found


def everything(root, names):
  """{name: arguments}, of methods as well, of those names that are there."""
  found = {}
  for name in names:
    value = find(root, name)
    if value is None:
      continue
    found[name] = of(value)
    if inspect.isclass(value):
      found.update((name + ":" + method, text)
                   for method, text in methods(value).items())
  return found


def measure(names):
  """Prints {"version": ..., "found": ...} of this process's TensorFlow."""
  import tensorflow
  print("\nSIGNATURES " + json.dumps({
      "version": tensorflow.__version__,
      "found": everything(tensorflow, names)}))


def _ask(python, names):
  output = subprocess.check_output(
      [python, os.path.abspath(__file__), "--measure"],
      input=" ".join(names).encode(), stderr=subprocess.DEVNULL,
      env=reference.environment()).decode()
  answer = json.loads(output.rpartition("\nSIGNATURES ")[2])
  return answer["version"], answer["found"]


def _number(release):
  return [int(part) for part in release.split(".")]


def by_release(contents):
  """{release: {name: arguments}} of the file of 1.x."""
  found = {release: {} for release in contents["releases"]}
  for name, spans in contents["names"].items():
    for releases, text in spans.items():
      for release in releases.split():
        found[release][name] = text
  return found


def joined(versions, found):
  """The contents of the file of 1.x."""
  names = {}
  for release in sorted(found, key=_number):
    for name, text in found[release].items():
      names.setdefault(name, {}).setdefault(text, []).append(release)
  return {"releases": versions, "names": {
      name: {" ".join(releases): text for text, releases in texts.items()}
      for name, texts in names.items()}}


def load(name):
  with open(os.path.join(DATA, name), encoding="utf-8") as stream:
    return json.load(stream)


def _save(folder, name, contents):
  if not os.path.isdir(folder):
    os.makedirs(folder)
  with open(os.path.join(folder, name), "w") as stream:
    json.dump(contents, stream, indent=0, sort_keys=True)
    stream.write("\n")


def write(folder, added=()):
  """Both files, as far as there are Pythons to ask."""
  oldest, later = load(OLDEST), load(LATER)
  versions, found = later["releases"], by_release(later)
  asked = sorted({name for name in later["names"] if ":" not in name}
                 | set(later["missing"]) | set(added))
  for python in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
    version, answer = _ask(python, sorted({*asked, *oldest}))
    release = version.rpartition(".")[0]
    if release == "0.12":
      oldest = {name: answer[name].replace("=", "") for name in oldest}
    versions[release] = version
    found[release] = {name: text for name, text in answer.items()
                      if name.partition(":")[0] in asked}
    print("%s: %d signatures" % (version, len(answer)))
  contents = joined(versions, found)
  contents["missing"] = [name for name in asked
                         if name not in contents["names"]]
  _save(folder, OLDEST, oldest)
  _save(folder, LATER, contents)
  if not os.environ.get(VARIABLE):
    print("signatures of 0.12 to 1.14: not looked at; name Pythons that have "
          "them in %s" % VARIABLE)


def compare(committed, fresh):
  """The folder has other files as well."""
  problems = []
  for name in (OLDEST, LATER):
    pair = []
    for folder in (committed, fresh):
      with open(os.path.join(folder, name), encoding="utf-8") as stream:
        pair.append(json.load(stream))
    if name == LATER:
      problems += comparison.compare_json(name, *[
          contents.pop("names") for contents in pair])
    problems += comparison.compare_json(name, *pair)
  return problems


def main(argv=None):
  argv = sys.argv[1:] if argv is None else argv
  if argv == ["--measure"]:
    return measure(sys.stdin.read().split())
  if argv[:1] == ["--add"]:
    return write(DATA, argv[1:])
  return command.main(__file__, write, DATA, compare, argv)


if __name__ == "__main__":
  sys.exit(main())
