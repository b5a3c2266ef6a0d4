"""Runs all programs in this process and writes what they printed as JSON.

    python run_programs.py OUT.json [NAME...]     # with TensorFlow 1.15
    tfcompat-rnn run run_programs.py OUT.json [NAME...]

Python 3.7 syntax.
"""

from __future__ import print_function

import contextlib
import io
import json
import os
import runpy
import shutil
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ("bert_tpu", "canned", "rnn_classifier", "seq2seq_beam",
            "several_heads", "tagger_crf", "text_classifier", "time_series")
EXAMPLES = ("text_classifier",)


def printed(name):
  """What a program printed, and the last line of its error, if any."""
  path = os.path.join(HERE, "programs", name + ".py")
  if name in EXAMPLES:
    path = os.path.join(HERE, "..", "..", "examples", "legacy", name + ".py")
  text = io.StringIO()
  before, folder = os.getcwd(), tempfile.mkdtemp()
  os.chdir(folder)
  arguments, sys.argv = sys.argv, [path]
  try:
    with contextlib.redirect_stdout(text):
      runpy.run_path(path, run_name="__main__")
  except SystemExit as ended:
    if ended.code:
      text.write("exit code %s\n" % ended.code)
  except Exception:
    text.write(traceback.format_exc())
  finally:
    sys.argv = arguments
    os.chdir(before)
    shutil.rmtree(folder)
  return text.getvalue()


def run_all(names=PROGRAMS):
  import tensorflow as tf
  found = {}
  for name in names:
    tf.logging.set_verbosity(tf.logging.ERROR)
    tf.reset_default_graph()
    found[name] = printed(name)
  return found


if __name__ == "__main__":
  out = os.path.abspath(sys.argv[1])
  result = run_all(sys.argv[2:] or PROGRAMS)
  with open(out, "w") as stream:
    json.dump(result, stream, indent=1, sort_keys=True)
