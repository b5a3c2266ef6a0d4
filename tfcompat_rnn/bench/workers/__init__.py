"""The processes that `tfcompat-rnn bench` measures, one module for a library.

`serve.py MODULE` is the process; the modules import one another by their plain
names, because with TensorFlow 1.15 they run where this package is not. They
need Python 3.6 or newer, NumPy, and the library that they measure.
"""
