"""Choosing symbols from logits: greedily, with a temperature, or in the top k.

A draw depends only on the seed, the step number and the row; there is no state,
and no dependence on other draws. A loop in the graph and a loop over
`session.run` therefore draw the same symbols, and a sequence can be continued
where it ended.
"""

from __future__ import annotations

import contextlib
import copy

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf

_PHILOX = 1  # gives the same numbers on every kind of device
_SEED_KEY = 0x02461e293ec8f720  # with which TensorFlow mixes a pair of seeds
_LARGEST_SEED = 2**63 - 1
NO_NUMBERS = _errors.problem(
    "logits", "be numbers, with a finite one in each row",
    "NaN, +inf or a row of -inf", "look at the model's output")
_compiling: list = []  # the conditions of each `compiled` context


def greedy() -> Choice:
  """Chooses the most probable symbol, or the first of several equal ones.

    ids = greedy()(logits, step)           # [batch, symbols] -> int32 [batch]

  Returns:
    A `Choice`, which ignores `step`.
  """
  return Choice()


def temperature(temperature: types.TensorLike,
                seed: types.TensorLike | None = None) -> Choice:
  """Draws a symbol with probability `softmax(logits / temperature)`.

    ids = temperature(0.8, seed=7)(logits, step)    # int32 [batch]

  Args:
    temperature: above 0. 1 draws from the model's own distribution; lower
      values favor probable symbols. A number, a scalar tensor, or a tensor
      `[batch]` with one value per row.
    seed: an int or a scalar integer tensor. Without a seed, `self_feeding_rnn`
      draws a new one in each run, and `generate` in each call.

  Raises:
    ArgumentError: `temperature` is not above 0, or `seed` needs more than 64
      bits.
    ArgumentTypeError: one of them is neither a number nor a tensor.
  """
  return Choice(temperature=_checked_temperature(temperature), seed=seed)


def top_k(k: types.TensorLike, temperature: types.TensorLike = 1.0,
          seed: types.TensorLike | None = None) -> Choice:
  """Draws a symbol from the `k` most probable, like `temperature`.

    ids = top_k(5, temperature=0.8, seed=7)(logits, step)    # int32 [batch]

  If logits are equal at the boundary, symbols with smaller numbers are
  included.

  Args:
    k: a whole number from 1 to the number of symbols, or a scalar tensor.
    temperature: see `temperature`.
    seed: see `temperature`.

  Raises: the errors of `temperature`; also ArgumentError if `k` is below 1.
  """
  if not tf.is_tensor(k):
    if isinstance(k, bool) or not hasattr(k, "__index__"):
      raise _errors.ArgumentTypeError(_errors.problem(
          "k", "be a whole number", repr(k), "pass an int such as 5"))
    k = int(k)
    if k < 1:
      raise _errors.ArgumentError(_errors.problem(
          "k", "be at least 1", k, "for only the best symbol use greedy()"))
  return Choice(temperature=_checked_temperature(temperature), seed=seed, k=k)


class Choice:
  """The result of `greedy`, `temperature` and `top_k`; call it on logits.

  Attributes:
    temperature: the temperature; None for the greedy choice.
    k: how many symbols to draw from; None for all.
    seed: the given seed.
    dtype: dtype of the symbols, int32.
  """

  dtype = tf.int32

  def __init__(self, temperature: types.TensorLike | None = None,
               seed: types.TensorLike | None = None,
               k: types.TensorLike | None = None) -> None:
    self.temperature = temperature
    self.k = k
    self.seed = _checked_seed(seed)

  def __repr__(self):
    if self.is_greedy:
      return "greedy()"
    rest = f"{self.temperature!r}, seed={self.seed!r})"
    if self.k is None:
      return f"temperature({rest}"
    return f"top_k({self.k!r}, {rest}"

  @property
  def is_greedy(self) -> bool:
    """Whether nothing is drawn."""
    return self.temperature is None

  @property
  def holds_tensors(self) -> bool:
    """Whether a tensor among its settings ties it to one graph."""
    return any(tf.is_tensor(part)
               for part in (self.temperature, self.seed, self.k))

  def replaced(self, seed: types.TensorLike | None = None,
               temperature: types.TensorLike | None = None) -> Choice:
    """A copy with another seed or temperature (None: unchanged)."""
    if self.is_greedy and (seed is not None or temperature is not None):
      raise _errors.ArgumentError(_errors.problem(
          "choice", "draw, to take a seed or a temperature", repr(self),
          "pass choice=temperature(1.0) or top_k(5)"))
    twin = copy.copy(self)
    if seed is not None:
      twin.seed = _checked_seed(seed)
    if temperature is not None:
      twin.temperature = _checked_temperature(temperature)
    return twin

  def with_seed(self) -> Choice:
    """Returns itself if it has a seed, else a copy that draws one in each run.

    Call it before a loop, so that the seed is drawn by a single op.
    """
    if self.is_greedy or self.seed is not None:
      return self
    return self.replaced(seed=fresh_seed())

  def __call__(self, logits: types.TensorLike,
               step: types.TensorLike) -> types.Tensor:
    """The symbols chosen, int32 `[batch]`.

    Args:
      logits: floating `[batch, symbols]`.
      step: the step number, an int or a scalar integer tensor.

    Raises:
      ArgumentError: `logits` is not of rank 2, or has fewer symbols than `k`.
      ArgumentTypeError: `logits` is not floating-point.
      tf.errors.InvalidArgumentError: at run time, if a logit is NaN or +inf
        (+inf is allowed for greedy), or all logits of a row are -inf.
    """
    logits = _checked_logits(logits, self.k)
    with tf.name_scope("choice"):
      if self.is_greedy:
        some = tf.reduce_all(tf.reduce_max(logits, axis=1) > -np.inf)
        with tf.control_dependencies(_checks(logits, some)):
          return tf.argmax(logits, axis=1, output_type=tf.int32)
      seed = fresh_seed() if self.seed is None else self.seed
      draws = uniform(seed, step, tf.shape(logits)[0])
      if self.k is None:
        return _draw(logits, self.temperature, draws)
      with tf.control_dependencies(_checks(logits)):
        best, places = tf.math.top_k(logits, self.k)
      return tf.gather(
          places, _draw(best, self.temperature, draws), batch_dims=1)

  def prepare(self, logits: types.TensorLike,
              time_major: bool = False) -> PreparedChoice:
    """The ops of this choice on a model's logits, for `generate` to run.

      prepared = top_k(5, seed=7).prepare(logits)    # before graph.finalize()
      generate(session, X, logits, ..., choice=prepared)

    Args:
      logits: `[batch, symbols]`, or `[batch, time, symbols]` to use the last
        step (`[time, batch, symbols]` with `time_major`).
      time_major: see `logits`.

    Returns:
      A `PreparedChoice`.
    """
    return PreparedChoice(self, logits, time_major)


class PreparedChoice:
  """A choice as ops in a model's graph, with placeholders to feed.

  Attributes:
    choice: the `Choice` from which it was made.
    ids: the symbols, int32 `[batch]`.
    step: int32 placeholder, the step number.
    seed: int64 placeholder with a default; None for the greedy choice.
    temperature: float64 placeholder with a default; None for the greedy
      choice.
    dtype: dtype of the symbols.
  """

  def __init__(self, choice: Choice, logits: types.TensorLike,
               time_major: bool = False) -> None:
    self.choice = choice
    self.dtype = choice.dtype
    logits = tf.convert_to_tensor(logits)
    if logits.shape.ndims == 3:
      logits = logits[-1] if time_major else logits[:, -1]
    with tf.name_scope("prepared_choice"):
      self.step = tf.placeholder_with_default(
          tf.constant(0, tf.int32), [], name="step")
      self.seed = self.temperature = None
      if not choice.is_greedy:
        seed = fresh_seed() if choice.seed is None else choice.seed
        self.seed = tf.placeholder_with_default(
            tf.cast(seed, tf.int64), [], name="seed")
        temperature = tf.cast(choice.temperature, tf.float64)
        self.temperature = tf.placeholder_with_default(
            temperature, temperature.shape, name="temperature")
        choice = choice.replaced(seed=self.seed, temperature=self.temperature)
      self.ids = choice(logits, self.step)


def uniform(seed: types.TensorLike, step: types.TensorLike,
            rows: types.TensorLike) -> types.Tensor:
  """`[rows]` float64 numbers in [0, 1) that depend on (seed, step, row)."""
  pair = tf.stack([tf.cast(seed, tf.int64), tf.cast(step, tf.int64)])
  shape = tf.reshape(rows, [-1])
  if _compiling:
    return _uniform_from_bits(pair, shape)
  state = tf.raw_ops.StatelessRandomGetKeyCounter(seed=pair)
  return tf.raw_ops.StatelessRandomUniformV2(
      shape=shape, key=state.key, counter=state.counter, alg=_PHILOX,
      dtype=tf.float64)


def _uniform_from_bits(pair, shape):
  """What TensorFlow's kernels draw, made of bits, which XLA draws alike.

  XLA's own forms of both operations give other numbers: of the first where a
  seed needs more than 32 bits, of the second always. The kernels take the key
  and the counter from one draw, and a number from 52 of its 64 bits: the 20 low
  ones of the first word, then all of the second word.
  """
  def bits(key, counter, shape, dtype):
    return tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=shape, key=key, counter=counter, alg=_PHILOX, dtype=dtype)

  mixed = bits(tf.constant([_SEED_KEY], tf.uint64),
               tf.bitcast(pair, tf.uint64), [2], tf.uint64)
  counter = tf.stack([tf.constant(0, tf.uint64), mixed[1]])
  drawn = bits(mixed[:1], counter, shape, tf.int64)
  first = tf.bitwise.bitwise_and(drawn, tf.constant(2**20 - 1, tf.int64))
  second = tf.bitwise.bitwise_and(
      tf.bitwise.right_shift(drawn, tf.constant(32, tf.int64)),
      tf.constant(2**32 - 1, tf.int64))
  whole = tf.bitwise.bitwise_or(
      tf.bitwise.left_shift(first, tf.constant(32, tf.int64)), second)
  return tf.cast(whole, tf.float64) * 2.**-52


def fresh_seed(op_seed: int | None = None) -> types.Tensor:
  """An int64 scalar that is drawn in each run, using TensorFlow's seeds."""
  return tf.random_uniform(
      [], 0, 2**62, dtype=tf.int64, seed=op_seed, name="fresh_seed")


@contextlib.contextmanager
def compiled():
  """Choices built in this context give the same symbols when XLA compiles them.

  Yields a list to which they add what must be true: a compiled step cannot stop
  with an error.
  """
  conditions = []
  _compiling.append(conditions)
  try:
    yield conditions
  finally:
    _compiling.pop()


def require_numbers(condition):
  """Ops, at most one, that fail at run time unless `condition` is true."""
  if _compiling:
    _compiling[-1].append(condition)
    return []
  return [tf.Assert(condition, [NO_NUMBERS])]


def _checks(logits, more=True):
  """An op that fails at run time for a NaN, or where `more` is false."""
  sound = tf.logical_not(tf.reduce_any(tf.math.is_nan(logits)))
  return require_numbers(tf.logical_and(sound, more))


def _draw(logits, temperature, draws):
  """The position in each row, by inverting the distribution function."""
  logits = tf.cast(logits, tf.float64)
  temperature = tf.cast(temperature, tf.float64)
  if temperature.shape.ndims == 1:
    temperature = tf.expand_dims(temperature, 1)
  peak = tf.stop_gradient(tf.reduce_max(logits, axis=1, keepdims=True))
  weights = tf.exp((logits - peak) / temperature)
  sums = tf.cumsum(weights, axis=1)
  # Sums may be computed in any order, so a position with zero weight must never
  # be chosen, and the last one with positive weight must always be possible.
  has_weight = weights > 0
  total = tf.reduce_max(tf.where(has_weight, sums, tf.zeros_like(sums)), axis=1)
  with tf.control_dependencies(require_numbers(tf.reduce_all(total > 0))):
    hit = tf.logical_and(
        has_weight, sums > tf.expand_dims(draws * total, 1))
  return tf.argmax(tf.cast(hit, tf.int32), axis=1, output_type=tf.int32)


def _checked_logits(logits, k):
  logits = tf.convert_to_tensor(logits)
  if not logits.dtype.is_floating:
    raise _errors.ArgumentTypeError(_errors.problem(
        "logits", "be floating", logits.dtype.base_dtype.name,
        "pass the input of the softmax"))
  if logits.shape.ndims is not None and logits.shape.ndims != 2:
    raise _errors.ArgumentError(_errors.problem(
        "logits", "be [batch, symbols]", f"shape {logits.shape}",
        "pass one step of them, or return them from processing="))
  symbols = logits.shape.as_list()[1] if logits.shape.ndims else None
  if None not in (symbols, k) and not tf.is_tensor(k) and k > symbols:
    raise _errors.ArgumentError(_errors.problem(
        "k", f"be at most {symbols}, the number of symbols", k,
        f"pass k={symbols}, or temperature() to draw from all"))
  return logits


def _checked_temperature(temperature):
  if tf.is_tensor(temperature):
    return temperature
  try:
    number = float(temperature)
  except (TypeError, ValueError):
    raise _errors.ArgumentTypeError(_errors.problem(
        "temperature", "be a number or a tensor", repr(temperature),
        "pass a temperature such as 0.8")) from None
  if not 0.0 < number < float("inf"):
    raise _errors.ArgumentError(_errors.problem(
        "temperature", "be above 0 and finite", repr(temperature),
        "for the most probable symbol use greedy()"))
  return number


def _checked_seed(seed):
  if seed is None or tf.is_tensor(seed):
    return seed
  if isinstance(seed, bool) or not hasattr(seed, "__index__"):
    raise _errors.ArgumentTypeError(_errors.problem(
        "seed", "be a whole number or a tensor", repr(seed),
        "pass an int such as 7"))
  seed = int(seed)
  if not -_LARGEST_SEED <= seed <= _LARGEST_SEED:
    raise _errors.ArgumentError(_errors.problem(
        "seed", "fit in 64 bits", seed, "pass a smaller number"))
  return seed
