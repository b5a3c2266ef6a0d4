"""An autoencoder with summaries, a SummaryWriter and a Saver."""
import glob
import os
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
rng = np.random.RandomState(3)
X = tf.placeholder("float", [None, 8], name='X')
W_init = rng.uniform(-.5, .5, [8, 3]).astype("f")
W = tf.Variable(W_init, name='W')
b = tf.Variable(tf.zeros([3]), name='b')
W_prime = tf.transpose(W)
b_prime = tf.Variable(tf.zeros([8]), name='b_prime')
with tf.name_scope("model") as scope:
  Y = tf.nn.sigmoid(tf.matmul(X, W) + b)
  Z = tf.matmul(Y, W_prime) + b_prime
cost = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(Z, X))
w_hist = tf.histogram_summary("weights", W)
b_hist = tf.histogram_summary("biases", b)
cost_summ = tf.scalar_summary("cost", cost)
both = tf.scalar_summary(["a", "b"], tf.pack([cost, cost * 2]))
image = tf.image_summary("input", tf.reshape(X, [-1, 2, 4, 1]), max_images=2)
merged = tf.merge_all_summaries()
some = tf.merge_summary([cost_summ, both])
train_op = tf.train.GradientDescentOptimizer(0.5).minimize(cost)
saver = tf.train.Saver(tf.all_variables())
data = rng.uniform(0, 1, [6, 8])
with tf.Session() as sess:
  writer = tf.train.SummaryWriter(folder, sess.graph_def)
  tf.initialize_all_variables().run()
  for i in range(3):
    _, c, text = sess.run([train_op, cost, merged], {X: data})
    writer.add_summary(text, i)
    print("%.5f" % c)
  path = saver.save(sess, os.path.join(folder, "model.ckpt"), global_step=2)
  small = tf.Summary.FromString(sess.run(some, {X: data}))
  print([v.tag for v in small.value], "%.5f" % small.value[2].simple_value)
  full = tf.Summary.FromString(text)
  print(sorted(v.tag for v in full.value))
  writer.close()
with tf.Session() as sess:
  saver.restore(sess, tf.train.latest_checkpoint(folder))
  print("%.5f" % sess.run(cost, {X: data}))
print(len(glob.glob(folder + "/events*")), os.path.basename(path))
