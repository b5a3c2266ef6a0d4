"""Measures examples/distributed/train_char_lm.py with 1, 2 and 4 workers.

  python benchmarks/distributed.py --turns 3
  python benchmarks/distributed.py --turns 3 --write docs/scaling.md

All processes run on this machine, beside one parameter server, and apply their
gradients asynchronously. In each turn every number of workers trains once, and
one process without a parameter server runs the same steps; ratios are computed
within a turn. The table shows medians. All processes are forked from this one,
which has imported TensorFlow. Other load on the machine slows a single process
more than several, so the processor time of the parameter server is shown, too.
"""

import os
import pathlib
import re
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples"
sys.path[:0] = [str(EXAMPLES / "distributed"), str(EXAMPLES)]

import _table  # noqa: E402
import cluster  # noqa: E402
import numpy as np  # noqa: E402
import train_char_lm  # noqa: E402

import char_language_model  # noqa: E402

tf = train_char_lm.tf

# (units, rows, characters in a window): much and little work for each gradient
SIZES = [(128, 32, 32), (512, 4, 8)]
WORKERS = [1, 2, 4]
STEPS = 60  # of each worker


def in_child(function, path, *arguments):
  """Starts a forked process whose output goes to a file; returns its number."""
  sys.stdout.flush()
  process = os.fork()
  if process == 0:
    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    try:
      function(*arguments)
      sys.stdout.flush()
    finally:
      os._exit(0)
  return process


def processor_time(process):
  """Waits for a process; the seconds of processor time that it took."""
  used = os.wait4(process, 0)[2]
  return used.ru_utime + used.ru_stime


def train_alone(units, rows, chars):
  """Prints the seconds of a step without a cluster."""
  words = char_language_model.texts.read_text(None)
  vocabulary = char_language_model.texts.Vocabulary(words, least=3)
  batches = char_language_model.tfcompat_rnn.ContinuingBatches(
      vocabulary.encode(words), epochs=None, batch_size=rows, steps=chars)
  with tf.Graph().as_default(), tf.Session() as session:
    model = char_language_model.Model(
        len(vocabulary), rows, chars, units, 1, .005)
    session.run(tf.global_variables_initializer())
    for step in range(STEPS + 20):
      if step == 20:
        since = time.perf_counter()
      session.run([model.bits, model.train, model.rnn.keep_state_op],
                  model.feed(next(batches)))
    print((time.perf_counter() - since) / STEPS)


def alone(size, folder):
  path = os.path.join(folder, "alone.txt")
  processor_time(in_child(train_alone, path, *size))
  return float(pathlib.Path(path).read_text())


def together(size, workers, folder):
  """What a cluster does: the seconds of a step of a worker, characters a
  second, processor seconds of the parameter server for a step, and MB."""
  units, rows, chars = size
  ps, *others = cluster.free_addresses(workers + 1)
  every = 10 * workers
  words = ["--ps", ps, "--workers", ",".join(others), "--units", str(units),
           "--rows", str(rows), "--chars", str(chars), "--folder",
           os.path.join(folder, f"model-{workers}"), "--steps",
           str((STEPS + 30) * workers), "--report-every", str(every),
           "--save-every", "1000000", "--patience", "600", "--no-picture"]
  jobs = [("ps", 0)] + [("worker", number) for number in range(workers)]
  paths = [os.path.join(folder, f"{job}-{task}.txt") for job, task in jobs]
  running = [in_child(train_char_lm.main, path, [
      *words, "--job", job, "--task", str(task)])
             for path, (job, task) in zip(paths, jobs)]
  serving = [processor_time(process) for process in running][0]
  texts = [pathlib.Path(path).read_text() for path in paths[1:]]
  # Not the first lines, while the others begin, nor the last.
  speeds = [np.median([float(number) for number in re.findall(
      r"(\d+) characters/s", text)[2:-1]]) for text in texts]
  megabytes = float(re.search(r"([\d.]+) MB of gradients", texts[0])[1])
  return (rows * chars / np.mean(speeds), sum(speeds),
          serving / ((STEPS + 30) * workers), megabytes)


def measured(turns, sizes):
  """`{size: {workers: [what `together` returns]}}`; 0 workers: no cluster."""
  found = {size: {workers: [] for workers in [0, *WORKERS]} for size in sizes}
  for turn in range(turns):
    for size in sizes:
      for workers in [0, *WORKERS][::1 if turn % 2 else -1]:
        with tempfile.TemporaryDirectory() as folder:
          if workers:
            one = together(size, workers, folder)
          else:
            seconds = alone(size, folder)
            one = seconds, size[1] * size[2] / seconds, 0., 0.
        found[size][workers].append(one)
        print(size, workers, one, file=sys.stderr)  # it takes minutes
  return found


def rows(turns, sizes):
  yield ("| units, rows, characters | gradients | workers | ms for a step of a "
         "worker | characters/s together | ratio to one worker | ms of the "
         "server's processor for a step |")
  yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
  for size, by_workers in measured(turns, sizes).items():
    one = np.array([each[1] for each in by_workers[1]])
    megabytes = by_workers[1][0][-1]
    for workers, turns_ in by_workers.items():
      seconds, speeds, serving, _ = np.array(turns_).T
      name = f"{workers}" if workers else "no cluster"
      yield (f"| {', '.join(map(str, size))} | {megabytes:.2f} MB | {name} | "
             f"{1e3 * np.median(seconds):.1f} | {np.median(speeds):,.0f} | "
             f"{np.median(speeds / one):.2f} | "
             + (f"{1e3 * np.median(serving):.1f} |" if workers else "|"))


if __name__ == "__main__":
  _table.main(__doc__, rows, SIZES, mark="distributed")
