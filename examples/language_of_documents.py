"""Recognizes the language of documents in a stream.

Each row of a batch is a stream of documents, read one window of characters at a
time. After every character the network predicts which of five languages it is
reading. The state must be carried from window to window, but not from one
document to the next, which may be in another language. Therefore it is reset
where a document begins, in that row only, even in the middle of a window.

The state of all layers is in one variable, [layers, 2, rows, units].
"""

import time

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import languages  # noqa: E402
from tfcompat_rnn.datasets import text  # noqa: E402

NAMES = sorted(languages.SENTENCES)


class Reader:
  """Two LSTMs that predict the language after each character."""

  def __init__(self, symbols, rows, steps, units, align):
    self.ids = tf.placeholder(tf.int32, [rows, steps], "ids")
    self.languages = tf.placeholder(tf.int32, [rows, steps], "languages")
    self.mask = tf.placeholder(tf.float32, [rows, steps], "mask")
    self.resets = tf.placeholder(tf.bool, [rows, steps], "resets")
    self.rate = tf.placeholder(tf.float32, [], "rate")
    table = tf.get_variable("table", [symbols, 16])
    cell = cells.OutputProjectionWrapper(
        cells.MultiRNNCell([cells.LSTMCell(units) for _ in range(2)]),
        len(NAMES))
    state = tfcompat_rnn.PackedStateVariables(cell, rows, name="hidden_state")
    # If documents begin anywhere, the state is reset inside the loop; if they
    # begin at the start of a window, it can be reset between two runs.
    rnn = tfcompat_rnn.stateful_rnn(
        cell, tf.nn.embedding_lookup(table, self.ids), state=state,
        reset_mask=None if align else self.resets)
    self.reset_op = state.reset_rows(self.resets[:, 0]) if align else None
    self.state, self.keep_op, self.zero_op = (
        state, rnn.keep_state_op, rnn.zero_state_op)
    self.says = tf.nn.softmax(rnn.outputs)
    costs = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=self.languages, logits=rnn.outputs)
    self.cost = tf.reduce_sum(costs * self.mask) / tf.maximum(
        tf.reduce_sum(self.mask), 1.)
    optimizer = tf.train.AdamOptimizer(self.rate)
    gradients, variables = zip(*optimizer.compute_gradients(self.cost))
    clipped, _ = tf.clip_by_global_norm(gradients, 1.)
    self.train_op = optimizer.apply_gradients(zip(clipped, variables))
    # A single whole document, starting from a zero state.
    self.document = tf.placeholder(tf.int32, [1, None], "document")
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
      logits, _ = tfcompat_rnn.dynamic_rnn(
          cell, tf.nn.embedding_lookup(table, self.document),
          dtype=tf.float32)
    self.says_alone = tf.nn.softmax(logits)

  def run(self, session, fetches, batch, resets, rate=0.):
    """Reads one window, and keeps the state."""
    feed = {self.ids: batch.inputs, self.languages: batch.targets,
            self.mask: batch.mask, self.resets: resets, self.rate: rate}
    if self.reset_op is not None:
      session.run(self.reset_op, {self.resets: resets})
    return session.run([fetches, self.keep_op], feed)[0]


def resets_of(batch, policy):
  """Where the state is reset."""
  if policy == "never":
    return np.zeros_like(batch.reset_mask)
  resets = batch.reset_mask.copy()
  if policy == "at each window":
    resets[:, 0] = True
  return resets


def read(session, reader, batches, policy):
  """The predictions for every document: `{number: [characters, languages]}`."""
  session.run(reader.zero_op)
  said = {}
  for batch in batches.from_position([0, 0]):
    says = reader.run(session, reader.says, batch, resets_of(batch, policy))
    for row, length in enumerate(batch.lengths):
      for number in np.unique(batch.sequence_ids[row, :length]):
        here = batch.sequence_ids[row] == number
        said.setdefault(int(number), []).append(says[row, here])
  return {number: np.concatenate(parts) for number, parts in said.items()}


def main(argv=None):
  parser = _common.parser(__doc__, "language_of_documents.png")
  parser.add_argument("--updates", type=int, default=2000, metavar="N",
                      help="training updates (default %(default)s)")
  parser.add_argument("--documents", type=int, default=400, metavar="N",
                      help="training documents (default %(default)s)")
  parser.add_argument("--rows", type=int, default=16, metavar="N",
                      help="parallel streams (default %(default)s)")
  parser.add_argument("--steps", type=int, default=12, metavar="N",
                      help="characters per window (default %(default)s)")
  parser.add_argument("--units", type=int, default=64, metavar="N",
                      help="size of each LSTM (default %(default)s)")
  parser.add_argument("--align", action="store_true",
                      help="start every document with a window, and reset the "
                      "state between runs instead of inside the loop")
  arguments = parser.parse_args(argv)
  if arguments.documents < 4 * arguments.rows:
    parser.error("--documents must be at least four times --rows: a quarter "
                 "as many are used for testing, and every row needs one")
  pyplot = _common.pyplot(arguments.picture)
  train, test = languages.documents(arguments.documents, seed=arguments.seed)
  vocabulary = text.Vocabulary("".join(words for _, words in train + test))

  def stream(documents, **options):
    ids = [vocabulary.encode(words) for _, words in documents]
    answers = [np.full(len(part), NAMES.index(language), np.int32)
               for part, (language, _) in zip(ids, documents)]
    return tfcompat_rnn.ContinuingBatches(
        ids, arguments.rows, arguments.steps, targets=answers, layout="rows",
        align=arguments.align, **options)

  training = stream(train, epochs=None, shuffle=True, seed=arguments.seed)
  testing = stream(test)
  print(f"{len(train)} documents of 1 to 4 sentences in {', '.join(NAMES)}, "
        f"in {arguments.rows} streams,\nread {arguments.steps} characters at "
        f"a time; {len(test)} test documents with other sentences.\n")

  with tf.Graph().as_default():
    tf.set_random_seed(arguments.seed)
    reader = Reader(len(vocabulary), arguments.rows, arguments.steps,
                    arguments.units, arguments.align)
    print(f"The state is one variable: {reader.state.variables[0].op.name}, "
          f"{reader.state.variables[0].shape.as_list()}\n")
    session = tfcompat_rnn.new_session(memory_growth=True)
    session.run(tf.global_variables_initializer())
    session.graph.finalize()
    print("  updates   loss")
    random = np.random.RandomState(arguments.seed)
    begun, costs = time.time(), []
    for number in range(1, arguments.updates + 1):
      batch = next(training)
      # A tenth of the characters is replaced at random, so that sentences
      # cannot be memorized.
      batch = batch._replace(inputs=np.where(
          random.rand(*batch.inputs.shape) < .1,
          random.randint(len(vocabulary), size=batch.inputs.shape),
          batch.inputs))
      costs.append(reader.run(
          session, [reader.cost, reader.train_op], batch,
          batch.reset_mask, .01 * (1. - number / (arguments.updates + 1.)))[0])
      if number % max(1, arguments.updates // 8) == 0:
        print(f"  {number:7d}   {np.mean(costs[-50:]):.3f}", flush=True)
    print(f"\n{arguments.updates} updates in {time.time() - begun:.1f} s")

    policies = ("at each document", "at each window", "never")
    said = {policy: read(session, reader, testing, policy)
            for policy in policies}
    # This shows that the resets work: a document in the stream is read exactly
    # as if it were alone.
    alone = [session.run(reader.says_alone, {
        reader.document: vocabulary.encode(words)[None]})[0]
             for _, words in test]
    apart, apart_never = (
        max(np.abs(one - said[policy][number]).max()
            for number, one in enumerate(alone))
        for policy in ("at each document", "never"))
    session.close()
  print("Its predictions for a document in the stream differ from those for "
        f"the same\ndocument alone by at most {apart:.1e}; without resets, "
        f"by {apart_never:.1e}.\n")

  right = {policy: [said[policy][number].argmax(1) == NAMES.index(language)
                    for number, (language, _) in enumerate(test)]
           for policy in policies}
  accuracy = {policy: np.concatenate(right[policy]).mean()
              for policy in policies}
  at_end = {policy: np.mean([answers[-1] for answers in right[policy]])
            for policy in policies}
  print("Accuracy on unseen sentences   after each character   at the end\n"
        + "\n".join(f"  state reset {policy:17s}{accuracy[policy]:16.1%}"
                    f"{at_end[policy]:16.1%}"
                    for policy in policies))
  if pyplot is not None:
    figure, axes = pyplot.subplots(figsize=(9, 4))
    bins = np.arange(0, 101, 4)
    for policy, color in zip(policies, ("tab:blue", "tab:orange", "0.5")):
      shares = [np.concatenate([answers[low:high]
                                for answers in right[policy]]).mean()
                for low, high in zip(bins, bins[1:])]
      axes.plot(bins[1:], shares, "o-", color=color, markersize=3,
                label=f"state reset {policy}")
    axes.axhline(1. / len(NAMES), color="0.6", linestyle=":")
    axes.text(0, 1. / len(NAMES), "guessing", ha="left", va="bottom",
              fontsize=8, color="0.4")
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("characters of the document read")
    axes.set_ylabel("accuracy on unseen sentences")
    axes.legend(loc="lower right")
    _common.save(figure, arguments.picture)
  return {"apart": apart, "apart_never": apart_never, "accuracy": accuracy,
          "at_end": at_end, "costs": costs}


if __name__ == "__main__":
  main()
