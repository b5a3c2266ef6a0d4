"""What distributions and bijectors refuse, and what they keep of a call."""

import inspect

import numpy as np
import pytest

from seeds import ours


@pytest.fixture(scope="module")
def ds():
  with ours.seeded() as namespace:
    yield namespace.contrib.distributions


REFUSED = {
    "both rates": (
        lambda ds: ds.Poisson(1., 1.), ValueError, "got both"),
    "no rate": (lambda ds: ds.Poisson(), ValueError, "got neither"),
    "whole rate": (
        lambda ds: ds.Poisson(1), TypeError, "floating-point dtype, got int32"),
    "two dtypes": (
        lambda ds: ds.Logistic(np.float64(1.), np.float32(1.)), ValueError,
        "`scale` must have the dtype of `loc`"),
    "undefined mean": (
        lambda ds: ds.Cauchy(0., 1., allow_nan_stats=False).mean(), ValueError,
        "`allow_nan_stats` must be true"),
    "no event size": (
        lambda ds: ds.MultivariateNormalDiag(), ValueError, "`scale_diag`"),
    "no triangle": (
        lambda ds: ds.MultivariateNormalTriL(), ValueError, "`scale_tril`"),
    "loc too long": (
        lambda ds: ds.MultivariateNormalDiag([1., 2., 3.], [1., 2.]),
        ValueError, "`loc` must have as many elements"),
    "no categories": (
        lambda ds: ds.Mixture(3, []), TypeError, "`cat` must be"),
    "no components": (
        lambda ds: ds.Mixture(ds.Categorical([.1, .2]), []), ValueError,
        "`components` must have at least one"),
    "three categories": (
        lambda ds: ds.Mixture(ds.Categorical([.1, .2, .3]),
                              [ds.Normal(0., 1.)] * 2),
        ValueError, "`cat` must have a class for each of the 2"),
    "not over integers": (
        lambda ds: ds.MixtureSameFamily(ds.Normal([0., 1.], 1.),
                                        ds.Normal([0., 1.], 1.)),
        ValueError, "be over integers, got float32"),
    "too many dimensions": (
        lambda ds: ds.Independent(ds.Normal([0.], 1.), 2), ValueError,
        "`reinterpreted_batch_ndims` must be at most 1"),
    "event of a batch": (
        lambda ds: ds.TransformedDistribution(
            ds.Normal([0.], 1.), batch_shape=[2]),
        ValueError, "`batch_shape` must only be given for a scalar"),
    "matrix as event shape": (
        lambda ds: ds.TransformedDistribution(
            ds.Normal(0., 1.), event_shape=[[2]]),
        ValueError, "must be a vector"),
    "cdf of an event": (
        lambda ds: ds.TransformedDistribution(
            ds.Normal(0., 1.), event_shape=[2]).cdf([1., 2.]),
        NotImplementedError, "`event_shape` must not be given"),
    "twice the same place": (
        lambda ds: ds.bijectors.Permute([0, 0]), ValueError,
        "each of 0 to 1 once"),
    "matrix as scale": (
        lambda ds: ds.bijectors.AffineLinearOperator(scale=np.eye(2)),
        TypeError, "be a tf.linalg.LinearOperator, got ndarray"),
    "negative power": (
        lambda ds: ds.bijectors.PowerTransform(-1.), ValueError,
        "`power` must be"),
    "no inverse": (
        lambda ds: ds.bijectors.Inline(
            abs, forward_min_event_ndims=0).inverse(1.),
        NotImplementedError, "`inverse_fn` must be a function"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused(ds, name):
  call, error, words = REFUSED[name]
  with pytest.raises(error) as caught:
    call(ds)
  assert words in str(caught.value)
  assert "; " in str(caught.value), "the next step is missing"


def test_parameters_are_the_arguments_of_the_call(ds):
  d = ds.Chi2WithAbsDf(-3.5, name="chi")
  assert d.parameters == {"df": -3.5, "validate_args": False,
                          "allow_nan_stats": True, "name": "chi"}
  copy = d.copy(df=2.)
  assert type(copy) is ds.Chi2WithAbsDf
  assert copy.parameters["df"] == 2.


def test_signatures_are_visible(ds):
  found = inspect.getfullargspec(ds.Logistic.__init__)
  assert found.args == ["self", "loc", "scale", "validate_args",
                        "allow_nan_stats", "name"]
  assert found.defaults == (False, True, "Logistic")


def test_a_mean_that_an_assignment_returns():
  # Its dtype is float32_ref.
  with ours.seeded() as tf, tf.Graph().as_default(), tf.Session() as session:
    variable = tf.get_variable("mean", [2], use_resource=False)
    d = tf.contrib.distributions.MultivariateNormalDiag(
        tf.assign(variable, [1., 2.]), [1., 1.])
    assert session.run(d.mean()).tolist() == [1., 2.]


def test_what_a_derived_class_changes(ds):
  # In 1.15.5 the mode asked for the mean, and nothing for the variance.
  for kind in (ds.Logistic, ds.MultivariateNormalDiag):
    class Own(kind):

      def _mean(self):
        return "mean"

      def _variance(self):
        return "variance"

    d = Own([0., 0.], [1., 2.])
    assert (d.mean(), d.mode(), d.variance()) == ("mean", "mean", "variance")
    assert d.stddev().shape.as_list() == [2]
  assert d.covariance().shape.as_list() == [2, 2]
