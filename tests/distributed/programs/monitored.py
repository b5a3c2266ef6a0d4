"""MonitoredTrainingSession with a master, as it was written in 2018."""
from __future__ import print_function

import argparse
import sys

import tensorflow as tf
from tensorflow.contrib import rnn

FLAGS = None


def build(cluster):
  strategy = tf.contrib.training.GreedyLoadBalancingStrategy(
      cluster.num_tasks("ps"), tf.contrib.training.byte_size_load_fn)
  with tf.device(tf.train.replica_device_setter(
      worker_device="/job:worker/task:%d" % FLAGS.task_index,
      cluster=cluster, ps_strategy=strategy)):
    global_step = tf.train.get_or_create_global_step()
    x = tf.random_normal([6, 4, 3], seed=3)
    cell = rnn.MultiRNNCell([rnn.GRUCell(4), rnn.LSTMCell(3)])
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    loss = tf.reduce_mean(tf.abs(outputs - tf.reverse(x, [1])))
    optimizer = tf.train.GradientDescentOptimizer(.1)
    hooks = [tf.train.StopAtStepHook(last_step=FLAGS.steps)]
    if FLAGS.sync:
      workers = cluster.num_tasks("worker")
      optimizer = tf.train.SyncReplicasOptimizer(
          optimizer, replicas_to_aggregate=workers, total_num_replicas=workers)
      hooks.append(optimizer.make_session_run_hook(FLAGS.task_index == 0))
    train_op = optimizer.minimize(loss, global_step=global_step)
  return loss, train_op, hooks


def main(_):
  cluster = tf.train.ClusterSpec({"ps": FLAGS.ps_hosts.split(","),
                                  "worker": FLAGS.worker_hosts.split(",")})
  server = tf.train.Server(cluster, job_name=FLAGS.job_name,
                           task_index=FLAGS.task_index)
  if FLAGS.job_name == "ps":
    server.join()
  tf.set_random_seed(4)
  loss, train_op, hooks = build(cluster)
  with tf.train.MonitoredTrainingSession(
      master=server.target, is_chief=FLAGS.task_index == 0,
      checkpoint_dir=FLAGS.logdir, save_checkpoint_secs=600,
      config=tf.ConfigProto(device_filters=[
          "/job:ps", "/job:worker/task:%d" % FLAGS.task_index]),
      hooks=hooks, log_step_count_steps=None,
      stop_grace_period_secs=1) as session:
    while not session.should_stop():
      _, value = session.run([train_op, loss])
      print("loss %.5f" % value)
  print("done")


if __name__ == "__main__":
  parser = argparse.ArgumentParser()
  parser.register("type", "bool", lambda v: v.lower() == "true")
  parser.add_argument("--ps_hosts", type=str, default="")
  parser.add_argument("--worker_hosts", type=str, default="")
  parser.add_argument("--job_name", type=str, default="")
  parser.add_argument("--task_index", type=int, default=0)
  parser.add_argument("--logdir", type=str, default="")
  parser.add_argument("--steps", type=int, default=20)
  parser.add_argument("--sync", type="bool", default=False)
  FLAGS, unparsed = parser.parse_known_args()
  tf.app.run(main=main, argv=[sys.argv[0]] + unparsed)
