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

  def fit(self, x, y, **kwargs):
    """Builds the model and trains it; returns Keras's `History`."""
    maker = self._maker()
    self.model = maker(**self.filter_sk_params(maker))
    loss = self.model.loss
    loss = getattr(loss, "__name__", loss)
    if loss == "categorical_crossentropy" and np.ndim(y) != 2:
      y = _keras.utils.to_categorical(y)
    return self.model.fit(
        x, y, **{**self.filter_sk_params(self.model.fit), **kwargs})


class KerasClassifier(BaseWrapper):
  """A classifier of scikit-learn around a Keras model.

  Example: `KerasClassifier(build_fn=make_model, epochs=3, verbose=0)`

  TF 1.15: `tf.keras.wrappers.scikit_learn.KerasClassifier`.
  """
  _estimator_type = "classifier"

  def fit(self, x, y, **kwargs):
    y = np.array(y)
    if y.ndim == 2 and y.shape[1] > 1:
      self.classes_ = np.arange(y.shape[1])
    elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
      self.classes_ = np.unique(y)
      y = np.searchsorted(self.classes_, y)
    else:
      raise ArgumentError(problem(
          "y", "be [batch] or [batch, classes]", f"the shape {y.shape}",
          "reshape it"))
    self.n_classes_ = len(self.classes_)
    return super().fit(x, y, **kwargs)

  def predict(self, x, **kwargs):
    """The class of each row, `[batch]`."""
    scores = self.model.predict(
        x, **self.filter_sk_params(self.model.predict, kwargs))
    if scores.shape[-1] > 1:
      return self.classes_[scores.argmax(axis=-1)]
    return self.classes_[(scores > 0.5).astype("int32")]

  def predict_proba(self, x, **kwargs):
    """The probability of each class, `[batch, classes]`."""
    scores = self.model.predict(
        x, **self.filter_sk_params(self.model.predict, kwargs))
    return np.hstack([1 - scores, scores]) if scores.shape[1] == 1 else scores

  def score(self, x, y, **kwargs):
    """The accuracy. Raises ValueError if the model was compiled without."""
    y = np.searchsorted(self.classes_, y)
    loss = getattr(self.model.loss, "__name__", self.model.loss)
    if loss == "categorical_crossentropy" and np.ndim(y) != 2:
      y = _keras.utils.to_categorical(y)
    values = self.model.evaluate(
        x, y, **self.filter_sk_params(self.model.evaluate, kwargs))
    values = values if isinstance(values, list) else [values]
    for name, value in zip(self.model.metrics_names, values):
      if name in ("accuracy", "acc"):
        return value
    raise ArgumentError(problem(
        "metrics", "contain the accuracy", self.model.metrics_names,
        "compile the model with metrics=['accuracy']"))


class KerasRegressor(BaseWrapper):
  """A regressor of scikit-learn around a Keras model.

  Example: `KerasRegressor(build_fn=make_model, epochs=3, verbose=0)`

  TF 1.15: `tf.keras.wrappers.scikit_learn.KerasRegressor`.
  """
  _estimator_type = "regressor"

  def predict(self, x, **kwargs):
    """The prediction for each row, `[batch]` or `[batch, outputs]`."""
    return np.squeeze(self.model.predict(
        x, **self.filter_sk_params(self.model.predict, kwargs)))

  def score(self, x, y, **kwargs):
    """The negative loss, so that more is better."""
    loss = self.model.evaluate(
        x, y, **self.filter_sk_params(self.model.evaluate, kwargs))
    return -(loss[0] if isinstance(loss, list) else loss)
