"""Trains the character model with parameter servers and workers.

The weights live on the parameter servers. Each worker reads its own part of the
text with a state of its own, kept in its own process, and sends gradients.
They are applied as they come or, with --sync, as the mean over all workers.

  python train_char_lm.py --local 1x2 --steps 200

starts one parameter server and two workers on this machine. On several hosts
each process is started by itself, with the same addresses:

  python train_char_lm.py --ps a:2222 --workers b:2222,c:2222 --job ps --task 0

docs/distributed.md tells more, also about what happens if a process ends.
"""

import contextlib
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import _common  # noqa: E402

tf = _common.tensorflow()

import cluster  # noqa: E402
import numpy as np  # noqa: E402
import summaries  # noqa: E402

import char_language_model  # noqa: E402
import tfcompat_rnn  # noqa: E402
from tfcompat_rnn import state as states  # noqa: E402
from tfcompat_rnn.datasets import text as texts  # noqa: E402

# What TensorFlow raises if a process of the cluster is lost.
LOST = (tf.errors.UnavailableError, tf.errors.AbortedError,
        tf.errors.DeadlineExceededError, tf.errors.CancelledError,
        tf.errors.InternalError, tf.errors.UnknownError)


def on_worker(getter, *arguments, **options):
  """A getter of variables that belong to one worker alone."""
  return getter(*arguments, **{
      **options, "collections": [tf.GraphKeys.LOCAL_VARIABLES]})


class Training:
  """The graph of one worker.

  The weights and all that belongs to them are global variables, on the
  parameter servers. What a worker has for itself is in local variables.
  """

  def __init__(self, options, symbols, batches):
    chief, workers = options.task == 0, len(options.workers)
    own = f"/job:worker/task:{options.task}"
    place = tf.train.replica_device_setter(
        cluster=tf.train.ClusterSpec({"ps": options.ps,
                                      "worker": options.workers}),
        worker_device=own)

    def state(cell):
      with tf.device(own):
        return states.StateVariables(cell, options.rows, saved=False)

    def synchronous(optimizer):
      return tf.train.SyncReplicasOptimizer(
          optimizer, replicas_to_aggregate=workers, total_num_replicas=workers)

    # The setter would put this local variable on a parameter server, where all
    # workers would share it.
    def its_step(op):
      return own if "sync_rep_local_step" in op.name else op.device

    with tf.device(place), tf.device(its_step):
      tf.set_random_seed(options.seed)
      model = char_language_model.Model(
          symbols, options.rows, options.chars, options.units, 1, options.rate,
          state, synchronous if options.sync else lambda optimizer: optimizer)
      with tf.device(own), tf.variable_scope(
          tf.get_variable_scope(), custom_getter=on_worker):
        self.place = tfcompat_rnn.SavedPosition(batches)
      # The update that each worker has worked on last. A row is written when
      # the gradients have arrived where the weights are. It is not saved: there
      # may be more workers the next time.
      with tf.device("/job:ps/task:0"):
        self.arrived = tf.get_variable(
            "arrived", [workers], tf.int32, tf.zeros_initializer(),
            trainable=False, collections=["arrived"])
      self.update = tf.placeholder(tf.int32, [], "update")
      there = []
      for gradient, variable in model.gradients:
        with tf.device(variable.device):
          there.append(tf.identity(getattr(gradient, "values", gradient)).op)
      with tf.device(self.arrived.device):
        with tf.control_dependencies(there):
          self.arrive = tf.scatter_update(
              self.arrived, options.task, self.update).op
        self.finish = tf.scatter_update(
            self.arrived, options.task, cluster.FINISHED).op
      self.done = [queue.enqueue(options.task) for queue in done_queues(
          options)]
      optimizer = model.optimizer
      if options.sync:
        # Tokens let the workers begin an update. More of them harm nothing:
        # gradients that come too late are left out.
        self.tokens = optimizer.get_init_tokens_op(workers)
        self.runner = optimizer.get_chief_queue_runner()
      local = [*model.rnn.state.variables, self.place.variable]
      init_local = [tf.variables_initializer(local)]
      if chief:
        init_local.append(self.arrived.initializer)
      if options.sync:
        init_local.append(optimizer.chief_init_op if chief
                          else optimizer.local_step_init_op)
    # The chief writes the files of the weights, and each worker its own ones.
    with tf.device(own + "/cpu:0"):
      self.saver = tf.train.Saver(tf.global_variables(), max_to_keep=3)
      self.own_saver = tf.train.Saver(local, max_to_keep=1)
    self.manager = tf.train.SessionManager(
        local_init_op=tf.group(*init_local),
        ready_op=tf.report_uninitialized_variables(
            [*tf.global_variables(), self.arrived, *local]),
        ready_for_local_init_op=tf.report_uninitialized_variables(
            tf.global_variables()), recovery_wait_secs=1)
    self.init = tf.global_variables_initializer()
    self.model = model
    # In synchronous training the token is the number of the update; else the
    # number is read, before or after this worker's own update.
    self.step = model.train if options.sync else model.updates
    self.bytes = sum(4 * v.shape.num_elements() for _, v in model.gradients)


def done_queues(options):
  """A queue on each parameter server for the numbers of finished workers."""
  for number in range(len(options.ps)):
    with tf.device(f"/job:ps/task:{number}"):
      yield tf.FIFOQueue(1000, tf.int32, [[]], shared_name=f"done_{number}")


def gone(parent):
  return parent is not None and os.getppid() != parent


def serve(options, server):
  """A parameter server: returns when all workers have finished."""
  config = tf.ConfigProto(device_filters=[f"/job:ps/task:{options.task}"])
  queue = list(done_queues(options))[options.task]
  size, following = queue.size(), queue.dequeue()
  finished = set()
  with tf.Session(server.target, config=config) as session:
    while len(finished) < len(options.workers) and not gone(options.parent):
      if session.run(size):
        finished.add(int(session.run(following)))
      else:
        time.sleep(.2)


def part_of(ids, options):
  """This worker's part of the text, as batches that continue."""
  parts = np.array_split(ids, len(options.workers))
  return tfcompat_rnn.ContinuingBatches(
      parts[options.task], epochs=None, batch_size=options.rows,
      steps=options.chars)


def work(options, server):
  """A worker: trains until `options.steps` updates are done."""
  chief = options.task == 0

  def say(text):
    cluster.tell(f"worker {options.task}   {text}")

  def lost(error):
    missing = cluster.wait_for_silence("ps", options.ps)
    saved = tf.train.latest_checkpoint(options.folder)
    cluster.end(
        f"train_char_lm.py: worker {options.task} has lost "
        f"{', '.join(missing) or 'the parameter servers'} "
        f"({type(error).__name__}), and the weights with it; the last "
        f"checkpoint is {saved or 'with the chief'}. Start all processes again "
        "to go on from it")

  try:
    words = texts.read_text(options.text)
    vocabulary = texts.Vocabulary(words, least=3)
    batches = part_of(vocabulary.encode(words), options)
  except (OSError, ValueError) as error:
    cluster.end(f"train_char_lm.py: {error}")
  own_folder = os.path.join(options.folder, f"worker-{options.task}")
  try:
    if chief:
      char_language_model.check_folder(
          options.folder, vocabulary, options, ("rows", "chars", "units"))
    os.makedirs(own_folder, exist_ok=True)
  except (OSError, SystemExit) as error:  # the server would not let it end
    cluster.end(f"train_char_lm.py: {error}")
  training = Training(options, len(vocabulary), batches)
  tf.get_default_graph().finalize()
  model = training.model
  # Without the filters, every worker would wait for all others to begin.
  config = tf.ConfigProto(device_filters=[
      "/job:ps", f"/job:worker/task:{options.task}"])
  cluster.wait_for("ps", options.ps, say)
  resumed = tf.train.latest_checkpoint(options.folder)
  with contextlib.ExitStack() as stack:
    try:
      if chief:
        session = training.manager.prepare_session(
            server.target, init_op=training.init, saver=training.saver,
            checkpoint_dir=options.folder, config=config)
      else:
        session = training.manager.wait_for_session(server.target, config)
      stack.callback(session.close)
      if chief and options.sync:
        training.runner.create_threads(session, tf.train.Coordinator(),
                                       daemon=True, start=True)
        if resumed:  # workers may wait for a token that the last chief took
          session.run(training.tokens)
      own = tf.train.latest_checkpoint(own_folder)
      if own:
        training.own_saver.restore(session, own)
        training.own_saver.recover_last_checkpoints([own])  # to remove it later
        try:
          training.place.recall(session)
        except ValueError:  # with more or fewer workers, for example
          own = None
          session.run(model.rnn.zero_state_op)
          say("has another part of the text than before, and begins it")
      step = int(session.run(model.updates))
    except LOST as error:
      lost(error)
    if chief:
      say(f"goes on from {resumed}" if resumed else
          f"begins; {training.bytes / 1e6:.2f} MB of gradients in each step")
    elif own:
      say(f"joins at update {step} with the state of {own}")
    else:
      say(f"joins at update {step}")

    def look(seconds):
      if gone(options.parent):
        os._exit(1)
      return session.run(training.arrived, options=tf.RunOptions(
          timeout_in_ms=int(1000 * seconds)))

    watch = cluster.Watch(look, lost, LOST, options.workers, options.task,
                          options.sync, options.patience, say)
    watch.start()
    writer = stack.enter_context(tf.summary.FileWriter(own_folder))
    found, since, counted = [], time.time(), 0
    reported = saved = step
    try:
      while step < options.steps:
        batch = next(batches)
        if batch.reset_mask[0, 0]:  # the part begins again
          session.run(model.rnn.zero_state_op)
        bits, step, *_ = session.run(
            [model.bits, training.step, training.arrive, model.train,
             model.rnn.keep_state_op, training.place.keep_op],
            {**model.feed(batch), training.place.fed: batch.position,
             training.update: step + 1})
        found.append(float(bits))
        counted += int(batch.mask.sum())
        step = int(step)
        if step >= min(reported + options.report_every, options.steps):
          speed = counted / (time.time() - since)
          say(f"update {step:5d}   {np.mean(found):.2f} bits per character   "
              f"{speed:.0f} characters/s")
          summaries.write(writer, step, np.mean(found), speed)
          found, since, counted, reported = [], time.time(), 0, step
        if step >= min(saved + options.save_every, options.steps):
          saved = step
          training.own_saver.save(
              session, os.path.join(own_folder, "state"), global_step=step,
              write_meta_graph=False)
          if chief:
            training.saver.save(
                session, os.path.join(options.folder, "model"),
                global_step=model.updates, write_meta_graph=False)
      if chief and options.sync:  # for workers that still wait
        session.run(training.tokens)
      session.run(training.finish)
      watch.stop()
      session.run(training.done)
    except LOST as error:
      lost(error)
    say(f"has finished at update {step}")


def addresses(text):
  found = text.split(",")
  for each in found:
    if not each.rpartition(":")[2].isdigit():
      raise ValueError(each)
  return found


def layout(text):
  ps, workers = map(int, text.lower().split("x"))
  if ps < 1 or workers < 1:
    raise ValueError(text)
  return ps, workers


def parsed(argv):
  parser = _common.parser(__doc__, "train_char_lm.png")
  parser.add_argument("--local", type=layout, metavar="PxW",
                      help="run P parameter servers and W workers here")
  parser.add_argument("--ps", type=addresses, metavar="HOST:PORT,...",
                      help="addresses of the parameter servers")
  parser.add_argument("--workers", type=addresses, metavar="HOST:PORT,...",
                      help="addresses of the workers; the first is the chief")
  parser.add_argument("--job", choices=["ps", "worker"],
                      help="what this process is")
  parser.add_argument("--task", type=int, default=0, metavar="N",
                      help="its number among them (default %(default)s)")
  parser.add_argument("--draw", action="store_true",
                      help="only draw the picture of --folder")
  parser.add_argument("--sync", action="store_true",
                      help="one update from the gradients of all workers")
  parser.add_argument("--steps", type=int, default=1000, metavar="N",
                      help="updates of the weights (default %(default)s)")
  parser.add_argument("--text", metavar="FILE",
                      help="a text file (default Python's documentation)")
  parser.add_argument("--folder", default="train_char_lm",
                      help="for checkpoints and summaries (default "
                      "%(default)s)")
  parser.add_argument("--rows", type=int, default=32, metavar="N",
                      help="places that a worker reads in parallel (default "
                      "%(default)s)")
  parser.add_argument("--chars", type=int, default=32, metavar="N",
                      help="characters per window (default %(default)s)")
  parser.add_argument("--units", type=int, default=128, metavar="N",
                      help="size of the LSTM (default %(default)s)")
  parser.add_argument("--rate", type=float, default=.005, metavar="R",
                      help="learning rate (default %(default)s)")
  parser.add_argument("--report-every", type=int, default=20, metavar="N",
                      help="updates between lines (default %(default)s)")
  parser.add_argument("--save-every", type=int, default=100, metavar="N",
                      help="updates between checkpoints (default %(default)s)")
  parser.add_argument("--patience", type=float, default=20., metavar="S",
                      help="seconds after which a worker that does nothing is "
                      "named (default %(default)s)")
  parser.add_argument("--parent", type=int, help="end when it does")
  options = parser.parse_args(argv)
  if options.local or options.draw:
    return options
  if not (options.ps and options.workers and options.job):
    parser.error("pass --local 1x2, or --ps, --workers, --job and --task")
  if not 0 <= options.task < len(getattr(
      options, {"ps": "ps", "worker": "workers"}[options.job])):
    parser.error("--task must be the number of one of the addresses of "
                 f"--{options.job.replace('worker', 'workers')}, got "
                 f"{options.task}; they count from 0")
  return options


def without_local(argv):
  """The words of the command line, for the processes that it starts."""
  words, skip = [], False
  for word in argv:
    if not skip and word.split("=")[0] != "--local":
      words.append(word)
    skip = word == "--local"
  return words


def main(argv=None):
  argv = sys.argv[1:] if argv is None else argv
  options = parsed(argv)
  if options.local or options.draw:
    pyplot = _common.pyplot(options.picture)
    if options.local:
      since = time.time()
      code = cluster.Local([os.path.abspath(__file__), *without_local(argv)],
                           *options.local).run()
      if code:
        raise SystemExit(code)
      print(f"\nFinished after {time.time() - since:.0f} s.")
    if pyplot is not None:
      summaries.draw(options.folder, options.picture, pyplot)
    return
  with tf.Graph().as_default():
    server = tf.train.Server(
        {"ps": options.ps, "worker": options.workers}, options.job,
        options.task)
    if options.job == "ps":
      serve(options, server)
    else:
      work(options, server)
  # A server has no way to stop, and its threads would keep the process.
  sys.stdout.flush()
  os._exit(0)


if __name__ == "__main__":
  try:
    main()
  except KeyboardInterrupt:
    cluster.end("\nStopped. Start it again to continue from the last "
                "checkpoint.")
