"""What calls raise. Python 3.7 syntax too."""


def kind_of(error):
  """The built-in type that an old program catches."""
  return next(one.__name__ for one in (
      ValueError, TypeError, KeyError, AssertionError, RuntimeError,
      NotImplementedError)
              if isinstance(error, one))


def refused(calls):
  """["number type"] of what each call raises, or "passes"."""
  found = []
  for number, call in enumerate(calls):
    try:
      call()
      found.append("%d passes" % number)
    except Exception as error:
      found.append("%d %s" % (number, kind_of(error)))
  return found
