"""`tf.contrib.distributions`, its bijectors and its module paths.

The classes of `tf.distributions` are TensorFlow's own. Most others are ours,
on the same base class; a few come from TensorFlow Probability.
"""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.contrib.distributions"
_OLD = "contrib.distributions"
_OPS = "contrib.distributions.python.ops"
_CORE = "tensorflow.compat.v1:distributions"

# Module of 1.15 -> names, for what tf.distributions still has.
_CORE_MODULES = {
    "bernoulli": ("Bernoulli",),
    "beta": ("Beta",),
    "categorical": ("Categorical",),
    "dirichlet": ("Dirichlet",),
    "dirichlet_multinomial": ("DirichletMultinomial",),
    "distribution": ("Distribution", "FULLY_REPARAMETERIZED",
                     "NOT_REPARAMETERIZED", "ReparameterizationType"),
    "exponential": ("Exponential",),
    "gamma": ("Gamma",),
    "kullback_leibler": ("RegisterKL", "kl_divergence"),
    "laplace": ("Laplace",),
    "multinomial": ("Multinomial",),
    "normal": ("Normal",),
    "student_t": ("StudentT",),
    "uniform": ("Uniform",),
}
# Still there, but not public.
_PRIVATE = {
    "private.distributions_beta": "BetaWithSoftplusConcentration",
    "private.distributions_exponential": "ExponentialWithSoftplusRate",
    "private.distributions_gamma": "GammaWithSoftplusConcentrationRate",
    "private.distributions_laplace": "LaplaceWithSoftplusScale",
    "private.distributions_normal": "NormalWithSoftplusScale",
    "private.distributions_student_t": "StudentTWithAbsDfSoftplusScale",
}
_UTIL = ("fill_triangular", "fill_triangular_inverse",
         "matrix_diag_transform", "reduce_weighted_logsumexp",
         "softplus_inverse", "tridiag")
# Module of ours -> {module of 1.15: names}.
_OURS_MODULES = {
    "counts": {
        "binomial": ("Binomial",),
        "deterministic": ("Deterministic", "VectorDeterministic"),
        "geometric": ("Geometric",),
        "negative_binomial": ("NegativeBinomial",),
        "poisson": ("Poisson",)},
    "independent": {"independent": ("Independent",)},
    "mixtures": {
        "mixture": ("Mixture",),
        "mixture_same_family": ("MixtureSameFamily",)},
    "multivariate": {
        "mvn_diag": ("MultivariateNormalDiag",
                     "MultivariateNormalDiagWithSoftplusScale"),
        "mvn_full_covariance": ("MultivariateNormalFullCovariance",),
        "mvn_tril": ("MultivariateNormalTriL",)},
    "one_hot": {
        "onehot_categorical": ("OneHotCategorical",),
        "relaxed_onehot_categorical": ("ExpRelaxedOneHotCategorical",
                                       "RelaxedOneHotCategorical")},
    "scalar": {
        "cauchy": ("Cauchy",),
        "chi2": ("Chi2", "Chi2WithAbsDf"),
        "half_normal": ("HalfNormal",),
        "inverse_gamma": ("InverseGamma",
                          "InverseGammaWithSoftplusConcentrationRate"),
        "logistic": ("Logistic",),
        "relaxed_bernoulli": ("RelaxedBernoulli",)},
}
_BIJECTORS = {
    "bijectors": {
        "affine_linear_operator": "AffineLinearOperator",
        "affine_scalar": "AffineScalar", "exp": "Exp", "permute": "Permute",
        "power_transform": "PowerTransform", "sigmoid": "Sigmoid",
        "softplus": "Softplus", "softsign": "Softsign"},
    "bijectors_combined": {
        "chain": "Chain", "inline": "Inline", "invert": "Invert"},
}
_PROBABILITY = ("Kumaraswamy", "MultivariateNormalDiagPlusLowRank",
                "PoissonLogNormalQuadratureCompound", "SinhArcsinh",
                "auto_correlation", "percentile")
_PROBABILITY_BIJECTORS = (
    "AbsoluteValue", "CholeskyOuterProduct", "FillTriangular",
    "MatrixInverseTriL", "Reshape", "SinhArcsinh", "SoftmaxCentered",
    "Square", "TransformDiagonal")
_FROM_PROBABILITY = "from TensorFlow Probability; draws are not 1.15's"

MODULES = [
    Module(_OLD),
    Module(_OLD + ".bijectors"),
    Module(_OPS),
    Module(_OPS + ".bijectors"),
    Module(_OPS + ".distribution_util", "private.distributions_util"),
]

ROWS = [
    *(Row(f"{_OLD}.{name}", f"{_CORE}.{name}")
      for names in _CORE_MODULES.values() for name in names),
    *(Row(f"{_OPS}.{module}.{name}", f"{_CORE}.{name}")
      for module, names in _CORE_MODULES.items() for name in names),
    *(Row(f"{_OLD}.{name}", f"{module}:{name}")
      for module, name in _PRIVATE.items()),
    *(Row(f"{_OLD}.{name}", f"private.distributions_util:{name}")
      for name in _UTIL),
    *(Row(f"{_OLD}.{name}", f"{_OURS}.{ours}:{name}")
      for ours, modules in _OURS_MODULES.items()
      for names in modules.values() for name in names),
    *(Row(f"{_OPS}.{module}.{name}", f"{_OURS}.{ours}:{name}")
      for ours, modules in _OURS_MODULES.items()
      for module, names in modules.items() for name in names),
    Row(f"{_OPS}.mvn_linear_operator.MultivariateNormalLinearOperator",
        f"{_OURS}.multivariate:MultivariateNormalLinearOperator"),
    Row(f"{_OLD}.TransformedDistribution",
        f"{_OURS}.transformed:TransformedDistribution"),
    Row(f"{_OLD}.SeedStream", f"{_OURS}.seed_stream:SeedStream"),
    Row(f"{_OPS}.seed_stream.SeedStream", f"{_OURS}.seed_stream:SeedStream"),
    Row(f"{_OLD}.bijectors.Bijector", "private.bijector_impl:Bijector"),
    Row(f"{_OLD}.bijectors.Identity", "private.identity_bijector:Identity"),
    *(Row(f"{_OLD}.bijectors.{name}", f"{_OURS}.{ours}:{name}")
      for ours, names in _BIJECTORS.items() for name in names.values()),
    *(Row(f"{_OPS}.bijectors.{module}.{name}", f"{_OURS}.{ours}:{name}")
      for ours, names in _BIJECTORS.items()
      for module, name in names.items()),
    *(Row(f"{_OLD}.{name}", f"{_OURS}.probability:{name}", _FROM_PROBABILITY)
      for name in _PROBABILITY),
    *(Row(f"{_OLD}.bijectors.{name}",
          f"{_OURS}.probability:bijectors_{name}", _FROM_PROBABILITY)
      for name in _PROBABILITY_BIJECTORS),
]

GAPS = [
    Gap(_OLD + ".bijectors.*",
        "is not among the bijectors of TensorFlow 1.15 that are supported",
        "write it with tf.contrib.distributions.bijectors.Inline, or pip "
        "install 'tfcompat_rnn[probability]' and use tensorflow_probability"),
    Gap(_OLD + ".*",
        "this part of TensorFlow 1.15's distributions is not supported",
        "pip install 'tfcompat_rnn[probability]' and use "
        "tensorflow_probability, or run this part under TensorFlow 1.15"),
]
