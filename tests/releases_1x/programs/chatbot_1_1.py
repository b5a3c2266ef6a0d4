"""TensorFlow 1.1: DynamicAttentionWrapper, and dynamic_decode with two
results."""
import numpy as np
import tensorflow as tf
from tensorflow.python.layers.core import Dense

PAD, GO, EOS, UNK = 0, 1, 2, 3
batch_size, hidden, vocab, embedding_dim, max_len = 5, 12, 15, 6, 7
tf.set_random_seed(7)
rng = np.random.RandomState(7)

encoder_inputs = tf.placeholder(tf.int32, [None, None], name='encoder_inputs')
encoder_length = tf.placeholder(tf.int32, [None], name='encoder_length')
decoder_inputs = tf.placeholder(tf.int32, [None, None], name='decoder_inputs')
decoder_targets = tf.placeholder(tf.int32, [None, None], name='targets')
decoder_length = tf.placeholder(tf.int32, [None], name='decoder_length')
keep_prob = tf.placeholder(tf.float32)

with tf.variable_scope(
        'chat', initializer=tf.random_uniform_initializer(-.4, .4, seed=3)):
    embeddings = tf.get_variable('embeddings', [vocab, embedding_dim])
    with tf.variable_scope('encoder'):
        cells = [tf.contrib.rnn.DropoutWrapper(
            tf.contrib.rnn.BasicLSTMCell(hidden),
            output_keep_prob=keep_prob) for _ in range(2)]
        cell = tf.contrib.rnn.MultiRNNCell(cells)
        enc_outputs, enc_state = tf.nn.dynamic_rnn(
            cell, tf.nn.embedding_lookup(embeddings, encoder_inputs),
            sequence_length=encoder_length, dtype=tf.float32)
    with tf.variable_scope('decoder') as scope:
        attention = tf.contrib.seq2seq.BahdanauAttention(
            num_units=hidden, memory=enc_outputs,
            memory_sequence_length=encoder_length)
        dec_cell = tf.contrib.rnn.BasicLSTMCell(hidden)
        attn_cell = tf.contrib.seq2seq.DynamicAttentionWrapper(
            dec_cell, attention, attention_size=hidden)
        zero = attn_cell.zero_state(tf.shape(encoder_inputs)[0], tf.float32)
        initial = tf.contrib.seq2seq.DynamicAttentionWrapperState(
            cell_state=enc_state[-1], attention=zero.attention)
        out_layer = Dense(vocab, name='output', use_bias=False)
        helper = tf.contrib.seq2seq.TrainingHelper(
            tf.nn.embedding_lookup(embeddings, decoder_inputs),
            decoder_length)
        decoder = tf.contrib.seq2seq.BasicDecoder(
            attn_cell, helper, initial, out_layer)
        final_outputs, final_state = tf.contrib.seq2seq.dynamic_decode(
            decoder, impute_finished=True,
            maximum_iterations=tf.reduce_max(decoder_length))
        scope.reuse_variables()
        helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(
            embeddings, tf.fill([tf.shape(encoder_inputs)[0]], GO), EOS)
        decoder = tf.contrib.seq2seq.BasicDecoder(
            attn_cell, helper, initial, out_layer)
        infer_outputs, _ = tf.contrib.seq2seq.dynamic_decode(
            decoder, maximum_iterations=max_len)

logits = final_outputs.rnn_output
mask = tf.sequence_mask(decoder_length, dtype=tf.float32)
cost = tf.contrib.seq2seq.sequence_loss(logits, decoder_targets, mask)
optimizer = tf.train.AdamOptimizer(0.02)
gradients = optimizer.compute_gradients(cost)
capped = [(tf.clip_by_value(g, -5., 5.), v) for g, v in gradients
          if g is not None]
train_op = optimizer.apply_gradients(capped)


def pad(rows):
    length = max(map(len, rows))
    return np.array([list(r) + [PAD] * (length - len(r)) for r in rows])


with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(6):
        questions = [rng.randint(4, vocab, rng.randint(2, 6))
                     for _ in range(batch_size)]
        answers = [list(q[::-1]) + [EOS] for q in questions]
        feed = {encoder_inputs: pad(questions),
                encoder_length: [len(q) for q in questions],
                decoder_inputs: pad([[GO] + a[:-1] for a in answers]),
                decoder_targets: pad(answers),
                decoder_length: [len(a) for a in answers], keep_prob: 1.0}
        loss, _ = sess.run([cost, train_op], feed)
        print('step %d loss %.4f' % (step, loss))
    print(sess.run(infer_outputs.sample_id, feed).tolist())
