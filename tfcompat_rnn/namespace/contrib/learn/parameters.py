"""Parameters of an object as scikit-learn reads and sets them."""

from tfcompat_rnn._errors import require as _require


class Parameters:
  """Public attributes as parameters."""

  def get_params(self, deep=True):
    """{name: value} of the public attributes that are no functions."""
    found = {}
    for name, value in vars(self).items():
      if name.startswith("_") or callable(value):
        continue
      if deep and hasattr(value, "get_params"):
        found.update((f"{name}__{key}", inner)
                     for key, inner in value.get_params().items())
      found[name] = value
    return found

  def set_params(self, **params):
    """Sets attributes; `name__part` sets one of the attribute's own.

    Raises ValueError if there is no such parameter.
    """
    valid = self.get_params(deep=True) if params else {}
    for key, value in params.items():
      name, has_part, part = key.partition("__")
      _require(name in valid, "params",
               f"name parameters of {type(self).__name__}, {sorted(valid)}",
               repr(name), "correct the name")
      if has_part:
        valid[name].set_params(**{part: value})
      else:
        setattr(self, key, value)
    return self

  def __repr__(self):
    shown = ", ".join(f"{name}={value}" for name, value
                      in self.get_params(deep=False).items())
    return f"{type(self).__name__}({shown})"
