"""Round trips of `prepare` and `restore`, with a picture before and after.

Run by test_round_trip in a process of its own:

  python round_trip.py FUNCTION

FUNCTION is `early`, `late`, `drop_all` or `seeds_undone`. Prints what differed
as JSON, in its last line.
"""

import atexit
import ctypes
import importlib
import json
import logging
import multiprocessing
import multiprocessing.spawn
import os
import sys
import types
import warnings

# What "program" imports, under the repairs of its families.
MODULES = """
    numpy numpy.random json random inspect time collections unittest codecs
    html.parser asyncio fractions platform base64 locale configparser pickle
    matplotlib matplotlib.pyplot matplotlib.mlab matplotlib.style
    mpl_toolkits.mplot3d scipy scipy.misc scipy.signal scipy.integrate
    scipy.stats scipy.special sklearn sklearn.preprocessing sklearn.metrics
    sklearn.cluster sklearn.manifold sklearn.decomposition sklearn.datasets
    sklearn.model_selection sklearn.discriminant_analysis joblib pandas
    PIL.Image PIL.ImageDraw PIL.ImageFont absl.flags multiprocessing.spawn
    """.split()
FAMILIES = ("numpy", "python", "flags", "pickle", "matplotlib", "scipy",
            "sklearn", "pandas", "pillow")
# Modules that a repair supplies.
SUPPLIED = """
    imp pipes cgi imghdr pkg_resources IPython IPython.display
    sklearn.cross_validation sklearn.grid_search sklearn.lda
    distutils distutils.version pandas.tools.plotting
    """.split()
# Kinds of places that are there before any import.
ANYTIME = {"environment", "warnings", "meta_path", "logging", "atexit",
           "supplied"}
# What is made when it is first needed, and changes nothing.
MEMORIES = {
    ("tfcompat_rnn.launcher.figures", "FigureCanvas"),
    ("tfcompat_rnn.launcher.figures", "FigureManager"),
    ("tfcompat_rnn._importers", "_today"),
    ("matplotlib.pyplot", "_backend_mod"),
    ("tensorflow.python.eager.context", "_context"),
    ("tensorflow.python.eager.context", "context"),
}
_NAMES_OF_PYTHON = {"__warningregistry__", "__annotations__", "__builtins__",
                    "__slotnames__", "__abstractmethods__", "_abc_impl"}
PROGRAM = """
import tensorflow as tf
with tf.Graph().as_default():
  tf.set_random_seed(1)
  x = tf.placeholder(tf.float32, [2, 3, 4])
  cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(5)])
  outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  saver = tf.train.Saver()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(outputs, {x: [[[1.] * 4] * 3] * 2})
"""
AT_EXIT = []  # functions that are to be called
_dictionary_of = types.ModuleType.__dict__["__dict__"].__get__


def watch_atexit():
  """Python does not tell which functions it is going to call."""
  register, unregister = atexit.register, atexit.unregister

  def registering(function, *args, **kwargs):
    AT_EXIT.append(function)
    return register(function, *args, **kwargs)

  def unregistering(function):
    AT_EXIT[:] = [one for one in AT_EXIT if one != function]
    unregister(function)

  atexit.register, atexit.unregister = registering, unregistering


# --- the picture -------------------------------------------------------------

def take_picture(places=None):
  """{place: value} of all that `prepare` may touch, and of much more.

  A place is (kind, where, name); where is a module's or class's own name.
  With `places`, only modules and classes that occur in these, and ours.
  """
  found = {}
  classes = {}
  wheres = places and {where for _, where, _ in places}
  for name, module in list(sys.modules.items()):
    if not isinstance(module, types.ModuleType) or (
        places and name not in wheres
        and not name.startswith("tfcompat_rnn.")):
      continue
    for key, value in list(_dictionary_of(module).items()):
      if (name, key) in MEMORIES or key in _NAMES_OF_PYTHON:
        continue
      found["module", name, key] = value
      if isinstance(value, type):
        classes[id(value)] = value
      # Switches and lists of callbacks of ours.
      if name.startswith("tfcompat_rnn.") and isinstance(
          value, dict) and key != "_cache":
        for item, one in value.items():
          found["module", name, f"{key}[{item}]"] = one
      if name.startswith("tfcompat_rnn.") and isinstance(value, list):
        found["list", name, key] = tuple(map(id, value))
  if places:
    classes = {place: _class_of(place) for place in wheres if " " in place}
  for kind in classes.values():
    for key, value in vars(kind).items():
      if key not in _NAMES_OF_PYTHON:
        found["class", f"{kind.__module__}.{kind.__qualname__} {id(kind)}",
              key] = value
  for key, value in os.environ.items():
    found["environment", "", key] = value
  for at, entry in enumerate(warnings.filters):
    found["warnings", "", at] = entry
  for at, finder in enumerate(sys.meta_path):
    found["meta_path", "", at] = finder
  for name in ("", "tensorflow"):
    found["logging", name, "filters"] = tuple(
        map(id, logging.getLogger(name).filters))
  for function in AT_EXIT:
    found["atexit", "", f"{function.__module__}.{function.__name__}"] = 1
  for name in SUPPLIED:
    spec = getattr(sys.modules.get(name), "__spec__", None)
    found["supplied", "", name] = type(getattr(
        spec, "loader", None)).__module__ == "tfcompat_rnn.repairs._kinds"
  _add_libraries(found)
  return found


def _class_of(where):
  return ctypes.cast(int(where.split()[-1]), ctypes.py_object).value


def _add_libraries(found):
  if "numpy" in sys.modules:
    for key, value in sys.modules["numpy"].get_printoptions().items():
      found["printoptions", "numpy", key] = value
  if "tfcompat_rnn._tf" in sys.modules:
    from tfcompat_rnn import _tf
    registry = _tf.private("framework_ops")._gradient_registry._registry
    for key, value in registry.items():
      found["gradient", "", key] = value["type"]
  matplotlib = sys.modules.get("matplotlib")
  if matplotlib is not None:
    found["colormaps", "matplotlib", ""] = tuple(sorted(matplotlib.colormaps))
    for key in dict.keys(matplotlib.rcParams):
      found["rcParams", "matplotlib", key] = str(
          dict.__getitem__(matplotlib.rcParams, key))


def differences(before, after):
  """What the two pictures do not share, of modules that were there before."""
  there = {(kind, where) for kind, where, _ in before}
  found = {}
  for place in before.keys() | after.keys():
    kind, where, name = place
    if kind not in ANYTIME and (kind, where) not in there:
      continue  # imported or made meanwhile
    old, new = before.get(place, "absent"), after.get(place, "absent")
    if old is new:
      continue
    if kind == "module" and isinstance(new, types.ModuleType) and (
        isinstance(old, types.ModuleType)
        or new.__name__ == f"{where}.{name}"):
      continue  # a submodule that was loaded, maybe a lazy one
    if isinstance(old, (str, int, float, tuple, type(None))) and (
        type(old) is type(new) and old == new):
      continue
    found[place] = f"{kind} {where}.{name}: {old!r:.60} -> {new!r:.60}"
  return found


# --- a child -----------------------------------------------------------------

def report_import(queue):
  """In the child: does an old program get the old `tensorflow` here?"""
  import builtins
  queue.put(hasattr(builtins.__import__, "__tfcompat_original__"))


def hooked_child():
  """Spawns a child; returns what it reported, or its exit code."""
  context = multiprocessing.get_context("spawn")
  queue = context.Queue()
  child = context.Process(target=report_import, args=(queue,))
  child.start()
  child.join(60)
  if child.exitcode != 0:
    return f"exit code {child.exitcode}"
  found = queue.get(timeout=10)
  queue.close()
  queue.join_thread()
  return found


# --- round trips -------------------------------------------------------------

def options(**changed):
  """(Options, figures_to_files) with `changed`."""
  from tfcompat_rnn.launcher import preparation
  figures = changed.pop("figures_to_files", False)
  return preparation.Options(**changed), figures


ALL = [
    {}, dict(figures_to_files=True, repeated_cells="copy"),
    dict(snapshot=False, seeds="native", device="/cpu:0"),
    dict(verbose=True, no_repair=("numpy", "open*"), memory_growth=True),
    dict(resource_variables=True), {}]


def import_all(names):
  """Imports those modules that are there."""
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for name in names:
      try:
        importlib.import_module(name)
      except ImportError:
        pass


def use(changed):
  """What a program does between `prepare` and `restore`."""
  import_all(MODULES + SUPPLIED)
  space = {"__name__": "old_program"}
  exec(compile(PROGRAM, "old_program", "exec"), space)
  assert space["tf"].__version__ == "1.15.5"
  draw()


def draw():
  """Has Matplotlib, if it is there, load its backend."""
  pyplot = sys.modules.get("matplotlib.pyplot")
  if pyplot is not None:
    pyplot.plot([1, 2])
    pyplot.close("all")


def round_trips(before, choices, run=use):
  """Differences after each round trip, and what the children reported."""
  from tfcompat_rnn.launcher import failure
  from tfcompat_rnn.launcher import notebook
  from tfcompat_rnn.launcher import notebook_file
  from tfcompat_rnn.launcher import preparation
  results = []
  for changed in choices:
    chosen, figures = options(**changed)
    patches = preparation.prepare(chosen, figures)
    run(changed)
    notebook.run(patches, notebook_file.Book("empty.ipynb", ()), {},
                 ipython=False)
    failure.arrange(patches, RuntimeError("not raised"))
    children = [hooked_child()]
    preparation.restore()
    children.append(hooked_child())
    after = take_picture()
    results.append({
        "options": repr(changed), "children": children,
        "differences": {repr(place): text for place, text in differences(
            before, after).items()}})
    before = after
  return results


def first_picture():
  """Before any import that matters here."""
  import tfcompat_rnn.launcher.failure
  import tfcompat_rnn.launcher.notebook  # noqa: F401
  hooked_child()  # multiprocessing's own first start
  return take_picture()


def late():
  """`prepare` comes before every import, as under the launcher."""
  return {"trips": round_trips(first_picture(), ALL)}


def import_everything():
  """Everything that a round trip imports, and nothing is prepared."""
  quiet = "TF_CPP_MIN_LOG_LEVEL"
  before = os.environ.get(quiet)
  os.environ[quiet] = "3"
  import tensorflow  # noqa: F401

  import tfcompat_rnn.seeds
  import tfcompat_rnn.tf1  # noqa: F401
  if before is None:
    del os.environ[quiet]
  tfcompat_rnn.seeds.rows()
  import_all(MODULES + SUPPLIED)
  draw()


def early():
  """Everything is imported before `prepare`; no graph is ever built."""
  before = first_picture()
  import_everything()
  after = take_picture()
  return {"imports": list(map(repr, differences(before, after))),
          "trips": round_trips(after, ALL, run=lambda changed: None),
          **drop_all(MANY)}


# --- without one undo --------------------------------------------------------

# So many that they take a minute; all are like those that remain.
MANY = ("scipy", "pandas", "sklearn", "np.[a-km-z]*", "np.l[a-n]*", "*.assert*",
        "collections.*", "plt.*", "mlab.*", "Axes*", "TestCase.*")


def drop_all(no_repair=()):
  """All undos but one, each in turn."""
  import_everything()
  first = _drop_each(dict(figures_to_files=True, repeated_cells="copy",
                          device="/cpu:0", seeds="native",
                          no_repair=no_repair))
  # Other options, while TensorFlow stays in graph mode.
  tf1 = importlib.import_module("tfcompat_rnn.tf1")
  tf1.disable_v2_behavior()
  tf1.get_default_graph()
  second = _drop_each(dict(snapshot=False, resource_variables=True,
                           seeds="native", no_repair=FAMILIES))
  third = _drop_each(dict(no_repair=FAMILIES), only="uninstall")
  return {"dropped": [first, second, third]}


def seeds_undone():
  """Which undos of the seeds' own stack change nothing that can be seen."""
  import_everything()
  from tfcompat_rnn import seeds
  from tfcompat_rnn import tf1
  tf1.disable_v2_behavior()
  program = sys.modules["old_program"] = types.ModuleType("old_program")
  program.zeros = None
  assert callable(tf1.zeros)  # the namespace remembers it
  before = take_picture()
  seeds.install()
  program.zeros = tf1.zeros
  patches = seeds._State.patches
  invisible, count = [], len(patches.entries)
  picture = take_picture()
  touched = list(differences(before, picture))
  while patches.entries:
    entry = patches.entries.pop()
    entry.undo()
    after = take_picture(touched)
    if not differences(picture, after):
      invisible.append(entry.what)
    picture = after
  seeds.uninstall()
  bound, program.zeros = program.zeros is tf1.zeros, None
  return {"dropped": [{"count": count, "invisible": invisible,
           "left": sorted(differences(before, take_picture()).values()),
           "bound meanwhile": bound}]}


def _drop_each(changed, only=""):
  from tfcompat_rnn.launcher import failure
  from tfcompat_rnn.launcher import notebook
  from tfcompat_rnn.launcher import notebook_file
  from tfcompat_rnn.launcher import preparation
  chosen, figures = options(**changed)
  before = take_picture()

  def prepared():
    patches = preparation.prepare(chosen, figures)
    notebook.run(patches, notebook_file.Book("empty.ipynb", ()), {},
                 ipython=False)
    failure.arrange(patches, RuntimeError("not raised"))
    import_all(SUPPLIED)
    multiprocessing.spawn.get_preparation_data("a child")
    return patches

  count = len(prepared().entries)
  touched = list(differences(before, take_picture()))
  preparation.restore()
  small = take_picture(touched)
  assert count == len(prepared().entries)
  preparation.restore()
  found = {"count": 0, "invisible": [], "left": list(
      differences(small, take_picture(touched)).values())}
  for at in range(count):
    entries = prepared().entries
    entry = entries[at]
    if only in entry.what:
      del entries[at]
    preparation.restore()
    if only in entry.what:
      found["count"] += 1
      if not differences(small, take_picture(touched)):
        found["invisible"].append(entry.what)
      entry.undo()
      _put_back(small, differences(small, take_picture(touched)))
      found["left"] += differences(small, take_picture(touched)).values()
  return found


def _put_back(before, places):
  # A patch beneath the one that was dropped could not be undone, either.
  from tfcompat_rnn import _patching
  _patching._buried.clear()
  for kind, where, name in places:
    if kind in ("class", "module") and "[" not in name:
      holder = _class_of(where) if kind == "class" else sys.modules[where]
      if (kind, where, name) in before:
        setattr(holder, name, before[kind, where, name])
      else:
        delattr(holder, name)


if __name__ == "__main__":
  watch_atexit()
  os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)
  os.environ["MPLBACKEND"] = "agg"
  print(json.dumps(globals()[sys.argv[1]]()))
