"""Tokenizer, pad_sequences, to_categorical; saving and cloning models."""

import numpy as np
import tensorflow as tf
from tensorflow.keras.models import load_model
from tensorflow.keras.models import model_from_json
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.text import one_hot
from tensorflow.keras.preprocessing.text import text_to_word_sequence
from tensorflow.keras.utils import to_categorical

np.random.seed(9)
tf.set_random_seed(9)
texts = ['The cat sat on the mat.', 'The dog ate my homework!',
         'A cat and a dog']
tokenizer = Tokenizer(num_words=8, oov_token='<unk>')
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
print(sequences, sorted(tokenizer.word_index.items())[:4])
print(tokenizer.texts_to_matrix(texts, mode='tfidf').round(3).tolist())
print(tokenizer.sequences_to_texts(sequences))
padded = pad_sequences(sequences, maxlen=5, truncating='post', value=7)
print(padded.tolist(), text_to_word_sequence('Say, hello there'))
print(all(0 < i < 10 for i in one_hot('a b c d', 10)))
labels = to_categorical([0, 1, 0], num_classes=2)

model = tf.keras.Sequential()
model.add(tf.keras.layers.Embedding(8, 4, input_length=5))
model.add(tf.keras.layers.Bidirectional(tf.keras.layers.GRU(3)))
model.add(tf.keras.layers.BatchNormalization())
model.add(tf.keras.layers.Dense(2, activation='softmax'))
model.compile('adagrad', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(padded, labels, epochs=2, verbose=0, shuffle=False)
want = model.predict(padded)
print(np.round(want, 4).tolist())
model.save('model.h5')
again = load_model('model.h5')
print(np.abs(again.predict(padded) - want).max() < 1e-6)
again.fit(padded, labels, epochs=1, verbose=0, shuffle=False)
print(np.round(again.predict(padded), 4).tolist())
third = model_from_json(model.to_json())
third.set_weights(model.get_weights())
print(np.abs(third.predict(padded) - want).max() < 1e-6)
tf.keras.backend.clear_session()
print([w.name for w in tf.keras.models.load_model('model.h5').weights][:3])
