"""What would become of an old program, told from its sources.

  report = inspect(["project/"])
  print(report)

`files` finds and reads the sources, `bindings` tells which names they use,
`verdicts` what becomes of a name (from the tables of the namespace and the
files of installed packages), `idioms` what else deserves a word, and
`project` puts it together. Nothing is run, and TensorFlow is not loaded.
"""

from tfcompat_rnn.inspection.project import inspect as inspect
