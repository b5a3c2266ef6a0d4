"""`tf.keras.wrappers.scikit_learn`: models as estimators of scikit-learn.

Keras removed it in 2022; the package scikeras succeeds it.
"""

import copy
import inspect

import numpy as np

from tfcompat_rnn._errors import ArgumentError
from tfcompat_rnn._errors import problem
from tfcompat_rnn.namespace.keras import loading

_keras = loading.api()
_METHODS = ("fit", "predict", "evaluate")


def _accepts(function, name):
  return name in inspect.signature(function).parameters


class BaseWrapper:
  """What both wrappers share: arguments by name, and `fit`.

  `build_fn` returns a compiled model; None means the `__call__` of a
  subclass. `sk_params` are arguments of `build_fn` or of the model's `fit`,
  `predict` and `evaluate`. Raises ValueError for any other argument.

  TF 1.15: `tf.keras.wrappers.scikit_learn.BaseWrapper`.
  """

  def __init__(self, build_fn=None, **sk_params):
    self.build_fn = build_fn
    self.sk_params = sk_params
    self.check_params(sk_params)

  def _maker(self):
    if self.build_fn is None:
      return self.__call__
    if inspect.isfunction(self.build_fn) or inspect.ismethod(self.build_fn):
      return self.build_fn
    return self.build_fn.__call__

  def check_params(self, params):
    model = _keras.Sequential
    functions = [getattr(model, name) for name in _METHODS] + [self._maker()]
    for name in params:
      if name != "nb_epoch" and not any(
          _accepts(function, name) for function in functions):
        raise ArgumentError(problem(
            name, "be an argument of build_fn, fit, predict or evaluate",
            repr(params[name]), "remove it or check the spelling"))

  def get_params(self, **params):
    """The arguments, as scikit-learn asks for them."""
    found = copy.deepcopy(self.sk_params)
    found["build_fn"] = self.build_fn
    return found

  def set_params(self, **params):
    self.check_params(params)
    self.sk_params.update(params)
    return self

  def filter_sk_params(self, function, override=None):
    """Those arguments that `function` accepts, and `override`."""
    found = {name: value for name, value in self.sk_params.items()
             if _accepts(function, name)}
    found.update(override or {})
    return found

  def _ask(self, method, *data, **kwargs):
    """Calls a method of the model with the arguments that are for it."""
    method = getattr(self.model, method)
    return method(*data, **self.filter_sk_params(method, kwargs))

  def _labels(self, y):
    """One column for each class, if the model's loss is for those."""
    loss = getattr(self.model.loss, "__name__", self.model.loss)
    if loss != "categorical_crossentropy" or np.ndim(y) == 2:
      return y
    return _keras.utils.to_categorical(y)

  def fit(self, x, y, **kwargs):
    """Builds the model and trains it; returns Keras's `History`."""
    maker = self._maker()
    self.model = maker(**self.filter_sk_params(maker))
    return self._ask("fit", x, self._labels(y), **kwargs)


class KerasClassifier(BaseWrapper):
  """A classifier of scikit-learn around a Keras model.

  Example: `KerasClassifier(build_fn=make_model, epochs=3, verbose=0)`

  TF 1.15: `tf.keras.wrappers.scikit_learn.KerasClassifier`.
  """
  _estimator_type = "classifier"

  def fit(self, x, y, **kwargs):
    y = np.array(y)
    columns = y.shape[1] if y.ndim == 2 else int(y.ndim == 1)
    if not columns:
      raise ArgumentError(problem(
          "y", "be [batch] or [batch, classes]", f"the shape {y.shape}",
          "reshape it"))
    if columns > 1:
      self.classes_ = np.arange(columns)
    else:
      self.classes_, numbers = np.unique(y, return_inverse=True)
      y = numbers.reshape(y.shape)
    self.n_classes_ = len(self.classes_)
    return super().fit(x, y, **kwargs)

  def predict(self, x, **kwargs):
    """The class of each row, `[batch]`."""
    scores = self._ask("predict", x, **kwargs)
    if scores.shape[-1] > 1:
      return self.classes_[scores.argmax(axis=-1)]
    return self.classes_[(scores > 0.5).astype("int32")]

  def predict_proba(self, x, **kwargs):
    """The probability of each class, `[batch, classes]`."""
    scores = self._ask("predict", x, **kwargs)
    return np.hstack([1 - scores, scores]) if scores.shape[1] == 1 else scores

  def score(self, x, y, **kwargs):
    """The accuracy. Raises ValueError if the model was compiled without."""
    numbers = np.searchsorted(self.classes_, y)
    values = self._ask("evaluate", x, self._labels(numbers), **kwargs)
    names = self.model.metrics_names
    if not isinstance(values, list):
      values = [values]
    found = [value for name, value in zip(names, values)
             if name in ("accuracy", "acc")]
    if not found:
      raise ArgumentError(problem(
          "metrics", "contain the accuracy", names,
          "compile the model with metrics=['accuracy']"))
    return found[0]


class KerasRegressor(BaseWrapper):
  """A regressor of scikit-learn around a Keras model.

  Example: `KerasRegressor(build_fn=make_model, epochs=3, verbose=0)`

  TF 1.15: `tf.keras.wrappers.scikit_learn.KerasRegressor`.
  """
  _estimator_type = "regressor"

  def predict(self, x, **kwargs):
    """The prediction for each row, `[batch]` or `[batch, outputs]`."""
    return np.squeeze(self._ask("predict", x, **kwargs))

  def score(self, x, y, **kwargs):
    """The negative loss, so that more is better."""
    loss = self._ask("evaluate", x, y, **kwargs)
    return -(loss[0] if isinstance(loss, list) else loss)
