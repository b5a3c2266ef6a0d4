"""Encoder and decoder with return_state, then one step at a time."""

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import LSTM
from tensorflow.keras.layers import Dense
from tensorflow.keras.layers import Input
from tensorflow.keras.models import Model

np.random.seed(3)
tf.set_random_seed(3)

tokens, latent_dim, length = 7, 6, 5
eye = np.eye(tokens)
numbers = np.random.randint(1, tokens, (40, length))
encoder_input_data = eye[numbers]
target = eye[numbers[:, ::-1]]
decoder_input_data = np.concatenate(
    [np.tile(eye[0], (40, 1, 1)), target[:, :-1]], axis=1)

encoder_inputs = Input(shape=(None, tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs,
                                     initial_state=encoder_states)
decoder_dense = Dense(tokens, activation='softmax')
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer='rmsprop', loss='categorical_crossentropy')
model.fit([encoder_input_data, decoder_input_data], target, batch_size=8,
          epochs=3, validation_split=0.2, verbose=2, shuffle=False)

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_input_h = Input(shape=(latent_dim,))
decoder_state_input_c = Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(
    decoder_inputs, initial_state=decoder_states_inputs)
decoder_states = [state_h, state_c]
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = Model([decoder_inputs] + decoder_states_inputs,
                      [decoder_outputs] + decoder_states)


def decode_sequence(input_seq):
  states_value = encoder_model.predict(input_seq)
  target_seq = np.zeros((1, 1, tokens))
  target_seq[0, 0, 0] = 1.
  decoded = []
  for _ in range(length):
    output_tokens, h, c = decoder_model.predict([target_seq] + states_value)
    sampled = np.argmax(output_tokens[0, -1, :])
    decoded.append(int(sampled))
    target_seq = np.zeros((1, 1, tokens))
    target_seq[0, 0, sampled] = 1.
    states_value = [h, c]
  return decoded, output_tokens


for seq_index in range(3):
  decoded, scores = decode_sequence(encoder_input_data[seq_index:seq_index + 1])
  print(decoded, ['%.4f' % value for value in scores[0, 0]])
