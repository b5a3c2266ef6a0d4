"""Between-graph replication under a Supervisor, as it was written in 2017."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_string("ps_hosts", "", "Comma-separated list of hostname:port")
flags.DEFINE_string("worker_hosts", "", "Comma-separated list of hostname:port")
flags.DEFINE_string("job_name", "", "One of 'ps', 'worker'")
flags.DEFINE_integer("task_index", 0, "Index of task within the job")
flags.DEFINE_string("logdir", None, "Checkpoints")
flags.DEFINE_integer("steps", 20, "Global steps")
flags.DEFINE_boolean("sync", False, "SyncReplicasOptimizer")
FLAGS = flags.FLAGS


def main(_):
  ps_hosts = FLAGS.ps_hosts.split(",")
  worker_hosts = FLAGS.worker_hosts.split(",")
  cluster = tf.train.ClusterSpec({"ps": ps_hosts, "worker": worker_hosts})
  server = tf.train.Server(cluster, job_name=FLAGS.job_name,
                           task_index=FLAGS.task_index)
  if FLAGS.job_name == "ps":
    server.join()
    return
  chief = FLAGS.task_index == 0
  with tf.device(tf.train.replica_device_setter(
      worker_device="/job:worker/task:%d" % FLAGS.task_index,
      cluster=cluster)):
    tf.set_random_seed(1)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    x = tf.random_normal([8, 5, 3], seed=2)
    cell = tf.contrib.rnn.BasicLSTMCell(4)
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    loss = tf.reduce_mean(tf.square(outputs - .5))
    optimizer = tf.train.AdamOptimizer(.01)
    if FLAGS.sync:
      optimizer = tf.train.SyncReplicasOptimizer(
          optimizer, replicas_to_aggregate=len(worker_hosts),
          total_num_replicas=len(worker_hosts))
    train_op = optimizer.minimize(loss, global_step=global_step)
    if FLAGS.sync:
      local_init_op = optimizer.local_step_init_op
      if chief:
        local_init_op = optimizer.chief_init_op
      ready_for_local_init_op = optimizer.ready_for_local_init_op
      chief_queue_runner = optimizer.get_chief_queue_runner()
      sync_init_op = optimizer.get_init_tokens_op()
    summary_op = tf.summary.merge([tf.summary.scalar("loss", loss)])
    init_op = tf.global_variables_initializer()
    saver = tf.train.Saver()
  if FLAGS.sync:
    sv = tf.train.Supervisor(
        is_chief=chief, logdir=FLAGS.logdir, init_op=init_op,
        local_init_op=local_init_op,
        ready_for_local_init_op=ready_for_local_init_op,
        summary_op=None, saver=saver, global_step=global_step,
        save_model_secs=600)
  else:
    sv = tf.train.Supervisor(is_chief=chief, logdir=FLAGS.logdir,
                             init_op=init_op, summary_op=None, saver=saver,
                             global_step=global_step, save_model_secs=600)
  config = tf.ConfigProto(
      allow_soft_placement=True, log_device_placement=False,
      device_filters=["/job:ps", "/job:worker/task:%d" % FLAGS.task_index])
  with sv.prepare_or_wait_for_session(server.target, config=config) as sess:
    if FLAGS.sync and chief:
      sess.run(sync_init_op)
      sv.start_queue_runners(sess, [chief_queue_runner])
    step = 0
    while not sv.should_stop() and step < FLAGS.steps:
      _, value = sess.run([train_op, loss])
      step = sess.run(global_step)
      print("step %d loss %.5f" % (step, value))
      if chief and step % 5 == 0:
        sv.summary_computed(sess, sess.run(summary_op))
    print("done")


if __name__ == "__main__":
  tf.app.run()
