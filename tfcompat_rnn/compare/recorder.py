"""Runs a TensorFlow 1.x program and records what it computes.

  python3.7 recorder.py SCRIPT [ARGS...] -o FILE.npz

Besides this file, the machine with the old TensorFlow needs only Python 2.7,
or 3.5 or newer, NumPy, and TensorFlow 1.4 to 1.15. `tfcompat-rnn record` uses
the same file under today's TensorFlow, and `tfcompat-rnn compare` uses it for
both sides.

The recording contains what every `Session.run` was fed and what it returned,
the variables after they have been initialized, and the variables when the
session is closed or the program ends. The recorder adds no operation to the
program's graph and keeps nothing in memory: FILE.npz grows while the program
runs and gets its final name when the program ends.

Each entry of the file is an array of bytes. `head` and `tail` are JSON.
`lines_N` are lines of JSON, each a list whose first element is its kind, and
`data_N` are the numbers that these lines point to:

  ["names", id, [[path, name] of each fetch], [[path, name] of each feed]]
  ["call", number, session, thread, id, fetched values, fed values, trains]
  ["grads", [variable], [gradient of each]]    that the call before it applied
  ["init", session, n-th time, name, value, call, trainable]
  ["look", session, training step, name, value]
  ["end", session, name, value]

A value stored in full is [dtype, shape, offset]; any other is [dtype, shape,
offset of a fixed sample, SHA-1, minimum, maximum, mean, number not finite].
If the call raised an exception, its name takes the place of the fetched
values. docs/recordings.md describes the format in full.
"""
from __future__ import print_function

import argparse
import hashlib
import io
import json
import os
import random
import re
import runpy
import sys
import threading
import time
import traceback
import types
import weakref
import zipfile

import numpy as np

FORMAT = "tfcompat-rnn recording"
VERSION = 2              # the newest; 1 has no gradients
WHOLE = 64               # elements of a fetch stored in full, not summarized
WHOLE_AT_END = 4096      # of a variable at the end
WHOLE_INITIAL = 1 << 26  # bytes of a variable after initialization
SAMPLE = 32
CHUNK = 1 << 20
MAX_SIZE = "2G"          # of a recording that is unpacked
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LARGEST = (1 << 63) - 1
MOST_DIMENSIONS = 32     # of an array, in every version of NumPy
INTEGERS = (int, type(1 << 80))  # a long in Python 2
OPEN_SESSIONS = 4        # kept alive so that their variables can be read
SUMMARIES = ("ScalarSummary", "MergeSummary", "HistogramSummary",
             "ImageSummary", "AudioSummary", "TensorSummary",
             "TensorSummaryV2")
UPDATES = ("Apply", "ResourceApply", "SparseApply", "ResourceSparseApply",
           "Scatter", "ResourceScatter", "AssignSub")  # ops of optimizers
VARIABLES = ("variables", "local_variables", "trainable_variables")
PROBES = ("IsVariableInitialized", "VarIsInitializedOp")
HANDLES = ("IteratorToStringHandle", "IteratorFromStringHandle",
           "IteratorFromStringHandleV2", "MultiDeviceIteratorToStringHandle",
           "MultiDeviceIteratorFromStringHandle")
PARTS = {}               # `--print-recorder` puts ordered_sets.py here


class StopProgram(SystemExit):
  """Ends the program after the number of calls given by `--steps`."""


class RecordingError(Exception):
  """A file is not a recording, or not a complete one."""


# Python 2 has no main_thread; the recorder starts in it.
_first_thread = threading.current_thread()
main_thread = getattr(threading, "main_thread", lambda: _first_thread)


# --- loops -----------------------------------------------------------------


class Loops(object):
  """Sets how many iterations of a loop that draws may run at a time.

  The random operation of a `tf.while_loop` has one generator for all
  iterations. With several iterations at a time, the executor decides which of
  them draws first, by the time that operations took before; with one, they
  draw in the order of time.
  """

  def __init__(self, tf, iterations):
    self.changed = 0                            # loops, in all graphs
    self._value = tf.AttrValue(i=iterations)
    self._known = weakref.WeakKeyDictionary()   # what was found in a graph
    self._random = {}                           # type: does it draw?

  def limit(self, graph):
    """Changes the loops built since the last call for `graph`."""
    known = self._known.setdefault(
        graph, {"version": 0, "operations": 0, "loops": set(), "bare": False,
                "names": set()})
    version = graph.version
    if known["version"] == version:
      return
    known["version"] = version
    operations = graph.get_operations()
    fresh = operations[known["operations"]:]
    known["operations"] = len(operations)
    for op in fresh:
      if self._draws(op):
        context = op._get_control_flow_context()
        # Operations from a GraphDef do not know which loop they are in.
        known["bare"] |= context is None
        while context is not None:
          if context.IsWhileContext():
            # By identity: a context would keep the graph alive.
            known["loops"].add(id(context))
          context = context.outer_context
    before = len(known["names"])
    for op in fresh:
      if op.type in ("Enter", "RefEnter"):
        context = op._get_control_flow_context()
        if id(context) in known["loops"] or (
            context is None and known["bare"]):
          if hasattr(op, "_set_attr"):
            op._set_attr("parallel_iterations", self._value)
          else:                                 # TensorFlow 1.4
            op.node_def.attr["parallel_iterations"].CopyFrom(self._value)
          known["names"].add(op.get_attr("frame_name"))
    self.changed += len(known["names"]) - before

  def _draws(self, op):
    if op.type not in self._random:
      definition = op.op_def
      self._random[op.type] = (
          definition is not None and definition.is_stateful
          and any(attr.name == "seed2" for attr in definition.attr))
    return self._random[op.type]


# --- values ----------------------------------------------------------------

_positions = {}


def positions(size):
  """Positions of the sample in an array of `size`; same on all machines."""
  if size not in _positions:
    if len(_positions) > 256:
      _positions.clear()
    drawn = np.random.RandomState(size % (1 << 31)).randint(
        0, size, SAMPLE - 2) if size < (1 << 31) else np.arange(SAMPLE - 2)
    _positions[size] = np.unique(np.concatenate([[0, size - 1], drawn]))
  return _positions[size]


def to_array(value, dtype=None):
  """`value` as an array of numbers, or as an object array of bytes."""
  array = np.asarray(value, dtype=dtype)
  if array.dtype.kind in "SU":
    array = array.astype(object)
  if array.dtype.kind == "V" or array.dtype.name == "bfloat16":
    array = array.astype(np.float32)
  return array


# Parts of a path that differ from run to run: what `tempfile` makes up, and
# the time by which estimators name the folder of a saved model.
_MADE_UP = re.compile(br"/(?:tmp[a-z0-9_]{8}|1[0-9]{9})(?=/|$)")


def _lasting(text):
  """`text` without what differs from run to run in an absolute path."""
  return _MADE_UP.sub(b"/*", text) if text.startswith(b"/") else text


def _text_value(array, write):
  flat = [part if isinstance(part, bytes) else str(part).encode("utf-8")
          for part in array.ravel()]
  digest = hashlib.sha1()
  for part in map(_lasting, flat):
    digest.update(("%d:" % len(part)).encode("ascii") + part)
  shown = json.dumps([part[:80].decode("utf-8", "replace")
                      for part in flat[:8]]).encode("utf-8")
  return ["string", list(array.shape), write(shown), digest.hexdigest(),
          len(shown)]


def value_of(array, write, whole=WHOLE):
  """The value as a line holds it; `write(bytes)` returns an offset."""
  if array.dtype.kind == "O":
    return _text_value(array, write)
  array = np.ascontiguousarray(array).reshape(array.shape)
  name, shape = array.dtype.name, list(array.shape)
  if array.size <= whole:
    return [name, shape, write(array.tobytes())]
  flat = array.ravel()
  sample = flat[positions(flat.size)]
  digest = hashlib.sha1(flat.view(np.uint8)).hexdigest()
  numbers = flat.real if flat.dtype.kind == "c" else flat
  odd = 0
  if numbers.dtype.kind == "f":
    finite = np.isfinite(numbers)
    odd = int(numbers.size - np.count_nonzero(finite))
    numbers = numbers[finite] if odd else numbers
  if not numbers.size:
    numbers = np.zeros(1)
  return [name, shape, write(sample.tobytes()), digest, float(numbers.min()),
          float(numbers.max()), float(np.mean(numbers, dtype=np.float64)),
          odd]


def is_whole(value):
  """Is every element of `value` in the recording?"""
  return len(value) == 3


def array_of(value, data):
  """The array of a `value`, or the flat sample of its elements."""
  name, shape, offset = value[:3]
  dtype = np.dtype(str(name))
  count = int(np.prod(shape, dtype=np.int64))
  if not is_whole(value):
    count = len(positions(count))
  part = data[offset:offset + count * dtype.itemsize]
  array = np.frombuffer(part.tobytes(), dtype)
  return array.reshape(shape) if is_whole(value) else array


# --- what a recording holds ------------------------------------------------


class ContentError(Exception):
  """Data are not what a recording holds."""


def bytes_of(content):
  """The bytes in the content of an .npy file, which holds nothing else.

  NumPy would believe its header and first ask for that much memory.
  """
  file = io.BytesIO(content)
  if np.lib.format.read_magic(file) != (1, 0):
    raise ContentError("its header is of another version")
  shape, _, dtype = np.lib.format.read_array_header_1_0(file)
  left = len(content) - file.tell()
  if dtype != np.uint8 or shape != (left,):
    raise ContentError("it is %s %s, but %d bytes follow" % (
        dtype, list(shape), left))
  return np.frombuffer(content, np.uint8, offset=file.tell())


def _is_text(value):
  return isinstance(value, type(u""))


def _is_integer(value):
  return (isinstance(value, INTEGERS) and not isinstance(value, bool)
          and -LARGEST <= value <= LARGEST)


def _is_count(value):
  return _is_integer(value) and value >= 0


def _is_number(value):
  return isinstance(value, float) or _is_integer(value)


def _is_flag(value):
  return isinstance(value, bool)


def _maybe(check):
  return lambda value: value is None or check(value)


def _list_of(check):
  return lambda value: isinstance(value, list) and all(map(check, value))


def _is_pair(value):
  return isinstance(value, list) and len(value) == 2 and all(
      map(_is_text, value))


def _require(holds, what, value):
  if not holds:
    raise ContentError("%s: %s" % (what, json.dumps(value)[:60]))


def _require_row(row, name, *checks):
  _require(isinstance(row, list) and len(row) == len(checks) and all(
      check(value) for check, value in zip(checks, row)), name, row)


def _require_keys(found, needed, optional):
  _require(isinstance(found, dict), "no dictionary", found)
  for key, check in list(needed.items()) + list(optional.items()):
    _require(key in found or key in optional, "it has no", key)
    _require(key not in found or check(found[key]), key, found.get(key))


def check_head(head):
  """Raises ContentError if this is not the head of a recording."""
  _require_keys(head, {
      "argv": _list_of(_is_text), "python": _is_text, "numpy": _is_text}, {
          "steps": _maybe(_is_count), "seed": _maybe(_is_integer),
          "threads": _is_integer, "parallel_iterations": _is_integer,
          "gradients": _is_flag, "whole": _is_integer,
          "variables_at": _list_of(_is_integer)})


def check_tail(tail):
  """Raises ContentError if this is not the tail of a recording."""
  _require_keys(tail, {
      "outcome": lambda value: isinstance(value, dict), "chunks": _is_count,
      "problems": _list_of(_is_text), "calls": _is_count,
      "threads": _list_of(_is_text)}, {
          "trained": _is_count, "sessions": _is_count, "loaded": _is_count,
          "loops": _is_count, "tensorflow": _is_text,
          "real_tensorflow": _is_text})
  outcome = tail["outcome"]
  kind = outcome.get("kind")
  _require(kind in ("ended", "stopped", "exit", "error"), "outcome", kind)
  _require_keys(outcome, {
      "exit": {"code": _is_integer},
      "error": {"type": _is_text, "message": _is_text}}.get(kind, {}), {
          "said": _is_text, "traceback": _is_text})


class Lines(object):
  """Checks the lines of a recording in their order."""

  def __init__(self, tail, version=VERSION):
    self._threads = len(tail["threads"])
    self._version = version
    self._names = {}         # number -> how many fetches and feeds
    self._trains = False     # is the line before this a call that trains

  def check(self, line, data):
    """Raises ContentError if `line` cannot follow those before it."""
    _require(isinstance(line, list) and line and _is_text(line[0]),
             "no line", line)
    checks = {"names": self._check_names, "call": self._check_call,
              "init": self._check_init, "look": self._check_look,
              "end": self._check_end}
    if self._version > 1:
      checks["grads"] = self._check_grads
    _require(line[0] in checks, "no kind of line", line[0])
    for value in checks[line[0]](line[1:]):
      check_value(value, data)
    self._trains = line[0] == "call" and line[7] and not _is_text(line[5])

  def _check_names(self, row):
    _require_row(row, "names", _is_count, _list_of(_is_pair),
                 _list_of(_is_pair))
    self._names[row[0]] = len(row[1]), len(row[2])
    return []

  def _check_call(self, row):
    _require_row(row, "call", _is_integer, _is_count, _is_count, _is_count,
                 lambda value: _is_text(value) or isinstance(value, list),
                 lambda value: isinstance(value, list), _is_flag)
    _, _, thread, key, fetched, fed, _ = row
    _require(thread < self._threads, "no such thread", thread)
    _require(key in self._names, "no such names", key)
    fetches, feeds = self._names[key]
    raised = _is_text(fetched)
    _require((raised or len(fetched) == fetches) and len(fed) == feeds,
             "other names", key)
    return fed if raised else fetched + fed

  def _check_grads(self, row):
    _require(self._trains, "no training step before gradients", row)
    _require_row(row, "grads", _list_of(_is_text), _list_of(_is_value))
    _require(len(row[0]) == len(row[1]) == len(set(row[0])), "gradients",
             row[0])
    return row[1]

  def _check_init(self, row):
    _require_row(row, "init", _is_count, _is_count, _is_text, _is_value,
                 _is_integer, _is_flag)
    return [row[3]]

  def _check_look(self, row):
    _require_row(row, "look", _is_count, _is_count, _is_text, _is_value)
    return [row[3]]

  def _check_end(self, row):
    _require_row(row, "end", _is_count, _is_text, _is_value)
    return [row[2]]


def _is_value(value):
  return isinstance(value, list)


def check_value(value, data):
  """Raises ContentError if this is not a value of `data`."""
  _require(_is_value(value) and value and _is_text(value[0]), "value", value)
  if value[0] == "string":
    _require_row(value, "text", _is_text, _list_of(_is_count), _is_count,
                 _is_text, _is_count)
    check_text(value[2], value[4], data)
    return
  _require_row(value, "value", *[
      _is_text, _list_of(_is_count), _is_count, _is_text, _is_number,
      _is_number, _is_number, _is_count][:8 if len(value) > 3 else 3])
  itemsize = size_of_dtype(value[0])
  shape, offset = value[1:3]
  _require(len(shape) <= MOST_DIMENSIONS, "dimensions", len(shape))
  count, product = int(0 not in shape), itemsize
  for size in shape:
    product *= max(size, 1)
  _require(product <= LARGEST, "too large", shape)
  count *= product // itemsize
  if not is_whole(value):
    _require(count > 0, "a sample of", shape)
    count = len(positions(count))
  _require(offset + count * itemsize <= len(data), "beyond the data", value)


def check_text(offset, length, data):
  """Raises ContentError if there is no JSON list of texts at that place."""
  _require(offset + length <= len(data), "beyond the data", offset)
  try:
    shown = json.loads(data[offset:offset + length].tobytes().decode("utf-8"))
  except (ValueError, RuntimeError) as error:
    raise ContentError("text: %s" % error)
  _require(_list_of(_is_text)(shown), "text", shown)


def size_of_dtype(name):
  """The bytes of a number of this dtype; raises ContentError if it is none."""
  if name not in _itemsizes:
    _require(re.match("[a-z]{3,}[0-9]*$", name), "dtype", name)
    try:
      dtype = np.dtype(str(name))
    except (TypeError, ValueError):
      dtype = None
    _require(dtype is not None and dtype.kind in "biufc"
             and dtype.name == name, "dtype", name)
    _itemsizes[name] = dtype.itemsize
  return _itemsizes[name]


_itemsizes = {}


# --- the file --------------------------------------------------------------


class Writer(object):
  """A recording that grows on disk."""

  def __init__(self, path, head):
    self.path = path
    self.part = "%s.part-%d" % (path, os.getpid())
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
      raise RecordingError("`-o` must be in an existing folder, got %s; "
                           "create %s first" % (path, folder))
    if not _may_be_replaced(path):
      raise RecordingError("`-o` must be a new file or a recording, got %s, "
                           "which is something else and stays; name another" %
                           path)
    try:
      self._zip = zipfile.ZipFile(self.part, "w", zipfile.ZIP_DEFLATED, True)
    except (OSError, IOError) as error:
      raise self._unwritable(error)
    self._lines, self._data, self._size, self._length = [], [], 0, 0
    self._chunk = 0
    try:
      self._put("head", json.dumps(head).encode("utf-8"))
    except RecordingError:
      self.discard()
      raise

  def data(self, part):
    """Adds bytes and returns their offset for the next line."""
    offset = self._size
    self._data.append(part)
    self._size += len(part)
    return offset

  def line(self, *items):
    """Adds a line, together with the data written since the last one."""
    text = json.dumps(items, separators=(",", ":")).encode("utf-8")
    self._lines.append(text)
    self._length += len(text)
    if self._size + self._length > CHUNK:
      self.flush()

  def flush(self):
    """Writes the buffered lines and data to the file."""
    if self._lines:
      self._put("lines_%d" % self._chunk, b"\n".join(self._lines))
      self._put("data_%d" % self._chunk, b"".join(self._data))
      self._lines, self._data, self._size, self._length = [], [], 0, 0
      self._chunk += 1

  def close(self, tail):
    """Completes the file and gives it its final name."""
    try:
      self.flush()
      self._put("tail", json.dumps(dict(tail, chunks=self._chunk)).encode(
          "utf-8"))
      self._zip.close()
      getattr(os, "replace", os.rename)(self.part, self.path)
    except (OSError, IOError) as error:
      self.discard()
      raise self._unwritable(error)
    except RecordingError:
      self.discard()
      raise

  def discard(self):
    """Removes what was written."""
    try:
      self._zip.close()
    except (OSError, IOError, ValueError):
      pass                   # the disk is full
    os.remove(self.part)

  def _put(self, name, content):
    buffer = io.BytesIO()
    np.save(buffer, np.frombuffer(content, np.uint8))
    try:
      self._zip.writestr(name + ".npy", buffer.getvalue())
    except (OSError, IOError, ValueError) as error:  # the last one after others
      raise self._unwritable(error)

  def _unwritable(self, error):
    return RecordingError(
        "`-o` must be where a recording can be written, got %s (%s); check the "
        "folder, its permissions and the free space on its disk" % (
            self.path, getattr(error, "strerror", None) or error))


def _may_be_replaced(path):
  """Whether there is nothing, an empty file, or a recording by its name or its
  first bytes: it may be damaged."""
  if not os.path.lexists(path):
    return True
  if not os.path.isfile(path):
    return False
  if str(path).endswith(".npz"):
    return True
  try:
    with open(path, "rb") as stream:
      return stream.read(2) in (b"", b"PK")
  except (OSError, IOError):
    return False


def _short(error):
  # zipfile quotes the bytes that it found, and they can be anything.
  return json.dumps(u"%s" % (error,))[1:-1][:200]


def size_of(text):
  """The number of bytes that `--max-size` gives: "500M" is 500 * 2**20."""
  found = re.match(r"([0-9]+(?:\.[0-9]+)?)([KMG]?)$", text.strip().upper())
  size = int(float(found.group(1)) * UNITS[found.group(2)]) if (
      found and len(found.group(1)) < 20) else 0
  if size < 1:
    raise RecordingError("`--max-size` must be a number of bytes, such as 500M "
                         "or 4G, got %s; leave it out for %s" % (
                             _short(text) or "nothing", MAX_SIZE))
  return size


class Reader(object):
  """Reads what `Writer` wrote, and checks all of it before it is used.

  Raises RecordingError if the file is not a recording, is cut off or damaged,
  comes from a newer version, holds what no recording holds, or unpacks to
  more than `limit` bytes.
  """

  def __init__(self, path, limit=None):
    self.path = path
    if not os.path.exists(path):
      raise RecordingError("there is no recording %s" % path)
    if not os.path.isfile(path):
      raise RecordingError("%s is no file, so it is not a recording" % path)
    try:
      self._file = zipfile.ZipFile(str(path))
      sizes = [entry.file_size for entry in self._file.infolist()]
      names = [re.sub(r"\.npy$", "", name) for name in self._file.namelist()]
    except Exception as error:
      raise RecordingError(
          "%s is not a recording, or its end is missing (%s); record again" %
          (path, _short(error)))
    if sum(sizes) > (size_of(MAX_SIZE) if limit is None else limit):
      raise RecordingError(
          "`--max-size` must be at least %.1f MiB to read %s, which is what it "
          "unpacks to; if you trust the file, pass a larger --max-size" % (
              sum(sizes) / float(1 << 20) + .05, path))
    if "head" not in names:
      raise RecordingError("%s is not a recording of `tfcompat-rnn record`; "
                           "it holds %s" % (path, _short(", ".join(
                               names[:5])) or "nothing"))
    self.head = self._json("head")
    if not isinstance(self.head, dict) or self.head.get("format") != FORMAT:
      raise RecordingError("%s is not a recording of `tfcompat-rnn record`" %
                           path)
    version = self.head.get("version")
    if not _is_integer(version) or not 1 <= version <= VERSION:
      raise RecordingError(
          "%s has format %s, but this version reads formats 1 to %d; use the "
          "same version of recorder.py and of tfcompat-rnn" % (
              path, _short(version), VERSION))
    if "tail" not in names:
      raise RecordingError("%s was not finished; record it again" % path)
    self.tail = self._json("tail")
    self._check("its head", check_head, self.head)
    self._check("its tail", check_tail, self.tail)

  def _damaged(self, what, error):
    return RecordingError("%s is damaged: %s (%s); copy or record it again" % (
        self.path, what, _short(error)))

  def _check(self, what, check, *arguments):
    try:
      check(*arguments)
    except ContentError as error:
      raise self._damaged("%s is not a recording's" % what, error)

  def _bytes(self, name):
    try:
      return bytes_of(self._file.read(name + ".npy"))
    except Exception as error:  # zlib, zipfile and NumPy each raise their own
      raise self._damaged("its entry %s cannot be read" % name, error)

  def _json(self, name):
    return self._parse(name, self._bytes(name).tobytes())

  def _parse(self, name, text):
    try:
      return json.loads(text.decode("utf-8"))
    except (ValueError, RuntimeError) as error:  # the latter if nested deeply
      raise self._damaged("its entry %s is not JSON" % name, error)

  def lines(self):
    """Yields each line with the data of its chunk."""
    lines = Lines(self.tail, self.head["version"])
    for chunk in range(self.tail["chunks"]):
      data = self._bytes("data_%d" % chunk)
      name = "lines_%d" % chunk
      for number, text in enumerate(
          self._bytes(name).tobytes().split(b"\n"), 1):
        line = self._parse(name, text)
        self._check("line %d of %s" % (number, name), lines.check, line, data)
        yield line, data


def initial_values(path, limit=None):
  """{(session, name, n-th time): array, or None if it was too large}."""
  found = {}
  for line, data in Reader(path, limit).lines():
    if line[0] == "init":
      _, session, nth, name, value = line[:5]
      found[session, name, nth] = (array_of(value, data)
                                   if is_whole(value) else None)
  return found


def initial_names(path):
  """{name in the reference: name here, or None} of a file of `compare`."""
  try:
    with open(path) as stream:
      found = json.load(stream).get("variables", {})
    for name in found.values():
      if name is not None:
        name + ""            # text, which Python 2 has two types of
  except (OSError, IOError, ValueError, AttributeError, TypeError) as error:
    raise RecordingError(
        "`--initial-names` must be a JSON file with {\"variables\": {OLD: "
        "NEW}}, got %s (%s); `compare --variables` writes one" % (path, error))
  return found


# --- traversing fetches and feeds ------------------------------------------


def _items(nest):
  """[(word of the path, part)] of a nested structure; None for a leaf."""
  if hasattr(nest, "items") and hasattr(nest, "keys"):
    seen, items = {}, []
    for key, part in nest.items():
      if isinstance(key, (str, int, float, bytes)):
        word = str(key)
      else:
        word = str(getattr(key, "name", type(key).__name__))
      seen[word] = seen.get(word, 0) + 1
      items.append((word if seen[word] == 1 else
                    "%s#%d" % (word, seen[word]), part))
    return items
  if isinstance(nest, (list, tuple)):
    words = getattr(nest, "_fields", range(len(nest)))
    return [(str(word), part) for word, part in zip(words, nest)]
  if hasattr(type(nest), "__attrs_attrs__"):
    return [(attribute.name, getattr(nest, attribute.name))
            for attribute in type(nest).__attrs_attrs__]
  return None


def leaves(nest, path=""):
  """[(path, leaf)] of nested dicts, lists, tuples and attrs classes."""
  items = _items(nest)
  if items is None:
    return [(path, nest)]
  return [pair for word, part in items
          for pair in leaves(part, path + "/" + word if path else word)]


def pairs(nest, values, path=""):
  """[(path, leaf, its value)] of two equally nested structures."""
  items = _items(nest)
  if items is None:
    return [(path, nest, values)]
  found = []
  for (word, part), (_, value) in zip(items, _items(values) or ()):
    found += pairs(part, value, path + "/" + word if path else word)
  return found


def composite(value):
  """[(path, array-like)] of a value that `run` returned for one leaf."""
  if hasattr(value, "flat_values") and hasattr(value, "nested_row_splits"):
    return [("flat_values", value.flat_values)] + [
        ("row_splits_%d" % n, part)
        for n, part in enumerate(value.nested_row_splits)]
  if hasattr(value, "_fields"):
    return [(word, part) for word, part in zip(value._fields, value)
            if part is not None]
  return [("", value)]


# What programs may feed for these as a plain tuple.
_FED_PARTS = {"SparseTensor": ("indices", "values", "dense_shape"),
              "IndexedSlices": ("values", "indices", "dense_shape")}


def fed_parts(leaf, value):
  """[(path, array-like)] of what `run` is fed for one leaf."""
  words = _FED_PARTS.get(type(leaf).__name__)
  if words and isinstance(value, (tuple, list)):
    return [(word, part) for word, part in zip(words, value)
            if part is not None]
  return composite(value)


def name_of(leaf):
  """The name of a graph element as programs write it."""
  if isinstance(leaf, bytes):
    leaf = leaf.decode("utf-8")
  if isinstance(leaf, str):
    return leaf
  name = getattr(leaf, "name", None)
  if name is None:
    name = getattr(getattr(leaf, "values", None), "name", None)
  return str(name or type(leaf).__name__)


def is_update(op):
  """Does an optimizer run this op?"""
  if not op.type.startswith(UPDATES):
    return False
  # Metrics scatter too, and averages subtract, in variables of their own.
  return "Apply" in op.type or op.inputs[0].op.name in {
      variable.op.name for variable in op.graph.get_collection(
          "trainable_variables")}


def is_probe(leaf):
  """Has Keras fetched this to learn whether a variable is initialized?

  It asks for a set of variables, in whatever order the set has.
  """
  if getattr(getattr(leaf, "op", None), "type", None) not in PROBES:
    return False
  frame = sys._getframe(1)
  while frame is not None:
    if frame.f_code.co_name == "_initialize_variables":
      return True
    frame = frame.f_back
  return False


def is_handle(leaf):
  """Is this the string handle of an iterator, or where one is fed?"""
  op = getattr(leaf, "op", None)
  return getattr(op, "type", None) in HANDLES or any(
      user.type in HANDLES for user in getattr(leaf, "consumers", tuple)())


def join(path, more):
  """`path/more`, either of which may be empty."""
  return "/".join(word for word in (path, more) if word)


def reach(op, through):
  """All ops that `op` depends on, following the ops that `through` accepts."""
  seen, todo = set(), [op]
  while todo:
    one = todo.pop()
    if one in seen:
      continue
    seen.add(one)
    if through(one):
      todo.extend(one.control_inputs)
      todo.extend(tensor.op for tensor in one.inputs)
  return seen


# --- the recorder ----------------------------------------------------------


class _Gradient(object):
  """What an optimizer applies to one variable; names, so as to keep no graph.

  `tensors` has the gradient, or its values and their indices.
  """

  def __init__(self, variable, gradient):
    self.variable = variable.op.name
    self.tensors = [tensor.name for tensor in (
        [gradient.values, gradient.indices] if hasattr(gradient, "indices")
        else [gradient])]
    shape = variable.get_shape()
    self.shape = (shape.as_list() if shape.is_fully_defined() else None)

  def dense(self, values):
    """The gradient as one array, from the values of `tensors`."""
    if len(values) == 1:
      return to_array(values[0])
    parts, indices = values
    found = np.zeros(self.shape, parts.dtype)
    np.add.at(found, indices, parts)
    return found


class _Watched(object):
  """What is known about one session."""

  def __init__(self, number):
    self.number = number
    self.counted = -1        # length of the graph's variable collections
    self.variables = []      # the variables in them, each once
    self.by_initializer = {}
    self.ready = {}          # variables known to be initialized, by name
    self.times = {}          # how often each was initialized
    self.direct = {}         # names of fetches -> variables initialized
    self.tries = {}          # names of fetches -> failed attempts to read
    self.trains = {}         # names of fetches -> do they run an optimizer
    self.gradients = {}      # names of fetches -> [_Gradient] to fetch


class Recorder(object):
  """Watches every session of this process.

  Call `attach(tf)` before the program builds anything, and `finish(...)`
  when it has ended.
  """

  def __init__(self, path, steps=None, seed=None, threads=1, initial=None,
               nudge=None, look_at=(), whole=WHOLE, argv=(),
               parallel_iterations=1, gradients=False, initial_names=None):
    self.steps = steps
    self.seed = seed
    self.threads = threads
    self.parallel_iterations = parallel_iterations
    self.initial = initial
    self.initial_names = initial_names or {}
    self.nudge = nudge
    self.look_at = frozenset(look_at)
    self.whole = whole
    self.gradients = gradients
    self.calls = 0           # made by the main thread
    self.trained = 0         # how many of these ran an optimizer
    self.problems = []
    self.loaded = 0
    self._met = set()        # (session, variable) seen, for `--initial`
    self.outcome = None
    self._tf = None
    self._loops = None
    self._pid = os.getpid()
    self._lock = threading.RLock()
    self._local = threading.local()
    self._watched = weakref.WeakKeyDictionary()
    self._open = []
    self._sessions = 0
    self._names = {}
    self._last_names = 0
    self._applied = weakref.WeakKeyDictionary()  # graph: [(op, gradients)]
    self._threads = ["main"]
    self._thread_numbers = weakref.WeakKeyDictionary()
    self._stopped = False
    self._restore = []
    # The oldest version that will do, so that older readers can read it.
    self._writer = Writer(path, {
        "format": FORMAT, "version": 2 if gradients else 1,
        "argv": list(argv), "steps": steps, "seed": seed, "threads": threads,
        "parallel_iterations": parallel_iterations, "gradients": gradients,
        "whole": whole, "variables_at": sorted(self.look_at),
        "python": sys.version.split()[0], "numpy": np.__version__,
        "time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())})

  # -- hooks

  def attach(self, tf):
    """Installs the hooks in TensorFlow's public classes."""
    self._tf = tf
    base = [cls for cls in tf.Session.__mro__ if "run" in vars(cls)][0]
    self._wrap_call(base, "run", 0)
    self._wrap_call(base, "partial_run", 1)
    if self.parallel_iterations:
      self._loops = Loops(tf, self.parallel_iterations)
      self._wrap(base, "partial_run_setup", self._set_up)
    self._wrap(base, "make_callable", self._make_callable)
    self._wrap(base, "close", self._close)
    if self.threads:
      self._wrap(base, "__init__", self._start_session)
    self._wrap(tf.train.Saver, "save", self._unnoticed)
    self._wrap(tf.train.Saver, "restore", self._unnoticed)
    self._wrap(os, "_exit", self._exit_at_once)
    if self.gradients:
      self._wrap(tf.train.Optimizer, "apply_gradients", self._apply)
    if self.seed is not None:
      self._wrap(tf.Graph, "__init__", self._start_graph)

  @property
  def stopped(self):
    """Whether `--steps` has ended the program."""
    return self._stopped

  def detach(self):
    """Removes the hooks."""
    while self._restore:
      owner, name, original, ours = self._restore.pop()
      if vars(owner).get(name) is ours:
        setattr(owner, name, original)

  def _wrap(self, owner, name, ours):
    original = getattr(owner, name, None)
    if original is None:
      return

    def wrapper(*args, **kwargs):
      return ours(original, *args, **kwargs)

    wrapper.__name__ = name
    wrapper.__doc__ = getattr(original, "__doc__", None)
    wrapper.__wrapped__ = original
    setattr(owner, name, wrapper)
    self._restore.append((owner, name, original, wrapper))

  def _wrap_call(self, base, name, before):
    """Wraps `run(session, fetches, feed_dict, ...)` or `partial_run`."""

    def ours(original, session, *args, **kwargs):
      self._limit_loops(session)
      fetches = (args[before] if len(args) > before
                 else kwargs.get("fetches"))
      feeds = (args[before + 1] if len(args) > before + 1
               else kwargs.get("feed_dict"))
      return self._call(
          session, fetches, feeds,
          lambda: original(session, *args, **kwargs),
          None if before else lambda more: original(
              session, [fetches, more], *args[1:],
              **{key: value for key, value in kwargs.items()
                 if key != "fetches"}))

    self._wrap(base, name, ours)

  def _make_callable(self, original, session, fetches, feed_list=None,
                     *args, **kwargs):
    self._limit_loops(session)
    run = original(session, fetches, feed_list, *args, **kwargs)
    graph = session.graph  # noqa: F841 (alive as long as the callable)

    def wrapper(*values, **options):
      feeds = dict(zip(feed_list or (), values))
      return self._call(session, fetches, feeds,
                        lambda: run(*values, **options))

    return wrapper

  def _set_up(self, original, session, *args, **kwargs):
    self._limit_loops(session)
    return original(session, *args, **kwargs)

  def _limit_loops(self, session):
    """Must come before the runtime's session knows the loops."""
    if self._loops is not None:
      self._guard(self._loops.limit, session.graph)

  def _start_session(self, original, session, target="", graph=None,
                     config=None):
    mine = self._tf.ConfigProto()
    if config is not None:
      mine.CopyFrom(config)
    mine.intra_op_parallelism_threads = self.threads
    mine.inter_op_parallelism_threads = self.threads
    original(session, target, graph, mine)

  def _start_graph(self, original, graph, *args, **kwargs):
    original(graph, *args, **kwargs)
    # Graphs of functions take their seed from the graph that calls them.
    if "Func" not in type(graph).__name__ and graph.seed is None:
      graph.seed = self.seed

  def _unnoticed(self, original, *args, **kwargs):
    # A saver's own calls fetch file names, not numbers.
    before = getattr(self._local, "saving", False)
    self._local.saving = True
    try:
      return original(*args, **kwargs)
    finally:
      self._local.saving = before

  def _exit_at_once(self, original, code):
    if os.getpid() == self._pid and self.outcome is None:
      self.finish({"kind": "exit", "code": code, "at_once": True})
    original(code)

  def _close(self, original, session):
    if session in self._watched and self._mine():
      self._guard(self._note_end, session)
    return original(session)

  def _end_at_once(self):
    # The program caught StopProgram and goes on.
    self.finish({"kind": "stopped"})
    for stream in (sys.stdout, sys.stderr):
      try:
        stream.flush()
      except (AttributeError, ValueError, OSError):
        pass
    os._exit(0)

  # -- a call

  def _mine(self):
    return self.outcome is None and os.getpid() == self._pid

  def _guard(self, function, *args):
    """Calls `function`; its errors must not become errors of the program."""
    try:
      with self._lock:
        return function(*args)
    except StopProgram:
      raise
    except Exception as error:
      self.problem("the recorder could not record a call: %s: %s" % (
          type(error).__name__, error))

  def problem(self, text):
    """Adds a note for readers of the recording."""
    if text not in self.problems and len(self.problems) < 100:
      self.problems.append(text)

  def _call(self, session, fetches, feeds, run, run_with=None):
    """Records `run()`; `run_with(more)` also fetches these tensors."""
    if not self._mine() or getattr(self._local, "busy", False):
      return run()
    thread = threading.current_thread()
    main = thread is main_thread()
    if self._stopped and main:
      self._end_at_once()
    self._local.busy = True
    raised = None
    fed, result, values = [], None, []
    try:
      if feeds:
        fed = self._guard(self._feeds, session, feeds) or []
      found = (self._guard(self._gradients_of, session, fetches)
               if self.gradients and run_with else None) or []
      try:
        if found:
          result, values = run_with([one.tensors for one in found])
        else:
          result = run()
      except Exception as error:
        raised = type(error).__name__
        raise
      finally:
        if self._mine():
          self._guard(self._note, session, thread if not main else None,
                      fetches, result, fed, raised,
                      list(zip(found, values)))
    finally:
      self._local.busy = False
    if self._stopped and main:
      raise StopProgram(0)
    return result

  def _feeds(self, session, feeds):
    """[(path, name, array)] of a feed_dict, read before the call."""
    found = []
    for key, value in feeds.items():
      for path, leaf, part in (pairs(key, value) if isinstance(
          key, (tuple, list)) else [("", key, value)]):
        if isinstance(leaf, (str, bytes)):
          leaf = session.graph.as_graph_element(leaf)
        dtype = getattr(leaf, "dtype", None)
        for more, array in fed_parts(leaf, part):
          kind = None
          if dtype is not None and not more:
            kind = dtype.base_dtype.as_numpy_dtype
            kind = None if kind is np.object_ or kind is object else kind
          if type(array).__name__ == "TensorHandle":
            continue
          # The text names a resource and is another in every process.
          found.append((join(path, more), name_of(leaf), to_array(
              b"iterator" if is_handle(leaf) else array, kind)))
    return sorted(found, key=lambda item: (item[1], item[0]))

  def _fetched(self, fetches, result):
    found = []
    for path, leaf, value in pairs(self._caller(fetches),
                                   self._caller(result)):
      if value is None or is_probe(leaf):
        continue
      name = name_of(leaf)
      if getattr(getattr(leaf, "op", None), "type", None) in SUMMARIES:
        found += [(join(path, tag), name, array)
                  for tag, array in self._summary(value)]
        continue
      if is_handle(leaf):
        value = b"iterator"
      found += [(join(path, more), name, to_array(part))
                for more, part in composite(value)]
    return found

  @staticmethod
  def _caller(nest):
    # A MonitoredSession adds what its hooks fetch, some of it by the clock.
    if isinstance(nest, dict) and "caller" in nest and all(
        key == "caller" or hasattr(key, "before_run") for key in nest):
      return nest["caller"]
    return nest

  def _summary(self, value):
    """[(tag, array)]: the numbers in a serialized summary."""
    found = []
    for part in self._tf.Summary.FromString(
        np.asarray(value, dtype=object).item()).value:
      kind = part.WhichOneof("value")
      if kind == "simple_value":
        found.append((part.tag, np.float32(part.simple_value)))
      elif kind == "histo":
        found.append((part.tag, np.array(
            [part.histo.min, part.histo.max, part.histo.num, part.histo.sum,
             part.histo.sum_squares])))
    return [(tag, np.asarray(array)) for tag, array in found]

  def _thread_number(self, thread):
    if thread is None:
      return 0
    if thread not in self._thread_numbers:
      self._thread_numbers[thread] = len(self._threads)
      self._threads.append(thread.name)
    return self._thread_numbers[thread]

  def _note(self, session, thread, fetches, result, fed, raised, gradients):
    watched = self._watch(session)
    elements = [leaf for _, leaf in leaves(self._caller(fetches))]
    key = tuple(name_of(leaf) for leaf in elements)
    if raised is None:
      self._note_initialized(session, watched, elements, key)
    if getattr(self._local, "saving", False):
      return
    fetched = [] if raised else self._fetched(fetches, result)
    # How often the thread of a queue fills it is a matter of chance.
    if thread is not None and (
        not fetched or hasattr(thread, "start_loop")):
      return
    number = self._names_of([item[:2] for item in fetched],
                            [item[:2] for item in fed])
    write = self._writer.data
    values = raised or [value_of(array, write, self.whole)
                        for _, _, array in fetched]
    fed_values = [value_of(array, write, self.whole) for _, _, array in fed]
    trains = raised is None and self._trains(session, watched, elements, key)
    call = self.calls if thread is None else -1
    self._writer.line("call", call, watched.number,
                      self._thread_number(thread), number, values,
                      fed_values, trains)
    if trains and self.gradients:
      self._note_gradients(gradients)
    if thread is None:
      self.calls += 1
      self.trained += trains
      if trains and self.trained in self.look_at:
        self._look(session, watched)
      if self.steps is not None and self.calls >= self.steps:
        self._stopped = True

  def _trains(self, session, watched, elements, key):
    if key not in watched.trains:
      # If the graph grows, each call has new names, and there are ever more
      # operations to search.
      if len(watched.trains) >= 1000:
        return False
      watched.trains[key] = any(
          is_update(one) for op in self._ops(session, elements)
          for one in reach(op, lambda _: True))
    return watched.trains[key]

  # -- gradients

  def _apply(self, original, optimizer, grads_and_vars, *args, **kwargs):
    found = list(grads_and_vars)     # it may be an iterator
    op = original(optimizer, found, *args, **kwargs)
    if self._mine():
      self._guard(self._note_applied, op, found)
    return op

  def _note_applied(self, op, found):
    op = getattr(op, "op", op)
    if getattr(op, "graph", None) is None:
      return
    gradients, seen = [], set()
    for gradient, variable in found:
      if gradient is None:
        continue
      one = _Gradient(variable, gradient)
      tensors = [op.graph.get_tensor_by_name(name) for name in one.tensors]
      if one.shape is None and len(tensors) > 1:
        self.problem("variable %s has no static shape; its gradient is not "
                     "recorded" % one.variable)
      elif not all(map(op.graph.is_fetchable, tensors)):
        self.problem("the gradient of variable %s is within a `tf.cond` or a "
                     "loop; it is not recorded" % one.variable)
      elif one.variable not in seen:
        seen.add(one.variable)
        gradients.append(one)
    self._applied.setdefault(op.graph, []).append((op.name, gradients))

  def _gradients_of(self, session, fetches):
    """The gradients that a run of `fetches` applies."""
    applied = self._applied.get(session.graph)
    if not applied or getattr(self._local, "saving", False):
      return []
    watched = self._watch(session)
    elements = [leaf for _, leaf in leaves(self._caller(fetches))]
    key = tuple(name_of(leaf) for leaf in elements)
    if key not in watched.gradients:
      if len(watched.gradients) >= 1000:     # as for `trains`
        return []
      reached = set(one.name for op in self._ops(session, elements)
                    for one in reach(op, lambda _: True))
      found = {}
      for name, gradients in applied:
        if name in reached:
          for one in gradients:
            if one.variable in found:
              self.problem("variable %s gets several gradients in one call; "
                           "only the first is recorded" % one.variable)
            found.setdefault(one.variable, one)
      watched.gradients[key] = [found[name] for name in sorted(found)]
    return watched.gradients[key]

  def _note_gradients(self, gradients):
    if gradients:
      self._writer.line(
          "grads", [one.variable for one, _ in gradients],
          [value_of(one.dense(values), self._writer.data, self.whole)
           for one, values in gradients])
    else:
      self.problem("call %d trains, but not with `apply_gradients` in "
                   "`Session.run`; its gradients are not recorded" % self.calls)

  # -- names

  def _names_of(self, fetched, fed):
    key = (tuple(fetched), tuple(fed))
    if key not in self._names:
      if len(self._names) > 1000:
        self._names.clear()
      self._names[key] = self._last_names
      self._writer.line("names", self._last_names, fetched, fed)
      self._last_names += 1
    return self._names[key]

  # -- variables

  def _watch(self, session):
    if session not in self._watched:
      self._watched[session] = _Watched(self._sessions)
      self._sessions += 1
    if session not in self._open:
      self._open.append(session)
      if len(self._open) > OPEN_SESSIONS:
        self._note_end(self._open[0])
    watched = self._watched[session]
    graph = session.graph
    found = [graph.get_collection(name) for name in VARIABLES]
    counted = sum(map(len, found))
    if counted != watched.counted:
      watched.counted = counted
      watched.tries.clear()
      unique = {}
      for variable in sum(found, []):
        if hasattr(variable, "initializer") and hasattr(variable, "op"):
          unique.setdefault(variable.op.name, variable)
      watched.variables = [unique[name] for name in sorted(unique)]
      watched.by_initializer = {
          variable.initializer: variable for variable in watched.variables
          if variable.initializer is not None}
      watched.direct.clear()
    return watched

  def _ops(self, session, elements):
    ops = []
    for leaf in elements:
      try:
        element = session.graph.as_graph_element(leaf)
      except (TypeError, ValueError, KeyError):
        continue       # a sparse tensor, for example: it initializes nothing
      ops.append(getattr(element, "op", element))
    return ops

  def _note_initialized(self, session, watched, elements, key):
    if key not in watched.direct:
      if len(watched.direct) > 1000:
        watched.direct.clear()
      fresh = {}
      for op in self._ops(session, elements):
        for one in reach(op, lambda one: one.type == "NoOp"):
          if one in watched.by_initializer:
            variable = watched.by_initializer[one]
            fresh[variable.op.name] = variable
      watched.direct[key] = fresh
    fresh = watched.direct[key]
    waiting = {variable.op.name: variable for variable in watched.variables
               if variable.op.name not in watched.ready
               and variable.op.name not in fresh}
    values = self._read(session, fresh)
    if waiting and watched.tries.get(key, 0) < 3:
      assigns = any(
          one.type.startswith(("Assign", "Restore", "If", "While", "Stateful",
                               "PartitionedCall"))
          for op in self._ops(session, elements)
          for one in reach(op, lambda _: True))
      more = self._read(session, waiting) if assigns else {}
      values.update(more)
      watched.tries[key] = 0 if more else (
          watched.tries.get(key, 0) + 1 if assigns else 3)
    trainable = set(
        variable.op.name for variable in session.graph.get_collection(
            "trainable_variables") if hasattr(variable, "op"))
    for name in sorted(values):
      variable = fresh[name] if name in fresh else waiting[name]
      watched.ready[name] = variable
      nth = watched.times.get(name, 0)
      watched.times[name] = nth + 1
      array = to_array(values[name])
      if self.initial is not None:
        array = self._load(session, (watched.number, name, nth), variable,
                           array)
      self._writer.line(
          "init", watched.number, nth, name,
          value_of(array, self._writer.data,
                   WHOLE_INITIAL // max(array.dtype.itemsize, 1)),
          self.calls, name in trainable)

  def _read(self, session, variables):
    """{name: value} of those of `variables` that are initialized."""
    names = sorted(variables)
    if not names:
      return {}
    try:
      return dict(zip(names, session.run([variables[name]
                                          for name in names])))
    except self._tf.errors.OpError:
      found = {}
      for name in names:
        try:
          found[name] = session.run(variables[name])
        except self._tf.errors.OpError:
          pass         # not initialized yet
      return found

  def _load(self, session, key, variable, mine):
    """Replaces a value with the reference's; returns the current value."""
    number, name, nth = key
    there = self._name_there(key)
    self._met.add((number, there))
    theirs = self.initial.get((number, there, nth))
    if theirs is None:
      self.problem(
          "variable %s: the reference %s; it keeps its own value" % (
              name, "has no value for it" if (
                  number, there, nth) not in self.initial
              else "stored only a digest of its value"))
      return mine
    if theirs.shape != mine.shape:
      self.problem("variable %s is %s here and %s in the reference; it keeps "
                   "its own value" % (name, list(mine.shape),
                                      list(theirs.shape)))
      return mine
    # The tensor of the initial value can be fed, so no operation is added.
    theirs = self._nudged(theirs)
    session.run(variable.initializer, {
        variable.initializer.inputs[1]: theirs})
    self.loaded += 1
    return theirs

  def _name_there(self, key):
    """What the reference calls the variable, None if it has no such one."""
    number, name, nth = key
    names = self.initial_names
    for old in names:
      if names[old] == name:
        return old
    if name in names:
      return None            # the reference's of that name is something else
    if (number, name, nth) not in self.initial:
      # A slot of an optimizer has the name of its variable, and more.
      for old in sorted(names, key=len, reverse=True):
        if names[old] is not None and name.startswith(names[old] + "/"):
          return old + name[len(names[old]):]
    return name

  def _nudged(self, array):
    if self.nudge is None or array.dtype.kind != "f":
      return array
    away = np.where(np.random.RandomState(self.nudge).rand(
        *array.shape) < 0.5, -np.inf, np.inf).astype(array.dtype)
    return np.where(array == 0, array, np.nextafter(array, away))

  def _look(self, session, watched):
    ready = {variable.op.name: variable for variable in
             session.graph.get_collection("trainable_variables")
             if hasattr(variable, "op") and variable.op.name in watched.ready}
    values = self._read(session, ready)
    for name in sorted(values):
      self._writer.line("look", watched.number, self.trained, name, value_of(
          to_array(values[name]), self._writer.data,
          max(WHOLE_AT_END, self.whole)))

  def _note_end(self, session):
    if session in self._open:
      self._open.remove(session)
    busy, self._local.busy = getattr(self._local, "busy", False), True
    try:
      watched = self._watched[session]
      values = self._read(session, watched.ready)
    except (RuntimeError, ValueError):   # closed without our noticing
      return
    finally:
      self._local.busy = busy
    for name in sorted(values):
      self._writer.line("end", watched.number, name, value_of(
          to_array(values[name]), self._writer.data,
          max(WHOLE_AT_END, self.whole)))

  # -- the end

  def finish(self, outcome):
    """Writes the final values and closes the file, once and in one process."""
    if not self._mine():
      return
    with self._lock:
      for session in list(self._open):
        self._guard(self._note_end, session)
      if self.initial is not None:
        self._report_unused()
      self.outcome = dict(outcome)
      tail = {"outcome": self.outcome, "problems": self.problems,
              "calls": self.calls, "trained": self.trained,
              "threads": self._threads,
              "sessions": self._sessions, "loaded": self.loaded,
              "loops": self._loops.changed if self._loops else 0}
      if self._tf is not None:
        tail["tensorflow"] = self._tf.__version__
        tail["real_tensorflow"] = getattr(
            sys.modules.get("tensorflow"), "__version__",
            self._tf.__version__)
      self._writer.close(tail)

  def discard(self):
    """Ends the recording and removes its file."""
    if self._mine():
      self.outcome = {"kind": "discarded"}
      self._writer.discard()

  def _report_unused(self):
    missing = set(key[:2] for key in self.initial) - self._met
    for number, name in sorted(missing):
      if number < self._sessions:
        self.problem("variable %s is only in the reference" % name)


# --- the command line ------------------------------------------------------


def take_option(words, names):
  """(value, words without it) of the last `NAME VALUE` among `words`."""
  for at in range(len(words) - 1, -1, -1):
    if words[at] in names and at + 1 < len(words):
      return words[at + 1], words[:at] + words[at + 2:]
    for name in names:
      if name.startswith("--") and words[at].startswith(name + "="):
        return words[at][len(name) + 1:], words[:at] + words[at + 1:]
  return None, words


def add_arguments(parser):
  """The options that both sides have in common."""
  parser.add_argument("--steps", type=int, metavar="N",
                      help="end the program after N calls of Session.run")
  parser.add_argument("--seed", type=int, metavar="N",
                      help="give each new graph this seed, and NumPy and "
                      "Python, for programs that set none")
  parser.add_argument("--threads", type=int, default=1, metavar="N",
                      help="threads of each session (default 1: with more, "
                      "TensorFlow does not reproduce itself; 0: leave it to "
                      "the program)")
  parser.add_argument("--parallel-iterations", type=int, default=1,
                      metavar="N", help="iterations at a time of each loop "
                      "that draws random numbers (default 1: with more, the "
                      "order in which they draw is a matter of speed; 0: "
                      "leave it to the program)")
  parser.add_argument("--initial", metavar="FILE",
                      help="load the variables of this recording after "
                      "initialization")
  parser.add_argument("--initial-names", metavar="FILE",
                      help="with --initial: JSON with the names of variables "
                      "that differ")
  parser.add_argument("--nudge", type=int, metavar="SEED",
                      help="with --initial: move each float to its next "
                      "neighbor, up or down at random")
  parser.add_argument("--variables-at", metavar="N[,N]", default="",
                      help="also record the trainable variables after these "
                      "numbers of training steps")
  parser.add_argument("--gradients", action="store_true",
                      help="also record the gradients that each training step "
                      "applies")
  parser.add_argument("--whole", type=int, default=WHOLE, metavar="N",
                      help="store fetches and feeds of up to N elements in "
                      "full instead of as digest, summary and sample "
                      "(default %d)" % WHOLE)
  parser.add_argument("--max-size", default=MAX_SIZE, metavar="SIZE",
                      help="refuse a recording that unpacks to more bytes, "
                      "such as 500M or 4G (default %s)" % MAX_SIZE)


def make(path, options, argv):
  """The Recorder for the parsed `options`.

  Raises RecordingError if a file cannot be read or written, or if `--steps`
  is not positive.
  """
  if options.steps is not None and options.steps < 1:
    raise RecordingError("`--steps` must be positive, got %d; leave it out "
                         "to run the program to its end" % options.steps)
  recorder = Recorder(
      path, options.steps, options.seed, options.threads,
      None if options.initial is None else initial_values(
          options.initial, size_of(options.max_size)),
      options.nudge,
      [int(word) for word in options.variables_at.split(",") if word],
      options.whole, argv, options.parallel_iterations, options.gradients,
      initial_names(options.initial_names) if options.initial_names else None)
  return recorder


def seed_generators(seed):
  """Seeds Python's and NumPy's generators."""
  if seed is not None:
    random.seed(seed)
    np.random.seed(seed % (1 << 32))


def _message(error):
  try:
    return str(error)
  except Exception:  # a program's own __str__
    return "<its text cannot be made>"


def _traceback(error):
  """The traceback of `error`, without the code that runs the program."""
  ready = getattr(error, "recorded_traceback", None)  # the launcher's
  if ready is not None:
    return ready
  lines = "".join(traceback.format_exception(
      type(error), error, getattr(
          error, "__traceback__", sys.exc_info()[2]))).splitlines(True)
  kept, skip = [], False
  for line in lines:
    if line.startswith('  File "'):
      name = line.split('"')[1]
      skip = (os.path.abspath(name) == os.path.abspath(__file__)
              or os.path.basename(name).rstrip(">") in (
                  "runpy.py", "<frozen runpy"))
    elif not line.startswith("    "):
      skip = False
    if not skip:
      kept.append(line)
  return "".join(kept)


def watch(recorder, run):
  """Calls `run()`, and completes the recording when the program ends."""
  outcome = {"kind": "ended"}
  try:
    return run()
  except StopProgram:
    outcome = {"kind": "stopped"}
  except SystemExit as stop:
    if recorder.stopped:     # how a program left that caught StopProgram
      outcome = {"kind": "stopped"}
      return None
    code = stop.code
    outcome = {"kind": "exit", "code": code if isinstance(code, int) else
               int(code is not None)}
    if code is not None and not isinstance(code, int):
      outcome["said"] = str(code)
    raise
  except BaseException as error:
    if recorder.stopped:
      outcome = {"kind": "stopped"}
      return None
    outcome = {"kind": "error", "type": type(error).__name__,
               "message": _message(error), "traceback": _traceback(error)}
    raise
  finally:
    if os.getpid() == recorder._pid:
      for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
          thread.join()
      recorder.finish(outcome)


def ordered_sets():
  """The module `ordered_sets` of the launcher, or its copy in this file."""
  if "ordered_sets" not in PARTS:
    path = os.path.join(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))), "launcher", "ordered_sets.py")
    with open(path) as file:
      PARTS["ordered_sets"] = file.read()
  module = types.ModuleType("ordered_sets")
  exec(compile(PARTS["ordered_sets"], "ordered_sets.py", "exec"),
       vars(module))
  return module


def run_program(words, as_module, sets=None):
  """Runs the program as `python SCRIPT ...` or `python -m MODULE ...` does.

  `sets` is the module `ordered_sets` if the program gets such sets.
  """
  sys.argv = list(words)
  folder = (os.getcwd() if as_module else
            os.path.dirname(os.path.realpath(words[0])))
  sys.path[0] = folder
  if sets:
    sets.install([folder, os.getcwd()])
  if as_module:
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
  elif sets and words[0].endswith(".py"):
    main = types.ModuleType("__main__")
    main.__file__ = words[0]
    sys.modules["__main__"] = main
    with open(words[0], "rb") as file:
      exec(sets.compile_source(file.read(), words[0]), vars(main))
  else:
    runpy.run_path(words[0], run_name="__main__")


def load_python2(path):
  """What runs a Python 2 program whose converted sources are in `path`."""
  import importlib.util
  with io.open(path, encoding="utf-8") as file:
    found = json.load(file)
  folder = found["runtime"]
  spec = importlib.util.spec_from_file_location(
      "_tfcompat_python2", os.path.join(folder, "__init__.py"),
      submodule_search_locations=[folder])
  module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module.start(found["sources"])


def main(argv=None):
  """Records one program under a real TensorFlow 1.x; returns an exit code."""
  words = list(sys.argv[1:] if argv is None else argv)
  parser = argparse.ArgumentParser(
      description=__doc__.splitlines()[0],
      usage="%(prog)s [options] [-m] SCRIPT [ARGS...] -o FILE.npz")
  parser.add_argument("-o", "--output", metavar="FILE.npz")
  parser.add_argument("-m", dest="module", action="store_true",
                      help="SCRIPT is the name of a module")
  parser.add_argument("--ordered-sets", action="store_true",
                      help="make the sets of the program's own modules "
                      "iterate in sorted order")
  parser.add_argument("--resource-variables", action="store_true",
                      help="make every variable a resource variable "
                      "(TensorFlow 1.11 and later)")
  parser.add_argument("--python2", metavar="FILE", help=argparse.SUPPRESS)
  add_arguments(parser)
  parser.add_argument("program", nargs=argparse.REMAINDER)
  options = parser.parse_args(words)
  program = options.program
  if program[:1] == ["--"]:
    program = program[1:]
  if not options.output:
    options.output, program = take_option(program, ("-o", "--output"))
  if not program or not options.output:
    parser.error("name the SCRIPT and, with -o, the FILE.npz to write")
  try:
    import tensorflow as tf
  except ImportError as error:
    print("recorder: this Python has no TensorFlow (%s): %s" % (
        error, sys.executable), file=sys.stderr)
    return 3
  if not tf.__version__.startswith("1."):
    print("recorder: `PYTHON` must have TensorFlow 1.4 to 1.15, got %s in "
          "%s; for TensorFlow 2, use `tfcompat-rnn record`" % (
              tf.__version__, sys.executable), file=sys.stderr)
    return 3
  if options.resource_variables:
    if not hasattr(tf, "enable_resource_variables"):
      print("recorder: `--resource-variables` needs TensorFlow 1.11 to 1.15, "
            "got %s; leave it out" % tf.__version__, file=sys.stderr)
      return 3
    tf.enable_resource_variables()
  try:
    recorder = make(options.output, options, program)
  except RecordingError as error:
    print("recorder: %s" % error, file=sys.stderr)
    return 3
  # The same classes, but without a deprecation notice for each.
  recorder.attach(getattr(getattr(tf, "compat", None), "v1", tf))
  seed_generators(options.seed)
  sets = ordered_sets() if options.ordered_sets else None
  run = (load_python2(options.python2) if options.python2 else
         lambda program, as_module: run_program(program, as_module, sets))
  try:
    watch(recorder, lambda: run(program, options.module))
  except RecordingError as error:
    print("recorder: %s" % error, file=sys.stderr)
    return 3
  return 0


if __name__ == "__main__":
  sys.exit(main())
