"""What the tests of the three rewrites share.

`report` is for the processes that run a rewrite (`keras_reports.py`, ...), the
other functions for the tests that start them. No TensorFlow is loaded, except
by `store_lstm`.
"""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np

from tfcompat_rnn import testing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHECKPOINT = HERE / "data" / "language_model.ckpt"
RECORDING = testing.Recording(HERE / "data" / "language_model.npz")


def report(values, **options):
  """[whether `values` agree with the recording, the report on them]."""
  try:
    found = testing.assert_matches_recording(values, RECORDING, **options)
  except testing.RecordingDiffersError as error:
    return [False, str(error)]
  return [True, str(found)]


def run(*words, cwd=None, **environment):
  """What Python prints for `words`; it finds the rewrites and the package."""
  done = subprocess.run(
      [sys.executable, *map(str, words)], check=False, text=True, cwd=cwd,
      capture_output=True, env=dict(
          os.environ, CUDA_VISIBLE_DEVICES="", PYTHONPATH=os.pathsep.join(
              map(str, (ROOT, ROOT / "examples" / "rewrites"))),
          **environment))
  assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
  return done.stdout


def store_lstm(path, framework):
  """Writes the recorded LSTM's weights to a .npz, as `framework` has them."""
  from tfcompat_rnn.checkpoints import open_checkpoint
  from tfcompat_rnn.checkpoints.export import export_stack
  exported = export_stack(open_checkpoint(CHECKPOINT), framework,
                          scope="rnn/multi_rnn_cell")
  np.savez(path, **exported.arrays)
  return path


def read(script, *arguments, **environment):
  """{case: [does it agree, report]} of a process that runs a rewrite."""
  return json.loads(run(HERE / script, *arguments, **environment))


def check_right(found, right, traps):
  """`found` has these cases and no others, and those in `right` agree."""
  assert set(found) == set(right) | set(traps)
  for name in right:
    agrees, text = found[name]
    assert agrees, text


def check_trap(found, tensor, cause):
  """The report of `found` names the cause, and the tensor before it."""
  agrees, text = found
  assert not agrees
  said = [line for line in text.splitlines()
          if line.startswith("likely cause: ") and cause in line]
  assert said and tensor in said[0].partition(cause)[0], text
