"""Runs each program of a folder under the launcher, in one process.

  tfcompat-rnn run tests/releases/driver.py FOLDER [NAME...]

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

from tfcompat_rnn.namespace import releases
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import sources

# Programs that show no old name: only --api tells.
API = {"labelling_0_9": "0.9"}


def run(folder, name):
  """(what the program printed, the notice or None)."""
  told = []
  sources.forget()
  notice.forget()
  before = notice.set_output(told.append)
  releases.set_api(API.get(name))
  printed = io.StringIO()
  tf.reset_default_graph()
  sys.argv = [name]
  try:
    with contextlib.redirect_stdout(printed):
      runpy.run_path(os.path.join(folder, name + ".py"), run_name="__main__")
  except SystemExit:  # tf.app.run
    pass
  except Exception:
    printed.write(traceback.format_exc())
  finally:
    notice.set_output(before)
    releases.set_api(None)
  assert len(told) <= 1, told
  return printed.getvalue(), told[0] if told else None


def main(folder, *names):
  names = names or sorted(
      name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
  print(json.dumps({name: run(folder, name) for name in names}))


main(*sys.argv[1:])
