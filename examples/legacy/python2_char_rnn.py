# -*- coding: utf-8 -*-
"""A character model as in 2016, for Python 2: pickled vocabulary, xrange."""
import argparse
import collections
import cPickle
import os
import random

import numpy as np
import tensorflow as tf


class TextLoader():
	def __init__(self, data_dir, batch_size, seq_length):
		self.batch_size = batch_size
		self.seq_length = seq_length
		input_file = os.path.join(data_dir, "input.txt")
		vocab_file = os.path.join(data_dir, "vocab.pkl")
		tensor_file = os.path.join(data_dir, "data.npy")
		if not os.path.exists(input_file):
			self.make_text(input_file)
		if not (os.path.exists(vocab_file) and os.path.exists(tensor_file)):
			print "reading text file"
			self.preprocess(input_file, vocab_file, tensor_file)
		else:
			print "loading preprocessed files"
			self.load_preprocessed(vocab_file, tensor_file)
		self.create_batches()
		self.pointer = 0

	def make_text(self, input_file):
		words = "the café sells tea and cake to the old cat".split()
		lines = []
		for i in xrange(240):
			random.shuffle(words)
			lines.append(' '.join(words[:random.randint(4, 7)]))
		with open(input_file, "w") as f:
			print >>f, '.\n'.join(lines)

	def preprocess(self, input_file, vocab_file, tensor_file):
		with open(input_file, "r") as f:
			data = f.read()
		counter = collections.Counter(data)
		pairs = sorted(counter.items(), key=lambda (char, n): (-n, char))
		self.chars, _ = zip(*pairs)
		self.vocab = dict(zip(self.chars, range(len(self.chars))))
		with open(vocab_file, 'w') as f:
			cPickle.dump(self.chars, f)
		self.tensor = np.array(map(self.vocab.get, data))
		np.save(tensor_file, self.tensor)

	def load_preprocessed(self, vocab_file, tensor_file):
		with open(vocab_file) as f:
			self.chars = cPickle.load(f)
		self.vocab = dict(zip(self.chars, range(len(self.chars))))
		self.tensor = np.load(tensor_file)

	def create_batches(self):
		size = self.batch_size * self.seq_length
		self.num_batches = self.tensor.size / size
		if self.num_batches == 0:
			raise ValueError, "Not enough data. Make seq_length small."
		xdata = self.tensor[:self.num_batches * size]
		ydata = np.copy(xdata)
		ydata[:-1] = xdata[1:]
		ydata[-1] = xdata[0]
		self.batches = zip(
			np.split(xdata.reshape(self.batch_size, -1), self.num_batches, 1),
			np.split(ydata.reshape(self.batch_size, -1), self.num_batches, 1))

	def next(self):
		x, y = self.batches[self.pointer]
		self.pointer = (self.pointer + 1) % self.num_batches
		return x, y


class Model():
	def __init__(self, args, vocab_size, infer=False):
		batch_size, seq_length = args.batch_size, args.seq_length
		if infer:
			batch_size = seq_length = 1
		cells = [tf.nn.rnn_cell.GRUCell(args.rnn_size / args.num_layers)
			for _ in xrange(args.num_layers)]
		self.cell = cell = tf.nn.rnn_cell.MultiRNNCell(cells)
		size = cell.output_size
		self.input_data = tf.placeholder(tf.int32, [batch_size, seq_length])
		self.targets = tf.placeholder(tf.int32, [batch_size, seq_length])
		self.initial_state = cell.zero_state(batch_size, tf.float32)
		embedding = tf.get_variable("embedding", [vocab_size, size])
		inputs = tf.nn.embedding_lookup(embedding, self.input_data)
		outputs, self.final_state = tf.nn.dynamic_rnn(
			cell, inputs, initial_state=self.initial_state)
		softmax_w = tf.get_variable("softmax_w", [size, vocab_size])
		softmax_b = tf.get_variable("softmax_b", [vocab_size])
		logits = tf.matmul(tf.reshape(outputs, [-1, size]), softmax_w)
		self.logits = logits + softmax_b
		self.probs = tf.nn.softmax(self.logits)
		loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
			[self.logits], [tf.reshape(self.targets, [-1])],
			[tf.ones([batch_size * seq_length])])
		self.cost = tf.reduce_sum(loss) / batch_size / seq_length
		if infer:
			return
		tvars = tf.trainable_variables()
		grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), 5)
		optimizer = tf.train.AdamOptimizer(args.learning_rate)
		self.train_op = optimizer.apply_gradients(zip(grads, tvars))

	def sample(self, sess, chars, vocab, num, prime='the '):
		state = sess.run(self.initial_state)
		for char in prime[:-1]:
			x = np.array([[vocab[char]]])
			[state] = sess.run([self.final_state],
				{self.input_data: x, self.initial_state: state})
		text, char = prime, prime[-1]
		for n in xrange(num):
			x = np.array([[vocab[char]]])
			probs, state = sess.run([self.probs, self.final_state],
				{self.input_data: x, self.initial_state: state})
			char = chars[int(np.argmax(probs[0]))]
			text += char
		return text


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--out', type=str, default='python2_char_rnn')
	parser.add_argument('--rnn_size', type=int, default=64)
	parser.add_argument('--num_layers', type=int, default=2)
	parser.add_argument('--batch_size', type=int, default=10)
	parser.add_argument('--seq_length', type=int, default=20)
	parser.add_argument('--steps', type=int, default=400)
	parser.add_argument('--learning_rate', type=float, default=0.003)
	args = parser.parse_args()
	if not os.path.isdir(args.out):
		os.makedirs(args.out)
	random.seed(1)
	TextLoader(args.out, args.batch_size, args.seq_length)
	loader = TextLoader(args.out, args.batch_size, args.seq_length)
	print "characters:", len(loader.chars), "batches:", loader.num_batches
	tf.set_random_seed(1)
	with tf.variable_scope("model"):
		model = Model(args, len(loader.chars))
	with tf.variable_scope("model", reuse=True):
		sampler = Model(args, len(loader.chars), infer=True)
	with tf.Session() as sess:
		sess.run(tf.global_variables_initializer())
		state = sess.run(model.initial_state)
		for step in xrange(args.steps):
			x, y = loader.next()
			feed = {model.input_data: x, model.targets: y}
			for i, s in enumerate(model.initial_state):
				feed[s] = state[i]
			cost, state, _ = sess.run(
				[model.cost, model.final_state, model.train_op], feed)
			if step % (args.steps / 4) == 0 or step == args.steps - 1:
				print "step %d, train_loss = %.3f" % (step, cost)
		print sampler.sample(sess, loader.chars, loader.vocab, 40)


if __name__ == '__main__':
	main()
