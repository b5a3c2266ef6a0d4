"""Ways to build one recurrent computation, each with each cell, compared.

  report = run_cases()          # or: tfcompat-rnn verify
  report.passed, print(report)

A case says what is compared with what and whether the gradients are to be
found equal or different (`cases`); the cells are rows (`kinds`); what makes a
difference one is in `comparison`.
"""

import importlib

_PUBLIC = {
    "CASES": "cases",
    "KINDS": "kinds",
    "Row": "report",
    "VerifyReport": "report",
    "run_cases": "running",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name):
  if name not in _PUBLIC:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  value = getattr(
      importlib.import_module(f"{__name__}.{_PUBLIC[name]}"), name)
  globals()[name] = value
  return value


def __dir__():
  return sorted(set(globals()) | set(_PUBLIC))
