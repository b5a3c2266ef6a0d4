"""Shared by the benchmarks that write a table into a page."""

import argparse
import importlib.metadata
import json
import os
import pathlib
import re

from tfcompat_rnn.bench.machine import processor


def write(path, lines, mark="benchmark"):
  """Writes the table between the markers in the page."""
  page = pathlib.Path(path)
  text, count = re.subn(
      rf"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)",
      lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2],
      page.read_text(), flags=re.DOTALL)
  assert count == 1, "the page has no place for the table"
  page.write_text(text)


def report(found, lines, rounds, path=None):
  """Prints the lines of a table, and writes what was found as JSON."""
  version = importlib.metadata.version("tensorflow")
  print(f"TensorFlow {version}, {os.cpu_count()} cores of {processor()}, "
        f"{rounds} rounds.", "", *lines, sep="\n")
  if path:
    pathlib.Path(path).write_text(json.dumps(
        {"version": version, "rows": found}, indent=1))


def main(doc, rows, sizes, argv=None, mark="benchmark"):
  """Prints the lines `rows(turns, sizes)`; writes them with --write PAGE."""
  # Not at the top: importing TensorFlow 2 sets TF2_BEHAVIOR in the environment
  # of the processes that seq2seq.py starts, and TensorFlow 1.15 obeys it.
  import tensorflow.compat.v1 as tf
  parser = argparse.ArgumentParser(
      description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--turns", type=int, default=15)
  parser.add_argument("--sizes", type=int, default=len(sizes),
                      help="how many of the sizes, smallest first")
  parser.add_argument("--write", metavar="PAGE")
  arguments = parser.parse_args(argv)
  lines = [f"TensorFlow {tf.version.VERSION}, {os.cpu_count()} cores of "
           f"{processor()}, {arguments.turns} turns.", ""]
  for line in lines:
    print(line)
  for line in rows(arguments.turns, sizes[:arguments.sizes]):
    print(line, flush=True)
    lines.append(line)
  if arguments.write:
    write(arguments.write, lines, mark)
  return lines
