"""Ways to build one recurrent computation, each with each cell, compared.

  report = run_cases()          # or: tfcompat-rnn verify
  report.passed, print(report)

A case says what is compared with what and whether the gradients are to be
found equal or different (`cases`); the cells are rows (`kinds`); what makes a
difference one is in `comparison`.
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
