"""`tf.contrib.predictor`: graphs that are fed and fetched by name."""

from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.estimator.predictor"
_PATH = "contrib.predictor"

ROWS = [
    *(Row(f"{prefix}.{name}", f"{_OURS}:{name}")
      for prefix in (_PATH, f"{_PATH}.predictor_factories")
      for name in ("from_contrib_estimator", "from_estimator",
                   "from_saved_model")),
    Row(f"{_PATH}.contrib_estimator_predictor.ContribEstimatorPredictor",
        f"{_OURS}:ContribEstimatorPredictor"),
    Row(f"{_PATH}.predictor.Predictor", f"{_OURS}:Predictor"),
    Row(f"{_PATH}.saved_model_predictor.SavedModelPredictor",
        f"{_OURS}:SavedModelPredictor"),
    Row(f"{_PATH}.saved_model_predictor.DEFAULT_TAGS",
        f"{_OURS}:DEFAULT_TAGS"),
    Row(f"{_PATH}.saved_model_predictor.get_meta_graph_def",
        "tfcompat_rnn.namespace.estimator.saved_model:get_meta_graph_def"),
    Row(f"{_PATH}.core_estimator_predictor.CoreEstimatorPredictor",
        f"{_OURS}:CoreEstimatorPredictor"),
]
