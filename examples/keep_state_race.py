"""Shows that the documented way to keep a state gives wrong gradients.

A stack of LSTMs keeps its state in variables from one `session.run` to the
next. The gradients and the op that keeps the state run together, as usual. The
correct gradients are known from a run on the same input without the keep op.
Four ways of building it are tried:

  as documented        reference variables, as in TensorFlow 1.x
  with tf.identity     the same, read through `tf.identity`, which does not
                       help, because it passes on the variable's own buffer
  ours                 `tfcompat_rnn.stateful_rnn`, reference variables
  ours, resource       the same with resource variables
"""

import collections
import sys

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import _snapshot  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402

LAYERS, BATCH, HIDDEN, DEPTH = 2, 8, 32, 5
# Relative to the largest element of the gradient; float32 has seven digits.
WRONG = 1e-5

# The model built in one way.
Model = collections.namedtuple("Model", "inputs slopes keep variables")


def new_cell():
  return cells.MultiRNNCell(
      [cells.BasicLSTMCell(HIDDEN) for _ in range(LAYERS)])


def new_inputs(steps):
  return tf.placeholder(tf.float32, [BATCH, steps, DEPTH])


def slopes_of(outputs):
  loss = tf.reduce_mean(tf.square(outputs - .5))
  return tf.gradients(loss, tf.trainable_variables())


def documented(steps, read=lambda variable: variable):
  """A variable for each leaf of the state, and an `assign` for each."""
  inputs, cell = new_inputs(steps), new_cell()
  state = tuple(
      cells.LSTMStateTuple(*[
          tf.get_variable(f"{part}{layer}", [BATCH, HIDDEN], trainable=False,
                          initializer=tf.zeros_initializer(),
                          use_resource=False) for part in "ch"])
      for layer in range(LAYERS))
  # The loops of this package copy such a state when they read it. The
  # documented idiom does not, and neither did TensorFlow 1.x.
  enabled = _snapshot.set_enabled(False)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=tf.nest.map_structure(read, state))
  _snapshot.set_enabled(enabled)
  variables = tf.nest.flatten(state)
  keep = [old.assign(new)
          for old, new in zip(variables, tf.nest.flatten(final))]
  return Model(inputs, slopes_of(outputs), tf.tuple(keep), variables)


def with_identity(steps):
  return documented(steps, read=tf.identity)


def ours(steps, use_resource=False):
  """The same model, built with `stateful_rnn`."""
  inputs = new_inputs(steps)
  with tf.variable_scope("ours", use_resource=use_resource):
    rnn = tfcompat_rnn.stateful_rnn(new_cell(), inputs, batch_size=BATCH)
  return Model(inputs, slopes_of(rnn.outputs), rnn.keep_state_op,
               list(rnn.state.variables))


WAYS = {
    "as documented": documented,
    "with tf.identity": with_identity,
    "ours": ours,
    "ours, resource": lambda steps: ours(steps, use_resource=True),
}


def largest_error(slopes, right):
  """The largest difference in any gradient, relative to that gradient."""
  return max(np.abs(mine - theirs).max() / np.abs(theirs).max()
             for mine, theirs in zip(slopes, right))


def measure(build, options, report):
  """The error of the gradients in each run."""
  errors = []
  draw = np.random.RandomState(options.seed)
  with tf.Graph().as_default():
    tf.set_random_seed(options.seed)
    model = build(options.steps)
    initialize = tf.global_variables_initializer()
    tf.get_default_graph().finalize()
    config = tf.ConfigProto(use_per_session_threads=True)
    with tfcompat_rnn.new_session(
        config=config, inter_threads=options.threads or None) as session:
      session.run(initialize)
      for run in range(options.runs):
        feed = {model.inputs: draw.randn(BATCH, options.steps, DEPTH)}
        right = session.run(model.slopes, feed)
        slopes, _ = session.run([model.slopes, model.keep], feed)
        errors.append(largest_error(slopes, right))
        report(run + 1, errors)
  return np.array(errors)


def reporter(name, runs):
  """Shows the progress of one way: in place on a terminal, else in lines."""
  live = sys.stdout.isatty()

  def report(run, errors):
    if run != runs and run % max(1, runs // (50 if live else 4)):
      return
    wrong = sum(error > WRONG for error in errors)
    line = (f"  {name:18} run {run:4} of {runs}: {wrong:4} wrong, "
            f"off by up to {max(errors):.3%}")
    print("\r" + line if live else line, end="" if live and run < runs
          else "\n", flush=True)

  return report


def draw_picture(pyplot, results, path):
  figure, axes = pyplot.subplots(figsize=(11, 6))
  marks = dict(zip(results, ("x", "+", "o", ".")))
  colors = dict(zip(results, ("tab:red", "tab:orange", "tab:blue",
                              "tab:green")))
  for name, errors in results.items():
    wrong = int((errors > WRONG).sum())
    axes.plot(np.arange(1, len(errors) + 1), 100 * errors, marks[name],
              color=colors[name], markersize=5, linestyle="none",
              label=f"{name}: {wrong} of {len(errors)} runs wrong")
  # Linear near zero, so that an error of 0 can be shown.
  axes.set_yscale("symlog", linthresh=1e-3)
  axes.set_ylim(-3e-4, 300)
  axes.set_yticks([0, .001, .01, .1, 1, 10, 100],
                  ["0", "0.001 %", "0.01 %", "0.1 %", "1 %", "10 %", "100 %"])
  axes.set_xlabel("run")
  axes.set_ylabel("largest error of a gradient")
  axes.set_title("State kept in variables, in the same run as the gradients")
  axes.legend(loc="center right")
  axes.grid(alpha=.3)
  _common.save(figure, path)


def main(argv=None):
  parser = _common.parser(__doc__, "keep_state_race.png")
  parser.add_argument("--runs", type=int, default=200, metavar="N",
                      help="runs for each way (default %(default)s)")
  parser.add_argument("--steps", type=int, default=5, metavar="N",
                      help="time steps per run (default %(default)s)")
  parser.add_argument("--threads", type=int, default=0, metavar="N",
                      help="inter-op threads, 0 for one per core")
  options = parser.parse_args(argv)
  pyplot = _common.pyplot(options.picture)
  print(f"{LAYERS} LSTMs of {HIDDEN} units, batch {BATCH}, {options.steps} "
        f"steps; gradients and keep op in one session.run:")
  results = {name: measure(build, options, reporter(name, options.runs))
             for name, build in WAYS.items()}
  print()
  for name, errors in results.items():
    print(f"{name}: {np.mean(errors > WRONG):.0%} of {len(errors)} runs with "
          f"wrong gradients, median error {np.median(errors):.3%}, maximum "
          f"{errors.max():.3%}")
  if pyplot:
    draw_picture(pyplot, results, options.picture)


if __name__ == "__main__":
  main()
