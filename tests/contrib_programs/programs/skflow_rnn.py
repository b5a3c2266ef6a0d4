"""Text classification with tf.contrib.learn, as in 2016 and 2017."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import shutil
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib import learn
from tensorflow.contrib.learn.python.learn import learn_runner
from tensorflow.contrib.learn.python.learn.estimators import run_config
from tensorflow.contrib.learn.python.learn.utils import input_fn_utils

tf.logging.set_verbosity(tf.logging.ERROR)

GOOD = ['what a good film', 'good acting and a fine story', 'truly fine',
        'a good and moving film', 'fine music']
BAD = ['what a bad film', 'dull acting and a poor story', 'truly poor',
       'a bad and dull film', 'poor music']
LENGTH = 6

vocabulary = learn.preprocessing.VocabularyProcessor(LENGTH)
x_train = np.array(list(vocabulary.fit_transform(GOOD + BAD)))
y_train = np.array([1] * len(GOOD) + [0] * len(BAD))
n_words = len(vocabulary.vocabulary_)


def model_fn(features, labels, mode, params):
    if isinstance(features, dict):
        features = features['words']
    embedded = tf.contrib.layers.embed_sequence(
        features, vocab_size=n_words, embed_dim=params['embed'],
        scope='words')
    cell = tf.contrib.rnn.GRUCell(params['units'])
    _, state = tf.nn.dynamic_rnn(cell, embedded, dtype=tf.float32)
    logits = tf.contrib.layers.fully_connected(state, 2, activation_fn=None)
    predictions = {'class': tf.argmax(logits, 1),
                   'prob': tf.nn.softmax(logits)}
    if mode == learn.ModeKeys.INFER:
        return learn.ModelFnOps(mode=mode, predictions=predictions)
    loss = tf.losses.softmax_cross_entropy(
        tf.one_hot(labels, 2, 1, 0), logits)
    train_op = tf.contrib.layers.optimize_loss(
        loss, tf.contrib.framework.get_global_step(), optimizer='Adam',
        learning_rate=0.02)
    return learn.ModelFnOps(mode=mode, predictions=predictions, loss=loss,
                            train_op=train_op)


def input_fn():
    data = tf.data.Dataset.from_tensor_slices((x_train, y_train))
    return data.repeat().batch(5).make_one_shot_iterator().get_next()


def serving_input_fn():
    words = tf.placeholder(tf.int64, [None, LENGTH])
    return input_fn_utils.InputFnOps({'words': words}, None,
                                     {'words': words})


def experiment_fn(output_dir):
    estimator = learn.Estimator(
        model_fn=model_fn, params={'embed': 8, 'units': 6},
        config=run_config.RunConfig(tf_random_seed=4, model_dir=output_dir))
    return learn.Experiment(
        estimator, train_input_fn=input_fn, eval_input_fn=input_fn,
        train_steps=20, eval_steps=2,
        eval_metrics={'accuracy': learn.MetricSpec(
            metric_fn=tf.metrics.accuracy, prediction_key='class')},
        export_strategies=learn.make_export_strategy(serving_input_fn))


folder = tempfile.mkdtemp()
results, exports = learn_runner.run(experiment_fn, folder)
print('loss %.4f accuracy %.2f step %d exports %d' % (
    results['loss'], results['accuracy'], results['global_step'],
    len(exports)))

classifier = learn.SKCompat(learn.Estimator(
    model_fn=model_fn, params={'embed': 8, 'units': 6},
    config=run_config.RunConfig(tf_random_seed=5)))
classifier.fit(x_train, y_train, batch_size=5, steps=15)
print('score', round(float(classifier.score(x_train, y_train)['loss']), 4))
print(classifier.predict(x_train)['class'])
shutil.rmtree(folder)
