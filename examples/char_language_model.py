"""A character language model, trained by truncated backpropagation.

The text is split into rows that are read in parallel, one window of steps at a
time. The state is kept in variables from window to window and saved with the
weights, as is the position in the text. Stop the program with Ctrl-C (or kill
it) and start it again: it continues from the last checkpoint.

The default text is the documentation that comes with Python, but any text file
works:

  python char_language_model.py --text novel.txt --folder novel_model
"""

import json
import os
import re
import textwrap
import time

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import text as texts  # noqa: E402
from tfcompat_rnn.feedback import choice  # noqa: E402

BITS = 1. / np.log(2.)
KEEP = 2  # checkpoints


def entropies(ids, symbols):
  """Bits per character, given character frequencies, and given also the
  previous character."""
  pairs = np.zeros([symbols, symbols])
  np.add.at(pairs, (ids[:-1], ids[1:]), 1.)

  def bits(counts):
    total = counts.sum(-1, keepdims=True)
    share = counts / np.maximum(total, 1.)
    return -(share * np.log2(np.where(share > 0, share, 1.))).sum(-1)

  before = pairs.sum(1)
  return bits(pairs.sum(0)), (bits(pairs) * before).sum() / before.sum()


class Model:
  """An LSTM on characters, with a loop for training and one for generating.

  state: a function of the cell that makes the variables of the state.
  optimizer: a function of the optimizer that returns one around it.
  """

  def __init__(self, symbols, rows, steps, units, layers, rate,
               state=lambda cell: "variables",
               optimizer=lambda inner: inner):
    self.ids = tf.placeholder(tf.int32, [rows, steps], "ids")
    self.following = tf.placeholder(tf.int32, [rows, steps], "following")
    self.mask = tf.placeholder(tf.float32, [rows, steps], "mask")
    self.updates = tf.train.get_or_create_global_step()
    table = tf.get_variable("table", [symbols, 32])
    cell = cells.MultiRNNCell([cells.LSTMCell(units) for _ in range(layers)])
    cell = cells.OutputProjectionWrapper(cell, symbols)
    self.rnn = tfcompat_rnn.stateful_rnn(
        cell, tf.nn.embedding_lookup(table, self.ids), batch_size=rows,
        state=state(cell))
    costs = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=self.following, logits=self.rnn.outputs)
    # Bits per character; steps after the end of a row do not count.
    self.bits = BITS * tf.reduce_sum(costs * self.mask) / tf.maximum(
        tf.reduce_sum(self.mask), 1.)
    self.optimizer = optimizer(tf.train.AdamOptimizer(rate))
    gradients, variables = zip(*self.optimizer.compute_gradients(self.bits))
    clipped, _ = tf.clip_by_global_norm(gradients, 5.)
    self.gradients = list(zip(clipped, variables))
    self.train = self.optimizer.apply_gradients(
        self.gradients, global_step=self.updates)
    # For generating: the same cell on any number of characters, with a state
    # that is fetched and fed.
    self.heard = tf.placeholder(tf.int32, [None, None], "heard")
    self.state = tfcompat_rnn.feedable_state(cell, inputs=self.heard,
                                             name="written")
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
      self.logits, self.state_after = tfcompat_rnn.dynamic_rnn(
          cell, tf.nn.embedding_lookup(table, self.heard),
          initial_state=self.state)
    self.choice = choice.temperature(.6, seed=1).prepare(self.logits)

  def feed(self, batch):
    return {self.ids: batch.inputs, self.following: batch.targets,
            self.mask: batch.mask}

  def measure(self, session, batches, forget=False):
    """Bits per character on other text; restores the training state.

    forget: whether to reset the state before each window.
    """
    kept = session.run(self.rnn.initial_state)
    session.run(self.rnn.zero_state_op)
    found = []
    for batch in batches.from_position([0, 0]):
      bits, _ = session.run([self.bits, self.rnn.keep_state_op],
                            self.feed(batch))
      found.append((bits, batch.mask.sum()))
      if forget:
        session.run(self.rnn.zero_state_op)
    self.rnn.state.load(session, kept)
    bits, weights = zip(*found)
    return np.average(bits, weights=weights)

  def write(self, session, vocabulary, start, length, temperature):
    """Generates `length` characters that continue `start`."""
    written = tfcompat_rnn.generate(
        session, self.heard, self.logits, vocabulary.encode(start)[None],
        length, initial_state=self.state, final_state=self.state_after,
        choice=self.choice, temperature=temperature)
    return start + vocabulary.decode(written.choices[0])


def shown(written):
  """The generated text, with a margin, wrapped to fit a terminal."""
  return "\n".join(
      "    | " + part.rstrip() for line in written.splitlines()
      for part in textwrap.wrap(line, 72, drop_whitespace=False)
      or [""])


def check_folder(folder, vocabulary, arguments,
                 names=("rows", "steps", "units", "layers")):
  """Creates the folder for checkpoints, or checks that an existing one fits.

  (Restoring would not notice: a variable accepts values of any shape.)
  """
  os.makedirs(folder, exist_ok=True)
  path = os.path.join(folder, "settings.json")
  ours = {name: getattr(arguments, name) for name in names}
  ours["characters"] = vocabulary.characters
  if not os.path.exists(path):
    with open(path, "w", encoding="utf-8") as file:
      json.dump(ours, file)
  with open(path, encoding="utf-8") as file:
    theirs = json.load(file)
  if theirs["characters"] != ours["characters"]:
    raise SystemExit(f"{folder} contains a model for other characters; pass "
                     "the text it was trained on, or another --folder")
  differing = [f"--{name} {theirs[name]}" for name in theirs
               if name in ours and theirs[name] != ours[name]]
  if differing:
    raise SystemExit(f"{folder} contains a model made with "
                     f"{' '.join(differing)}; pass the same, or another "
                     "--folder")
  return os.path.join(folder, "model")


def recover_checkpoints(saver, folder, newest):
  """Has `saver` count the checkpoints of earlier lives among those it keeps.

  A saver knows only those that it has written itself, so every life would leave
  KEEP of them. What a process that was killed has not removed, goes as well.
  """
  found = {}
  for name in os.listdir(folder):
    match = re.fullmatch(r"(model-(\d+))\.index", name)
    if match:
      found[int(match.group(2))] = os.path.join(folder, match.group(1))
    elif re.fullmatch(r"model-\d+\..*\.tempstate\d+", name):
      os.remove(os.path.join(folder, name))  # written in part
  paths = [found[number] for number in sorted(found)]
  for path in paths[:-KEEP]:
    if path != newest:
      tf.train.remove_checkpoint(path)
  saver.recover_last_checkpoints(
      [path for path in paths if path in paths[-KEEP:] or path == newest])


def main(argv=None):
  parser = _common.parser(__doc__, "char_language_model.png")
  parser.add_argument("--text", metavar="FILE",
                      help="a text file (default Python's documentation)")
  parser.add_argument("--encoding", default="utf-8", metavar="NAME",
                      help="encoding of the file (default %(default)s)")
  parser.add_argument("--folder", default="char_language_model",
                      help="for checkpoints (default %(default)s)")
  parser.add_argument("--updates", type=int, default=1400, metavar="N",
                      help="training updates (default %(default)s)")
  parser.add_argument("--rows", type=int, default=32, metavar="N",
                      help="places read in parallel (default %(default)s)")
  parser.add_argument("--steps", type=int, default=32, metavar="N",
                      help="characters per window (default %(default)s)")
  parser.add_argument("--units", type=int, default=128, metavar="N",
                      help="size of each LSTM (default %(default)s)")
  parser.add_argument("--layers", type=int, default=1, metavar="N",
                      help="number of LSTM layers (default %(default)s)")
  parser.add_argument("--rate", type=float, default=.005, metavar="R",
                      help="learning rate (default %(default)s)")
  parser.add_argument("--save-every", type=int, default=200, metavar="N",
                      help="updates between checkpoints and progress reports "
                      "(default %(default)s)")
  parser.add_argument("--write", type=int, default=300, metavar="N",
                      help="characters to generate at the end (default "
                      "%(default)s)")
  parser.add_argument("--start", default="When a class ", metavar="TEXT",
                      help="text to continue (default %(default)r)")
  arguments = parser.parse_args(argv)
  if not arguments.start:
    parser.error("--start must have at least one character")
  pyplot = _common.pyplot(arguments.picture)
  try:
    words = texts.read_text(arguments.text, arguments.encoding)
  except (OSError, ValueError) as error:
    raise SystemExit(f"char_language_model.py: {error}") from None

  vocabulary = texts.Vocabulary(words, least=3)
  ids = vocabulary.encode(words)
  single, paired = entropies(ids, len(vocabulary))
  held_out = max(len(ids) // 25, arguments.rows * 2 + 1)
  options = dict(batch_size=arguments.rows, steps=arguments.steps)
  training = tfcompat_rnn.ContinuingBatches(ids[:-held_out], epochs=None,
                                            **options)
  testing = tfcompat_rnn.ContinuingBatches(ids[-held_out:], **options)
  model_path = check_folder(arguments.folder, vocabulary, arguments)
  print(f"{arguments.text or 'The documentation of Python'}: {len(ids)} "
        f"characters, {len(vocabulary)} distinct.\nBits per character:\n"
        f"  {np.log2(len(vocabulary)):.2f} without any knowledge\n"
        f"  {single:.2f} given the frequency of each character\n"
        f"  {paired:.2f} given the previous character\n")

  with tf.Graph().as_default():
    tf.set_random_seed(arguments.seed)
    model = Model(len(vocabulary), arguments.rows, arguments.steps,
                  arguments.units, arguments.layers, arguments.rate)
    place = tfcompat_rnn.SavedPosition(training)
    saver = tf.train.Saver(max_to_keep=KEEP)
    initialize = tf.global_variables_initializer()
    session = tfcompat_rnn.new_session(memory_growth=True)
    session.graph.finalize()
    checkpoint = tf.train.latest_checkpoint(arguments.folder)
    recover_checkpoints(saver, arguments.folder, checkpoint)
    if checkpoint:
      saver.restore(session, checkpoint)
      try:
        place.recall(session)
      except ValueError as error:  # the text has changed since
        raise SystemExit(f"char_language_model.py: {error}") from None
    else:
      session.run(initialize)
    done = int(session.run(model.updates))
    if checkpoint:
      print(f"Continuing from {checkpoint}: {done} updates done, position in "
            f"the text {training.position.tolist()}\n(delete "
            f"{arguments.folder} to start again)\n")

    curve, tested, since = [], [], time.time()
    for number in range(done + 1, arguments.updates + 1):
      batch = next(training)
      if batch.reset_mask[0, 0]:  # the text starts again
        session.run(model.rnn.zero_state_op)
      # Weights, state and position all advance in one run.
      bits, _, _, _ = session.run(
          [model.bits, model.train, model.rnn.keep_state_op, place.keep_op],
          {**model.feed(batch), place.fed: batch.position})
      curve.append((number, bits))
      if number % arguments.save_every == 0 or number == arguments.updates:
        saver.save(session, model_path, global_step=number)
        took = (time.time() - since) / (number - done)
        tested.append((number, model.measure(session, testing)))
        recent = np.mean([b for _, b in curve[-arguments.save_every:]])
        print(f"  update {number:5d}   {recent:.2f} bits per character, "
              f"{tested[-1][1]:.2f} on unseen text   ({1000 * took:.0f} ms "
              "per update; saved)", flush=True)
        done, since = number, time.time()
    kept = model.measure(session, testing)
    forgetting = model.measure(session, testing, forget=True)
    print(f"\nOn unseen text: {kept:.2f} bits per character with the state "
          f"kept, {forgetting:.2f} with the\nstate reset after every "
          f"{arguments.steps} characters.")
    for temperature in (.3, .6):
      print(f"\nGenerated text (temperature {temperature}):\n" + shown(
          model.write(session, vocabulary, arguments.start, arguments.write,
                      temperature)))
    session.close()
  if pyplot is not None and len(curve) > 1:
    figure, axes = pyplot.subplots(figsize=(9, 4))
    numbers, bits = zip(*curve)
    width = max(1, min(10, len(bits) // 10))
    smooth = np.convolve(bits, np.ones(width) / width, "valid")
    axes.plot(numbers[width - 1:], smooth, color="tab:blue", linewidth=1,
              label="while training")
    axes.plot(*zip(*tested), "o", color="tab:orange", label="unseen text")
    axes.axhline(single, color="0.6", linestyle=":")
    axes.axhline(paired, color="0.3", linestyle=":")
    axes.text(numbers[-1], single, "given frequencies", ha="right",
              va="bottom", fontsize=8, color="0.4")
    axes.text(numbers[-1], paired, "given the previous character", ha="right",
              va="bottom",
              fontsize=8, color="0.2")
    axes.set_xlabel("updates")
    axes.set_ylabel("bits per character")
    axes.legend(loc="upper center")
    _common.save(figure, arguments.picture)
  return {"curve": curve, "kept": kept, "forgetting": forgetting,
          "single": single, "paired": paired, "tested": tested}


if __name__ == "__main__":
  try:
    main()
  except KeyboardInterrupt:
    raise SystemExit("\nStopped. Start it again to continue from the last "
                     "checkpoint.") from None
