"""Runs old programs unmodified.

`launcher` runs a script, a module or a notebook; `preparation` sets up what it
needs (the import hook, repairs, seeds, devices, figures) and undoes it. Only
the command line, `compare` and the notebook extension use this package.
"""
