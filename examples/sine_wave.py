"""Learns a sine wave, then continues it by itself, in two ways.

The network is trained to predict the next value of a wave. It then reads a few
values and continues alone, each output becoming the next input:

  over session.run   tfcompat_rnn.generate, one session.run per step
  in the graph       tfcompat_rnn.self_feeding_rnn, all steps in one run

Both do the same arithmetic and give the same curve.
"""

import time

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import timeseries  # noqa: E402

PERIOD = 20. * np.pi  # np.sin(np.linspace(0, 10, 100)), nearly


def next_values(inputs, initial_state, cell, processing):
  """The network: maps `[batch, time, 1]` to the value that follows each."""
  outputs, final_state = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=initial_state)
  units = outputs.shape[2]
  flat = processing(tf.reshape(outputs, [-1, units]))
  return tf.reshape(flat, tf.shape(inputs)), final_state


def main(argv=None):
  parser = _common.parser(__doc__, "sine_wave.png")
  parser.add_argument("--updates", type=int, default=1000, metavar="N",
                      help="training updates (default %(default)s)")
  parser.add_argument("--units", type=int, default=20, metavar="N",
                      help="size of the LSTM (default %(default)s)")
  parser.add_argument("--rows", type=int, default=16, metavar="N",
                      help="waves per batch (default %(default)s)")
  parser.add_argument("--heard", type=int, default=60, metavar="N",
                      help="steps to read first (default %(default)s)")
  parser.add_argument("--steps", type=int, default=240, metavar="N",
                      help="steps to continue alone (default %(default)s)")
  arguments = parser.parse_args(argv)
  pyplot = _common.pyplot(arguments.picture)
  random = np.random.RandomState(arguments.seed)

  with tf.Graph().as_default():
    tf.set_random_seed(arguments.seed)
    cell = cells.LSTMCell(arguments.units)
    weights = tf.get_variable("weights", [arguments.units, 1])
    bias = tf.get_variable("bias", [1], initializer=tf.zeros_initializer())

    def processing(output):
      return tf.tanh(tf.matmul(output, weights) + bias) * 1.25

    # Batch and time are unknown: the same graph trains on whole waves and
    # takes one step at a time.
    inputs = tf.placeholder(tf.float32, [None, None, 1], "inputs")
    targets = tf.placeholder(tf.float32, [None, None, 1], "targets")
    initial_state = tfcompat_rnn.feedable_state(cell, inputs=inputs)
    predicted, final_state = next_values(inputs, initial_state, cell,
                                         processing)
    # The first steps reveal too little of the wave to be scored.
    loss = tf.reduce_mean(tf.square(predicted - targets)[:, 10:])
    rate = tf.placeholder(tf.float32, [], "rate")
    train = tf.train.AdamOptimizer(rate).minimize(loss)
    # The loop in the graph uses the same cell and the same weights.
    first = tf.placeholder(tf.float32, [None, 1], "first")
    alone = tfcompat_rnn.self_feeding_rnn(
        cell, first, initial_state, processing=processing,
        steps=arguments.steps, reuse=True)

    session = tfcompat_rnn.new_session(memory_growth=True)
    session.run(tf.global_variables_initializer())
    session.graph.finalize()
    print(f"An LSTM with {arguments.units} units learns to predict the next "
          f"value of a wave with a\nperiod of {PERIOD:.1f} steps, from batches "
          f"of {arguments.rows} waves of 100 steps.\n")
    print("  updates   mean squared error")
    begun, losses = time.time(), []
    for number in range(1, arguments.updates + 1):
      waves = timeseries.sine(arguments.rows, 101, PERIOD,
                              random.uniform(0., 2. * np.pi, arguments.rows))
      # Add a little noise, because alone it will read its own small errors.
      heard = waves + .02 * random.randn(*waves.shape)
      losses.append(session.run([loss, train], {
          inputs: heard[:, :-1], targets: waves[:, 1:],
          rate: .01 * (1. - number / (arguments.updates + 1.))})[0])
      if number % max(1, arguments.updates // 8) == 0:
        print(f"  {number:7d}   {np.mean(losses[-20:]):.6f}", flush=True)
    took = time.time() - begun
    print(f"\n{arguments.updates} updates in {took:.1f} s")

    wave = timeseries.sine(1, arguments.heard + arguments.steps, PERIOD)
    prime = wave[:, :arguments.heard]
    begun = time.time()
    by_session, _ = tfcompat_rnn.generate(
        session, inputs, predicted, prime, arguments.steps,
        initial_state=initial_state, final_state=final_state)
    session_took = time.time() - begun
    # The same in one run, from the state after all steps read except the last.
    state = session.run(final_state, {inputs: prime[:, :-1]})
    feed = {first: prime[:, -1], initial_state: state}
    session.run(alone.outputs, feed)  # the first run of a graph prepares it
    begun = time.time()
    in_graph = session.run(alone.outputs, feed)
    graph_took = time.time() - begun
    session.close()
  true = wave[:, arguments.heard:]
  apart = np.abs(by_session - in_graph).max()
  error = np.sqrt(np.mean((by_session - true) ** 2))
  print(f"It read {arguments.heard} steps and continued alone for "
        f"{arguments.steps}:\n"
        f"  over session.run  {1000 * session_took:7.1f} ms\n"
        f"  in the graph      {1000 * graph_took:7.1f} ms\n"
        f"The two curves differ by at most {apart:.1e}. Their root mean "
        f"square error is {error:.3f}\n(all zeros would have "
        f"{np.sqrt(np.mean(true ** 2)):.3f}).")
  if pyplot is not None:
    heard_until = arguments.heard
    steps = np.arange(wave.shape[1])
    figure, axes = pyplot.subplots(figsize=(9, 3.6))
    axes.plot(steps, wave[0, :, 0], color="0.7", linewidth=5,
              label="true wave")
    axes.plot(steps[heard_until:], by_session[0, :, 0], color="tab:blue",
              linewidth=2, label="over session.run")
    axes.plot(steps[heard_until:], in_graph[0, :, 0], ":", color="tab:orange",
              linewidth=3, label="in the graph")
    axes.axvline(heard_until - .5, color="k", linewidth=.8)
    axes.text(heard_until - 2, -1.18, "heard", ha="right", fontsize=9)
    axes.text(heard_until + 2, -1.18, "alone", ha="left", fontsize=9)
    axes.set_ylim(-1.3, 1.6)
    axes.set_xlabel("step")
    axes.legend(loc="upper right", ncol=3, fontsize=9)
    _common.save(figure, arguments.picture)
  return {"losses": losses, "apart": apart, "error": error,
          "by_session": by_session, "in_graph": in_graph}


if __name__ == "__main__":
  main()
