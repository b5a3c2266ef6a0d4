"""Compares an exported model with its original, in a process without us."""

import json
import os
import subprocess
import sys
import tempfile
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn.export import worker

TOLERANCE = 1e-6
_HALF = 2e-3
_LONGEST = 1800.  # seconds for the process to load and run the models


class Call(typing.NamedTuple):
  """A call of a signature: `inputs`, and the `outputs` of the original.

  Both map names to arrays. `random` are names of random operations, for the
  message if the outputs differ.
  """
  signature: str
  inputs: dict
  outputs: dict
  random: list


class Job(typing.NamedTuple):
  """An exported model at `path`, of `kind`, and the `Call`s to compare."""
  kind: str
  path: str
  calls: list


def compare(jobs, tolerance=TOLERANCE):
  """The greatest differences, one for each of `jobs`, a list of `Job`.

  All of them run in one process, which does not have this package loaded.
  A difference is relative to the largest number of an output if that is above
  1. Outputs that are no floating-point numbers must be equal.

  Raises `ExportError` that names the first output that differs by more than
  `tolerance`, or what the process failed with.
  """
  with tempfile.TemporaryDirectory(prefix="tfcompat-export-") as folder:
    written = [_written(job, number, folder)
               for number, job in enumerate(jobs)]
    run_jobs(written, folder)
    return [_compare_job(job, data, tolerance)
            for job, data in zip(jobs, written)]


def _written(job, number, folder):
  """The job as data, with its inputs in files."""
  calls = []
  for at, call in enumerate(job.calls):
    stem = os.path.join(folder, f"{number}-{at}")
    np.savez(stem + "-in.npz", **{
        name: array.astype("S") if array.dtype == object else array
        for name, array in call.inputs.items()})
    calls.append({"signature": call.signature, "names": sorted(call.outputs),
                  "inputs": stem + "-in.npz", "outputs": stem + "-out.npz"})
  return {"kind": job.kind, "path": os.path.abspath(job.path), "calls": calls}


def write_jobs(written, folder):
  """Writes what the process is to do; the name of the file."""
  jobs = os.path.join(folder, "jobs.json")
  with open(jobs, "w", encoding="utf-8") as file:
    json.dump(written, file)
  return jobs


def run_jobs(written, folder):
  """Runs all jobs in a new process and waits for it."""
  with open(worker.__file__, encoding="utf-8") as file:
    source = file.read()
  try:
    done = subprocess.run(
        [sys.executable, "-c", source, write_jobs(written, folder)],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", timeout=_LONGEST,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3",
                          "CUDA_VISIBLE_DEVICES": "-1"})
  except subprocess.TimeoutExpired:
    raise failed(f"a timeout of {_LONGEST:g} seconds", "") from None
  if done.returncode:
    raise failed(done.returncode, done.stderr)


def failed(code, said):
  """The error for a process that ended with `code` and said `said`."""
  lines = [line.strip() for line in said.splitlines() if line.strip()]
  return _errors.ExportError(_errors.problem(
      "model", "run in a process without this package",
      f"{' '.join(lines[-1:]) or 'nothing'} (the process ended with {code})",
      "nothing was written; docs/export.md lists what does not convert"))


def _compare_job(job, data, tolerance):
  worst = 0.
  for call, files in zip(job.calls, data["calls"]):
    with np.load(files["outputs"], allow_pickle=False) as stored:
      found = {name: stored[name] for name in stored.files}
    for name, wanted in call.outputs.items():
      difference = _difference(np.asarray(wanted), found[name])
      allowed = _HALF if np.asarray(wanted).dtype == np.float16 else tolerance
      if not difference <= max(allowed, tolerance):
        raise _errors.ExportError(_errors.problem(
            "model", f"compute what the original graph does, to {allowed:g}",
            f"a difference of {difference:.3g} in {name} of {call.signature}",
            _advice(job.kind, call)))
      worst = max(worst, difference)
  return worst


def _advice(kind, call):
  if call.random:
    return ("random operations draw other numbers in each run: "
            + ", ".join(call.random[:3])
            + "; name an output before them, or turn dropout off")
  if kind == "onnx":
    return "tf2onnx has converted it otherwise; export a saved_model"
  return ("an output may read what the same run writes to a variable; nothing "
          "was written")


def _difference(wanted, found):
  """How far two arrays are apart; infinite if they cannot be compared."""
  if wanted.dtype.kind in "OSU":
    wanted = wanted.astype("S")
    return 0. if np.array_equal(wanted, found) else np.inf
  if wanted.shape != found.shape or wanted.dtype != found.dtype:
    return np.inf
  if wanted.dtype.kind not in "fc":
    return 0. if np.array_equal(wanted, found) else np.inf
  if not wanted.size:
    return 0.
  wide = np.result_type(wanted.dtype, np.float64)
  wanted, found = wanted.astype(wide), found.astype(wide)
  if not np.array_equal(np.isfinite(wanted), np.isfinite(found)):
    return np.inf
  whole = np.isfinite(wanted)
  if not np.array_equal(wanted[~whole], found[~whole], equal_nan=True):
    return np.inf
  if not whole.any():
    return 0.
  scale = max(1., float(np.max(np.abs(wanted[whole]))))
  return float(np.max(np.abs(wanted[whole] - found[whole]))) / scale
