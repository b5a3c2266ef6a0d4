"""The base classes of monitors."""

from tfcompat_rnn._errors import require as _require


class BaseMonitor:
  """The base class of monitors: `step_begin` names tensors, `step_end` gets
  their values and says whether to stop.

  TF 1.15: `tf.contrib.learn.monitors.BaseMonitor`.
  """

  # The estimator that trains, and how far it is: an epoch and a step are open
  # between the two calls that frame them.
  _estimator = None
  _begun = False
  _max_steps = None
  _current_epoch = None
  _current_step = None

  @property
  def run_on_all_workers(self):
    """Whether workers other than the chief run it too."""
    return False

  def set_estimator(self, estimator):
    """Says which estimator trains."""
    _require(estimator is not None, "estimator", "be an estimator", None,
             "pass the one that trains")
    self._estimator = estimator

  def begin(self, max_steps=None):
    """Before the first step."""
    _require(not self._begun, "begin", "be called once for a training",
             "a second call", "call `end` in between")
    self._begun, self._max_steps = True, max_steps

  def end(self, session=None):
    """After the last step."""
    _require(self._begun, "end", "close what `begin` has opened",
             "no call of `begin`", "call that first")
    self._begun, self._max_steps = False, None

  def epoch_begin(self, epoch):
    """Before an epoch."""
    _require(self._current_epoch is None, "epoch_begin",
             "be called when no epoch is open",
             f"a call during epoch {self._current_epoch}",
             "call `epoch_end` first")
    _require(epoch >= 0, "epoch", "be a number from 0 on", epoch,
             "count the epochs from 0")
    self._current_epoch = epoch

  def epoch_end(self, epoch):
    """After an epoch."""
    self._close("epoch", epoch)

  def step_begin(self, step):
    """Before a step; returns tensors or names of what to fetch."""
    limit = float("inf") if self._max_steps is None else self._max_steps
    _require(0 <= step <= limit, "step",
             f"be from 0 to `max_steps`, here {self._max_steps}", step,
             "pass the global step")
    self._current_step = step
    return []

  def step_end(self, step, output):
    """After a step, with `{what was asked for: value}`; True stops."""
    self._close("step", step)
    return False

  def post_step(self, step, session):
    """After `step_end` of all monitors."""

  def _close(self, kind, number):
    current = "_current_" + kind
    begun = getattr(self, current)
    _require(number == begun, kind, f"be {begun}, the one that has begun",
             number, f"call `{kind}_begin` and `{kind}_end` with one number")
    setattr(self, current, None)


def output(outputs, request):
  return outputs[request if request in outputs else request.name]


class EveryN(BaseMonitor):
  """A monitor that does something every `every_n_steps` steps.

  Derived classes have `every_n_step_begin`, `every_n_step_end` and
  `every_n_post_step`.

  TF 1.15: `tf.contrib.learn.monitors.EveryN`.
  """

  # Whether it acts in this step, the last one in which it did, and the last
  # one there was.
  _is_active = False
  _last_active_step = 0
  _last_successful_step = None

  def __init__(self, every_n_steps=100, first_n_steps=1):
    super().__init__()
    self._first_n_steps = first_n_steps
    self._every_n_steps = every_n_steps

  def step_begin(self, step):
    requests = super().step_begin(step)
    due = self._last_active_step + self._every_n_steps
    self._is_active = (step == self._max_steps
                       or not self._first_n_steps < step < due)
    return self.every_n_step_begin(step) if self._is_active else requests

  def every_n_step_begin(self, step):
    """What to fetch."""
    return []

  def step_end(self, step, output):
    stop = super().step_end(step, output)
    return self.every_n_step_end(step, output) if self._is_active else stop

  def every_n_step_end(self, step, outputs):
    """Gets the values; True stops."""
    return False

  def post_step(self, step, session):
    super().post_step(step, session)
    if self._is_active:
      self.every_n_post_step(step, session)
    self._last_successful_step = step
    if self._is_active:
      self._last_active_step = step

  def every_n_post_step(self, step, session):
    """After the step, and after the last one."""

  def end(self, session=None):
    super().end(session)
    last = self._last_successful_step
    if last != self._last_active_step:
      self.every_n_post_step(last, session)
