"""Runs each program of this folder under the launcher, in one process.

  tfcompat-rnn run tests/releases_1x/driver.py

Prints what each one printed, as JSON: {name: [text, notice or null]}.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback

import tensorflow as tf

from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import sources

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")


def run(name):
  """(what the program printed, the notice or None)."""
  told = []
  sources.forget()
  notice.forget()
  before = notice.set_output(told.append)
  printed = io.StringIO()
  tf.reset_default_graph()
  sys.argv = [name]
  try:
    with contextlib.redirect_stdout(printed):
      runpy.run_path(os.path.join(PROGRAMS, name + ".py"),
                     run_name="__main__")
  except SystemExit:  # tf.app.run
    pass
  except Exception:
    printed.write(traceback.format_exc())
  finally:
    notice.set_output(before)
  assert len(told) <= 1, told
  return printed.getvalue(), told[0] if told else None


names = sorted(name[:-3] for name in os.listdir(PROGRAMS)
               if name.endswith(".py"))
print(json.dumps({name: run(name) for name in names}))
