"""Tracks a drifting value through noise, with the state kept between runs.

A hidden value drifts slowly; the inputs are an endless stream of noisy
observations of it, one per step. The series is split into short windows, and
each run of the session trains on one window. Two identical networks see the
same data:

  keeping     its state stays in variables from one window to the next
  forgetting  its state is zero again at the start of each window

The error of the best possible tracker is known for both: a Kalman filter that
remembers everything, and one that starts again in each window.
"""

import time

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import timeseries  # noqa: E402


class Tracker:
  """An LSTM with one output; `keeps` says whether its state is kept."""

  def __init__(self, name, keeps, observations, truth, units, rate):
    with tf.variable_scope(name):
      cell = cells.OutputProjectionWrapper(cells.LSTMCell(units), 1)
      if keeps:
        rnn = tfcompat_rnn.stateful_rnn(cell, observations)
        self.estimate = rnn.outputs
        self.keep, self.zero = rnn.keep_state_op, rnn.zero_state_op
      else:
        self.estimate, _ = tfcompat_rnn.dynamic_rnn(
            cell, observations, dtype=tf.float32)
        self.keep = self.zero = tf.no_op()
      self.error = tf.reduce_mean(tf.square(self.estimate - truth))
    optimizer = tf.train.AdamOptimizer(rate)
    pairs = optimizer.compute_gradients(
        self.error, tf.trainable_variables(name))
    clipped, _ = tf.clip_by_global_norm([grad for grad, _ in pairs], 1.)
    self.train = optimizer.apply_gradients(
        zip(clipped, [variable for _, variable in pairs]))


def main(argv=None):
  parser = _common.parser(__doc__, "tracking.png")
  parser.add_argument("--windows", type=int, default=4000, metavar="N",
                      help="training windows (default %(default)s)")
  parser.add_argument("--steps", type=int, default=8, metavar="N",
                      help="steps per window (default %(default)s)")
  parser.add_argument("--rows", type=int, default=32, metavar="N",
                      help="parallel series (default %(default)s)")
  parser.add_argument("--units", type=int, default=24, metavar="N",
                      help="size of the LSTM (default %(default)s)")
  parser.add_argument("--memory", type=float, default=200., metavar="STEPS",
                      help="how slowly the value drifts (default %(default)s)")
  arguments = parser.parse_args(argv)
  pyplot = _common.pyplot(arguments.picture)
  rows, steps = arguments.rows, arguments.steps

  def batches(windows, seed):
    seen, true = timeseries.tracking(rows, windows * steps,
                                     memory=arguments.memory, seed=seed)
    return tfcompat_rnn.ContinuingBatches(list(seen), rows, steps,
                                          targets=list(true))

  training = batches(arguments.windows, 2 * arguments.seed)
  testing = batches(400, 2 * arguments.seed + 1)
  best = timeseries.tracking_error(2000, arguments.memory)
  print(f"{rows} series in windows of {steps} steps; an LSTM of "
        f"{arguments.units} units. Mean squared error of\n"
        f"  the observation itself                1.000\n"
        f"  the best possible one that forgets    {best[:steps].mean():.3f}\n"
        f"  the best possible one that remembers  {best[-1]:.3f}\n")

  with tf.Graph().as_default():
    tf.set_random_seed(arguments.seed)
    seen = tf.placeholder(tf.float32, [rows, steps, 1], "observations")
    true = tf.placeholder(tf.float32, [rows, steps, 1], "truth")
    rate = tf.placeholder(tf.float32, [], "rate")
    keeping, forgetting = (
        Tracker(name, name == "keeping", seen, true, arguments.units, rate)
        for name in ("keeping", "forgetting"))
    session = tfcompat_rnn.new_session(memory_growth=True)
    session.run(tf.global_variables_initializer())
    session.graph.finalize()
    print("  windows    keeping  forgetting   (errors while training)")
    begun, recent = time.time(), []
    for number, batch in enumerate(training, 1):
      # Estimate, update the weights and keep the state in one run: the state
      # that is read is not affected by the state that is written.
      *errors, _, _, _ = session.run(
          [keeping.error, forgetting.error, keeping.train, forgetting.train,
           keeping.keep],
          {seen: batch.inputs, true: batch.targets,
           rate: .01 * (1. - number / (arguments.windows + 1.))})
      recent.append(errors)
      if number % max(1, arguments.windows // 8) == 0:
        print("  {:7d}    {:7.3f}  {:10.3f}".format(
            number, *np.mean(recent, axis=0)), flush=True)
        recent = []
    took = time.time() - begun
    print(f"\n{arguments.windows} windows in {took:.1f} s, "
          f"{1000. * took / arguments.windows:.2f} ms each")

    session.run(keeping.zero)
    estimates, errors = [], []
    for batch in testing:
      *found, _ = session.run(
          [keeping.estimate, forgetting.estimate, keeping.error,
           forgetting.error, keeping.keep],
          {seen: batch.inputs, true: batch.targets})
      estimates.append([found[0][0, :, 0], found[1][0, :, 0]])
      errors.append(found[2:])
    session.close()
  # In the first windows there is nothing to remember yet.
  kept, forgot = np.mean(errors[len(errors) // 8:], axis=0)
  print(f"Error on unseen series: keeping {kept:.3f}, forgetting "
        f"{forgot:.3f}")
  print("With its state kept, the network beats the best possible tracker "
        "that forgets." if kept < best[:steps].mean() else
        "Not better than a tracker that forgets: use more --windows.")
  if pyplot is not None:
    shown = slice(60 * steps, 110 * steps)
    observed = np.concatenate([b.inputs[0, :, 0] for b in testing.
                               from_position([0, 0])])[shown]
    truth = np.concatenate([b.targets[0, :, 0] for b in testing.
                            from_position([0, 0])])[shown]
    curves = np.concatenate(estimates, axis=1)[:, shown]
    figure, axes = pyplot.subplots(figsize=(9, 4))
    axes.plot(observed, ".", color="0.75", markersize=3, label="observations")
    axes.plot(curves[1], color="tab:orange", linewidth=.8,
              label=f"forgetting, error {forgot:.3f}")
    axes.plot(truth, "k", linewidth=1.6, label="truth")
    axes.plot(curves[0], color="tab:blue", linewidth=1.6,
              label=f"keeping, error {kept:.3f}")
    axes.set_xlabel("step of an unseen series")
    axes.set_ylabel("value")
    axes.legend(loc="upper right", ncol=2, fontsize=8)
    _common.save(figure, arguments.picture)
  return {"keeping": kept, "forgetting": forgot,
          "best_forgetting": best[:steps].mean(), "best": best[-1]}


if __name__ == "__main__":
  main()
