"""TensorFlow 1.2: a tf.contrib.data pipeline of line files with vocabularies,
buckets by length, and AttentionWrapper."""
import collections
import os
import tempfile

import tensorflow as tf
from tensorflow.python.layers import core as layers_core
from tensorflow.python.ops import lookup_ops

SOURCE = ["a b c", "b c d e", "c a", "d d a b", "e a b", "a e", "b b c d a"]


class BatchedInput(collections.namedtuple(
        "BatchedInput", ("initializer", "source", "target_input",
                         "target_output", "source_sequence_length",
                         "target_sequence_length"))):
    pass


def get_iterator(src_dataset, tgt_dataset, src_table, tgt_table, batch_size,
                 num_buckets, src_max_len=None, num_threads=4,
                 output_buffer_size=None):
    output_buffer_size = output_buffer_size or batch_size * 1000
    src_eos_id = tf.cast(src_table.lookup(tf.constant("</s>")), tf.int32)
    tgt_sos_id = tf.cast(tgt_table.lookup(tf.constant("<s>")), tf.int32)
    tgt_eos_id = tf.cast(tgt_table.lookup(tf.constant("</s>")), tf.int32)
    dataset = tf.contrib.data.Dataset.zip((src_dataset, tgt_dataset))
    dataset = dataset.map(
        lambda src, tgt: (tf.string_split([src]).values,
                          tf.string_split([tgt]).values),
        num_threads=num_threads, output_buffer_size=output_buffer_size)
    dataset = dataset.filter(
        lambda src, tgt: tf.logical_and(tf.size(src) > 0, tf.size(tgt) > 0))
    if src_max_len:
        dataset = dataset.map(
            lambda src, tgt: (src[:src_max_len], tgt),
            num_threads=num_threads, output_buffer_size=output_buffer_size)
    dataset = dataset.map(
        lambda src, tgt: (tf.cast(src_table.lookup(src), tf.int32),
                          tf.cast(tgt_table.lookup(tgt), tf.int32)),
        num_threads=num_threads, output_buffer_size=output_buffer_size)
    dataset = dataset.map(
        lambda src, tgt: (src, tf.concat(([tgt_sos_id], tgt), 0),
                          tf.concat((tgt, [tgt_eos_id]), 0)),
        num_threads=num_threads, output_buffer_size=output_buffer_size)
    dataset = dataset.map(
        lambda src, tgt_in, tgt_out: (
            src, tgt_in, tgt_out, tf.size(src), tf.size(tgt_in)),
        num_threads=num_threads, output_buffer_size=output_buffer_size)

    def batching_func(x):
        return x.padded_batch(
            batch_size,
            padded_shapes=(tf.TensorShape([None]), tf.TensorShape([None]),
                           tf.TensorShape([None]), tf.TensorShape([]),
                           tf.TensorShape([])),
            padding_values=(src_eos_id, tgt_eos_id, tgt_eos_id, 0, 0))

    def key_func(unused_1, unused_2, unused_3, src_len, tgt_len):
        bucket_id = tf.maximum(src_len // 3, tgt_len // 3)
        return tf.to_int64(tf.minimum(num_buckets, bucket_id))

    def reduce_func(unused_key, windowed_data):
        return batching_func(windowed_data)

    batched_dataset = dataset.group_by_window(
        key_func=key_func, reduce_func=reduce_func, window_size=batch_size)
    batched_iter = batched_dataset.make_initializable_iterator()
    (src_ids, tgt_input_ids, tgt_output_ids, src_seq_len,
     tgt_seq_len) = batched_iter.get_next()
    return BatchedInput(
        initializer=batched_iter.initializer, source=src_ids,
        target_input=tgt_input_ids, target_output=tgt_output_ids,
        source_sequence_length=src_seq_len,
        target_sequence_length=tgt_seq_len)


def write(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write("\n".join(lines) + "\n")
    return path


def main(_):
    folder = tempfile.mkdtemp()
    src_file = write(folder, "train.src", SOURCE)
    tgt_file = write(folder, "train.tgt",
                     [" ".join(reversed(s.split())) for s in SOURCE])
    vocab = write(folder, "vocab", ["<unk>", "<s>", "</s>"] + list("abcde"))
    tf.set_random_seed(1)
    src_table = lookup_ops.index_table_from_file(vocab, default_value=0)
    tgt_table = src_table  # one vocabulary for both
    iterator = get_iterator(
        tf.contrib.data.TextLineDataset(src_file),
        tf.contrib.data.TextLineDataset(tgt_file), src_table, tgt_table,
        batch_size=3, num_buckets=2, src_max_len=4)
    V, U = 8, 10
    with tf.variable_scope(
            "nmt", initializer=tf.random_uniform_initializer(-.4, .4, seed=6)):
        embedding = tf.get_variable("embedding", [V, U])
        encoder = tf.contrib.rnn.MultiRNNCell(
            [tf.contrib.rnn.GRUCell(U) for _ in range(2)])
        encoder_outputs, encoder_state = tf.nn.dynamic_rnn(
            encoder, tf.nn.embedding_lookup(embedding, iterator.source),
            iterator.source_sequence_length, dtype=tf.float32)
        mechanism = tf.contrib.seq2seq.LuongAttention(
            U, encoder_outputs,
            memory_sequence_length=iterator.source_sequence_length,
            scale=True)
        with tf.variable_scope("decoder") as decoder_scope:
            cell = tf.contrib.seq2seq.AttentionWrapper(
                tf.contrib.rnn.GRUCell(U), mechanism, attention_layer_size=U,
                output_attention=True, name="attention")
            batch = tf.size(iterator.source_sequence_length)
            state = cell.zero_state(batch, tf.float32).clone(
                cell_state=encoder_state[-1])
            projection = layers_core.Dense(
                V, use_bias=False, name="output_projection")
            helper = tf.contrib.seq2seq.TrainingHelper(
                tf.nn.embedding_lookup(embedding, iterator.target_input),
                iterator.target_sequence_length)
            outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(
                tf.contrib.seq2seq.BasicDecoder(cell, helper, state),
                swap_memory=True, scope=decoder_scope)
            logits = projection(outputs.rnn_output)
    crossent = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=iterator.target_output, logits=logits)
    weights = tf.sequence_mask(
        iterator.target_sequence_length,
        tf.shape(iterator.target_output)[1], dtype=logits.dtype)
    loss = tf.reduce_sum(crossent * weights) / tf.to_float(batch)
    params = tf.trainable_variables()
    gradients, norm = tf.clip_by_global_norm(tf.gradients(loss, params), 5.0)
    global_step = tf.Variable(0, trainable=False)
    update = tf.train.GradientDescentOptimizer(0.2).apply_gradients(
        zip(gradients, params), global_step=global_step)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(tf.tables_initializer())
        for epoch in range(2):
            sess.run(iterator.initializer)
            while True:
                try:
                    source, value, n, _ = sess.run(
                        [iterator.source, loss, norm, update])
                    print(source.tolist(), "loss %.4f norm %.4f" % (value, n))
                except tf.errors.OutOfRangeError:
                    break
        print("steps", sess.run(global_step))
        print(sorted(v.name for v in params))


if __name__ == "__main__":
    tf.app.run()
