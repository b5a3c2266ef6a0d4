"""What the constructors of cells accepted before 1.2, and their defaults.

`install()` lets the cells of `tf.nn.rnn_cell` and `tf.contrib.rnn` accept both
forms, told apart by the types of the arguments. In a program of 0.x or 1.0 a
cell is a recipe, as it was: each variable scope that calls it gets variables
of its own.
"""

import contextlib
import functools
import inspect
import numbers
import typing
import weakref

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import grid_rnn
from tfcompat_rnn.cells import multi
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version

_LSTM = ("num_units input_size use_peepholes cell_clip initializer num_proj "
         "proj_clip num_unit_shards num_proj_shards forget_bias "
         "state_is_tuple activation reuse")


class Form(typing.NamedTuple):
  """The constructor of a cell up to 1.1."""
  parameters: str
  position: int = None    # of the argument that shows the old form
  tuples_since: str = ""  # since when `state_is_tuple` has been True


FORMS = {
    "BasicRNNCell": Form("num_units input_size activation reuse", 1),
    "GRUCell": Form("num_units input_size activation reuse", 1),
    "BasicLSTMCell": Form(
        "num_units forget_bias input_size state_is_tuple activation reuse", 2,
        "0.11"),
    "LSTMCell": Form(_LSTM, 1, "0.11"),
    "MultiRNNCell": Form("cells state_is_tuple", None, "0.11"),
    "InputProjectionWrapper": Form("cell num_proj input_size", 2),
    "OutputProjectionWrapper": Form("cell output_size reuse", 2),
    "DropoutWrapper": Form(
        "cell input_keep_prob output_keep_prob seed", 3),
    "CoupledInputForgetGateLSTMCell": Form(
        "num_units use_peepholes initializer num_proj proj_clip "
        "num_unit_shards num_proj_shards forget_bias state_is_tuple "
        "activation", None, "1.0"),
    "AttentionCellWrapper": Form(
        "cell attn_length attn_size attn_vec_size input_size state_is_tuple",
        None, "1.0"),
}
_installed = []
_places = weakref.WeakKeyDictionary()


def _is_size(value):
  return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_old(name, args, kwargs):
  """Whether the constructor of the cell `name` is called in the old form."""
  if "input_size" in kwargs and "input_size" in FORMS[name].parameters and (
      name not in ("AttentionCellWrapper", "InputProjectionWrapper",
                   "DropoutWrapper")):
    return True
  position = FORMS[name].position
  if position is None or len(args) <= position:
    return False
  value = args[position]
  if name == "DropoutWrapper":
    # A seed; a probability to keep the state is at most 1.
    return _is_size(value) and value != 1
  if name == "OutputProjectionWrapper":
    return isinstance(value, bool)  # `reuse`; an activation is a function
  if _is_size(value):
    return True
  # `input_size=None`, followed by what came after it.
  return value is None and len(args) > position + 1


def concatenated_states(name):
  """Whether the state of the cell `name` is one tensor by default.

  The set release decides; without one, the text of the program.

  Raises `ArgumentError` if the text shows both.
  """
  since = FORMS[name].tuples_since
  before = version.is_before(since)
  if before is not None:
    return before
  if not notice.is_old("1.0"):
    return False
  one, tuples = sources.states()
  if one and tuples:
    raise _errors.ArgumentError(_errors.problem(
        f"state_is_tuple of {name}", "be given where a program uses both "
        "forms of the state", f"{one[0]!r} and {tuples[0]!r} in its text",
        "say for which release it was written: "
        + _errors.option("--api 0.10", "api='0.10'")
        + " for states in one tensor, 0.12 for tuples"))
  return bool(one)


def _adapted(name, original):
  form = FORMS[name]
  today = list(inspect.signature(original).parameters)[1:]

  @functools.wraps(original)
  def __init__(self, *args, **kwargs):
    size = None
    if is_old(name, args, kwargs):
      known = form.parameters.split()
      if len(args) > len(known):
        raise _errors.ArgumentTypeError(_errors.problem(
            name, f"get at most {len(known)} arguments in the form of "
            "TensorFlow 1.1", len(args), "they were " + ", ".join(known)))
      notice.used(f"{name}({', '.join(known[:form.position + 1])})", "1.1")
      kwargs = {**dict(zip(known, args)), **kwargs}
      args = ()
      if name not in ("InputProjectionWrapper", "DropoutWrapper"):
        size = kwargs.pop("input_size", None)
      if kwargs.get("activation", 0) is None:
        del kwargs["activation"]
    if form.tuples_since and "state_is_tuple" not in kwargs and (
        len(args) <= today.index("state_is_tuple")):
      if concatenated_states(name):
        kwargs["state_is_tuple"] = False
    with _separate_layers(name):
      original(self, *args, **kwargs)
    if size is not None:
      self.input_size = size

  # `inspect.getfullargspec` does not look at `__wrapped__`.
  __init__.__signature__ = inspect.signature(original)
  return __init__


@contextlib.contextmanager
def _separate_layers(name):
  # Before 1.2, MultiRNNCell([cell] * n) made n layers.
  if name != "MultiRNNCell" or not notice.is_old("1.2"):
    yield
    return
  before = multi.set_repeated_cells("copy")
  try:
    yield
  finally:
    multi.set_repeated_cells(before)


def _recipe(original):
  @functools.wraps(original)
  def __call__(self, inputs, state, scope=None, *args, **kwargs):
    if not tf.executing_eagerly() and notice.is_old("1.1"):
      self = _in_this_scope(self, scope)
    return original(self, inputs, state, scope, *args, **kwargs)
  return __call__


def _in_this_scope(cell, scope):
  """`cell`, or its copy for the current variable scope."""
  inner = getattr(scope, "name", scope)
  place = (id(tf.get_default_graph()), tf.get_variable_scope().name, inner)
  known = _places.setdefault(cell, {})
  if not known:
    known[place] = weakref.ref(cell)
  if place not in known:
    copied = multi.unbuilt_copy(cell)
    _places[copied] = {place: weakref.ref(copied)}
    known[place] = lambda: copied
  return known[place]()


# Cells of `tf.contrib.grid_rnn`, whose outputs were one tensor up to 1.1, as
# were the states. The states of those without memory stay tuples.
GRID_LSTMS = ("Grid1BasicLSTMCell", "Grid1LSTMCell", "Grid2BasicLSTMCell",
              "Grid2LSTMCell", "Grid3LSTMCell")
GRID_CELLS = ("Grid1BasicRNNCell", "Grid2BasicRNNCell", "Grid2GRUCell",
              *GRID_LSTMS)


def _in_one_tensor(original, names):
  parameters = list(inspect.signature(original).parameters)[1:]

  @functools.wraps(original)
  def __init__(self, *args, **kwargs):
    given = {*kwargs, *parameters[:len(args)]}
    if not given & {"state_is_tuple", "output_is_tuple"} and (
        notice.is_old("1.2")):
      kwargs.update(dict.fromkeys(names, False))
    original(self, *args, **kwargs)

  __init__.__signature__ = inspect.signature(original)
  return __init__


def install():
  """Lets the cells accept the old forms, once for the process."""
  if _installed:
    return
  _installed.append(True)
  for name in FORMS:
    kind = getattr(cells, name)
    kind.__init__ = _adapted(name, kind.__init__)
  for name in GRID_CELLS:
    kind = getattr(grid_rnn, name)
    names = ("output_is_tuple", "state_is_tuple")[:1 + (name in GRID_LSTMS)]
    kind.__init__ = _in_one_tensor(kind.__init__, names)
  for kind in (base.RNNCell, base.LayerRNNCell):
    kind.__call__ = _recipe(kind.__call__)
