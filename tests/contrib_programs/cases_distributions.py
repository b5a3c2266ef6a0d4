"""Cases about `tf.contrib.distributions`. Python 3.7 syntax too."""

import numpy as np

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def numbers(*shape):
  return np.random.RandomState(sum(shape)).uniform(
      -0.8, 0.8, shape).astype(np.float32)


def open_input(tf, value):
  """A tensor whose first dimension the graph does not know."""
  return tf.placeholder_with_default(
      tf.constant(value), [None] + list(value.shape[1:]))


def describe(tf, d, value=None, statistics=("mean", "mode", "stddev"),
             shape=(), seed=None):
  """What programs asked of a distribution."""
  draw = d.sample(shape, seed=seed) if shape != () else d.sample(seed=seed)
  found = {"draw": draw, "name": d.name,
           "batch_shape": str(d.batch_shape),
           "event_shape": str(d.event_shape), "dtype": d.dtype.name}
  found["log_prob"] = d.log_prob(draw if value is None else value)
  found["prob"] = d.prob(draw if value is None else value)
  for name in statistics:
    found[name] = getattr(d, name)()
  return found


def ds_of(tf):
  return tf.contrib.distributions


@case
def diagonal(tf):
  d = ds_of(tf).MultivariateNormalDiag(numbers(3, 2), np.abs(numbers(3, 2)))
  return describe(tf, d, statistics=("mean", "mode", "stddev", "variance",
                                     "covariance", "entropy"), shape=(4,))


@case
def diagonal_open_batch(tf):
  loc = open_input(tf, numbers(3, 2))
  scale = tf.nn.softplus(open_input(tf, numbers(4, 2)[:3]))
  d = ds_of(tf).MultivariateNormalDiag(loc, scale)
  found = describe(tf, d, statistics=("mean", "stddev"))
  found["batch_shape_tensor"] = d.batch_shape_tensor()
  found["event_shape_tensor"] = d.event_shape_tensor()
  return found


@case
def diagonal_identity(tf):
  d = ds_of(tf).MultivariateNormalDiag(
      tf.zeros([5, 3]), scale_identity_multiplier=tf.fill([5], 2.0))
  e = ds_of(tf).MultivariateNormalDiag(tf.zeros([5, 3]))
  found = describe(tf, d, statistics=("mean",), seed=11)
  found["kl"] = ds_of(tf).kl_divergence(d, e)
  return found


@case
def diagonal_softplus(tf):
  d = ds_of(tf).MultivariateNormalDiagWithSoftplusScale(
      loc=numbers(3, 2), scale_diag=numbers(3, 2))
  return describe(tf, d, value=numbers(2, 2)[:1], shape=(2, 3))


@case
def triangular(tf):
  tril = ds_of(tf).fill_triangular(tf.constant(numbers(4, 3)))
  tril = tf.matrix_set_diag(tril, tf.nn.softplus(tf.matrix_diag_part(tril)))
  d = ds_of(tf).MultivariateNormalTriL(numbers(4, 2), tril)
  return describe(tf, d, statistics=("mean", "stddev", "variance",
                                     "covariance", "entropy"))


@case
def full_covariance(tf):
  d = ds_of(tf).MultivariateNormalFullCovariance(
      loc=[1.0, -1.0], covariance_matrix=[[1.0, 0.6], [0.6, 2.0]])
  e = ds_of(tf).MultivariateNormalFullCovariance(
      loc=[0.0, 0.0], covariance_matrix=[[1.0, 0.0], [0.0, 1.0]])
  found = describe(tf, d, shape=(3,), seed=5)
  found["kl"] = ds_of(tf).kl_divergence(d, e)
  return found


@case
def full_covariance_open_batch(tf):
  loc = open_input(tf, numbers(3, 2))
  matrix = open_input(tf, np.tile(np.array(
      [[[1.0, 0.3], [0.3, 0.5]]], np.float32), [3, 1, 1]))
  d = ds_of(tf).MultivariateNormalFullCovariance(loc, matrix)
  return describe(tf, d, value=numbers(3, 2), statistics=("mean",))


@case
def one_hot(tf):
  d = ds_of(tf).OneHotCategorical(logits=numbers(3, 4), dtype=tf.float32)
  e = ds_of(tf).OneHotCategorical(probs=[[0.1, 0.2, 0.3, 0.4]])
  found = describe(tf, d, statistics=("mode", "entropy", "variance",
                                      "covariance"), shape=(2,))
  found["kl"] = ds_of(tf).kl_divergence(d, e)
  found["other"] = e.sample()
  return found


@case
def one_hot_open_batch(tf):
  d = ds_of(tf).OneHotCategorical(logits=open_input(tf, numbers(3, 4)))
  return describe(tf, d, statistics=("mode", "entropy"), seed=3)


@case
def relaxed(tf):
  ds = ds_of(tf)
  d = ds.RelaxedOneHotCategorical(0.7, logits=numbers(3, 4))
  found = {"draw": d.sample(), "seeded": d.sample(seed=8)}
  found["log_prob"] = d.log_prob(found["draw"])
  e = ds.RelaxedBernoulli(temperature=0.5, logits=numbers(3, 4))
  found["bernoulli"] = e.sample()
  found["bernoulli_prob"] = e.log_prob(found["bernoulli"])
  f = ds.ExpRelaxedOneHotCategorical(0.7, probs=[0.2, 0.8])
  found["exp"] = f.sample(3)
  found["exp_prob"] = f.log_prob(found["exp"])
  return found


@case
def mixture(tf):
  ds = ds_of(tf)
  cat = ds.Categorical(logits=numbers(3, 2))
  parts = [ds.Normal(loc=numbers(2, 3)[k], scale=np.abs(numbers(1, 3)[0]))
           for k in range(2)]
  d = ds.Mixture(cat=cat, components=parts)
  found = describe(tf, d, statistics=("mean", "stddev",
                                      "entropy_lower_bound"), shape=(2,))
  found["log_cdf"] = d.log_cdf(0.3)
  found["seeded"] = d.sample(4, seed=9)
  return found


@case
def mixture_density_network(tf):
  # Handwriting and sketch models: a mixture of normal distributions with the
  # batch unknown.
  ds = ds_of(tf)
  out = open_input(tf, numbers(5, 9))
  logits, mus, sigmas = tf.split(out, 3, axis=1)
  cat = ds.Categorical(logits=logits)
  d = ds.Mixture(cat, [
      ds.MultivariateNormalDiag(loc=tf.expand_dims(mu, 1),
                                scale_diag=tf.expand_dims(tf.exp(sigma), 1))
      for mu, sigma in zip(tf.unstack(mus, axis=1),
                           tf.unstack(sigmas, axis=1))])
  loss = -tf.reduce_mean(d.log_prob(tf.constant(numbers(5, 1))))
  return {"loss": loss, "gradient": tf.gradients(loss, out)[0],
          "draw": d.sample()}


@case
def mixture_static_graph(tf):
  ds = ds_of(tf)
  d = ds.Mixture(ds.Categorical(probs=[0.4, 0.6]),
                 [ds.Normal(-1.0, 0.1), ds.Normal(1.0, 0.5)],
                 use_static_graph=True)
  return describe(tf, d, statistics=("mean",), shape=(5,), seed=2)


@case
def same_family(tf):
  ds = ds_of(tf)
  d = ds.MixtureSameFamily(
      mixture_distribution=ds.Categorical(probs=[0.3, 0.7]),
      components_distribution=ds.Normal(loc=[-1.0, 1.0], scale=[0.1, 0.5]))
  found = describe(tf, d, statistics=("mean", "variance"), shape=(3,))
  found["log_cdf"] = d.log_cdf(0.2)
  e = ds.MixtureSameFamily(
      ds.Categorical(logits=numbers(4, 3)),
      ds.MultivariateNormalDiag(numbers(4, 3, 2),
                                np.abs(numbers(4, 3, 2))))
  found["vector"] = e.sample(2)
  found["vector_prob"] = e.log_prob(numbers(4, 2))
  found["covariance"] = e.covariance()
  return found


@case
def independent(tf):
  ds = ds_of(tf)
  d = ds.Independent(ds.Bernoulli(logits=numbers(3, 4, 2)))
  found = describe(tf, d, statistics=("mean", "mode", "entropy", "variance"))
  a = ds.Independent(ds.Normal(numbers(3, 4), 1.0), 1)
  b = ds.Independent(ds.Normal(numbers(4, 4)[:3], 2.0), 1)
  found["kl"] = ds.kl_divergence(a, b)
  found["normal"] = a.sample(2)
  found["normal_prob"] = a.log_prob(numbers(3, 4))
  return found


@case
def transformed(tf):
  ds = ds_of(tf)
  bs = ds.bijectors
  d = ds.TransformedDistribution(ds.Normal(0.2, 1.5), bs.Exp(),
                                 name="LogNormal")
  found = describe(tf, d, statistics=(), shape=(3,))
  found["cdf"] = d.cdf(1.5)
  found["quantile"] = d.quantile(0.3)
  e = ds.TransformedDistribution(
      ds.Normal(0.0, 1.0), bs.Chain([bs.Sigmoid(), bs.AffineScalar(
          shift=0.5, scale=2.0)]), event_shape=[3], batch_shape=[2])
  found["chain"] = e.sample()
  found["chain_prob"] = e.log_prob(0.1 + 0.2 * np.abs(numbers(2, 3)))
  f = ds.TransformedDistribution(ds.Normal([0.0, 1.0], 1.0),
                                 bs.AffineScalar(shift=1.0, scale=3.0))
  found["entropy"] = f.entropy()
  return found


@case
def bijectors(tf):
  bs = ds_of(tf).bijectors
  x = tf.constant(0.5 + 0.2 * numbers(2, 3))
  found = {}
  for name, b in (
      ("softplus", bs.Softplus()), ("hinge", bs.Softplus(0.5)),
      ("softsign", bs.Softsign()), ("sigmoid", bs.Sigmoid()),
      ("power", bs.PowerTransform(0.5)), ("invert", bs.Invert(bs.Exp())),
      ("inline", bs.Inline(
          forward_fn=tf.exp, inverse_fn=tf.log,
          inverse_log_det_jacobian_fn=lambda y: -tf.log(y),
          forward_min_event_ndims=0)),
      ("identity", bs.Identity())):
    y = b.forward(x)
    found[name] = y
    found[name + "_inverse"] = b.inverse(tf.identity(y))
    found[name + "_fldj"] = b.forward_log_det_jacobian(x, event_ndims=1)
    found[name + "_ildj"] = b.inverse_log_det_jacobian(
        tf.identity(y), event_ndims=0)
    found[name + "_name"] = b.name
  b = bs.Permute([2, 0, 1])
  found["permute"] = b.forward(x)
  found["permute_inverse"] = b.inverse(x)
  return found


@case
def scalars(tf):
  ds = ds_of(tf)
  found = {}
  some = np.abs(numbers(3, 2)) + 0.5
  for name, d, statistics in (
      ("logistic", ds.Logistic(numbers(3, 2), some),
       ("mean", "mode", "stddev", "entropy")),
      ("cauchy", ds.Cauchy(numbers(3, 2), some), ("mode", "entropy")),
      ("half_normal", ds.HalfNormal(some), ("mean", "variance", "entropy")),
      ("inverse_gamma", ds.InverseGamma(some + 2.5, some),
       ("mean", "variance", "mode", "entropy")),
      ("chi2", ds.Chi2(some), ("mean", "variance")),
      ("poisson", ds.Poisson(some * 3), ("mean", "variance", "mode")),
      ("log_poisson", ds.Poisson(log_rate=numbers(3, 2)), ("mean",)),
      ("geometric", ds.Geometric(probs=some / 2),
       ("mean", "variance", "entropy")),
      ("negative_binomial", ds.NegativeBinomial(4.0, logits=numbers(3, 2)),
       ("mean", "mode", "variance")),
      ("deterministic", ds.Deterministic(some), ("mean", "variance", "mode")),
      ("normal", ds.NormalWithSoftplusScale(0.0, some), ("stddev",)),
      ("laplace", ds.Laplace(0.0, some), ("stddev", "entropy")),
      ("student", ds.StudentT(some + 3, 0.0, some), ("stddev", "entropy")),
      ("beta", ds.Beta(some, some + 1), ("mean", "entropy")),
      ("gamma", ds.Gamma(some, some + 1), ("mean", "entropy")),
      ("uniform", ds.Uniform(0.0, some), ("mean", "entropy")),
      ("bernoulli", ds.Bernoulli(probs=some / 2, dtype=tf.float32),
       ("mean", "entropy", "mode")),
      ("categorical", ds.Categorical(logits=numbers(3, 2)),
       ("mode", "entropy"))):
    for key, value in describe(tf, d, statistics=statistics,
                               shape=(2,)).items():
      found[name + "_" + key] = value
  d = ds.Binomial(total_count=5.0, probs=some / 2)
  for name in ("mean", "variance", "mode"):
    found["binomial_" + name] = getattr(d, name)()
  found["binomial_prob"] = d.prob([2.0])
  found["binomial_cdf"] = d.cdf([2.0])
  return found


@case
def policy_gradient(tf):
  # A continuous policy and a discrete one, as in 2017.
  ds = ds_of(tf)
  states = open_input(tf, numbers(6, 4))
  hidden = tf.layers.dense(states, 5, tf.nn.tanh)
  mu = tf.layers.dense(hidden, 2)
  sigma = tf.nn.softplus(tf.get_variable("sigma", [2]))
  normal = tf.distributions.Normal(mu, sigma)
  action = tf.squeeze(normal.sample(1), axis=0)
  loss = -tf.reduce_mean(normal.log_prob(action) + 0.01 * normal.entropy())
  discrete = ds.Categorical(logits=tf.layers.dense(hidden, 3))
  choice = discrete.sample()
  diagonal = ds.MultivariateNormalDiag(mu, tf.ones_like(mu) * sigma)
  return {"action": action, "loss": loss, "choice": choice,
          "chosen": discrete.log_prob(choice),
          "entropy": discrete.entropy(), "diagonal": diagonal.sample(),
          "diagonal_entropy": diagonal.entropy()}


@case
def helpers(tf):
  ds = ds_of(tf)
  x = tf.constant(numbers(2, 6))
  stream = ds.SeedStream(42, salt="model")
  return {"fill": ds.fill_triangular(x),
          "upper": ds.fill_triangular(x, upper=True),
          "inverse": ds.softplus_inverse(tf.nn.softplus(x)),
          "seeds": [str(stream()), str(stream())]}
