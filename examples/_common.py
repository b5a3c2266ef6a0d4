"""What all examples here do alike: start quietly, take arguments, draw."""

import argparse
import os
import sys


def tensorflow():
  """TensorFlow's 1.x namespace, imported without its start-up messages."""
  from tfcompat_rnn import _patching
  from tfcompat_rnn.launcher import startup_messages
  patches = _patching.Stack()  # never closed: lasts as long as the process
  startup_messages.silence(patches)
  with startup_messages.quiet_stderr():
    import tensorflow.compat.v1 as tf
  startup_messages.watch_first_session(patches, tf)
  return tf


def parser(doc, picture):
  """An argument parser with what every example takes."""
  made = argparse.ArgumentParser(
      description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
  made.add_argument("--seed", type=int, default=0, metavar="S",
                    help="for data and initial values (default %(default)s)")
  made.add_argument("--picture", default=picture, metavar="FILE",
                    help="where to save the picture (default %(default)s)")
  made.add_argument("--no-picture", dest="picture", action="store_const",
                    const=None, help="draw nothing")
  return made


def pyplot(path):
  """matplotlib's pyplot for writing files, or None if there is none.

  Asked for before the training, so that nobody waits in vain.
  """
  if path is None:
    return None
  folder = os.path.dirname(os.path.abspath(path))
  if not os.path.isdir(folder):
    sys.exit(f"--picture: there is no folder {folder}; make it first")
  try:
    import matplotlib
  except ImportError:
    print("There will be no picture: matplotlib is not installed. It comes "
          "with the extra `plot`:\n  pip install 'tfcompat_rnn[plot]'\n")
    return None
  matplotlib.use("Agg")
  from matplotlib import pyplot as made
  return made


def save(figure, path):
  """Saves a picture, small, and says where."""
  figure.tight_layout()
  figure.savefig(path, dpi=80)
  print(f"\nThe picture is in {path}")
