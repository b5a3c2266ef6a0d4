"""A translation model with buckets, attention and a sampled softmax."""

import numpy as np
import tensorflow as tf

buckets = [(3, 4), (5, 6)]
size, source_vocab, target_vocab, batch_size = 6, 9, 10, 3
rng = np.random.RandomState(6)

w = tf.get_variable("proj_w", [size, target_vocab])
w_t = tf.transpose(w)
b = tf.get_variable("proj_b", [target_vocab])
output_projection = (w, b)


def sampled_loss(inputs, labels):
  labels = tf.reshape(labels, [-1, 1])
  return tf.nn.sampled_softmax_loss(
      w_t, b, inputs, labels, 9, target_vocab,
      sampled_values=(tf.constant(list(range(9)), tf.int64),
                      tf.ones([batch_size, 1]), tf.ones([9])))


single_cell = tf.nn.rnn_cell.GRUCell(size)
cell = tf.nn.rnn_cell.MultiRNNCell([single_cell] * 2)


def seq2seq_f(encoder_inputs, decoder_inputs, do_decode):
  return tf.nn.seq2seq.embedding_attention_seq2seq(
      encoder_inputs, decoder_inputs, cell,
      num_encoder_symbols=source_vocab, num_decoder_symbols=target_vocab,
      embedding_size=size, output_projection=output_projection,
      feed_previous=do_decode)


encoder_inputs, decoder_inputs, target_weights = [], [], []
for i in range(buckets[-1][0]):
  encoder_inputs.append(tf.placeholder(tf.int32, shape=[None],
                                       name="encoder{0}".format(i)))
for i in range(buckets[-1][1] + 1):
  decoder_inputs.append(tf.placeholder(tf.int32, shape=[None],
                                       name="decoder{0}".format(i)))
  target_weights.append(tf.placeholder(tf.float32, shape=[None],
                                       name="weight{0}".format(i)))
targets = [decoder_inputs[i + 1] for i in range(len(decoder_inputs) - 1)]
outputs, losses = tf.nn.seq2seq.model_with_buckets(
    encoder_inputs, decoder_inputs, targets, target_weights, buckets,
    lambda x, y: seq2seq_f(x, y, False), softmax_loss_function=sampled_loss)

params = tf.trainable_variables()
gradient_norms, updates = [], []
opt = tf.train.GradientDescentOptimizer(0.5)
for bucket in range(len(buckets)):
  gradients = tf.gradients(losses[bucket], params)
  clipped_gradients, norm = tf.clip_by_global_norm(gradients, 5.0)
  gradient_norms.append(norm)
  updates.append(opt.apply_gradients(zip(clipped_gradients, params)))

with tf.Session() as session:
  session.run(tf.initialize_all_variables())
  for v in params:
    session.run(v.assign(rng.uniform(-.4, .4, v.get_shape().as_list())))
  for step in range(4):
    bucket = step % 2
    encoder_size, decoder_size = buckets[bucket]
    feed = {}
    for i in range(encoder_size):
      feed[encoder_inputs[i].name] = rng.randint(0, source_vocab, batch_size)
    for i in range(decoder_size + 1):
      feed[decoder_inputs[i].name] = rng.randint(0, target_vocab, batch_size)
      feed[target_weights[i].name] = np.ones(batch_size)
    norm, loss, _ = session.run(
        [gradient_norms[bucket], losses[bucket], updates[bucket]], feed)
    print("%.5f %.5f" % (norm, loss))
print(len(params))
