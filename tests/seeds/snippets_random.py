"""Random ops. Their draws are kept in variables, so they are compared."""

from seeds.registry import snippet


def _keep(tf, tensor, name="drawn"):
  return tf.Variable(tensor, name=name, validate_shape=False)


@snippet("tf.random_uniform, default range")
def random_uniform_default(tf):
  _keep(tf, tf.random_uniform([3, 4]))


@snippet("tf.random_uniform, other range")
def random_uniform_range(tf):
  _keep(tf, tf.random_uniform([3, 4], -1.0, 1.0))


@snippet("tf.random_uniform(maxval=1)")
def random_uniform_to_one(tf):
  _keep(tf, tf.random_uniform([3], minval=0, maxval=1))
  _keep(tf, tf.random_uniform([3], 0.0, 1.0))
  _keep(tf, tf.random_uniform([3], maxval=tf.constant(1.0)))


@snippet("tf.random_uniform of a dynamic shape")
def random_uniform_dynamic(tf):
  batch = tf.size(tf.constant([1., 2.]))
  _keep(tf, tf.random_uniform([batch, 3]))
  _keep(tf, tf.random_uniform(tf.shape(tf.zeros([2, 2]))))


@snippet("tf.random_uniform of integers")
def random_uniform_integers(tf):
  _keep(tf, tf.random_uniform([5], 0, 10, dtype=tf.int32))
  _keep(tf, tf.random_uniform([5], maxval=7, dtype=tf.int64))


@snippet("tf.random_uniform(dtype=tf.float64)")
def random_uniform_double(tf):
  _keep(tf, tf.random_uniform([5], dtype=tf.float64))
  _keep(tf, tf.random_uniform([5], dtype=tf.float16))


@snippet("tf.random_normal")
def random_normal(tf):
  _keep(tf, tf.random_normal([3, 4]))
  _keep(tf, tf.random_normal([3], mean=2.0, stddev=tf.constant(0.5)))
  _keep(tf, tf.random_normal([3], dtype=tf.float64))


@snippet("tf.truncated_normal")
def truncated_normal(tf):
  _keep(tf, tf.truncated_normal([3, 4], stddev=0.1))


@snippet("a random op with its own seed")
def explicit_op_seed(tf):
  _keep(tf, tf.random_uniform([3], seed=5))
  _keep(tf, tf.random_normal([3], seed=5))


@snippet("tf.set_random_seed twice")
def seed_set_twice(tf):
  _keep(tf, tf.random_normal([3]))
  tf.set_random_seed(7)
  _keep(tf, tf.random_normal([3]))


@snippet("tf.multinomial")
def multinomial(tf):
  _keep(tf, tf.multinomial(tf.log([[0.2, 0.3, 0.5]]), 6))


@snippet("tf.random.categorical")
def categorical(tf):
  _keep(tf, tf.random.categorical([[0.2, 0.3, 0.5]], 6, dtype=tf.int32))


@snippet("tf.random_shuffle")
def random_shuffle(tf):
  _keep(tf, tf.random_shuffle(tf.range(9)))


@snippet("tf.random_crop")
def random_crop(tf):
  _keep(tf, tf.random_crop(tf.reshape(tf.range(36), [6, 6]), [2, 3]))


@snippet("tf.random_gamma")
def random_gamma(tf):
  _keep(tf, tf.random_gamma([4], 1.5))
  _keep(tf, tf.random_gamma([4], [1.5, 2.5], beta=2.0))


@snippet("tf.random_poisson")
def random_poisson(tf):
  _keep(tf, tf.random_poisson([1.5, 4.0], [4]))


@snippet("tf.nn.*_candidate_sampler")
def candidate_samplers(tf):
  labels = tf.constant([[3], [5]], tf.int64)
  for sampler in (tf.nn.log_uniform_candidate_sampler,
                  tf.nn.uniform_candidate_sampler,
                  tf.nn.learned_unigram_candidate_sampler):
    _keep(tf, sampler(labels, 1, 4, True, 20)[0])


@snippet("tf.nn.fixed_unigram_candidate_sampler")
def fixed_unigram_sampler(tf):
  labels = tf.constant([[3], [5]], tf.int64)
  _keep(tf, tf.nn.fixed_unigram_candidate_sampler(
      labels, 1, 4, False, 6, unigrams=[1., 2., 3., 4., 5., 6.])[0])


@snippet("tf.nn.dropout(keep_prob)")
def dropout_keep_prob(tf):
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]), 0.5))


@snippet("tf.nn.dropout(rate)")
def dropout_rate(tf):
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]) * 0.3, rate=0.3))


@snippet("tf.nn.dropout with a fed keep_prob")
def dropout_fed(tf):
  keep = tf.placeholder_with_default(0.7, [])
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]) * 1.7, keep))


@snippet("tf.nn.dropout(noise_shape)")
def dropout_noise_shape(tf):
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]), 0.6, noise_shape=[4, 1]))
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]), 0.6, noise_shape=[None, 1]))


@snippet("tf.nn.dropout that keeps all, or has a seed")
def dropout_of_nothing(tf):
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]), 1.0))
  _keep(tf, tf.nn.dropout(tf.ones([4, 5]), 0.5, seed=3))


@snippet("tf.nn.dropout of an unknown shape")
def dropout_open_shape(tf):
  x = tf.placeholder(tf.float32, [None, 5])
  tf.nn.dropout(x, 0.5)
  tf.nn.dropout(tf.placeholder(tf.float32), 0.5)


@snippet("tf.nn.dropout(dtype float64)")
def dropout_double(tf):
  _keep(tf, tf.nn.dropout(tf.ones([4, 5], tf.float64), 0.5))


@snippet("tf.random.stateless_uniform")
def stateless_random(tf):
  _keep(tf, tf.random.stateless_uniform([4], seed=[1, 2]))
  _keep(tf, tf.random.stateless_normal([4], seed=[1, 2]))


@snippet("tf.image.random_*")
def random_image(tf):
  image = tf.ones([4, 4, 3]) * 0.5
  image = tf.image.random_brightness(image, 0.3)
  image = tf.image.random_contrast(image, 0.5, 1.5)
  _keep(tf, tf.image.random_flip_left_right(image))


@snippet("tf.distributions")
def distributions(tf):
  _keep(tf, tf.distributions.Normal(0., 1.).sample([3]))
  _keep(tf, tf.distributions.Categorical(logits=[0.1, 0.5]).sample(3))
  _keep(tf, tf.distributions.Bernoulli(probs=[0.3]).sample(4))


@snippet("noise added to an input")
def input_noise(tf):
  x = tf.placeholder(tf.float32, [None, 4])
  x + tf.random_normal(shape=tf.shape(x), stddev=0.1, dtype=tf.float32)


@snippet("sampling with Gumbel noise")
def gumbel_sampling(tf):
  logits = tf.constant([[1., 2., 3.]])
  noise = -tf.log(-tf.log(tf.random_uniform(tf.shape(logits))))
  _keep(tf, tf.argmax(logits + noise, 1))


@snippet("the coin flip of scheduled sampling")
def coin(tf):
  flip = tf.less(tf.random_uniform([]), 0.5)
  _keep(tf, tf.cond(flip, lambda: tf.ones([2]), lambda: tf.zeros([2])))


@snippet("tf.random_uniform compared with a probability")
def bernoulli_mask(tf):
  _keep(tf, tf.to_float(tf.random_uniform([6]) < 0.4))
  _keep(tf, tf.floor(0.4 + tf.random_uniform([6])))
