"""`tf.contrib.estimator`: heads, wrappers and recurrent estimators."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.estimator"
_PATH = "contrib.estimator.python.estimator"

# module of the path -> (our module, its names)
_PLACES = {
    "extenders": (f"{_OURS}.extenders:", (
        "clip_gradients_by_norm", "forward_features")),
    "export": (f"{_OURS}.export:", (
        "export_all_saved_models", "export_saved_model_for_mode")),
    "head": (f"{_OURS}.heads:", (
        "binary_classification_head", "logistic_regression_head",
        "multi_class_head", "poisson_regression_head", "regression_head")),
    "multi_head": (f"{_OURS}.multi_head:", ("multi_head",)),
    "replicate_model_fn": (f"{_OURS}.towers:", (
        "TowerOptimizer", "replicate_model_fn")),
    "rnn": (f"{_OURS}.rnn:", ("RNNClassifier", "RNNEstimator")),
    # From here on they are tf.estimator.experimental's. 1.15 itself had only
    # some of them here, its predecessors all.
    "early_stopping": (f"{_OURS}.names:experimental__", (
        "make_early_stopping_hook", "stop_if_higher_hook",
        "stop_if_lower_hook", "stop_if_no_decrease_hook",
        "stop_if_no_increase_hook")),
    "hooks": (f"{_OURS}.names:experimental__", (
        "InMemoryEvaluatorHook", "make_stop_at_checkpoint_step_hook")),
    "logit_fns": (f"{_OURS}.names:experimental__", (
        "call_logit_fn", "dnn_logit_fn_builder", "linear_logit_fn_builder")),
}

_MORE = {
    "contrib.estimator.add_metrics": "add_metrics",
    f"{_PATH}.extenders.add_metrics": "add_metrics",
    "contrib.estimator.build_raw_supervised_input_receiver_fn":
        "experimental__build_raw_supervised_input_receiver_fn",
    "contrib.estimator.SavedModelEstimator": "contrib__SavedModelEstimator",
    f"{_PATH}.saved_model_estimator.SavedModelEstimator":
        "contrib__SavedModelEstimator",
    "contrib.estimator.build_supervised_input_receiver_fn_from_input_fn":
        "contrib__build_supervised_input_receiver_fn_from_input_fn",
    "contrib.estimator.read_eval_metrics": "contrib__read_eval_metrics",
    f"{_PATH}.early_stopping.read_eval_metrics": "contrib__read_eval_metrics",
}

ROWS = [
    *(Row(f"{prefix}.{name}", new + name)
      for module, (new, names) in _PLACES.items() for name in names
      for prefix in ("contrib.estimator", f"{_PATH}.{module}")),
    *(Row(f"{prefix}.multi_label_head", f"{_OURS}.multi_label:multi_label_head")
      for prefix in ("contrib.estimator", f"{_PATH}.head")),
    Row(f"{_PATH}.exporter.StepsExporter", f"{_OURS}.steps:StepsExporter"),
    *(Row(old, f"{_OURS}.names:{new}") for old, new in _MORE.items()),
]

_TREES = ("the boosted trees of TensorFlow 1.15 are not supported (their "
          "operations were removed from TensorFlow)",
          "use scikit-learn's gradient boosting")
GAPS = [
    Gap("contrib.estimator.*", "this part of tf.contrib.estimator is not "
        "supported", "see docs/estimator.md for the parts that are"),
    *(Gap(f"contrib.estimator.{name}", *_TREES) for name in (
        "boosted_trees_classifier_train_in_memory",
        "boosted_trees_regressor_train_in_memory")),
    *(Gap(f"contrib.estimator.DNN{kind}WithLayerAnnotations",
          "the annotations of layers are not supported",
          f"use tf.estimator.DNN{kind}")
      for kind in ("Classifier", "Regressor")),
]
