"""Choosing symbols in a loop over `session.run`, without creating ops."""

import contextlib
import os

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import choice as choice_lib


@contextlib.contextmanager
def choosing(choice, seed, temperature, session):
  """Yields an object with `in_model(step)` and `choose(output, step, more)`.

  `in_model` returns what to fetch and feed in the model's own run; `more` is
  what those fetches returned.
  """
  if isinstance(choice, str):
    if choice != "greedy":
      raise _errors.ArgumentError(_errors.problem(
          "choice", 'be "greedy", a Choice, a PreparedChoice or a function',
          repr(choice), "see tfcompat_rnn.feedback.choice"))
    choice = choice_lib.greedy()
  if isinstance(choice, choice_lib.PreparedChoice):
    yield _Prepared(choice, seed, temperature, session)
  elif isinstance(choice, choice_lib.Choice):
    choice = choice.replaced(seed, temperature)
    if choice.is_greedy:
      yield _Greedy()
    else:
      with _Beside(choice) as beside:
        yield beside
  elif seed is not None or temperature is not None:
    raise _errors.ArgumentError(_errors.problem(
        "seed and temperature", "be given with a choice that draws",
        repr(choice), "pass choice=temperature(1.0) or top_k(5)"))
  elif choice is None:
    yield _Nothing()
  elif callable(choice):
    yield _Function(choice)
  else:
    raise _errors.ArgumentTypeError(_errors.problem(
        "choice", 'be "greedy", a Choice, a PreparedChoice or a function',
        repr(choice), "see tfcompat_rnn.feedback.choice"))


class _Nothing:
  """Feeds outputs back unchanged."""

  def in_model(self, unused_step):
    return (), ()

  def choose(self, output, unused_step, unused_more):
    return output


class _Function(_Nothing):
  """A function of arrays supplied by the program."""

  def __init__(self, function):
    self._function = function

  def choose(self, output, step, unused_more):
    return np.asarray(self._function(output, step))


class _Greedy(_Nothing):
  """The first of the largest elements, like `tf.argmax`."""

  def choose(self, output, unused_step, unused_more):
    _check_logits(output)
    peak = np.max(output, axis=1)
    if np.isnan(output).any() or not (peak > -np.inf).all():
      raise _errors.ArgumentError(choice_lib.NO_NUMBERS)
    return np.argmax(output, axis=1).astype(np.int32)


class _Prepared(_Nothing):
  """Ops in the model's graph."""

  def __init__(self, prepared, seed, temperature, session):
    if prepared.ids.graph is not session.graph:
      raise _errors.ArgumentError(_errors.problem(
          "choice", "be prepared in the session's graph", "another graph",
          "call choice.prepare(logits) where the model is built"))
    self._prepared = prepared
    # Checks both, and that the choice draws at all.
    given = prepared.choice.replaced(seed, temperature)
    self._settings = []
    if given.is_greedy:
      return
    if given.seed is None:
      given.seed = _new_seed()
    for holder, value in ((prepared.seed, given.seed),
                          (prepared.temperature, given.temperature)):
      if not tf.is_tensor(value):
        self._settings.append((holder, value))

  def in_model(self, step):
    return [self._prepared.ids], [
        (self._prepared.step, step)] + self._settings

  def choose(self, unused_output, unused_step, more):
    return more[0]


class _Beside(_Nothing):
  """The same ops in a small separate graph."""

  def __init__(self, choice):
    if choice.holds_tensors:
      raise _errors.ArgumentError(_errors.problem(
          "choice", "be of plain numbers, or prepared", repr(choice),
          "call choice.prepare(logits) where the model is built"))
    if choice.seed is None:
      choice = choice.replaced(seed=_new_seed())
    self._choice = choice
    self._runs = {}  # dtype of the logits -> callable
    self._session = None

  def __enter__(self):
    return self

  def __exit__(self, *unused):
    if self._session is not None:
      self._session.close()

  def choose(self, output, step, unused_more):
    _check_logits(output)
    dtype = tf.as_dtype(output.dtype)
    if dtype not in self._runs:
      self._runs[dtype] = self._build(dtype, output.shape[1])
    return self._runs[dtype](output, np.asarray(step, np.int32))

  def _build(self, dtype, symbols):
    with tf.Graph().as_default() as graph:
      logits = tf.placeholder(dtype, [None, symbols])
      prepared = self._choice.prepare(logits)
      self._session = tf.Session(
          graph=graph, config=tf.ConfigProto(device_count={"GPU": 0}))
      return self._session.make_callable(
          prepared.ids, [logits, prepared.step])


def _new_seed():
  return int.from_bytes(os.urandom(7), "little")


def _check_logits(output):
  if output.ndim != 2:
    raise _errors.ArgumentError(_errors.problem(
        "outputs", "be logits, [batch, time, symbols], if there is a "
        "`choice`", f"shape {list(output.shape)} for one step",
        "fetch the input of the softmax"))
