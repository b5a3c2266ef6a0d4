"""Datasets, queues, records."""

import numpy as np

from seeds.registry import snippet


def _dataset(tf):
  return tf.data.Dataset.from_tensor_slices(
      np.arange(12, dtype=np.float32).reshape(6, 2))


@snippet("make_one_shot_iterator")
def one_shot_iterator(tf):
  _dataset(tf).batch(2).make_one_shot_iterator().get_next()


@snippet("make_initializable_iterator")
def initializable_iterator(tf):
  iterator = _dataset(tf).repeat().batch(2).make_initializable_iterator()
  iterator.get_next()
  iterator.initializer


@snippet("Dataset.shuffle")
def dataset_shuffle(tf):
  _dataset(tf).shuffle(10).batch(2).make_initializable_iterator().get_next()


@snippet("Dataset.shuffle, one shot")
def dataset_shuffle_one_shot(tf):
  _dataset(tf).shuffle(10).repeat().batch(2).make_one_shot_iterator(
      ).get_next()


@snippet("Dataset.shuffle(seed)")
def dataset_shuffle_seed(tf):
  _dataset(tf).shuffle(10, seed=3).make_initializable_iterator().get_next()


@snippet("Dataset.map with a random op")
def dataset_map_random(tf):
  dataset = _dataset(tf).map(lambda row: row + tf.random_uniform([2], -1, 1))
  dataset.batch(2).make_initializable_iterator().get_next()


@snippet("Dataset.map, filter, zip, prefetch")
def dataset_pipeline(tf):
  dataset = tf.data.Dataset.zip((_dataset(tf), tf.data.Dataset.range(6)))
  dataset = dataset.map(lambda row, n: (row * 2., n))
  dataset = dataset.filter(lambda row, n: n < 5)
  dataset.batch(2).prefetch(1).make_initializable_iterator().get_next()


@snippet("Dataset.padded_batch, TextLineDataset")
def dataset_text(tf):
  dataset = tf.data.TextLineDataset(["lines.txt"])
  dataset = dataset.map(lambda line: tf.string_split([line]).values)
  dataset = dataset.padded_batch(2, [None])
  dataset.make_initializable_iterator().get_next()


@snippet("Dataset.from_generator")
def dataset_generator(tf):
  tf.data.Dataset.from_generator(
      lambda: iter([1, 2]), tf.int32, []).make_one_shot_iterator().get_next()


@snippet("Iterator.from_structure")
def iterator_from_structure(tf):
  dataset = _dataset(tf).batch(2)
  iterator = tf.data.Iterator.from_structure(
      dataset.output_types, dataset.output_shapes)
  iterator.get_next()
  iterator.make_initializer(dataset)


@snippet("a dataset of placeholders")
def dataset_of_placeholders(tf):
  x = tf.placeholder(tf.float32, [None, 2])
  dataset = tf.data.Dataset.from_tensor_slices(x).shuffle(5).batch(2)
  dataset.make_initializable_iterator().get_next()


@snippet("TFRecordDataset, tf.parse_single_example")
def dataset_records(tf):
  def parse(record):
    return tf.parse_single_example(record, {
        "x": tf.FixedLenFeature([2], tf.float32),
        "y": tf.VarLenFeature(tf.int64)})["x"]
  tf.data.TFRecordDataset("file").map(parse).batch(
      2).make_initializable_iterator().get_next()


@snippet("tf.train.batch")
def train_batch(tf):
  tf.train.batch([tf.constant([1., 2.])], 4)


@snippet("tf.train.shuffle_batch")
def train_shuffle_batch(tf):
  tf.train.shuffle_batch([tf.constant([1., 2.]), tf.constant(1)], 4, 20, 5)


@snippet("tf.train.range_input_producer")
def range_input_producer(tf):
  tf.train.range_input_producer(10, shuffle=False).dequeue()
  tf.train.range_input_producer(10, shuffle=True).dequeue()


@snippet("tf.train.slice_input_producer")
def slice_input_producer(tf):
  tf.train.slice_input_producer([tf.zeros([5, 2]), tf.range(5)])


@snippet("tf.train.string_input_producer and readers")
def string_input_producer(tf):
  queue = tf.train.string_input_producer(["a.csv", "b.csv"])
  _, line = tf.TextLineReader().read(queue)
  tf.decode_csv(line, [[0.], [0.]])


@snippet("tf.train.limit_epochs, string_input_producer(num_epochs)")
def limited_epochs(tf):
  tf.train.string_input_producer(["a"], num_epochs=2, shuffle=False)


@snippet("FIFOQueue, RandomShuffleQueue, PaddingFIFOQueue")
def queues(tf):
  queue = tf.FIFOQueue(10, [tf.float32], [[2]])
  queue.enqueue([tf.zeros([2])])
  queue.dequeue_many(3)
  queue = tf.RandomShuffleQueue(10, 2, [tf.float32], [[2]])
  queue.enqueue_many([tf.zeros([3, 2])])
  queue.dequeue()
  tf.PaddingFIFOQueue(10, [tf.int32], [[None]]).size()
  tf.train.add_queue_runner(tf.train.QueueRunner(queue, [tf.no_op()]))


@snippet("tf.parse_single_sequence_example")
def sequence_example(tf):
  tf.parse_single_sequence_example(
      tf.placeholder(tf.string, []),
      {"length": tf.FixedLenFeature([], tf.int64)},
      {"x": tf.FixedLenSequenceFeature([], tf.int64)})


@snippet("the PTB reader's slices of a producer")
def ptb_producer(tf):
  data = tf.convert_to_tensor(np.arange(60, dtype=np.int32), name="raw")
  batch, steps = 2, 5
  length = tf.size(data) // batch
  rows = tf.reshape(data[0:batch * length], [batch, length])
  size = (length - 1) // steps
  check = tf.assert_positive(size, message="too small")
  with tf.control_dependencies([check]):
    size = tf.identity(size, name="epoch_size")
  i = tf.train.range_input_producer(size, shuffle=False).dequeue()
  x = tf.strided_slice(rows, [0, i * steps], [batch, (i + 1) * steps])
  x.set_shape([batch, steps])


@snippet("strings: tf.string_split, decode_raw, as_string")
def strings(tf):
  tf.string_split(["a b"])
  tf.decode_raw(tf.placeholder(tf.string, []), tf.uint8)
  tf.as_string(tf.constant(1))
  tf.string_join(["a", "b"])
  tf.string_to_number(["1.5"])


@snippet("tf.image.*")
def images(tf):
  image = tf.placeholder(tf.float32, [None, 8, 8, 3])
  tf.image.resize_images(image, [4, 4])
  tf.image.rgb_to_grayscale(image)
  tf.image.per_image_standardization(tf.ones([4, 4, 3]))


@snippet("choose_from_datasets, sample_from_datasets, enumerate")
def dataset_choices(tf):
  numbers = tf.data.Dataset.range
  experimental = tf.data.experimental
  chosen = experimental.choose_from_datasets(
      [numbers(4), numbers(10, 14)], numbers(2).repeat(2))
  experimental.sample_from_datasets(
      [chosen, numbers(3)], [.5, .5]).make_initializable_iterator().get_next()
  numbers(3).apply(experimental.enumerate_dataset(
      5)).make_initializable_iterator().get_next()


@snippet("rejection_resample")
def dataset_rejection(tf):
  labels = tf.data.Dataset.range(20).map(lambda x: tf.cast(x % 2, tf.int32))
  for distributions in (([.8, .2], [.5, .5]), ([.8, .2],),
                        ([.5, .5], [.5, .5]), ([1., 0.], [.5, .5])):
    labels.apply(tf.data.experimental.rejection_resample(
        lambda label: label, *distributions)).make_initializable_iterator()


@snippet("parallel_interleave")
def dataset_interleave(tf):
  for sloppy in (True, False):
    tf.data.Dataset.range(3).apply(tf.data.experimental.parallel_interleave(
        lambda n: tf.data.Dataset.range(2).shuffle(2), cycle_length=2,
        sloppy=sloppy)).shuffle(3).make_initializable_iterator().get_next()
