"""Keeps TensorFlow's start-up messages off the screen, and nothing else.

Three sources. C++ log lines: `TF_CPP_MIN_LOG_LEVEL` stops most of them, but
not what libraries print while they are loaded, nor Abseil's "All log messages
before absl::InitializeLog()" (in 2.18 at the first session too). Therefore file
descriptor 2 passes through a filter while TensorFlow is imported and while the
first session starts. Deprecation notices of TensorFlow's own
Python logger. Python warnings raised in TensorFlow's modules, and two
of NumPy's about the style of old programs. A program's own `tf.logging` and
`warnings` are untouched.
"""

import contextlib
import logging
import os
import re
import signal
import sys
import threading
import time
import warnings

LEVEL_VARIABLE = "TF_CPP_MIN_LOG_LEVEL"

# What a line of TensorFlow's C++ logging looks like. Severity E only if it
# means "no GPU here" or "registered twice", which each start prints.
_NOISE = re.compile(rb"""
    WARNING:\ All\ log\ messages\ before\ absl::InitializeLog
  | [IW]\d{4}\ [\d:.]+\s+\d+\ \S+\.cc:\d+\]
  | E\d{4}\ [\d:.]+\s+\d+\ (cuda_|computation_placer|cudart_)\S*\.cc:\d+\]
  | \d{4}-\d\d-\d\d\ [\d:.]+:\ [IW]\ \S+\.cc:\d+\]
  | \d{4}-\d\d-\d\d\ [\d:.]+:\ E\ \S*(cuda_|computation_placer)\S*\.cc:\d+\]
  | To\ enable\ the\ following\ instructions:\ .*rebuild\ TensorFlow
  """, re.VERBOSE)

_DEPRECATED = ("Instructions for updating:", "is deprecated and will be "
               "removed", "is deprecated, please use")

# What NumPy 2 says about things that old programs do everywhere.
_NUMPY_NOTICES = (r"Conversion of an array with ndim > 0 to a scalar",
                  r"tostring\(\) is deprecated",
                  r"The binary mode of fromstring is deprecated",
                  r"Calling np\.sum\(generator\) is deprecated")

_WARNING_MODULES = r"(tensorflow|keras|tf_keras|tf_slim)(\.|$)"


def is_noise(line):
  """Whether `line` (bytes) is one of TensorFlow's start-up lines.

  >>> is_noise(b"I0000 00:00:17.5  75 port.cc:153] oneDNN custom operations")
  True
  """
  return bool(_NOISE.match(line))


def silence(patches):
  """Sets everything that can be set before TensorFlow is imported."""
  if LEVEL_VARIABLE not in os.environ:
    patches.replace(os.environ, LEVEL_VARIABLE, "3", item=True)
  logger = logging.getLogger("tensorflow")
  logger.addFilter(_keep_record)
  patches.on_close(logger.removeFilter, _keep_record)
  for category in (DeprecationWarning, PendingDeprecationWarning,
                   FutureWarning, UserWarning):
    patches.filter_warnings("ignore", category=category,
                            module=_WARNING_MODULES)
  for notice in _NUMPY_NOTICES:
    patches.filter_warnings("ignore", notice, DeprecationWarning)


def _keep_record(record):
  return not any(words in str(record.msg) for words in _DEPRECATED)


def watch_first_session(patches, tf):
  """Filters what the first `tf.Session` prints as it starts."""
  for owner in (tf.Session, tf.InteractiveSession):
    _filter_once(patches, owner, "__init__")
  # `run` is inherited by both from one base.
  _filter_once(patches, next(base for base in tf.Session.__mro__
                             if "run" in vars(base)), "run")


def _filter_once(patches, owner, name):
  def make(original):
    def started(*args, **kwargs):
      patch.undo()
      with quiet_stderr():
        return original(*args, **kwargs)
    return started

  if name in vars(owner):
    patch = patches.wrap(owner, name, make)


@contextlib.contextmanager
def quiet_stderr():
  """Passes file descriptor 2 through the filter, in a separate process.

  In its own process, because then the last words of a process that dies (a
  CPU without AVX, say) still come through. Where that cannot be done, nothing
  is filtered.
  """
  if (not hasattr(os, "fork") or threading.active_count() > 1
      or threading.current_thread() is not threading.main_thread()):
    yield
    return
  try:
    sys.stderr.flush()
    kept = os.dup(2)
    reading, writing = os.pipe()
  except (OSError, AttributeError):
    yield
    return
  with warnings.catch_warnings():
    # About TensorFlow's threads; the child touches nothing of theirs.
    warnings.simplefilter("ignore", DeprecationWarning)
    child = os.fork()
  if child == 0:
    _filter_forever(reading, writing, kept)
  os.dup2(writing, 2)
  os.close(writing)
  os.close(reading)
  try:
    yield
  finally:
    with contextlib.suppress(OSError, AttributeError, ValueError):
      sys.stderr.flush()
    os.dup2(kept, 2)
    os.close(kept)
    _wait_for(child)


def _wait_for(child, seconds=5):
  # A process started meanwhile may keep the pipe open: it continues to write
  # through the filter, and we do not wait for it.
  end = time.monotonic() + seconds
  while time.monotonic() < end:
    try:
      if os.waitpid(child, os.WNOHANG)[0]:
        return
    except ChildProcessError:
      return
    time.sleep(0.001)


def _filter_forever(reading, writing, target):
  """The filter process. Never returns."""
  try:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                   signal.SIGQUIT):
      signal.signal(number, signal.SIG_IGN)
    os.close(writing)
    rest = b""
    while True:
      block = os.read(reading, 65536)
      if not block:
        break
      *lines, rest = (rest + block).split(b"\n")
      _write(target, b"".join(
          line + b"\n" for line in lines if not is_noise(line)))
      if rest and not _may_become_noise(rest):
        # A progress bar rewrites its line without ending it.
        _write(target, rest)
        rest = b""
    if not is_noise(rest):
      _write(target, rest)
  finally:
    os._exit(0)


def _may_become_noise(rest):
  return is_noise(rest) or (
      len(rest) < 200 and rest[:1] in b"IWET0123456789"
      and b"\r" not in rest)


def _write(target, data):
  while data:
    data = data[os.write(target, data):]
