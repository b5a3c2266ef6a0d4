"""Where tensorflow-estimator has the names of `tf.estimator`.

The package's own `tf.estimator` imports all of it, Keras included; here a
name imports only its module. `names.export__EvalOutput` is
`tf.estimator.export.EvalOutput`.
"""

from tfcompat_rnn.namespace.estimator import loading

_PREFIX = "python.estimator."

# The part of `tf.estimator` -> module of the package -> its names there.
TABLE = {
    "": {
        "canned.baseline": "BaselineClassifier BaselineEstimator "
                           "BaselineRegressor",
        "canned.dnn": "DNNClassifier DNNEstimator DNNRegressor",
        "canned.dnn_linear_combined":
            "DNNLinearCombinedClassifier DNNLinearCombinedEstimator "
            "DNNLinearCombinedRegressor",
        "canned.linear": "LinearClassifier LinearEstimator LinearRegressor",
        "canned.parsing_utils": "classifier_parse_example_spec "
                                "regressor_parse_example_spec",
        "estimator": "Estimator WarmStartSettings",
        "exporter": "BestExporter Exporter FinalExporter LatestExporter",
        "extenders": "add_metrics",
        "head.base_head": "Head",
        "head.binary_class_head": "BinaryClassHead",
        "head.multi_class_head": "MultiClassHead",
        "head.multi_head": "MultiHead",
        "head.multi_label_head": "MultiLabelHead",
        "head.regression_head": "LogisticRegressionHead "
                                "PoissonRegressionHead RegressionHead",
        "mode_keys": "ModeKeys",
        "model_fn": "EstimatorSpec",
        "run_config": "RunConfig",
        "training": "EvalSpec TrainSpec train_and_evaluate",
    },
    "experimental": {
        "canned.kmeans": "KMeans=KMeansClustering",
        "canned.linear": "LinearSDCA linear_logit_fn_builder",
        "canned.dnn": "dnn_logit_fn_builder",
        "early_stopping": "make_early_stopping_hook stop_if_higher_hook "
                          "stop_if_lower_hook stop_if_no_decrease_hook "
                          "stop_if_no_increase_hook",
        "export.export": "build_raw_supervised_input_receiver_fn",
        "hooks.hooks": "InMemoryEvaluatorHook "
                       "make_stop_at_checkpoint_step_hook",
        "model_fn": "call_logit_fn",
    },
    "export": {
        "export.export": "ServingInputReceiver TensorServingInputReceiver "
                         "build_parsing_serving_input_receiver_fn "
                         "build_raw_serving_input_receiver_fn",
        "export.export_output": "ClassificationOutput EvalOutput "
                                "ExportOutput PredictOutput RegressionOutput",
    },
    "inputs": {
        "inputs.numpy_io": "numpy_input_fn",
        "inputs.pandas_io": "pandas_input_fn",
    },
    "tpu": {
        "tpu.tpu_config": "InputPipelineConfig RunConfig TPUConfig",
        "tpu.tpu_estimator": "TPUEstimator TPUEstimatorSpec",
    },
}

# Names that only tf.contrib.estimator had.
CONTRIB = {
    "canned.saved_model_estimator": "SavedModelEstimator",
    "early_stopping": "read_eval_metrics",
    "export.export": "build_supervised_input_receiver_fn_from_input_fn",
}


def places():
  """Yields (old name, module of the package, attribute)."""
  for part, modules in TABLE.items():
    for module, names in modules.items():
      for name in names.split():
        old, _, attribute = name.partition("=")
        yield (".".join(p for p in ("estimator", part, old) if p),
               _PREFIX + module, attribute or old)


def row_name(old):
  """How a row names the attribute of this module: "export__EvalOutput"."""
  return old.partition(".")[2].replace(".", "__")


_PLACES = {row_name(old): (module, attribute)
           for old, module, attribute in places()}
_PLACES.update((f"contrib__{name}", (_PREFIX + module, name))
               for module, name in CONTRIB.items())


def __getattr__(name):
  if name not in _PLACES:
    raise AttributeError(name)
  module, attribute = _PLACES[name]
  return getattr(loading.module(module), attribute)
