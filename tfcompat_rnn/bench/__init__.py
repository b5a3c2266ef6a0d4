"""Training steps of recurrent networks timed side by side.

    report = run(options.Options(cells=("LSTM",), rounds=5))
    print(report)

Each contestant is a process of its own (`workers`, `process`) that builds the
same network with the same numbers. All are compared with the plain loop before
any is timed (`checking`), and then take turns (`measuring`); `report` and
`picture` show the results. This process loads no network of its own.
"""

from tfcompat_rnn import _lazy

NAMES = {"Options": "options", "run": "measuring"}

__all__ = sorted(NAMES)

__getattr__, __dir__ = _lazy.attach(__name__, NAMES)
