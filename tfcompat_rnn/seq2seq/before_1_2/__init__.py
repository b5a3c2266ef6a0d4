"""`tf.contrib.seq2seq` as it was in TensorFlow 1.0 and 1.1.

`decoder_fn`, `attention_decoder_fn` and `dynamic_rnn_decoder` are 1.0's: a
decoder is a function, and attention a set of functions. `wrapper` and
`mechanisms` are 1.1's: `DynamicAttentionWrapper` and its mechanisms, whose
layers have biases and whose call returns scores.
"""
