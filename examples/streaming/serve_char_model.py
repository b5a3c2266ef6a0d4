"""Serves a character model to many writers, and survives being killed.

The model of char_language_model.py is trained for a short time, or loaded if
the folder contains one. Each writer then continues a text of its own: in each
round some of them are ready, and one step of a `StreamingSession` serves them.
The state of a writer is that of the network, its next character, its random
numbers and the end of its text, so nothing else needs to be saved.

All states are written to a snapshot every few rounds. Kill the program (even
with `kill -9`) and start it again: every writer goes on as of the last snapshot
and writes the text that it would have written.

  python examples/streaming/serve_char_model.py --writers 500 --rounds 200
"""

import argparse
import glob
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import _common  # noqa: E402

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import char_language_model  # noqa: E402
import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import text as texts  # noqa: E402

TAIL = 60  # characters of its text that a writer remembers
LARGEST = 2**31 - 1  # random numbers are below it
CONTINUE = -1  # as input: the writer's own next character


class Server:
  """The trained model of `folder`, and a stream for each writer."""

  def __init__(self, folder, writers, temperature):
    with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
      settings = json.load(file)
    self.vocabulary = texts.Vocabulary(settings["characters"])
    symbols = len(self.vocabulary)
    checkpoint = tf.train.latest_checkpoint(folder)
    with tf.Graph().as_default() as graph:
      # Built with the names that the variables have in the checkpoint.
      table = tf.get_variable("table", [symbols, 32])
      cell = cells.OutputProjectionWrapper(cells.MultiRNNCell([
          cells.LSTMCell(settings["units"])
          for _ in range(settings["layers"])]), symbols)
      self.first = {
          "network": tf.nest.map_structure(
              lambda size: np.zeros([size], np.float32), cell.state_size),
          "next": np.int32(0), "random": np.int64(0),
          "tail": np.zeros([TAIL], np.int32)}

      def step(typed, state):
        heard = tf.where(typed >= 0, typed, state["next"])
        logits, network = cell(
            tf.nn.embedding_lookup(table, heard), state["network"])
        random = state["random"] * 48271 % LARGEST
        share = tf.cast(random, tf.float32) / LARGEST
        below = tf.cumsum(tf.nn.softmax(logits / temperature), axis=1)
        drawn = tf.reduce_sum(
            tf.cast(below < share[:, None], tf.int32), axis=1)
        drawn = tf.minimum(drawn, symbols - 1)
        return drawn, {
            "network": network, "next": drawn, "random": random,
            "tail": tf.concat([state["tail"][:, 1:], heard[:, None]], 1)}

      session = tfcompat_rnn.new_session(graph, memory_growth=True)
      self.streams = tfcompat_rnn.StreamingSession(
          step, tf.TensorSpec([None], tf.int32), writers, self.first,
          session=session, label=os.path.basename(checkpoint))
      tf.train.Saver(tf.global_variables()).restore(session, checkpoint)
      graph.finalize()

  def begin(self, writers, start, seed):
    """Opens a stream for each writer, and types `start` into all of them."""
    for writer in range(writers):
      self.streams.open(writer, {
          **self.first, "random": 1 + (seed * writers + writer) % 10**6 * 2003})
    for symbol in self.vocabulary.encode(start):
      self.streams.step_rows(range(writers), np.full([writers], symbol))

  def serve(self, writers):
    """The next character of each of these writers."""
    return self.streams.step_rows(
        writers, np.full([len(writers)], CONTINUE))

  def text(self, writer):
    return self.vocabulary.decode(self.streams.state(writer)["tail"])


def snapshots(folder):
  """`[(round, path)]` of the snapshots in `folder`, the latest last."""
  found = []
  for path in glob.glob(os.path.join(glob.escape(folder), "streams-*.npz")):
    found.append((int(re.search(r"(\d+)\.npz$", path)[1]), path))
  return sorted(found)


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--seed", type=int, default=0, metavar="S",
                      help="for initial values, and for what is written "
                      "(default %(default)s)")
  parser.add_argument("--folder", default="served_char_model",
                      help="for the model and snapshots (default %(default)s)")
  parser.add_argument("--text", metavar="FILE",
                      help="a text to train on (default Python's "
                      "documentation)")
  parser.add_argument("--updates", type=int, default=300, metavar="N",
                      help="training updates (default %(default)s)")
  parser.add_argument("--units", type=int, default=128, metavar="N",
                      help="size of the LSTM (default %(default)s)")
  parser.add_argument("--writers", type=int, default=500, metavar="N",
                      help="streams (default %(default)s)")
  parser.add_argument("--rounds", type=int, default=200, metavar="N",
                      help="steps of the server (default %(default)s)")
  parser.add_argument("--ready", type=float, default=.3, metavar="SHARE",
                      help="of the writers in a round (default %(default)s)")
  parser.add_argument("--save-every", type=int, default=20, metavar="N",
                      help="rounds between snapshots (default %(default)s)")
  parser.add_argument("--temperature", type=float, default=.6, metavar="T",
                      help="of the characters drawn (default %(default)s)")
  parser.add_argument("--start", default="When a class ", metavar="TEXT",
                      help="what each writer begins with (default "
                      "%(default)r)")
  arguments = parser.parse_args(argv)
  folder, writers = arguments.folder, arguments.writers
  if not tf.train.latest_checkpoint(folder):
    words = ["--folder", folder, "--updates", str(arguments.updates),
             "--units", str(arguments.units), "--write", "1", "--no-picture",
             "--seed", str(arguments.seed)]
    words += ["--text", arguments.text] if arguments.text else []
    char_language_model.main(words)
    print()
  server = Server(folder, writers, arguments.temperature)
  saved = snapshots(folder)
  done = 0
  if saved:
    done, path = saved[-1]
    try:
      server.streams.restore(path)
    except ValueError as error:  # of another model, or of more writers
      raise SystemExit(f"serve_char_model.py: {error}") from None
    if len(server.streams) != writers:
      raise SystemExit(f"{path} is of {len(server.streams)} writers; pass "
                       f"--writers {len(server.streams)}, or another --folder")
    print(f"Continuing {len(server.streams)} writers after round {done}, from "
          f"{path}\n(delete it to start again)\n")
  else:
    server.begin(writers, arguments.start, arguments.seed)

  since, served = time.time(), 0
  for number in range(done + 1, arguments.rounds + 1):
    # Who is ready is drawn from the number of the round, so that a restarted
    # server is asked for the same.
    draw = np.random.RandomState([arguments.seed, number])
    ready = np.flatnonzero(draw.rand(writers) < arguments.ready).tolist()
    server.serve(ready)
    served += len(ready)
    if number % arguments.save_every == 0 or number == arguments.rounds:
      server.streams.snapshot(
          os.path.join(folder, f"streams-{number}.npz"))
      for _, path in snapshots(folder)[:-2]:
        os.unlink(path)
      each = 1e6 * (time.time() - since) / max(served, 1)
      print(f"  round {number:5d}   {served} characters, {each:.0f} µs for "
            "each; all states saved", flush=True)
      since, served = time.time(), 0

  written = {writer: server.text(writer) for writer in range(writers)}
  print("\nThe end of the texts of three writers:")
  for writer in range(min(3, writers)):
    print("    | " + " ".join(written[writer].split()))
  states = [server.streams.state(writer) for writer in range(writers)]
  server.streams.session.close()
  return {"written": written, "states": states}


if __name__ == "__main__":
  main()
