"""What old programs use of SciPy 0.17 to 1.2."""

import warnings

from tfcompat_rnn.repairs import _images
from tfcompat_rnn.repairs import _kinds

# Functions of NumPy that `scipy` exported as well. (`scipy.rand` and
# `scipy.fft` are not among them.)
_NUMPY = """
    abs absolute add all allclose amax amin any append arange arccos arcsin
    arctan arctan2 argmax argmin argsort argwhere array array_split asarray
    atleast_1d atleast_2d bincount c_ ceil clip column_stack concatenate conj
    copy corrcoef cos cosh cov cross cumprod cumsum degrees diag diff dot dstack
    empty empty_like equal exp expand_dims expm1 eye fabs flatnonzero fliplr
    flipud float16 float32 float64 floor full genfromtxt gradient histogram
    hstack hypot identity imag inf inner int32 int64 interp isfinite isinf
    isnan kron linspace loadtxt log log10 log1p log2 logspace mat matrix max
    maximum mean median meshgrid min minimum mod nan nan_to_num nanmax nanmean
    nanmin nanstd nansum ndarray newaxis nonzero ones ones_like outer
    percentile pi poly1d polyfit polyval power prod r_ radians ravel real
    repeat reshape roll roots rot90 round_ savetxt searchsorted shape sign sin
    sinh size sort split sqrt square squeeze stack std sum swapaxes take tan
    tanh tensordot tile trace transpose tril triu uint8 unique unravel_index
    var vdot vectorize vstack where zeros zeros_like
    """.split()

_WINDOWS = """
    barthann bartlett blackman blackmanharris bohman boxcar chebwin cosine
    exponential flattop gaussian general_gaussian hamming hann kaiser nuttall
    parzen triang tukey
    """.split()


def _numpy(name):
  def find(scipy):
    import numpy
    return getattr(numpy, name)
  return find


def _window(name):
  def find(signal):
    from scipy.signal import windows
    return getattr(windows, name)
  return find


def _special(name):
  def find(module):
    import scipy.special
    return getattr(scipy.special, name)
  return find


def _named(name):
  return lambda module: getattr(module, name)


def _binom_test(stats):
  def binom_test(x, n=None, p=0.5, alternative="two-sided"):
    """Returns the p-value of a binomial test."""
    import numpy as np
    if np.ndim(x) == 1 and len(x) == 2:
      x, n = int(x[0]), int(x[0]) + int(x[1])
    return stats.binomtest(x, n, p, alternative=alternative).pvalue
  return binom_test


def _make_lfilter(original, notify):
  def lfilter(b, a, x, axis=-1, zi=None):
    import numpy as np
    if not any(np.asarray(one).dtype == object for one in (b, a, x)):
      return original(b, a, x, axis, zi)
    return _filter_objects(np.asarray(b, object), np.asarray(a, object),
                           np.asarray(x, object), axis, zi)
  return lfilter


def _filter_objects(b, a, x, axis, zi):
  """`lfilter` in the arithmetic of the elements, as SciPy 1.13 did it."""
  import numpy as np
  order = max(len(b), len(a))
  b, a = (np.concatenate([one / a[0], np.zeros(order - len(one), object)])
          for one in (b, a))
  x = np.moveaxis(x, axis, 0)
  result = np.empty_like(x)
  # One more than there are delays, so that the last takes in a zero.
  delays = np.zeros((order,) + x.shape[1:], object)
  if zi is not None:
    delays[:-1] = np.moveaxis(np.asarray(zi, object), axis, 0)
  for time, value in enumerate(x):
    result[time] = delays[0] + b[0] * value if order > 1 else b[0] * value
    for i in range(1, order):
      delays[i - 1] = delays[i] + b[i] * value - a[i] * result[time]
  result = np.moveaxis(result, 0, axis)
  return result if zi is None else (result, np.moveaxis(delays[:-1], 0, axis))


def _takes_no_objects(signal):
  import numpy as np
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
      signal.lfilter([1.], [1., 1.], np.array([1.], object))
    except (NotImplementedError, TypeError, ValueError):
      return True
  return False


_IMAGES = ("imread", "imsave", "imresize", "imrotate", "imshow", "toimage",
           "fromimage", "bytescale")
_SPECIAL = ("logsumexp", "comb", "factorial", "factorial2", "factorialk")
_MISC = "scipy.misc"

ROWS = tuple(
    _kinds.restore(f"scipy.misc.{name}", _MISC, name,
                   lambda module, name=name: getattr(_images, name),
                   "removed in SciPy 1.3",
                   f"scipy.misc.{name}, implemented with Pillow")
    for name in _IMAGES) + tuple(
    _kinds.restore(f"scipy.misc.{name}", _MISC, name, _special(name),
                   "removed in SciPy 1.3", f"is scipy.special.{name}")
    for name in _SPECIAL) + tuple(
    _kinds.restore(f"scipy.{name}", "scipy", name, _numpy(name),
                   "removed in SciPy 1.14", f"scipy.{name} is np.{name}")
    for name in _NUMPY) + tuple(
    _kinds.restore(f"scipy.signal.{name}", "scipy.signal", name,
                   _window(name), "removed in SciPy 1.13",
                   f"is scipy.signal.windows.{name}")
    for name in _WINDOWS) + tuple(
    _kinds.restore(f"scipy.integrate.{old}", "scipy.integrate", old,
                   _named(new), "removed in SciPy 1.14", f"is {new}")
    for old, new in (("simps", "simpson"), ("trapz", "trapezoid"),
                     ("cumtrapz", "cumulative_trapezoid"))) + (
    _kinds.wrap("scipy.signal.lfilter(objects)", "scipy.signal", "lfilter",
                _make_lfilter, "object arrays are filtered",
                "removed in SciPy 1.17", needed=_takes_no_objects),
    _kinds.restore("scipy.stats.binom_test", "scipy.stats", "binom_test",
                   _binom_test, "removed in SciPy 1.12"),
)
