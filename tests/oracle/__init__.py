"""What every comparison with TensorFlow 1.15.5 shares. Python 3.7 syntax.

A folder of tests holds its cases and a `generate.py` that runs them under
TensorFlow 1.15.5 and writes `data/`; its tests run the same cases with this
package and compare. Here is the rest:

  reference    finds, or makes, a Python 3.7 with TensorFlow 1.15.5
  command      the command line of every generator, `--check` included
  generate     runs all the generators
  files        JSON and arrays, compressed; the same contents, the same bytes
  store        cases with facts, operations and arrays, in `files`
  graphs       leaves, operations and their short forms
  measure      builds a case, runs it and notes names, numbers and gradients
  recording    the same for cases that bring their own inputs
  comparison   what differs between two folders of data
"""
