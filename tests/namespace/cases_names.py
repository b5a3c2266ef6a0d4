"""Small programs on single names; run by 1.15.5 and by us, results compared.

  python3.7 tests/namespace/cases_names.py   # under 1.15.5: rewrites results

A case is a function of `tf` and a folder; it returns lists and numbers. It
runs in a fresh default graph.
"""

import copy
import json
import os
import sys

import numpy as np


def dimensions(tf, folder):
  x = tf.placeholder(tf.float32, [None, 3])
  shape = x.get_shape()
  return [shape[0].value, shape[1].value, shape[1] * 2 == 6,
          int(shape[1]) + 1, [d.value for d in shape], shape.as_list(),
          str(shape), shape[1] is not None, shape.ndims,
          shape.with_rank(2)[1].value, shape[1].is_compatible_with(3),
          tf.Dimension(4).value, (tf.Dimension(None) * 2).value,
          shape.merge_with([2, None]).as_list(), shape[:1].as_list()]


def one_shot_iterator(tf, folder):
  data = tf.data.Dataset.from_tensor_slices(
      (np.arange(6, dtype=np.int64), np.arange(12.).reshape(6, 2)))
  data = data.map(lambda a, b: (a * 2, b)).batch(4)
  item = data.make_one_shot_iterator().get_next()
  out = [[str(s) for s in data.output_shapes],
         [t.name for t in data.output_types],
         [c.__name__ for c in data.output_classes]]
  with tf.Session() as session:
    while True:
      try:
        a, b = session.run(item)
      except tf.errors.OutOfRangeError:
        return out
      out.append([a.tolist(), b.tolist()])


def initializable_iterator(tf, folder):
  n = tf.placeholder(tf.int64, [])
  data = tf.data.Dataset.range(n).repeat(2).shuffle(10, seed=3)
  iterator = data.make_initializable_iterator()
  item = iterator.get_next()
  out = []
  with tf.Session() as session:
    for size in (3, 2):
      session.run(iterator.initializer, {n: size})
      got = []
      try:
        while True:
          got.append(int(session.run(item)))
      except tf.errors.OutOfRangeError:
        out.append(sorted(got))
  again = tf.data.Iterator.from_structure(
      data.output_types, data.output_shapes)
  return out + [again.output_types.name, str(again.output_shapes)]


def session_kinds(tf, folder):
  out = []
  a = tf.constant(2.0, name="a")
  with tf.Session(config=tf.ConfigProto(
      allow_soft_placement=True,
      gpu_options=tf.GPUOptions(allow_growth=True))) as session:
    out.append(float(session.run(a)))
    out.append(float(a.eval()))
    out.append(tf.get_default_session() is session)
  session = tf.InteractiveSession()
  out.append(float((a + 1).eval()))
  session.close()
  v = tf.Variable(3.0, name="v")
  with tf.train.MonitoredTrainingSession() as session:
    out.append(float(session.run(v)))
  return out


def supervisor(tf, folder):
  step = tf.Variable(0, trainable=False, name="global_step")
  w = tf.Variable([1.0, 2.0], name="w")
  train = tf.group(step.assign_add(1), w.assign(w * 2))
  out = []
  for _ in range(2):
    sv = tf.train.Supervisor(logdir=os.path.join(folder, "sv"),
                             global_step=step, save_model_secs=0,
                             save_summaries_secs=0)
    with sv.managed_session() as session:
      session.run(train)
      out.append([int(session.run(step)), session.run(w).tolist(),
                  sv.should_stop()])
      sv.saver.save(session, sv.save_path, global_step=step)
  return out


def queue_runners(tf, folder):
  names = []
  for i in range(2):
    path = os.path.join(folder, "part%d.txt" % i)
    with open(path, "w") as stream:
      stream.write("".join("%d\n" % (10 * i + k) for k in range(4)))
    names.append(path)
  queue = tf.train.string_input_producer(names, num_epochs=1, shuffle=False)
  _, line = tf.TextLineReader().read(queue)
  number = tf.string_to_number(line, tf.int32)
  batch = tf.train.batch([number], batch_size=4)
  index = tf.train.range_input_producer(3, num_epochs=1,
                                        shuffle=False).dequeue()
  out = []
  with tf.Session() as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    try:
      while not coordinator.should_stop():
        out.append(session.run(batch).tolist())
    except tf.errors.OutOfRangeError:
      out.append("end")
    out.append([int(session.run(index)) for _ in range(3)])
    coordinator.request_stop()
    coordinator.join(threads)
  return out


def queues(tf, folder):
  queue = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[2], []])
  put = queue.enqueue_many([[[1., 2.], [3., 4.]], [5, 6]])
  padding = tf.PaddingFIFOQueue(10, [tf.int32], [[None]])
  fill = tf.group(padding.enqueue([[1, 2, 3]]), padding.enqueue([[4, 5]]))
  both = padding.dequeue_many(2)
  with tf.Session() as session:
    session.run([put, fill])
    size = int(session.run(queue.size()))
    a, b = session.run(queue.dequeue())
    rows = sorted(session.run(both).tolist())
  return [size, a.tolist(), int(b), rows]


def meta_graph(tf, folder):
  x = tf.placeholder(tf.float32, [None, 2], name="x")
  w = tf.get_variable("w", initializer=[[1.], [2.]])
  y = tf.matmul(x, w, name="y")
  tf.add_to_collection("outputs", y)
  path = os.path.join(folder, "model.ckpt")
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    saved = tf.train.Saver().save(session, path, global_step=7)
  out = [os.path.basename(saved)]
  with tf.Graph().as_default() as graph, tf.Session() as session:
    saver = tf.train.import_meta_graph(saved + ".meta")
    saver.restore(session, tf.train.latest_checkpoint(folder))
    x = graph.get_tensor_by_name("x:0")
    out.append(session.run("y:0", {x: [[3., 4.]]}).tolist())
    out.append(session.run(tf.get_collection("outputs")[0],
                           {x: [[1., 1.]]}).tolist())
    out.append([v.op.name for v in tf.global_variables()])
  state = tf.train.get_checkpoint_state(folder)
  out.append(os.path.basename(state.model_checkpoint_path))
  from_private = _import(tf, "python.pywrap_tensorflow")
  reader = from_private.NewCheckpointReader(saved)
  out.append(reader.get_variable_to_shape_map())
  return out


def saver_names(tf, folder):
  with tf.variable_scope("rnn"):
    tf.get_variable("kernel", [2, 2], initializer=tf.ones_initializer())
  path = os.path.join(folder, "named")
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    tf.train.Saver({"old/name": tf.global_variables()[0]}).save(session, path)
  return [[n, s] for n, s in tf.train.list_variables(path)]


def python_functions(tf, folder):
  x = tf.placeholder(tf.float32, [2])
  y = tf.py_func(lambda a: np.cumsum(a).astype(np.float32), [x], tf.float32)
  with tf.Session() as session:
    return [session.run(y, {x: [1., 2.]}).tolist(), y.op.type,
            str(y.get_shape())]


def deep_copies(tf, folder):
  cell = tf.nn.rnn_cell.BasicLSTMCell(3)
  cells = [copy.deepcopy(cell) for _ in range(2)]
  stack = tf.nn.rnn_cell.MultiRNNCell(cells)
  stack(tf.zeros([1, 2]), stack.zero_state(1, tf.float32))
  return [[v.op.name, v.get_shape().as_list()]
          for v in tf.trainable_variables()]


def op_library(tf, folder):
  path = os.path.join(folder, "no_such_op.so")
  try:
    tf.load_op_library(path)
  except tf.errors.NotFoundError as error:
    return [type(error).__name__, path in str(error)]


def flags_and_logging(tf, folder):
  tf.flags.DEFINE_integer("cases_names_size", 7, "size")
  tf.app.flags.DEFINE_string("cases_names_path", "a", "path")
  tf.app.flags.DEFINE_boolean("cases_names_fast", True, "fast")
  flags = tf.app.flags.FLAGS
  flags(["prog", "--cases_names_size=3", "--nocases_names_fast"])
  tf.logging.set_verbosity(tf.logging.ERROR)
  return [flags.cases_names_size, flags.cases_names_path,
          flags.cases_names_fast, tf.logging.get_verbosity()]


def app_run(tf, folder):
  seen = []

  def main(argv):
    seen.append(list(argv)[1:])
    return 3

  try:
    tf.app.run(main=main, argv=["prog", "left", "over"])
  except SystemExit as leave:
    seen.append(leave.code)
  return seen


def files(tf, folder):
  path = os.path.join(folder, "sub", "x.txt")
  tf.gfile.MakeDirs(os.path.dirname(path))
  with tf.gfile.GFile(path, "w") as stream:
    stream.write("one\ntwo\n")
  with tf.gfile.Open(path) as stream:
    lines = stream.readlines()
  with tf.gfile.FastGFile(path, "rb") as stream:
    raw = stream.read()
  record = os.path.join(folder, "r.tfrecord")
  with tf.python_io.TFRecordWriter(record) as writer:
    writer.write(tf.train.Example(features=tf.train.Features(feature={
        "n": tf.train.Feature(int64_list=tf.train.Int64List(value=[4]))
    })).SerializeToString())
  values = [tf.train.Example.FromString(r).features.feature["n"]
            .int64_list.value[0] for r in tf.python_io.tf_record_iterator(
                record)]
  return [lines, raw.decode(), tf.gfile.Exists(path),
          [os.path.basename(f) for f in tf.gfile.Glob(
              os.path.join(folder, "sub", "*"))],
          tf.gfile.IsDirectory(folder), values]


def parsing(tf, folder):
  example = tf.train.Example(features=tf.train.Features(feature={
      "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[2])),
      "x": tf.train.Feature(float_list=tf.train.FloatList(
          value=[1., 2., 3.]))})).SerializeToString()
  parsed = tf.parse_single_example(example, {
      "label": tf.FixedLenFeature([], tf.int64),
      "x": tf.VarLenFeature(tf.float32)})
  with tf.Session() as session:
    label, x = session.run([parsed["label"],
                            tf.sparse_tensor_to_dense(parsed["x"])])
  return [int(label), x.tolist()]


def summaries(tf, folder):
  tf.summary.scalar("loss", tf.constant(2.5))
  tf.summary.histogram("h", tf.constant([1., 2.]))
  merged = tf.summary.merge_all()
  logs = os.path.join(folder, "logs")
  writer = tf.summary.FileWriter(logs, tf.get_default_graph())
  with tf.Session() as session:
    writer.add_summary(session.run(merged), 5)
  writer.close()
  events = [e for name in sorted(os.listdir(logs))
            for e in tf.train.summary_iterator(os.path.join(logs, name))]
  return [[e.step, sorted(v.tag for v in e.summary.value)]
          for e in events if e.summary.value]


def removed_arguments(tf, folder):
  x = tf.constant([[1., 2.], [3., 5.]])
  out = [tf.reduce_sum(x, reduction_indices=1),
         tf.reduce_mean(x, axis=0, keep_dims=True), tf.argmax(x, dimension=1),
         tf.concat([x, x], 1), tf.split(x, 2, axis=1)[0],
         tf.expand_dims(x, dim=0), tf.squeeze(tf.expand_dims(x, 0),
                                              squeeze_dims=[0]),
         tf.nn.l2_normalize(x, dim=1), tf.to_int32(x), tf.div(x, 2.),
         tf.nn.softmax(x, dim=0), tf.log(x), tf.nn.xw_plus_b(
             x, x, tf.constant([1., 1.])),
         tf.reverse_sequence(x, [1, 2], seq_dim=1, batch_dim=0),
         tf.where(x > 2., x, -x), tf.cast(tf.is_nan(x), tf.int32),
         tf.matrix_diag_part(x), tf.sparse_to_dense([0, 2], [3], 1),
         tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x),
         tf.one_hot([1], 2), tf.string_split(["a b"]).values,
         tf.mod(x, 2.), tf.norm(x, keep_dims=True),
         tf.count_nonzero(x, reduction_indices=0)]
  with tf.Session() as session:
    values = session.run(out)
  return [[round(float(v), 5) for v in np.asarray(value).ravel()]
          if np.asarray(value).dtype.kind in "fi"
          else [v.decode() for v in value] for value in values]


def positional_cross_entropy(tf, folder):
  x = tf.constant([[1., 2.]])
  out = []
  for name in ("softmax", "sigmoid", "sparse_softmax"):
    function = getattr(tf.nn, name + "_cross_entropy_with_logits")
    for arguments in ((x, x), ()):
      try:
        function(*arguments)
        out.append("no error")
      except ValueError:
        out.append("ValueError")
  return out


def old_names(tf, folder):
  names = """scalar_summary merge_all_summaries histogram_summary
      initialize_all_variables initialize_local_variables all_variables mul
      sub neg pack unpack select batch_matmul listdiff complex_abs inv
      trainable_variables global_norm to_float arg_max div floordiv Print
      sparse_merge string_split random_crop lin_space make_template
      NoGradient placeholder_with_default accumulate_n""".split()
  modules = {"nn": "rnn rnn_cell deconv2d dynamic_rnn static_rnn "
                   "state_saving_rnn", "train": "SummaryWriter Supervisor "
             "shuffle_batch maybe_batch GradientDescentOptimizer",
             "nn.rnn_cell": "LSTMCell RNNCell"}
  out = [[name, hasattr(tf, name)] for name in names]
  for module, inner in modules.items():
    where = tf
    for part in module.split("."):
      where = getattr(where, part)
    out += [[module + "." + name, hasattr(where, name)]
            for name in inner.split()]
  return out


def versions(tf, folder):
  return [tf.__version__, tf.VERSION, tf.version.VERSION,
          tf.GIT_VERSION == tf.version.GIT_VERSION,
          int(tf.__version__.split(".")[1])]


def variables(tf, folder):
  with tf.variable_scope("a", initializer=tf.constant_initializer(2.)):
    w = tf.get_variable("w", [2])
  with tf.variable_scope("a", reuse=True):
    same = tf.get_variable("w") is w
  v = tf.Variable(tf.zeros([2]), name="v", trainable=False)
  step = tf.train.get_or_create_global_step()
  average = tf.train.ExponentialMovingAverage(0.5)
  update = average.apply([w])
  with tf.Session() as session:
    session.run(tf.initialize_all_variables())
    session.run(w.assign([4., 6.]))
    session.run(update)
    mean = session.run(average.average(w)).tolist()
    read = session.run("a/w/read:0").tolist()
  return [same, w.op.type, [x.op.name for x in tf.all_variables()],
          [x.op.name for x in tf.trainable_variables()], v.name, step.name,
          mean, read, [x.op.name for x in tf.get_collection(
              tf.GraphKeys.GLOBAL_STEP)]]


def private_names(tf, folder):
  nest = _import(tf, "python.util.nest")
  dtypes = _import(tf, "python.framework.dtypes")
  ops = _import(tf, "python.framework.ops")
  rnn = _import(tf, "python.ops.rnn")
  rnn_cell_impl = _import(tf, "python.ops.rnn_cell_impl")
  registry = _import(tf, "python.framework.op_def_registry")
  control = _import(tf, "python.ops.control_flow_ops")
  shapes = _import(tf, "python.framework.tensor_shape")
  x = tf.zeros([2, 3, 4])
  turned = rnn._transpose_batch_time(x)
  state = rnn_cell_impl.LSTMStateTuple(1, 2)
  loop = control.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
  zeros = rnn_cell_impl._zero_state_tensors([3, (2,)], 5, tf.float32)
  with tf.Session() as session:
    looped = int(session.run(loop))
  return [[nest.is_sequence(v) for v in ([1], (1,), "a", 3, {"a": 1},
                                         state, x)],
          nest.flatten(state), dtypes.float32.name,
          isinstance(x, ops.Tensor), turned.get_shape().as_list(),
          str(rnn_cell_impl._concat(4, [3], static=True)),
          [z.get_shape().as_list() for z in nest.flatten(zeros)],
          rnn_cell_impl._WEIGHTS_VARIABLE_NAME,
          "MatMul" in registry.get_registered_ops(),
          registry.get_registered_ops()["MatMul"].name, looped,
          str(shapes.unknown_shape()), str(shapes.scalar()),
          str(rnn._best_effort_input_batch_size([x]))]


def cells_are_checked(tf, folder):
  impl = _import(tf, "python.ops.rnn_cell_impl")
  impl.assert_like_rnncell("cell", tf.nn.rnn_cell.GRUCell(2))
  try:
    impl.assert_like_rnncell("cell", object())
  except TypeError as error:
    return [impl.ASSERT_LIKE_RNNCELL_ERROR_REGEXP in str(error)]


def hooks(tf, folder):
  seen = []

  class Hook(tf.train.SessionRunHook):

    def before_run(self, run_context):
      return tf.train.SessionRunArgs(step)

    def after_run(self, run_context, run_values):
      seen.append(int(run_values.results))

  step = tf.train.create_global_step()
  train = tf.assign_add(step, 1)
  with tf.train.MonitoredTrainingSession(hooks=[
      Hook(), tf.train.StopAtStepHook(last_step=3)]) as session:
    while not session.should_stop():
      session.run(train)
  return [len(seen), tf.estimator.ModeKeys.TRAIN,
          tf.estimator.ModeKeys.PREDICT, tf.estimator.ModeKeys.EVAL,
          tf.estimator.SessionRunHook is tf.train.SessionRunHook]


def lookups(tf, folder):
  path = os.path.join(folder, "vocab.txt")
  with open(path, "w") as stream:
    stream.write("a\nb\nc\n")
  ops = _import(tf, "python.ops.lookup_ops")
  table = ops.index_table_from_file(path, num_oov_buckets=1)
  back = ops.index_to_string_table_from_file(path, default_value="?")
  ids = table.lookup(tf.constant(["b", "z", "c"]))
  words = back.lookup(tf.constant([0, 2, 9], tf.int64))
  with tf.Session() as session:
    session.run(tf.tables_initializer())
    return [session.run(ids).tolist(),
            [w.decode() for w in session.run(words)]]


def partial_fetches(tf, folder):
  x = tf.placeholder(tf.float32, [2])
  total = tf.Variable([0., 0.], name="total")
  update = tf.assign_add(total, x)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    handle = session.partial_run_setup([update], [x])
    first = session.partial_run(handle, update, {x: [1., 2.]}).tolist()
    step = session.make_callable(update, [x])
    return [first, step([1., 1.]).tolist()]


def optimizer_subclass(tf, folder):

  class Halving(tf.train.Optimizer):
    """w <- w - grad / 2."""

    def __init__(self):
      super(Halving, self).__init__(False, "Halving")

    def _apply_dense(self, grad, var):
      return tf.assign_sub(var, grad / 2).op

  w = tf.Variable([2., 4.], name="w")
  train = Halving().minimize(tf.reduce_sum(w * w))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(train)
    return session.run(w).tolist()


def linear_helpers(tf, folder):
  core = _import(tf, "contrib.rnn.python.ops.core_rnn_cell")
  a, b = tf.ones([2, 3]), tf.ones([2, 1])
  with tf.variable_scope("a", initializer=tf.constant_initializer(0.5)):
    y = core._linear([a, b], 2, True)
  with tf.variable_scope("b", initializer=tf.constant_initializer(0.25)):
    z = core._Linear([a], 2, False)([a])
  with tf.variable_scope("c"):
    w = core._linear(a, 2, True, bias_initializer=tf.ones_initializer(),
                     kernel_initializer=tf.zeros_initializer())
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values = [v.tolist() for v in session.run([y, z, w])]
  return [values, [t.name for t in (y, z, w)],
          [[v.op.name, v.get_shape().as_list()]
           for v in tf.global_variables()]]


def cells_by_dictionary(tf, folder):
  rnn = _import(tf, "contrib.rnn")
  return sorted(value.__name__ for value in rnn.__dict__.values()
                if isinstance(value, type)
                and issubclass(value, rnn.RNNCell)
                and value.__name__ in ("GRUCell", "LSTMCell",
                                       "MultiRNNCell", "RNNCell"))


def _import(tf, name):
  import importlib
  return importlib.import_module(tf.__name__ + "." + name)


CASES = [dimensions, one_shot_iterator, initializable_iterator,
         session_kinds, supervisor, queue_runners, queues, meta_graph,
         saver_names, python_functions, deep_copies, op_library,
         flags_and_logging, app_run, files, parsing, summaries,
         removed_arguments, positional_cross_entropy, old_names, versions,
         variables, private_names, cells_are_checked, hooks, lookups,
         partial_fetches, optimizer_subclass, linear_helpers,
         cells_by_dictionary]
RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "cases_names.json")


def run(tf, case, folder):
  """What `case` returns, through JSON so that tuples compare as lists."""
  with tf.Graph().as_default():
    return json.loads(json.dumps(case(tf, folder)))


def main():
  import tempfile

  import tensorflow as tf
  assert tf.__version__ == "1.15.5", tf.__version__
  tf.logging.set_verbosity(tf.logging.ERROR)
  results = {}
  for case in CASES:
    results[case.__name__] = run(tf, case, tempfile.mkdtemp())
  with open(RESULTS, "w") as stream:
    json.dump(results, stream, indent=1, sort_keys=True)
    stream.write("\n")
  sys.stdout.write("%d cases\n" % len(results))


if __name__ == "__main__":
  main()
