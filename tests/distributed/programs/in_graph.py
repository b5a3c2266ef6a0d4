"""In-graph replication: one client, grpc:// sessions, towers on the workers."""
from __future__ import print_function

import tensorflow as tf

tf.flags.DEFINE_string("ps_hosts", "", "host:port,...")
tf.flags.DEFINE_string("worker_hosts", "", "host:port,...")
tf.flags.DEFINE_string("job_name", "client", "ps, worker or client")
tf.flags.DEFINE_integer("task_index", 0, "the number of the task")
tf.flags.DEFINE_string("logdir", "", "for the checkpoint")
tf.flags.DEFINE_integer("steps", 8, "of training")
FLAGS = tf.flags.FLAGS


def train(cluster):
  workers = FLAGS.worker_hosts.split(",")
  tf.set_random_seed(5)
  with tf.device("/job:ps/task:0/cpu:0"):
    cell = tf.nn.rnn_cell.GRUCell(4)
    x = tf.placeholder(tf.float32, [len(workers) * 2, 5, 3])
    state = tf.Variable(tf.zeros([len(workers) * 2, 4]), trainable=False)
    optimizer = tf.train.MomentumOptimizer(.1, .9)
  parts = tf.split(x, len(workers))
  losses, gradients, finals = [], [], []
  for number in range(len(workers)):
    with tf.device("/job:worker/task:%d" % number), \
        tf.variable_scope("model", reuse=number > 0):
      outputs, final = tf.nn.dynamic_rnn(
          cell, parts[number],
          initial_state=state[2 * number:2 * number + 2])
      losses.append(tf.reduce_mean(tf.square(outputs - parts[number][..., :1])))
      gradients.append(optimizer.compute_gradients(losses[-1]))
      finals.append(final)
  with tf.device("/job:ps/task:0"):
    mean = [(tf.add_n([g for g, _ in pairs]) / len(workers), pairs[0][1])
            for pairs in zip(*gradients)]
    train_op = optimizer.apply_gradients(mean)
    keep = tf.assign(state, tf.concat(finals, 0))
    saver = tf.train.Saver()
  data = tf.Graph()
  with data.as_default():
    sample = tf.random_uniform([len(workers) * 2, 5, 3], seed=6)
  with tf.Session("grpc://" + workers[-1], graph=data) as other:
    batches = [other.run(sample) for _ in range(FLAGS.steps)]
  with tf.Session(
      "grpc://" + workers[0],
      config=tf.ConfigProto(allow_soft_placement=False)) as session:
    session.run(tf.global_variables_initializer())
    for step, batch in enumerate(batches):
      values, _, _ = session.run([losses, train_op, keep], {x: batch})
      print("step %d losses %s" % (step, " ".join("%.5f" % v for v in values)))
    print("saved", saver.save(session, FLAGS.logdir + "/model") != "")
  # The variables are those of the cluster, not of a session.
  with tf.Session("grpc://" + workers[-1]) as session:
    print("state %.5f" % session.run(tf.reduce_sum(tf.abs(state))))
    print("devices", sorted(d.name.split("/device:")[0][1:] for d in
                            session.list_devices()
                            if d.device_type == "CPU"))
    session.run(tf.global_variables_initializer())
    saver.restore(session, FLAGS.logdir + "/model")
    print("state %.5f" % session.run(tf.reduce_sum(tf.abs(state))))
    tf.Session.reset("grpc://" + workers[0])
  print("done")


def main(_):
  cluster = tf.train.ClusterSpec({"ps": FLAGS.ps_hosts.split(","),
                                  "worker": FLAGS.worker_hosts.split(",")})
  if FLAGS.job_name == "client":
    train(cluster)
  else:
    tf.train.Server(cluster.as_cluster_def(), FLAGS.job_name,
                    FLAGS.task_index).join()


if __name__ == "__main__":
  tf.app.run()
