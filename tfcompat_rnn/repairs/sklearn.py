"""What old programs use of scikit-learn 0.16 to 0.23."""

import functools
import importlib
import inspect

from tfcompat_rnn import _errors
from tfcompat_rnn.repairs import _kinds


def _all_of(*names):
  """The public names of those of the modules `names` that exist."""
  def build(module):
    found = {}
    for name in names:
      try:
        source = importlib.import_module(name)
      except ImportError:
        continue
      found.update({key: value for key, value in vars(source).items()
                    if not key.startswith("_")})
    return found
  return build


def _build_cross_validation(module):
  """`train_test_split` and the splitters that take the number of rows."""
  import sklearn.model_selection as today

  def old_style(make, first):
    """A class of iterables over (train, test), for `n` rows or for labels."""
    class Splitter:
      """Iterate over it for (train, test) index arrays."""

      def __init__(self, data, n_folds=3, shuffle=False, random_state=None,
                   n_iter=10, test_size=0.1, train_size=None):
        self.n_folds, self.n_iter = n_folds, n_iter
        self._data = data
        self._splitter = make(n_folds, n_iter, shuffle, random_state,
                              test_size, train_size)

      def __iter__(self):
        import numpy as np
        n = self._data if first == "n" else len(self._data)
        return iter(self._splitter.split(
            np.zeros((n, 1)), None if first == "n" else self._data))

      def __len__(self):
        return self._splitter.get_n_splits()

    return Splitter

  def folds(kind):
    return lambda k, i, shuffle, seed, test, train: kind(
        k, shuffle=shuffle, random_state=seed if shuffle else None)

  def draws(kind):
    return lambda k, i, shuffle, seed, test, train: kind(
        i, test_size=test, train_size=train, random_state=seed)

  class ShuffleSplit(old_style(draws(today.ShuffleSplit), "n")):
    """Random (train, test) splits of `n` rows."""

    def __init__(self, n, n_iter=10, test_size=0.1, train_size=None,
                 random_state=None):
      super().__init__(n, n_iter=n_iter, test_size=test_size,
                       train_size=train_size, random_state=random_state)

  class StratifiedShuffleSplit(old_style(
      draws(today.StratifiedShuffleSplit), "y")):
    """Random (train, test) splits that preserve the label proportions."""

    def __init__(self, y, n_iter=10, test_size=0.1, train_size=None,
                 random_state=None):
      super().__init__(y, n_iter=n_iter, test_size=test_size,
                       train_size=train_size, random_state=random_state)

  return dict(
      train_test_split=today.train_test_split,
      cross_val_score=today.cross_val_score,
      cross_val_predict=today.cross_val_predict,
      KFold=old_style(folds(today.KFold), "n"),
      StratifiedKFold=old_style(folds(today.StratifiedKFold), "y"),
      ShuffleSplit=ShuffleSplit,
      StratifiedShuffleSplit=StratifiedShuffleSplit)


def _build_externals(name):
  def build(module):
    return _all_of(name)(module)
  return build


def _keywords(where, attribute, name, why, what, renamed=(), dropped=()):
  """Accepts old keyword arguments of a class's constructor."""
  def make(original, notify):
    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
      for old, new in renamed:
        if old in kwargs:
          kwargs.setdefault(new, kwargs.pop(old))
      for old in dropped:
        kwargs.pop(old, None)
      original(self, *args, **kwargs)
    return __init__

  def is_needed(module):
    parameters = inspect.signature(getattr(module, attribute)).parameters
    return not all(old in parameters
                   for old in [old for old, _ in renamed] + list(dropped))

  return _kinds.wrap(name, where, f"{attribute}.__init__", make, what, why,
                     is_needed)


def _Imputer(preprocessing):
  def Imputer(missing_values="NaN", strategy="mean", axis=0, verbose=0,
              copy=True):
    """Returns a SimpleImputer, which fills missing values by column."""
    from sklearn.impute import SimpleImputer
    if axis != 0:
      raise _errors.ArgumentError(_errors.problem(
          "axis", "be 0 (columns)", axis, "transpose the data"))
    nan = isinstance(missing_values, str) and missing_values.lower() == "nan"
    return SimpleImputer(
        missing_values=float("nan") if nan else missing_values,
        strategy=strategy, copy=copy)
  return Imputer


def _jaccard(metrics):
  def jaccard_similarity_score(y_true, y_pred, normalize=True,
                               sample_weight=None):
    """Returns what it computed, for single labels the accuracy."""
    import numpy as np
    if np.ndim(y_true) > 1:
      return metrics.jaccard_score(y_true, y_pred, average="samples",
                                   sample_weight=sample_weight)
    return metrics.accuracy_score(y_true, y_pred, normalize=normalize,
                                  sample_weight=sample_weight)
  return jaccard_similarity_score


def _RandomizedPCA(decomposition):
  class RandomizedPCA(decomposition.PCA):
    """PCA with a randomized singular value decomposition."""

    def __init__(self, n_components=None, copy=True, iterated_power=2,
                 whiten=False, random_state=None):
      super().__init__(n_components, copy=copy, whiten=whiten,
                       svd_solver="randomized",
                       iterated_power=iterated_power,
                       random_state=random_state)
  return RandomizedPCA


_FETCH = ("it downloaded from mldata.org, which is gone; "
          "fetch_openml('mnist_784') has the same MNIST, or read the idx "
          "files with tf.examples.tutorials.mnist.input_data")


def _fetch_mldata(datasets):
  def fetch_mldata(dataname, *args, **kwargs):
    """Raises an error that names what to use instead."""
    raise RuntimeError(f"fetch_mldata({dataname!r}): {_FETCH}")
  return fetch_mldata


_PRIVATE = (
    ("sklearn.datasets.samples_generator", "sklearn.datasets"),
    ("sklearn.datasets.base", "sklearn.datasets"),
    ("sklearn.preprocessing.data", "sklearn.preprocessing"),
    ("sklearn.preprocessing.label", "sklearn.preprocessing"),
    ("sklearn.preprocessing.imputation", "sklearn.preprocessing"),
    ("sklearn.linear_model.logistic", "sklearn.linear_model"),
    ("sklearn.linear_model.base", "sklearn.linear_model"),
    ("sklearn.ensemble.forest", "sklearn.ensemble"),
    ("sklearn.cluster.k_means_", "sklearn.cluster"),
    ("sklearn.manifold.t_sne", "sklearn.manifold"),
    ("sklearn.metrics.classification", "sklearn.metrics"),
    ("sklearn.metrics.ranking", "sklearn.metrics"),
    ("sklearn.metrics.scorer", "sklearn.metrics"),
    ("sklearn.neighbors.unsupervised", "sklearn.neighbors"),
    ("sklearn.svm.classes", "sklearn.svm"),
    ("sklearn.tree.tree", "sklearn.tree"),
    ("sklearn.feature_extraction.stop_words",
     "sklearn.feature_extraction.text"),
    ("sklearn.decomposition.pca", "sklearn.decomposition"),
    ("sklearn.neural_network.multilayer_perceptron",
     "sklearn.neural_network"),
)

ROWS = (
    _kinds.supply("sklearn.cross_validation", _build_cross_validation,
                  "train_test_split, KFold(n, n_folds), ...",
                  "removed in scikit-learn 0.20"),
    _kinds.supply("sklearn.grid_search", _all_of("sklearn.model_selection"),
                  "is sklearn.model_selection",
                  "removed in scikit-learn 0.20"),
    _kinds.supply("sklearn.learning_curve",
                  _all_of("sklearn.model_selection"),
                  "is sklearn.model_selection",
                  "removed in scikit-learn 0.20"),
    _kinds.supply("sklearn.externals.joblib", _build_externals("joblib"),
                  "is joblib", "removed in scikit-learn 0.23"),
    _kinds.restore("externals.joblib", "sklearn.externals", "joblib",
                   lambda module: importlib.import_module("joblib"),
                   "removed in scikit-learn 0.23",
                   "from sklearn.externals import joblib"),
    _kinds.supply("sklearn.externals.six", _build_externals("six"),
                  "is six", "removed in scikit-learn 0.23"),
    _kinds.supply("sklearn.lda", lambda module: {
        "LDA": importlib.import_module(
            "sklearn.discriminant_analysis").LinearDiscriminantAnalysis},
                  "LDA", "removed in scikit-learn 0.19"),
    _kinds.supply("sklearn.qda", lambda module: {
        "QDA": importlib.import_module(
            "sklearn.discriminant_analysis").QuadraticDiscriminantAnalysis},
                  "QDA", "removed in scikit-learn 0.19"),
) + tuple(
    _kinds.supply(old, _all_of(new), f"is {new}",
                  "private since scikit-learn 0.22")
    for old, new in _PRIVATE) + (
    _keywords("sklearn.manifold", "TSNE", "TSNE(n_iter=)",
              "removed in scikit-learn 1.7", "n_iter= means max_iter=",
              renamed=(("n_iter", "max_iter"),)),
    _keywords("sklearn.preprocessing", "OneHotEncoder",
              "OneHotEncoder(sparse=)", "removed in scikit-learn 1.4",
              "sparse= means sparse_output=",
              renamed=(("sparse", "sparse_output"),)),
    _keywords("sklearn.cluster", "KMeans", "KMeans(n_jobs=)",
              "removed in scikit-learn 1.0",
              "n_jobs= and precompute_distances= are accepted and ignored",
              dropped=("n_jobs", "precompute_distances")),
    _kinds.restore("preprocessing.Imputer", "sklearn.preprocessing",
                   "Imputer", _Imputer, "removed in scikit-learn 0.22"),
    _kinds.restore("metrics.jaccard_similarity_score", "sklearn.metrics",
                   "jaccard_similarity_score", _jaccard,
                   "removed in scikit-learn 0.23"),
    _kinds.restore("decomposition.RandomizedPCA", "sklearn.decomposition",
                   "RandomizedPCA", _RandomizedPCA,
                   "removed in scikit-learn 0.20"),
    _kinds.restore("datasets.fetch_mldata", "sklearn.datasets",
                   "fetch_mldata", _fetch_mldata,
                   "removed in scikit-learn 0.22",
                   "the error names where the data is now"),
)
