"""Compares ways of building one recurrent computation, with many cells.

  report = run_cases()          # or: tfcompat-rnn verify
  report.passed, print(report)

A case defines what is compared with what, and whether the gradients must be
equal or different (`cases`). The cells are rows of a table (`kinds`). What
counts as a difference is defined in `comparison`.
"""

from tfcompat_rnn import _lazy

_PUBLIC = {
    "CASES": "cases",
    "KINDS": "kinds",
    "Row": "rows",
    "VerifyReport": "report",
    "run_cases": "running",
}

__all__ = sorted(_PUBLIC)

__getattr__, __dir__ = _lazy.attach(__name__, _PUBLIC)
