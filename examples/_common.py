"""Shared by the examples: quiet start-up, arguments and pictures."""

import argparse
import os
import sys


def tensorflow():
  """Imports TensorFlow's 1.x namespace without its start-up messages."""
  from tfcompat_rnn import _patching
  from tfcompat_rnn.launcher import startup_messages
  patches = _patching.Stack()  # never closed: lasts as long as the process
  startup_messages.silence(patches)
  with startup_messages.quiet_stderr():
    import tensorflow.compat.v1 as tf
  startup_messages.watch_first_session(patches, tf)
  return tf


def parser(doc, picture):
  """An argument parser with the options of every example."""
  made = argparse.ArgumentParser(
      description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
  made.add_argument("--seed", type=int, default=0, metavar="S",
                    help="for data and initial values (default %(default)s)")
  made.add_argument("--picture", default=picture, metavar="FILE",
                    help="where to save the picture (default %(default)s)")
  made.add_argument("--no-picture", dest="picture", action="store_const",
                    const=None, help="do not draw a picture")
  return made


def pyplot(path):
  """matplotlib's pyplot for writing files, or None if it is not installed.

  It is imported before training, so that problems show up early.
  """
  if path is None:
    return None
  folder = os.path.dirname(os.path.abspath(path))
  if not os.path.isdir(folder):
    sys.exit(f"--picture: there is no folder {folder}; create it first")
  try:
    import matplotlib
  except ImportError:
    print("No picture will be drawn, because matplotlib is not installed. "
          "Install the extra `plot`:\n  pip install 'tfcompat_rnn[plot]'\n")
    return None
  matplotlib.use("Agg")
  from matplotlib import pyplot as made
  return made


def save(figure, path):
  """Saves a small picture and prints its path."""
  figure.tight_layout()
  figure.savefig(path, dpi=80)
  print(f"\nPicture saved to {path}")
