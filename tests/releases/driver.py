"""Runs each program of this folder under the launcher, in one process.

  tfcompat-rnn run tests/releases/driver.py [NAME...]

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

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
# Programs that show no old name: only --api tells.
API = {"labelling_0_9": "0.9"}


def run(name):
  """(what the program printed, the notice or None)."""
  told = []
  sources.forget()
  notice.forget()
  before = notice.set_output(told.append)
  releases.set_api(API.get(name))
  printed = io.StringIO()
  try:
    with tf.Graph().as_default(), contextlib.redirect_stdout(printed):
      runpy.run_path(os.path.join(PROGRAMS, name + ".py"),
                     run_name="__main__")
  except Exception:
    printed.write(traceback.format_exc())
  finally:
    notice.set_output(before)
    releases.set_api(None)
  assert len(told) <= 1, told
  return printed.getvalue(), told[0] if told else None


names = sys.argv[1:] or sorted(
    name[:-3] for name in os.listdir(PROGRAMS) if name.endswith(".py"))
print(json.dumps({name: run(name) for name in names}))
