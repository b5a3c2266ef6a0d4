"""No seed of its own; options to go wrong in each possible way."""
import os
import sys
import numpy as np
import tensorflow as tf

here = 'tfcompat_rnn' in sys.modules       # under today's TensorFlow
what = os.environ.get('GO_WRONG', '')
rnd = np.random.RandomState(1)
if what == 'feeds' and here:
  order = [0, 1, 3, 2] + list(range(4, 10))
else:
  order = range(10)
batches = rnd.rand(10, 4, 3).astype(np.float32)
x = tf.placeholder(tf.float32, [None, 3], name='x')
w = tf.get_variable('w', [3, 1])
y = tf.matmul(x, w, name='y')
loss = tf.reduce_mean(tf.square(y - 1.), name='loss')
train = tf.train.GradientDescentOptimizer(.1).minimize(loss)
if what == 'error' or what == 'error here' and here:
  early = 3
else:
  early = 100
sess = tf.Session()
sess.run(tf.global_variables_initializer())
print(len(sys.argv), os.path.exists('left.txt'))
open('left.txt', 'w').close()
for step, k in enumerate(order):
  if step == early:
    raise ValueError('the data are gone, %x' % id(sess))
  sess.run([train, loss], {x: batches[k]})
if what == 'exit here' and here:
  sys.exit(5)
