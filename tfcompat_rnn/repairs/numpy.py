"""Names and behavior of NumPy 1.18 and earlier."""

import functools
import operator
import sys

from tfcompat_rnn import _errors
from tfcompat_rnn.repairs import _kinds
from tfcompat_rnn.repairs import _tensors


def _same(value):
  return lambda module: value


def _named(name):
  def find(module):
    value = module
    for part in name.split("."):
      value = getattr(value, part)
    return value
  return find


# old name -> current name in NumPy
_RENAMED = (
    ("float_", "float64"), ("complex_", "complex128"),
    ("longfloat", "longdouble"), ("singlecomplex", "complex64"),
    ("cfloat", "complex128"), ("longcomplex", "clongdouble"),
    ("clongfloat", "clongdouble"), ("string_", "bytes_"),
    ("unicode_", "str_"), ("Inf", "inf"), ("Infinity", "inf"),
    ("infty", "inf"), ("PINF", "inf"), ("NaN", "nan"), ("NAN", "nan"),
    ("mat", "asmatrix"), ("cast", None),
    ("round_", "round"), ("product", "prod"), ("cumproduct", "cumprod"),
    ("sometrue", "any"), ("alltrue", "all"),
    ("issctype", None), ("find_common_type", None), ("asfarray", None),
    ("msort", None), ("safe_eval", None), ("asscalar", None),
    ("obj2sctype", None), ("sctypes", None), ("alen", None),
    ("loads", None), ("typeDict", None),
    ("NINF", None), ("PZERO", None), ("NZERO", None),
    ("rank", None), ("int0", "intp"),
    ("uint0", "uintp"), ("bool8", "bool_"), ("object0", "object_"),
    ("str0", "str_"), ("bytes0", "bytes_"), ("void0", "void"),
)
# Those removed before NumPy 2.0.
_REMOVED = {"asscalar": "1.23", "alen": "1.23", "loads": "1.23",
            "typeDict": "1.23", "rank": "1.18"}
_WRITTEN = {}


def _written(function):
  _WRITTEN[function.__name__.lstrip("_")] = function
  return function


@_written
def _asscalar(numpy):
  return lambda a: numpy.asarray(a).item()


@_written
def _msort(numpy):
  return lambda a: numpy.sort(a, axis=0)


@_written
def _NINF(numpy):
  return -numpy.inf


@_written
def _PZERO(numpy):
  return 0.0


@_written
def _NZERO(numpy):
  return -0.0


@_written
def _rank(numpy):
  return numpy.ndim


@_written
def _asfarray(numpy):
  def asfarray(a, dtype=numpy.float64):
    """Returns `a` as an array with a floating-point or complex dtype."""
    if not numpy.issubdtype(dtype, numpy.inexact):
      dtype = numpy.float64
    return numpy.asarray(a, dtype=dtype)
  return asfarray


@_written
def _cast(numpy):
  class Cast(dict):
    """`np.cast['float32'](x)` converts `x`."""

    def __missing__(self, dtype):
      return lambda x: numpy.asarray(x).astype(dtype)
  return Cast()


@_written
def _issctype(numpy):
  def issctype(rep):
    """Returns whether `rep` is a scalar data type."""
    if not isinstance(rep, (type, numpy.dtype)):
      return False
    try:
      return numpy.dtype(rep).type is not numpy.object_
    except TypeError:
      return False
  return issctype


@_written
def _obj2sctype(numpy):
  def obj2sctype(rep, default=None):
    """Returns the scalar type of `rep`."""
    try:
      return numpy.dtype(rep).type
    except TypeError:
      return default
  return obj2sctype


@_written
def _find_common_type(numpy):
  def find_common_type(array_types, scalar_types):
    """Returns the common dtype; scalars decide only if of a higher kind."""
    arrays = [numpy.dtype(t) for t in array_types]
    scalars = [numpy.dtype(t) for t in scalar_types]
    if not arrays:
      return numpy.result_type(*scalars) if scalars else None
    best = numpy.result_type(*arrays)
    if not scalars:
      return best
    scalar = numpy.result_type(*scalars)
    order = "buifcmMSUVO"
    return scalar if order.index(scalar.kind) > order.index(
        best.kind) else best
  return find_common_type


@_written
def _sctypes(numpy):
  return {
      "int": [numpy.int8, numpy.int16, numpy.int32, numpy.int64],
      "uint": [numpy.uint8, numpy.uint16, numpy.uint32, numpy.uint64],
      "float": [numpy.float16, numpy.float32, numpy.float64,
                numpy.longdouble],
      "complex": [numpy.complex64, numpy.complex128, numpy.clongdouble],
      "others": [bool, object, bytes, str, numpy.void]}


@_written
def _safe_eval(numpy):
  def safe_eval(source):
    """Evaluates a literal."""
    import ast
    return ast.literal_eval(source)
  return safe_eval


@_written
def _alen(numpy):
  return lambda a: len(numpy.atleast_1d(a))


@_written
def _loads(numpy):
  import pickle
  return lambda *args, **kwargs: pickle.loads(*args, **kwargs)


@_written
def _typeDict(numpy):
  return numpy.sctypeDict


_BUILTIN_ALIASES = (("bool", bool), ("int", int), ("float", float),
                    ("complex", complex), ("object", object), ("str", str),
                    ("long", int), ("unicode", str))
# NumPy 2 gave these names to other types.
_BACK = ("bool", "long")

NAMES = tuple(
    _kinds.restore(f"np.{name}", "numpy", name, _same(kind),
                   "removed in NumPy 1.24" + (
                       ", back in 2.0" if name in _BACK else ""),
                   f"np.{name} is Python's {kind.__name__}",
                   "" if name in _BACK else f"builtins.{kind.__name__}")
    for name, kind in _BUILTIN_ALIASES) + tuple(
        _kinds.restore(
            f"np.{old}", "numpy", old,
            _named(new) if new else _WRITTEN[old],
            f"removed in NumPy {_REMOVED.get(old, '2.0')}",
            f"np.{old} is np.{new}" if new else f"np.{old} is back",
            f"numpy.{new}" if new else "")
        for old, new in _RENAMED) + (
            _kinds.restore("np.lib.pad", "numpy", "lib.pad", _named("pad"),
                           "removed in NumPy 2.0", today="numpy.pad"),)


# --- behavior --------------------------------------------------------------

def _make_linspace(original, notify):
  def linspace(start, stop, num=50, *args, **kwargs):
    try:
      operator.index(num)
    except TypeError:
      num = int(num)
    return original(start, stop, num, *args, **kwargs)
  return linspace


def _whole(value):
  """Returns `value` with whole floats as ints, anything else unchanged."""
  if isinstance(value, (tuple, list)):
    return type(value)(_whole(item) for item in value) if type(value) in (
        tuple, list) else value
  if isinstance(value, float) and value.is_integer():
    return int(value)
  if hasattr(value, "dtype") and getattr(value, "shape", None) == () and (
      value.dtype.kind == "f" and float(value).is_integer()):
    return int(value)
  return value


def _make_sized(position, names, every=False):
  """A wrapper that accepts floats with whole values as sizes."""
  def make(original, notify):
    def sized(*args, **kwargs):
      try:
        return original(*args, **kwargs)
      except TypeError as error:
        if "integer" not in str(error):
          raise
        changed = tuple(
            _whole(value) if every or at == position else value
            for at, value in enumerate(args))
        changed_named = {key: _whole(value) if key in names else value
                         for key, value in kwargs.items()}
        if _same_things(changed, args) and _same_things(
            changed_named.values(), kwargs.values()):
          raise
        return original(*changed, **changed_named)
    return sized
  return make


def _same_things(left, right):
  return all(_alike(a, b) for a, b in zip(left, right))


def _alike(a, b):
  if type(a) is not type(b):
    return False
  if type(a) in (tuple, list):
    return _same_things(a, b)
  return True


def _make_array(original, notify):
  def array(*args, **kwargs):
    try:
      return original(*args, **kwargs)
    except ValueError as error:
      if kwargs.get("copy", True) is False and "Unable to avoid copy" in str(
          error):
        # copy=False: "never" in NumPy 2, "only if necessary" before.
        return original(*args, **{**kwargs, "copy": None})
      if ("inhomogeneous" not in str(error) or len(args) > 1
          or kwargs.get("dtype") is not None
          or not _kinds.caller_is_old()):
        raise
      kwargs["dtype"] = object
      return original(*args, **kwargs)
    except NotImplementedError as error:
      return _tensors.array(error, args[0] if args else None)
  return array


def _make_ragged(original, notify):
  """A wrapper for functions that make arrays of what they are given."""
  def call(*args, **kwargs):
    try:
      return original(*args, **kwargs)
    except ValueError as error:
      if "inhomogeneous" not in str(error) or not _kinds.caller_is_old():
        raise
      return original(
          *(_object_array(value) for value in args),
          **{key: _object_array(value) for key, value in kwargs.items()})
  return call


def _make_ragged_parts(original, notify):
  """The same for functions that take their arrays in one list."""
  def call(arrays, *args, **kwargs):
    try:
      return original(arrays, *args, **kwargs)
    except ValueError as error:
      if "inhomogeneous" not in str(error) or not _kinds.caller_is_old():
        raise
      return original([_object_array(value) for value in arrays], *args,
                      **kwargs)
  return call


def _make_converted(original, notify):
  """The same for functions that must not be called twice.

  `array_equal` returns False where it cannot convert, and the others have
  written a part of the file by then.
  """
  def call(*args, **kwargs):
    if _kinds.caller_is_old():
      args = [_object_array(value) for value in args]
      kwargs = {key: _object_array(value) for key, value in kwargs.items()}
    return original(*args, **kwargs)
  return call


def _object_array(value):
  """`value`; if it is a ragged list, an array of its items."""
  if not isinstance(value, (list, tuple)):
    return value
  import numpy
  try:
    # np.asarray may itself be repaired.
    array = numpy.asarray(value)
  except ValueError as error:
    if "inhomogeneous" not in str(error):
      raise
    array = numpy.asarray(value, dtype=object)
  return array if array.dtype == object else value


def _make_histogram(original, notify):
  def histogram(*args, normed=None, **kwargs):
    if normed is not None:
      kwargs.setdefault("density", normed)
    return original(*args, **kwargs)
  return histogram


def _make_stack(original, notify):
  def stack(arrays, *args, **kwargs):
    if hasattr(arrays, "__next__"):
      arrays = list(arrays)
    return original(arrays, *args, **kwargs)
  return stack


def _make_load(original, notify):
  notify = _kinds.once(notify)

  def load(file, *args, **kwargs):
    given = len(args) > 1 or "allow_pickle" in kwargs
    if given or not _kinds.caller_is_old():
      return original(file, *args, **kwargs)
    return _load_trusting(original, file, args, kwargs, notify)
  return load


_TRUST = ("np.load reads pickled objects from {}, as it did before NumPy "
          "1.16.3; a pickle can run code, so only load files you trust "
          "(" + _errors.option("--no-repair np.load", "no_repair='np.load'")
          + " refuses them)")


def _name_of(file):
  if hasattr(file, "read"):
    return getattr(file, "name", "the file")
  return file


def _load_trusting(original, file, args, kwargs, notify):
  start = file.tell() if hasattr(file, "seek") else None

  def again(**more):
    if start is not None:
      file.seek(start)
    return original(file, *args, **{**kwargs, **more})

  try:
    found = original(file, *args, **kwargs)
  except ValueError as error:
    if "allow_pickle" not in str(error):
      raise
    notify(_TRUST.format(_name_of(file)))
    try:
      return again(allow_pickle=True)
    except UnicodeError:
      return again(allow_pickle=True, encoding="latin1")
  if type(found).__name__ == "NpzFile":
    _trust_members(found, notify)
  return found


def _trust_members(archive, notify):
  """Lets an NpzFile unpickle members that need it, with a message."""
  base = type(archive)

  class NpzFile(base):
    """An archive whose object arrays can be read."""

    def __getitem__(self, key):
      try:
        return base.__getitem__(self, key)
      except ValueError as error:
        if "allow_pickle" not in str(error):
          raise
        notify(_TRUST.format(getattr(self.zip, "filename", None) or "the file"))
        self.allow_pickle = True
        try:
          return base.__getitem__(self, key)
        except UnicodeError:
          self.pickle_kwargs = dict(self.pickle_kwargs or {},
                                    encoding="latin1")
          return base.__getitem__(self, key)

  archive.__class__ = NpzFile


def _make_printoptions(original, notify):
  def set_printoptions(*args, **kwargs):
    # `threshold=np.nan` meant "print everything".
    if len(args) > 1 and _is_nan(args[1]):
      args = args[:1] + (sys.maxsize,) + args[2:]
    if _is_nan(kwargs.get("threshold")):
      kwargs["threshold"] = sys.maxsize
    return original(*args, **kwargs)
  return set_printoptions


def _is_nan(value):
  return value == "nan" or (isinstance(value, float) and value != value)


_WRAPPED = ("integers that an array's dtype cannot hold wrap around, as in "
            "NumPy 1: np.array(300, np.uint8) is 44; NumPy 2 raises "
            "OverflowError (" + _errors.option(
                "--no-repair 'np.*(overflow)'",
                "no_repair='np.*(overflow)'") + " brings that back)")
# One message for all three functions.
_once = functools.lru_cache(maxsize=1)(_kinds.once)


def _dtype(dtype, kinds):
  """`dtype` as NumPy's if it is of one of `kinds`, else None."""
  import numpy
  try:
    dtype = numpy.dtype(dtype) if dtype is not None else None
  except TypeError:
    return None
  return dtype if dtype is not None and dtype.kind in kinds else None


def _make_overflow(original, notify):
  """`np.array` and `np.asarray`, which take the value and its dtype first."""
  notify = _once(notify)

  def array(*args, **kwargs):
    try:
      return original(*args, **kwargs)
    except OverflowError as error:
      dtype = _dtype(args[1] if len(args) > 1 else kwargs.get("dtype"), "iu")
      if dtype is None or not _kinds.caller_is_old():
        raise
      if len(args) > 1:
        def make(wide):
          return original(args[0], wide, *args[2:], **kwargs)
      else:
        def make(wide):
          return original(*args, **{**kwargs, "dtype": wide})
      result = _wrap_around(make, dtype, error)
    notify(_WRAPPED)
    return result
  return array


def _wrap_around(make, dtype, error):
  """The array of integers that `make(dtype)` makes, as `dtype`.

  Raises `error`, which NumPy 2 raised, if NumPy 1 failed as well.
  """
  import numpy
  # NumPy 1 read Python's integers as C's long, or unsigned long for these.
  is_unsigned = dtype.kind == "u" and dtype.itemsize >= 4
  highest = 2 ** 64 if is_unsigned else 2 ** 63
  if not is_unsigned:
    try:
      return make(numpy.int64).astype(dtype)
    except OverflowError:
      if dtype.kind == "i":
        raise error from None
      # NumPy 1 took NumPy's own uint64 numbers for every unsigned dtype.
  # A copy, because `make` may return the array that the program passed in.
  found = make(object).copy(order="K")
  for at, value in enumerate(found.flat):
    number = int(value)
    if not -2 ** 63 <= number < highest and not isinstance(
        value, numpy.integer):
      raise error from None
    found.flat[at] = number % 2 ** 64
  return found.astype(numpy.uint64).astype(dtype)


def _make_full_overflow(original, notify):
  notify = _once(notify)

  def full(shape, fill_value, dtype=None, *args, **kwargs):
    try:
      return original(shape, fill_value, dtype, *args, **kwargs)
    except OverflowError as error:
      kind = _dtype(dtype, "biu")
      if kind is None or not _kinds.caller_is_old():
        raise
      import numpy
      # NumPy 1 made an array of the value, and cast that.
      value = numpy.asarray(fill_value)
      if value.dtype.kind in "OSU" and kind.kind != "b":
        value = _wrap_around(
            lambda wide: numpy.asarray(value, wide), kind, error)
      result = original(shape, value, dtype, *args, **kwargs)
    notify(_WRAPPED)
    return result
  return full


def _is_numpy2(numpy):
  return int(numpy.__version__.partition(".")[0]) >= 2


def _print_plainly(patches, numpy, notify):
  # NumPy 2 shows the scalars in a list as np.float32(0.5).
  if not _is_numpy2(numpy):
    return
  before = numpy.get_printoptions()["legacy"]
  numpy.set_printoptions(legacy="1.25")
  patches.on_close(lambda: numpy.set_printoptions(legacy=before))


_SIZED = (
    ("np.zeros(3.)", "numpy", "zeros", 0, ("shape",)),
    ("np.ones(3.)", "numpy", "ones", 0, ("shape",)),
    ("np.empty(3.)", "numpy", "empty", 0, ("shape",)),
    ("np.full(3., x)", "numpy", "full", 0, ("shape",)),
    ("np.eye(3.)", "numpy", "eye", 0, ("N", "M")),
    ("np.reshape(a, (3., -1))", "numpy", "reshape", 1,
     ("newshape", "shape")),
    ("np.tile(a, 3.)", "numpy", "tile", 1, ("reps",)),
    ("np.random.randn(3.)", "numpy.random", "randn", None, ()),
    ("np.random.rand(3.)", "numpy.random", "rand", None, ()),
    ("np.random.normal(size=3.)", "numpy.random", "normal", 2, ("size",)),
    ("np.random.uniform(size=3.)", "numpy.random", "uniform", 2, ("size",)),
    ("np.random.randint(size=3.)", "numpy.random", "randint", 2, ("size",)),
    ("np.random.random(3.)", "numpy.random", "random", 0, ("size",)),
    ("np.random.choice(a, 3.)", "numpy.random", "choice", 1, ("size",)),
)

# Those that made something useful of a ragged list.
_RAGGED = tuple(("numpy", name) for name in (
    "shape", "size", "ndim", "ravel",
    "reshape", "squeeze", "expand_dims", "transpose", "copy", "append",
    "delete", "insert", "take", "repeat", "tile", "roll", "flip", "flipud",
    "array_split", "atleast_1d", "unique", "sort", "argsort")) + (
        ("numpy.random", "permutation"), ("numpy.random", "choice"))
# These take several arrays in a list, and make an array of each.
_RAGGED_PARTS = ("concatenate", "vstack", "hstack", "stack")

BEHAVIOUR = (
    _kinds.wrap("np.linspace(num=3.)", "numpy", "linspace", _make_linspace,
                "a float number of points is truncated to an integer",
                "an error since NumPy 1.18"),
) + tuple(
    _kinds.wrap(name, where, attribute,
                _make_sized(position, names, every=position is None),
                "a float with a whole value is accepted as a size",
                "an error since NumPy 1.12; Python 2's / returned an integer")
    for name, where, attribute, position, names in _SIZED) + (
    _kinds.wrap("np.array(ragged)", "numpy", "array", _make_array,
                "rows of unequal length give an array of lists; copy=False "
                "copies if necessary", "errors since NumPy 1.24 and 2.0"),
    _kinds.wrap("np.asarray(ragged)", "numpy", "asarray", _make_array,
                "rows of unequal length give an array of lists",
                "an error since NumPy 1.24"),
    _kinds.wrap("np.asanyarray(ragged)", "numpy", "asanyarray", _make_array,
                "rows of unequal length give an array of lists",
                "an error since NumPy 1.24"),
) + tuple(
    _kinds.wrap(f"{where.replace('numpy', 'np')}.{name}(ragged)", where, name,
                _make_ragged, "rows of unequal length give an array of lists",
                "an error since NumPy 1.24")
    for where, name in _RAGGED) + tuple(
    # Before the rows for iterators, which then pass lists to these.
    _kinds.wrap(f"np.{name}(ragged)", "numpy", name, _make_ragged_parts,
                "rows of unequal length give an array of lists",
                "an error since NumPy 1.24")
    for name in _RAGGED_PARTS) + (
    _kinds.wrap("np.array_equal(ragged)", "numpy", "array_equal",
                _make_converted,
                "lists of rows of unequal length can be equal",
                "False since NumPy 1.24"),
) + tuple(
    _kinds.wrap(f"np.{name}(ragged)", "numpy", name, _make_converted,
                "rows of unequal length give an array of lists",
                "an error since NumPy 1.24")
    for name in ("save", "savez", "savez_compressed")) + (
    _kinds.wrap("np.array(overflow)", "numpy", "array", _make_overflow,
                "integers that the dtype cannot hold wrap around",
                "an error since NumPy 2.0", _is_numpy2),
    _kinds.wrap("np.asarray(overflow)", "numpy", "asarray", _make_overflow,
                "integers that the dtype cannot hold wrap around",
                "an error since NumPy 2.0", _is_numpy2),
    _kinds.wrap("np.full(overflow)", "numpy", "full", _make_full_overflow,
                "integers that the dtype cannot hold wrap around",
                "an error since NumPy 2.0", _is_numpy2),
    _kinds.wrap("np.shape(tensors)", "numpy", "shape", _tensors.make_shape,
                "a list of symbolic tensors has a shape, as in np.array",
                "an error since NumPy 1.19"),
    _kinds.wrap("np.histogram(normed=)", "numpy", "histogram",
                _make_histogram, "normed= means density=",
                "removed in NumPy 1.24"),
) + tuple(
    _kinds.wrap(f"np.{name}(iterator)", "numpy", name, _make_stack,
                "map, zip and generators are accepted in place of lists",
                "an error since NumPy 1.24; map returned a list in Python 2")
    for name in ("vstack", "hstack", "dstack", "column_stack", "stack",
                 "concatenate")) + (
    _kinds.wrap("np.load", "numpy", "load", _make_load,
                "object arrays are read without allow_pickle=True, "
                "including those written by Python 2",
                "the default changed in NumPy 1.16.3, for safety"),
    _kinds.wrap("np.set_printoptions(nan)", "numpy", "set_printoptions",
                _make_printoptions, "threshold=np.nan prints everything",
                "an error since NumPy 1.15"),
    _kinds.Repair("np.scalar-repr", "numpy", "numbers in lists print as 0.5, "
                  "not np.float32(0.5)", "new in NumPy 2.0", _print_plainly),
)

ROWS = NAMES + BEHAVIOUR
