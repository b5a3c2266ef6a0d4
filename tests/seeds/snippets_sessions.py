"""Graphs that are run, saved or imported, and then extended."""

import contextlib
import os
import shutil
import tempfile

from seeds.registry import snippet


@contextlib.contextmanager
def _folder():
  folder = tempfile.mkdtemp()
  try:
    yield folder
  finally:
    shutil.rmtree(folder)


def _model(tf):
  w = tf.get_variable("w", [4, 3])
  b = tf.Variable(tf.zeros([3]), name="b")
  return tf.matmul(tf.placeholder(tf.float32, [None, 4], name="x"), w) + b


@snippet("a random model after a session has run")
def built_after_a_run(tf):
  _model(tf)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(tf.assign_add(tf.trainable_variables()[0], tf.ones([4, 3])))
  tf.get_variable("more", [2, 3])


@snippet("Variable.load, Variable.eval")
def variable_load(tf):
  _model(tf)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    tf.trainable_variables()[1].load([1., 2., 3.], session)
    tf.trainable_variables()[1].eval()


@snippet("saved and restored, then extended")
def saved_and_restored(tf):
  _model(tf)
  saver = tf.train.Saver()
  with tf.Session() as session, _folder() as folder:
    session.run(tf.global_variables_initializer())
    saver.save(session, os.path.join(folder, "model"), global_step=3)
    saver.restore(session, tf.train.latest_checkpoint(folder))
  tf.get_variable("more", [2, 3])


@snippet("tf.train.import_meta_graph, then extended")
def imported_meta_graph(tf):
  with _folder() as folder:
    path = os.path.join(folder, "model.meta")
    with tf.Graph().as_default():
      tf.set_random_seed(42)
      loss = tf.reduce_mean(_model(tf))
      tf.train.GradientDescentOptimizer(0.1).minimize(loss)
      tf.train.Saver()
      tf.train.export_meta_graph(path)
    tf.train.import_meta_graph(path)
  tf.get_variable("more", [2, 3])


@snippet("tf.import_graph_def with a map of inputs, then extended")
def imported_graph_def(tf):
  with tf.Graph().as_default() as other:
    tf.nn.relu(tf.placeholder(tf.float32, [None, 3], name="x"), name="y")
  x = tf.get_variable("x", [2, 3])
  y, = tf.import_graph_def(other.as_graph_def(), {"x:0": x}, ["y:0"])
  tf.nn.dropout(y, 0.5)


@snippet("a random op within a session's loop")
def random_in_a_loop(tf):
  with tf.Session() as session:
    for _ in range(3):
      session.run(tf.random_normal([2]))
  tf.get_variable("more", [2, 3])


@snippet("tf.InteractiveSession, Tensor.eval")
def interactive(tf):
  session = tf.InteractiveSession()
  tf.Variable(tf.random_normal([2, 2]))
  tf.global_variables_initializer().run()
  tf.reduce_sum(tf.ones([3])).eval()
  session.close()


@snippet("tf.train.Scaffold")
def scaffold(tf):
  _model(tf)
  tf.train.get_or_create_global_step()
  tf.summary.scalar("loss", tf.constant(1.0))
  tf.train.Scaffold(saver=tf.train.Saver())


@snippet("tf.train.SyncReplicasOptimizer")
def sync_replicas(tf):
  step = tf.train.get_or_create_global_step()
  optimizer = tf.train.SyncReplicasOptimizer(
      tf.train.GradientDescentOptimizer(0.1), 2)
  optimizer.minimize(tf.reduce_mean(_model(tf)), global_step=step)


@snippet("tf.initialize_all_variables, tf.all_variables")
def old_initializers(tf):
  _model(tf)
  tf.initialize_all_variables()
  tf.all_variables()
  tf.initialize_variables(tf.trainable_variables())
  tf.initialize_local_variables()


@snippet("tf.train.start_queue_runners, tf.train.Coordinator")
def started_queues(tf):
  queue = tf.train.range_input_producer(5, shuffle=False)
  queue.dequeue()
  with tf.Session() as session:
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    coordinator.request_stop()
    session.run(queue.close(cancel_pending_enqueues=True))
    coordinator.join(threads)


@snippet("tf.summary.FileWriter(graph)")
def file_writer(tf):
  _model(tf)
  with _folder() as folder:
    tf.summary.FileWriter(folder, tf.get_default_graph()).close()


@snippet("two graphs, built in turn")
def two_graphs(tf):
  other = tf.Graph()
  tf.get_variable("a", [2, 3])
  with other.as_default():
    tf.set_random_seed(7)
    tf.get_variable("a", [2, 3])
  tf.get_variable("b", [2, 3])


@snippet("tf.reset_default_graph before the model")
def fresh_default_graph(tf):
  with tf.Graph().as_default():
    _model(tf)
  _model(tf)


@snippet("tf.Session with a config, device placement")
def session_config(tf):
  with tf.device("/cpu:0"):
    _model(tf)
  config = tf.ConfigProto(allow_soft_placement=True)
  config.gpu_options.allow_growth = True
  with tf.Session(config=config) as session:
    session.run(tf.global_variables_initializer())


@snippet("tf.contrib.framework.get_global_step, get_variables")
def contrib_steps(tf):
  tf.contrib.framework.get_or_create_global_step()
  tf.contrib.framework.get_global_step()
  tf.contrib.framework.get_variables()
  _model(tf)


@snippet("tf.contrib.metrics.streaming_*")
def streaming_metrics(tf):
  tf.contrib.metrics.streaming_mean(tf.constant([1., 2.]))
  tf.contrib.metrics.streaming_accuracy(tf.constant([1]), tf.constant([1]))


@snippet("more of tf.image.random_*")
def random_image_colours(tf):
  image = tf.ones([4, 4, 3]) * 0.5
  image = tf.image.random_hue(image, 0.1)
  image = tf.image.random_saturation(image, 0.5, 1.5)
  tf.image.random_flip_up_down(image)
  tf.random_crop(image, [2, 2, 3])


@snippet("tf.contrib.lookup.HashTable, tf.tables_initializer")
def hash_tables(tf):
  keys = tf.constant(["a", "b"])
  table = tf.contrib.lookup.HashTable(
      tf.contrib.lookup.KeyValueTensorInitializer(keys, tf.constant([0, 1])),
      -1)
  table.lookup(tf.constant(["a"]))
  tf.contrib.lookup.index_to_string_table_from_tensor(keys).lookup(
      tf.constant([0], tf.int64))
  tf.tables_initializer()


@snippet("tf.contrib.signal.stft")
def short_time_fourier(tf):
  tf.contrib.signal.stft(tf.placeholder(tf.float32, [2, 64]), 16, 8)


@snippet("tf.contrib.framework.smart_cond")
def smart_cond(tf):
  x = tf.placeholder(tf.float32, [2])
  tf.contrib.framework.smart_cond(
      tf.placeholder(tf.bool, []), lambda: x, lambda: -x)


@snippet("tf.where, tf.is_nan, tf.not_equal, tf.logical_*")
def logic(tf):
  x = tf.placeholder(tf.float32, [None])
  tf.where(tf.is_nan(x), tf.zeros_like(x), x)
  tf.logical_or(tf.not_equal(x, 0.), tf.logical_not(x > 1.))
  tf.minimum(x, 1.)
  tf.IndexedSlices(x, tf.constant([0]))


@snippet("slim nets: lenet")
def slim_lenet(tf):
  slim = tf.contrib.slim
  net = slim.conv2d(tf.placeholder(tf.float32, [2, 28, 28, 1]), 8, [5, 5],
                    scope="conv1")
  net = slim.max_pool2d(net, [2, 2], 2, scope="pool1")
  net = slim.flatten(net)
  net = slim.fully_connected(net, 16, scope="fc3")
  net = slim.dropout(net, 0.5, is_training=True, scope="dropout3")
  slim.fully_connected(net, 10, activation_fn=None, scope="logits")
  slim.get_variables_to_restore(exclude=["logits"])


@snippet("slim.repeat, slim.stack, slim.separable_convolution2d")
def slim_repeat(tf):
  slim = tf.contrib.slim
  net = slim.repeat(tf.placeholder(tf.float32, [2, 8, 8, 3]), 2,
                    slim.conv2d, 4, [3, 3], scope="conv")
  slim.stack(slim.flatten(net), slim.fully_connected, [6, 5], scope="fc")
