"""What old programs use of pandas 0.18 to 1.x."""

from tfcompat_rnn.repairs import _kinds


class _Ix:
  """`frame.ix[...]`: by label, or by position if no label is an integer."""

  def __init__(self, frame):
    self._frame = frame

  def _use_labels(self, key, axis):
    import numpy as np
    import pandas as pd
    index = self._frame.axes[axis]
    if pd.api.types.is_integer_dtype(index.dtype):
      return True
    if isinstance(key, slice):
      ends = [end for end in (key.start, key.stop) if end is not None]
      return not all(isinstance(end, (int, np.integer)) for end in ends)
    if isinstance(key, (list, np.ndarray, pd.Series, pd.Index)):
      kind = np.asarray(key).dtype.kind
      return kind not in "iu"
    return not isinstance(key, (int, np.integer)) or isinstance(key, bool)

  def _positions(self, key):
    """Translates the labels or positions of each axis to positions."""
    import numpy as np
    keys = key if isinstance(key, tuple) else (key,)
    found = []
    for axis, one in enumerate(keys):
      index = self._frame.axes[axis]
      if not self._use_labels(one, axis):
        found.append(one)
      elif isinstance(one, slice):
        found.append(index.slice_indexer(one.start, one.stop, one.step))
      elif np.ndim(one) == 0 and not hasattr(one, "__len__") or isinstance(
          one, str):
        found.append(index.get_loc(one))
      elif np.asarray(one).dtype == bool:
        found.append(np.asarray(one))
      else:
        places = index.get_indexer(list(one))
        if (places < 0).any():
          raise KeyError(f"not in the index: {one!r}")
        found.append(places)
    return tuple(found) if len(found) > 1 else found[0]

  def __getitem__(self, key):
    return self._frame.iloc[self._positions(key)]

  def __setitem__(self, key, value):
    keys = key if isinstance(key, tuple) else (key,)
    if all(self._use_labels(one, axis) for axis, one in enumerate(keys)):
      # A label that does not exist yet creates a new row or column.
      self._frame.loc[key] = value
    else:
      self._frame.iloc[self._positions(key)] = value


def _ix(pandas):
  return property(_Ix)


def _as_matrix(pandas):
  def as_matrix(self, columns=None):
    """Returns the values as an array."""
    return self.values if columns is None else self[columns].values
  return as_matrix


def _append_frame(pandas):
  def append(self, other, ignore_index=False, verify_integrity=False,
             sort=False):
    """Returns these rows and those of `other` (frame, row, dict or list)."""
    if isinstance(other, dict):
      other = pandas.Series(other)
    if isinstance(other, pandas.Series):
      if other.name is None and not ignore_index:
        raise TypeError("Can only append a Series if ignore_index=True or if "
                        "the Series has a name")
      other = other.to_frame().T.infer_objects()
    elif isinstance(other, list) and other and isinstance(
        other[0], (dict, pandas.Series)):
      other = pandas.DataFrame(other)
    parts = [self] + (other if isinstance(other, list) else [other])
    return pandas.concat(parts, ignore_index=ignore_index,
                         verify_integrity=verify_integrity, sort=sort)
  return append


def _append_series(pandas):
  def append(self, to_append, ignore_index=False, verify_integrity=False):
    """Returns these values and those of `to_append`."""
    parts = list(to_append) if isinstance(
        to_append, (list, tuple)) else [to_append]
    return pandas.concat([self] + parts, ignore_index=ignore_index,
                         verify_integrity=verify_integrity)
  return append


def _sort(pandas):
  def sort(self, columns=None, axis=0, ascending=True, inplace=False,
           kind="quicksort", na_position="last", **kwargs):
    """Sorts by columns, or by the index."""
    if columns is None:
      return self.sort_index(axis=axis, ascending=ascending, inplace=inplace,
                             kind=kind, na_position=na_position)
    return self.sort_values(columns, axis=axis, ascending=ascending,
                            inplace=inplace, kind=kind,
                            na_position=na_position)
  return sort


def _order(pandas):
  def order(self, na_last=None, ascending=True, kind="quicksort",
            na_position="last", inplace=False):
    """Sorts by value."""
    return self.sort_values(ascending=ascending, kind=kind,
                            na_position=na_position, inplace=inplace)
  return order


def _from_csv(pandas):
  def from_csv(path, header=0, sep=",", index_col=0, parse_dates=True,
               encoding=None, **kwargs):
    """Reads a CSV file whose first column is the index."""
    return pandas.read_csv(path, header=header, sep=sep, index_col=index_col,
                           parse_dates=parse_dates, encoding=encoding)
  return staticmethod(from_csv)


def _set_value(pandas):
  def set_value(self, index, col, value, takeable=False):
    """Sets one value; returns the frame."""
    if takeable:
      self.iat[index, col] = value
    else:
      self.at[index, col] = value
    return self
  return set_value


def _get_value(pandas):
  def get_value(self, index, col, takeable=False):
    """Returns one value."""
    return self.iat[index, col] if takeable else self.at[index, col]
  return get_value


def _lookup(pandas):
  def lookup(self, row_labels, col_labels):
    """Returns one value for each pair of labels."""
    rows = self.index.get_indexer(row_labels)
    columns = self.columns.get_indexer(col_labels)
    return self.values[rows, columns]
  return lookup


def _moving(method):
  """`pd.rolling_mean(data, window, ...)`."""
  def find(pandas):
    def rolling(arg, window, min_periods=None, freq=None, center=False,
                **kwargs):
      """Returns the statistic of each window."""
      data = arg if isinstance(arg, (pandas.Series, pandas.DataFrame)
                               ) else pandas.DataFrame(arg).squeeze()
      result = getattr(data.rolling(window, min_periods=min_periods,
                                    center=center), method)(**kwargs)
      return result if data is arg else result.values
    return rolling
  return find


def _ewma(pandas):
  def ewma(arg, com=None, span=None, halflife=None, alpha=None,
           min_periods=0, freq=None, adjust=True, ignore_na=False):
    """Returns the exponentially weighted mean."""
    data = arg if isinstance(arg, (pandas.Series, pandas.DataFrame)
                             ) else pandas.DataFrame(arg).squeeze()
    return data.ewm(com=com, span=span, halflife=halflife, alpha=alpha,
                    min_periods=min_periods, adjust=adjust,
                    ignore_na=ignore_na).mean()
  return ewma


def _make_read_csv(original, notify):
  def read_csv(*args, squeeze=False, error_bad_lines=None,
               warn_bad_lines=None, delim_whitespace=None, **kwargs):
    if error_bad_lines is False:
      kwargs.setdefault("on_bad_lines",
                        "skip" if warn_bad_lines is False else "warn")
    if delim_whitespace:
      kwargs["sep"] = r"\s+"
    found = original(*args, **kwargs)
    if squeeze and getattr(found, "shape", (0, 0))[1] == 1:
      return found.iloc[:, 0]
    return found
  return read_csv


def _make_fillna(original, notify):
  def fillna(self, value=None, method=None, axis=None, inplace=False,
             limit=None, **kwargs):
    if method is None:
      return original(self, value, axis=axis, inplace=inplace, limit=limit,
                      **kwargs)
    fill = {"ffill": self.ffill, "pad": self.ffill, "bfill": self.bfill,
            "backfill": self.bfill}[method]
    return fill(axis=axis, inplace=inplace, limit=limit)
  return fillna


def _make_drop(original, notify):
  def drop(self, labels=None, axis=0, *args, **kwargs):
    for name, value in zip(("index", "columns", "level", "inplace",
                            "errors"), args):
      kwargs[name] = value
    return original(self, labels, axis=axis, **kwargs)
  return drop


def _make_to_csv(original, notify):
  def to_csv(self, *args, **kwargs):
    if "line_terminator" in kwargs:
      kwargs["lineterminator"] = kwargs.pop("line_terminator")
    return original(self, *args, **kwargs)
  return to_csv


def _build_plotting(module):
  import pandas.plotting as plotting
  return {name: getattr(plotting, name) for name in dir(plotting)
          if not name.startswith("_")}


def _version(pandas):
  return int(pandas.__version__.partition(".")[0])


_BOTH = ("DataFrame", "Series")

ROWS = tuple(
    _kinds.restore(f"{kind}.{name}", "pandas", f"{kind}.{name}", value, why)
    for kind in _BOTH for name, value, why in (
        ("ix", _ix, "removed in pandas 1.0"),
        ("as_matrix", _as_matrix, "removed in pandas 1.0"),
        ("get_values", lambda pandas: lambda self: self.values,
         "removed in pandas 1.0"))) + (
    _kinds.restore("DataFrame.append", "pandas", "DataFrame.append",
                   _append_frame, "removed in pandas 2.0"),
    _kinds.restore("Series.append", "pandas", "Series.append",
                   _append_series, "removed in pandas 2.0"),
    _kinds.restore("DataFrame.iteritems", "pandas", "DataFrame.iteritems",
                   lambda pandas: pandas.DataFrame.items,
                   "removed in pandas 2.0"),
    _kinds.restore("Series.iteritems", "pandas", "Series.iteritems",
                   lambda pandas: pandas.Series.items,
                   "removed in pandas 2.0"),
    _kinds.restore("DataFrame.applymap", "pandas", "DataFrame.applymap",
                   lambda pandas: pandas.DataFrame.map,
                   "removed in pandas 3.0"),
    _kinds.restore("DataFrame.sort", "pandas", "DataFrame.sort", _sort,
                   "removed in pandas 0.20"),
    _kinds.restore("Series.order", "pandas", "Series.order", _order,
                   "removed in pandas 0.20"),
    _kinds.restore("DataFrame.from_csv", "pandas", "DataFrame.from_csv",
                   _from_csv, "removed in pandas 1.0"),
    _kinds.restore("DataFrame.get_value", "pandas", "DataFrame.get_value",
                   _get_value, "removed in pandas 1.0"),
    _kinds.restore("DataFrame.set_value", "pandas", "DataFrame.set_value",
                   _set_value, "removed in pandas 1.0"),
    _kinds.restore("DataFrame.lookup", "pandas", "DataFrame.lookup", _lookup,
                   "removed in pandas 2.0"),
    _kinds.restore("pd.np", "pandas", "np",
                   lambda pandas: __import__("numpy"),
                   "removed in pandas 2.0"),
    _kinds.restore("pd.datetime", "pandas", "datetime",
                   lambda pandas: __import__("datetime").datetime,
                   "removed in pandas 2.0"),
    _kinds.restore("pd.value_counts", "pandas", "value_counts",
                   lambda pandas: lambda values, **kwargs:
                   pandas.Series(values).value_counts(**kwargs),
                   "removed in pandas 3.0"),
    _kinds.restore("pd.scatter_matrix", "pandas", "scatter_matrix",
                   lambda pandas: pandas.plotting.scatter_matrix,
                   "removed in pandas 1.0"),
    _kinds.supply("pandas.tools", lambda module: {}, "the package pandas.tools",
                  "removed in pandas 1.0"),
    _kinds.supply("pandas.tools.plotting", _build_plotting,
                  "is pandas.plotting", "removed in pandas 1.0"),
    _kinds.restore("pd.ewma", "pandas", "ewma", _ewma,
                   "removed in pandas 0.23"),
) + tuple(
    _kinds.restore(f"pd.rolling_{method}", "pandas", f"rolling_{method}",
                   _moving(method), "removed in pandas 0.23",
                   f"is data.rolling(window).{method}()")
    for method in ("mean", "std", "var", "sum", "min", "max", "median",
                   "count")) + (
    _kinds.wrap("pd.read_csv(squeeze=)", "pandas", "read_csv",
                _make_read_csv, "squeeze=, error_bad_lines=, "
                "delim_whitespace= are accepted",
                "removed in pandas 2.0 and 3.0",
                lambda pandas: _version(pandas) >= 2),
    _kinds.wrap("DataFrame.drop(labels, 1)", "pandas", "DataFrame.drop",
                _make_drop, "axis may be a positional argument",
                "removed in pandas 2.0",
                lambda pandas: _version(pandas) >= 2),
) + tuple(
    _kinds.wrap(f"{kind}.fillna(method=)", "pandas", f"{kind}.fillna",
                _make_fillna, "method= is accepted", "removed in pandas 3.0",
                lambda pandas: _version(pandas) >= 3)
    for kind in _BOTH) + tuple(
    _kinds.wrap(f"{kind}.to_csv(line_terminator=)", "pandas",
                f"{kind}.to_csv", _make_to_csv,
                "line_terminator= means lineterminator=",
                "removed in pandas 2.0",
                lambda pandas: _version(pandas) >= 2)
    for kind in _BOTH)
