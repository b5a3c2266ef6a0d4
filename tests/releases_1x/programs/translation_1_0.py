"""TensorFlow 1.0: a bidirectional encoder, and a decoder with attention made
of decoder functions. It learns to copy sequences."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.seq2seq as seq2seq
from tensorflow.contrib.layers import safe_embedding_lookup_sparse as embedding_lookup_unique
from tensorflow.contrib.rnn import LSTMCell, LSTMStateTuple, GRUCell


class Seq2SeqModel():
    """Encoder and decoder with optional attention."""
    PAD = 0
    EOS = 1

    def __init__(self, encoder_cell, decoder_cell, vocab_size,
                 embedding_size, attention=False):
        self.vocab_size = vocab_size
        self.embedding_size = embedding_size
        self.encoder_cell = encoder_cell
        self.decoder_cell = decoder_cell
        self.attention = attention
        self._make_graph()

    @property
    def decoder_hidden_units(self):
        return self.decoder_cell.output_size

    def _make_graph(self):
        self.encoder_inputs = tf.placeholder(
            shape=(None, None), dtype=tf.int32, name='encoder_inputs')
        self.encoder_inputs_length = tf.placeholder(
            shape=(None,), dtype=tf.int32, name='encoder_inputs_length')
        self.decoder_targets = tf.placeholder(
            shape=(None, None), dtype=tf.int32, name='decoder_targets')
        self.decoder_targets_length = tf.placeholder(
            shape=(None,), dtype=tf.int32, name='decoder_targets_length')
        self._init_decoder_train_connectors()
        self._init_embeddings()
        self._init_bidirectional_encoder()
        self._init_decoder()
        self._init_optimizer()

    def _init_decoder_train_connectors(self):
        with tf.name_scope('DecoderTrainFeeds'):
            sequence_size, batch_size = tf.unstack(
                tf.shape(self.decoder_targets))
            EOS_SLICE = tf.ones([1, batch_size], dtype=tf.int32) * self.EOS
            PAD_SLICE = tf.ones([1, batch_size], dtype=tf.int32) * self.PAD
            self.decoder_train_inputs = tf.concat(
                [EOS_SLICE, self.decoder_targets], axis=0)
            self.decoder_train_length = self.decoder_targets_length + 1
            targets = tf.concat([self.decoder_targets, PAD_SLICE], axis=0)
            targets_seq_len, _ = tf.unstack(tf.shape(targets))
            eos_mask = tf.one_hot(self.decoder_train_length - 1,
                                  targets_seq_len,
                                  on_value=self.EOS, off_value=self.PAD,
                                  dtype=tf.int32)
            eos_mask = tf.transpose(eos_mask, [1, 0])
            self.decoder_train_targets = tf.add(targets, eos_mask)
            self.loss_weights = tf.ones(
                [batch_size, tf.reduce_max(self.decoder_train_length)],
                dtype=tf.float32, name="loss_weights")

    def _init_embeddings(self):
        with tf.variable_scope("embedding"):
            self.embedding_matrix = tf.get_variable(
                name="embedding_matrix",
                shape=[self.vocab_size, self.embedding_size],
                dtype=tf.float32)
            self.encoder_inputs_embedded = tf.nn.embedding_lookup(
                self.embedding_matrix, self.encoder_inputs)
            self.decoder_train_inputs_embedded = tf.nn.embedding_lookup(
                self.embedding_matrix, self.decoder_train_inputs)

    def _init_bidirectional_encoder(self):
        with tf.variable_scope("BidirectionalEncoder"):
            ((fw_outputs, bw_outputs), (fw_state, bw_state)) = (
                tf.nn.bidirectional_dynamic_rnn(
                    cell_fw=self.encoder_cell(), cell_bw=self.encoder_cell(),
                    inputs=self.encoder_inputs_embedded,
                    sequence_length=self.encoder_inputs_length,
                    time_major=True, dtype=tf.float32))
            self.encoder_outputs = tf.concat((fw_outputs, bw_outputs), 2)
            if isinstance(fw_state, LSTMStateTuple):
                state_c = tf.concat((fw_state.c, bw_state.c), 1)
                state_h = tf.concat((fw_state.h, bw_state.h), 1)
                self.encoder_state = LSTMStateTuple(c=state_c, h=state_h)
            elif isinstance(fw_state, tf.Tensor):
                self.encoder_state = tf.concat((fw_state, bw_state), 1)

    def _init_decoder(self):
        with tf.variable_scope("Decoder") as scope:
            def output_fn(outputs):
                return tf.contrib.layers.linear(
                    outputs, self.vocab_size, scope=scope,
                    weights_initializer=tf.random_uniform_initializer(
                        -.5, .5, seed=5))

            if not self.attention:
                decoder_fn_train = seq2seq.simple_decoder_fn_train(
                    encoder_state=self.encoder_state)
                decoder_fn_inference = seq2seq.simple_decoder_fn_inference(
                    output_fn=output_fn,
                    encoder_state=self.encoder_state,
                    embeddings=self.embedding_matrix,
                    start_of_sequence_id=self.EOS,
                    end_of_sequence_id=self.EOS,
                    maximum_length=tf.reduce_max(
                        self.encoder_inputs_length) + 3,
                    num_decoder_symbols=self.vocab_size)
            else:
                attention_states = tf.transpose(
                    self.encoder_outputs, [1, 0, 2])
                (attention_keys, attention_values, attention_score_fn,
                 attention_construct_fn) = seq2seq.prepare_attention(
                     attention_states=attention_states,
                     attention_option="bahdanau",
                     num_units=self.decoder_hidden_units)
                decoder_fn_train = seq2seq.attention_decoder_fn_train(
                    encoder_state=self.encoder_state,
                    attention_keys=attention_keys,
                    attention_values=attention_values,
                    attention_score_fn=attention_score_fn,
                    attention_construct_fn=attention_construct_fn,
                    name='attention_decoder')
                decoder_fn_inference = seq2seq.attention_decoder_fn_inference(
                    output_fn=output_fn,
                    encoder_state=self.encoder_state,
                    attention_keys=attention_keys,
                    attention_values=attention_values,
                    attention_score_fn=attention_score_fn,
                    attention_construct_fn=attention_construct_fn,
                    embeddings=self.embedding_matrix,
                    start_of_sequence_id=self.EOS,
                    end_of_sequence_id=self.EOS,
                    maximum_length=tf.reduce_max(
                        self.encoder_inputs_length) + 3,
                    num_decoder_symbols=self.vocab_size)

            (self.decoder_outputs_train, self.decoder_state_train,
             self.decoder_context_state_train) = seq2seq.dynamic_rnn_decoder(
                 cell=self.decoder_cell,
                 decoder_fn=decoder_fn_train,
                 inputs=self.decoder_train_inputs_embedded,
                 sequence_length=self.decoder_train_length,
                 time_major=True, scope=scope)
            self.decoder_logits_train = output_fn(self.decoder_outputs_train)
            scope.reuse_variables()
            (self.decoder_logits_inference, self.decoder_state_inference,
             self.decoder_context_state_inference) = (
                 seq2seq.dynamic_rnn_decoder(
                     cell=self.decoder_cell,
                     decoder_fn=decoder_fn_inference,
                     time_major=True, scope=scope))
            self.decoder_prediction_inference = tf.argmax(
                self.decoder_logits_inference, axis=-1,
                name='decoder_prediction_inference')

    def _init_optimizer(self):
        logits = tf.transpose(self.decoder_logits_train, [1, 0, 2])
        targets = tf.transpose(self.decoder_train_targets, [1, 0])
        self.loss = seq2seq.sequence_loss(
            logits=logits, targets=targets, weights=self.loss_weights)
        self.train_op = tf.train.AdamOptimizer(0.01).minimize(self.loss)


def batch(inputs, max_sequence_length=None):
    sequence_lengths = [len(seq) for seq in inputs]
    if max_sequence_length is None:
        max_sequence_length = max(sequence_lengths)
    inputs_batch_major = np.zeros(
        shape=[len(inputs), max_sequence_length], dtype=np.int32)
    for i, seq in enumerate(inputs):
        for j, element in enumerate(seq):
            inputs_batch_major[i, j] = element
    return inputs_batch_major.swapaxes(0, 1), sequence_lengths


def main():
    for attention in (False, True):
        tf.reset_default_graph()
        tf.set_random_seed(1)
        random = np.random.RandomState(1)
        with tf.Session() as session:
            with tf.variable_scope(
                    "model", initializer=tf.random_uniform_initializer(
                        -.5, .5, seed=2)):
                model = Seq2SeqModel(
                    encoder_cell=lambda: LSTMCell(10),
                    decoder_cell=LSTMCell(20), vocab_size=10,
                    embedding_size=10, attention=attention)
            session.run(tf.global_variables_initializer())
            # contrib.layers does not ask the scope for an initializer.
            for variable in sorted(tf.trainable_variables(),
                                   key=lambda v: v.name):
                if 'attention_' in variable.name:
                    session.run(variable.assign(random.uniform(
                        -.5, .5, variable.get_shape().as_list())))
            for step in range(8):
                rows = [random.randint(2, 10, size=random.randint(3, 8))
                        for _ in range(20)]
                data, lengths = batch(rows)
                fd = {model.encoder_inputs: data,
                      model.encoder_inputs_length: lengths,
                      model.decoder_targets: data,
                      model.decoder_targets_length: lengths}
                _, loss = session.run([model.train_op, model.loss], fd)
                print("attention {} step {} loss {:.4f}".format(
                    attention, step, loss))
            predicted = session.run(model.decoder_prediction_inference, fd)
            print(predicted.T[:3].tolist())


if __name__ == "__main__":
    main()
