"""Records a function in this process, and reads what was recorded."""

import argparse
import threading

from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare.recording import Recording


def options(words=""):
  """The parsed common options."""
  parser = argparse.ArgumentParser()
  recorder.add_arguments(parser)
  return parser.parse_args(words.split())


def record(tf, path, run, words=""):
  """Calls `run()` in a fresh graph with the recorder on: a Recording.

  What `run` raises is let through only if it is no Exception of its own.
  """
  recording = recorder.make(str(path), options(words), ["run"])
  recording.attach(tf)
  try:
    with tf.Graph().as_default():
      recorder.seed_generators(options(words).seed)
      recorder.watch(recording, run)
  except Exception as error:
    if recording.outcome["kind"] != "error":
      raise
    assert recording.outcome["type"] == type(error).__name__
  finally:
    recording.detach()
  return Recording(path)


def in_thread(function, name=None):
  """Runs `function()` in another thread to its end."""
  thread = threading.Thread(target=function, name=name)
  thread.start()
  thread.join()


def names(call):
  """{path or name: value as a list} of what a call fetched."""
  return {item.path or item.name: item.value.array.tolist()
          if hasattr(item.value.array, "tolist") else item.value.array
          for item in call.fetched}
