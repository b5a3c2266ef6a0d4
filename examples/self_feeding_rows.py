"""Shows that a published loop mixes the rows of a batch.

A loop that feeds a network its own output collects its outputs step by step as
[time, batch, depth], but callers need [batch, time, depth]. A version that was
copied between TensorFlow 1.x programs uses `tf.reshape` for this, which does
not move any numbers but only counts them differently: row 0 gets the first
steps of all rows in turn. Only a batch of one is correct, and the loss of a
larger one still decreases a little, so the fault is easy to miss.

Here a network learns waves and continues three of them by itself, in both
loops, with the same weights.
"""

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402

PERIODS = np.array([20., 30., 45.])


def waves(periods, phases, steps):
  """Sine waves, one per row, `[batch, time, 1]`."""
  time = np.arange(steps)[None, :]
  angle = 2. * np.pi * (time / periods[:, None] + phases[:, None])
  return np.sin(angle)[..., None].astype(np.float32)


def as_published(cell, first, state, processing, steps):
  """The loop as published: stacked by time, then reshaped."""
  written = tf.TensorArray(tf.float32, size=steps)

  def step(t, inputs, state, written):
    with tf.variable_scope("rnn", reuse=True):
      output, state = cell(inputs, state)
    inputs = processing(output)
    return t + 1, inputs, state, written.write(t, inputs)

  _, _, state, written = tf.while_loop(
      lambda t, *unused: t < steps, step, (0, first, state, written))
  # The fault: this should be a transpose.
  return tf.reshape(written.stack(), [-1, steps, 1]), state


def main(argv=None):
  parser = _common.parser(__doc__, "self_feeding_rows.png")
  parser.add_argument("--updates", type=int, default=1200, metavar="N",
                      help="training updates (default %(default)s)")
  parser.add_argument("--units", type=int, default=24, metavar="N",
                      help="size of the LSTM (default %(default)s)")
  parser.add_argument("--steps", type=int, default=90, metavar="N",
                      help="steps to continue alone (default %(default)s)")
  arguments = parser.parse_args(argv)
  pyplot = _common.pyplot(arguments.picture)
  random = np.random.RandomState(arguments.seed)

  with tf.Graph().as_default():
    tf.set_random_seed(arguments.seed)
    cell = cells.LSTMCell(arguments.units)
    weights = tf.get_variable("weights", [arguments.units, 1])
    processing = lambda output: 1.25 * tf.tanh(tf.matmul(output, weights))
    inputs = tf.placeholder(tf.float32, [None, None, 1], "inputs")
    targets = tf.placeholder(tf.float32, [None, None, 1], "targets")
    predicted, final_state = tfcompat_rnn.teacher_forcing_rnn(
        cell, inputs, processing=processing)
    # The first steps reveal too little of the wave to be scored.
    loss = tf.reduce_mean(tf.square(predicted - targets)[:, 15:])
    rate = tf.placeholder(tf.float32, [], "rate")
    train = tf.train.AdamOptimizer(rate).minimize(loss)

    first = predicted[:, -1]
    steps = arguments.steps
    ours, _ = tfcompat_rnn.self_feeding_rnn(
        cell, first, final_state, processing=processing, steps=steps,
        reuse=True)
    published, _ = as_published(cell, first, final_state, processing, steps)

    with tfcompat_rnn.new_session(memory_growth=True) as session:
      session.run(tf.global_variables_initializer())
      session.graph.finalize()
      print(f"An LSTM with {arguments.units} units learns to predict the next "
            "value of waves.\n\n  updates   mean squared error")
      losses = []
      for number in range(1, arguments.updates + 1):
        batch = waves(random.uniform(18., 50., 24), random.rand(24), 71)
        heard = batch + .02 * random.randn(*batch.shape)
        losses.append(session.run([loss, train], {
            inputs: heard[:, :-1], targets: batch[:, 1:],
            rate: .01 * (1. - number / (arguments.updates + 1.))})[0])
        if number % max(1, arguments.updates // 6) == 0:
          print(f"  {number:7d}   {np.mean(losses[-20:]):.6f}", flush=True)
      heard = 60
      true = waves(PERIODS, np.array([0., .3, .6]), heard + 1 + steps)
      feed = {inputs: true[:, :heard]}
      by_us, by_them = session.run([ours, published], feed)
      alone = [session.run([ours, published],
                           {inputs: true[row:row + 1, :heard]})
               for row in range(len(PERIODS))]

  true = true[:, heard + 1:]
  print(f"\nThree waves, continued alone for {steps} steps. Difference from "
        "the same row in a\nbatch of one:\n\n  row   as published      ours")
  apart = np.zeros([len(PERIODS), 2])
  for row, (one_by_us, one_by_them) in enumerate(alone):
    assert np.array_equal(one_by_us, one_by_them)  # one row: both are right
    apart[row] = [np.abs(by_them[row] - one_by_us[0]).max(),
                  np.abs(by_us[row] - one_by_us[0]).max()]
    print(f"  {row:3d}   {apart[row, 0]:12.3f}   {apart[row, 1]:7.0e}")
  turned = by_us.transpose(1, 0, 2).reshape(by_us.shape)
  print("\nThe published result is ours with the rows mixed: "
        f"{bool(np.array_equal(turned, by_them))}")

  if pyplot is not None:
    figure, axes = pyplot.subplots(
        len(PERIODS), 1, figsize=(9, 6), sharex=True, sharey=True)
    for row, panel in enumerate(axes):
      panel.plot(true[row, :, 0], color="0.75", linewidth=6, label="true wave")
      panel.plot(by_them[row, :, 0], ".-", color="tab:red", linewidth=.7,
                 markersize=4, label="as published (reshape)")
      panel.plot(by_us[row, :, 0], color="tab:blue", linewidth=2, label="ours")
      panel.set_ylabel(f"row {row}")
    axes[0].set_ylim(-1.4, 1.4)
    axes[0].legend(loc="lower center", bbox_to_anchor=(.5, 1.), ncol=3,
                   frameon=False)
    axes[-1].set_xlabel("step alone")
    _common.save(figure, arguments.picture)
  return {"losses": losses, "apart": apart, "ours": by_us,
          "published": by_them, "true": true}


if __name__ == "__main__":
  main()
