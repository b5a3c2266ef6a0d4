"""Runs one model on several devices: a layer on each, then a tower on each.

1. A stack of LSTMs with each layer on its own device. While the second layer
   computes step t, the first computes step t + 1: the picture shows when each
   device was busy in one run of the session.
2. Towers: the whole model on each device, with a part of the batch and its own
   state, shared weights and averaged gradients.

Both give the same losses as one device. Without --devices, the machine's
processor stands in for all of them, as CPU:0, CPU:1, ...; with two GPUs:

  several_devices.py --devices /gpu:0 /gpu:1
"""

import time

import _common

tf = _common.tensorflow()

import numpy as np  # noqa: E402

import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn.datasets import timeseries  # noqa: E402

# The backward loop under control flow v2 does not keep the layers' devices.
tf.disable_v2_behavior()


class Model:
  """What to run: the loss, an update that keeps the state, and a reset."""

  def __init__(self, loss, gradients, keep):
    self.loss = loss
    self.train = [tf.train.AdamOptimizer(5e-3).apply_gradients(gradients),
                  keep]


def stacked(x, y, arguments, devices):
  """The stack with layer i on device i, or all layers on a single device."""
  rnn, loss = _stack(x, y, arguments, [
      devices[layer % len(devices)] for layer in range(arguments.layers)])
  gradients = tf.train.GradientDescentOptimizer(1.).compute_gradients(
      loss, colocate_gradients_with_ops=True)
  return Model(loss, gradients, rnn.keep_state_op)


def towers(x, y, arguments, devices):
  """The whole stack on each device."""
  def build(part, number):
    rnn, loss = _stack(*part, arguments,
                       [devices[number]] * arguments.layers)
    return loss, rnn.keep_state_op

  model = tfcompat_rnn.data_parallel(
      build, (x, y), devices, variables_on=devices[0])
  return Model(model.loss, model.gradients,
               [tower.result for tower in model.towers])


def _stack(x, y, arguments, devices):
  stack = cells.MultiRNNCell([
      cells.DeviceWrapper(cells.LSTMCell(arguments.units), device)
      for device in devices])
  with tf.variable_scope("net", initializer=tf.random_uniform_initializer(
      -.08, .08, seed=arguments.seed)):
    rnn = tfcompat_rnn.stateful_rnn(stack, x)
    with tf.device(devices[-1]):
      kernel = tf.get_variable("out", [arguments.units, 1])
      guess = tf.tensordot(rnn.outputs, kernel, 1)
      return rnn, tf.reduce_mean(tf.square(guess - y))


def run(build, devices, arguments, config):
  """Losses, median seconds per run, and the timeline of the last run."""
  values = timeseries.sine(
      arguments.rows, arguments.updates * arguments.steps + 1,
      seed=arguments.seed)
  batches = tfcompat_rnn.ContinuingBatches(
      list(values), arguments.rows, arguments.steps)
  with tf.Graph().as_default():
    shape = [arguments.rows, arguments.steps, 1]
    x, y = tf.placeholder(tf.float32, shape), tf.placeholder(tf.float32, shape)
    model = build(x, y, arguments, devices)
    traced = dict(options=tf.RunOptions(
        trace_level=tf.RunOptions.FULL_TRACE), run_metadata=tf.RunMetadata())
    with tfcompat_rnn.new_session(config=config) as session:
      session.run(tf.global_variables_initializer())
      session.graph.finalize()
      losses, seconds = [], []
      for batch in batches:
        feed = {x: batch.inputs, y: batch.targets}
        last = len(losses) == arguments.updates - 1
        start = time.perf_counter()
        losses.append(session.run([model.loss, model.train], feed,
                                  **(traced if last else {}))[0])
        seconds.append(time.perf_counter() - start)
  # The first run includes set-up, and the last run is traced.
  return (np.array(losses), float(np.median(seconds[1:-1])),
          tfcompat_rnn.device_timeline(traced["run_metadata"]))


def layer_of(span):
  """The layer that an operation belongs to, forward or backward."""
  for part in span.name.split("/"):
    if part.startswith("cell_"):
      return f"layer {int(part[5:].split('_')[0]) + 1}"
  return "loop, loss, update"


def main(argv=None):
  parser = _common.parser(__doc__, "several_devices.png")
  parser.add_argument("--devices", nargs="+", metavar="DEVICE",
                      help="at least two devices (default: three virtual CPUs)")
  parser.add_argument("--layers", type=int, default=3, metavar="N",
                      help="number of layers (default %(default)s)")
  parser.add_argument("--units", type=int, default=192, metavar="N",
                      help="units per layer (default %(default)s)")
  parser.add_argument("--rows", type=int, default=96, metavar="N",
                      help="rows per batch (default %(default)s)")
  parser.add_argument("--steps", type=int, default=20, metavar="N",
                      help="steps per run (default %(default)s)")
  parser.add_argument("--updates", type=int, default=12, metavar="N",
                      help="number of runs, at least 3 (default %(default)s)")
  arguments = parser.parse_args(argv)
  devices = arguments.devices or ["/cpu:0", "/cpu:1", "/cpu:2"]
  if len(devices) < 2 or arguments.updates < 3:
    parser.error("there must be at least two --devices and three --updates")
  if arguments.rows % len(devices):
    parser.error(f"--rows must be a multiple of {len(devices)}, because each "
                 "device gets the same number")
  if arguments.picture and _common.pyplot(arguments.picture) is None:
    arguments.picture = None
  # Use one thread per operation, so that parallel work is visible between
  # operations and not hidden inside a single one; and threads of its own,
  # because sessions otherwise share those that the process's first session
  # asked for.
  config = tfcompat_rnn.session_config(
      intra_threads=1, soft_placement=False,
      base=tf.ConfigProto(device_count={"CPU": len(devices)},
                          use_per_session_threads=True))
  print(f"{arguments.layers} layers of {arguments.units} units, batches of "
        f"{arguments.rows} rows of {arguments.steps} steps")

  found = {}
  for name, build, places in (
      ("all on one device", stacked, devices[:1]),
      ("a layer on each", stacked, devices),
      ("a tower on each", towers, devices)):
    found[name] = run(build, places, arguments, config)
    losses, seconds, timeline = found[name]
    print(f"\n{name}: {', '.join(places)}")
    print(f"  first loss {losses[0]:.6f}, last loss {losses[-1]:.6f}; "
          f"{1e3 * seconds:.0f} ms per run")
    print("  the last run: " + str(timeline).replace("\n", "\n  "))
  apart = {name: float(np.abs(losses - found["all on one device"][0]).max())
           for name, (losses, _, _) in found.items()}
  print(f"\nThe losses differ by at most {max(apart.values()):.1e}.")
  layered = found["a layer on each"][2]
  if arguments.picture:
    layered.draw(arguments.picture, "One run with a layer on each device",
                 layer_of)
    print(f"Picture saved to {arguments.picture}")
  return dict(found=found, apart=apart, overlap=layered.overlap,
              seconds=layered.seconds)


if __name__ == "__main__":
  main()
