"""`tf.contrib.learn`: estimators from before `tf.estimator`."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.contrib.learn"
_OLD = "contrib.learn"
_PATH = "contrib.learn.python.learn"
_V1 = "tensorflow.compat.v1"

# Module of ours -> {modules of 1.15 below tf.contrib.learn: names}; "" is
# tf.contrib.learn itself.
_NAMES = {
    "configuration": {
        "": "RunConfig TaskType",
        "estimators": "RunConfig TaskType",
        "estimators.run_config":
            "ClusterConfig Environment RunConfig TaskType"},
    "datasets": {
        "datasets.base": "Dataset Datasets load_csv_with_header "
                         "load_csv_without_header load_iris maybe_download "
                         "shrink_csv",
        "datasets": "load_dataset load_iris"},
    "estimator": {
        "": "BaseEstimator Estimator Evaluable NotFittedError SKCompat "
            "Trainable",
        "estimators": "BaseEstimator Estimator NotFittedError SKCompat",
        "estimators.estimator": "BaseEstimator Estimator SKCompat",
        "evaluable": "Evaluable",
        "trainable": "Trainable"},
    "experiment": {
        "": "Experiment",
        "experiment": "Experiment"},
    "exporting": {
        "": "ExportStrategy InputFnOps build_parsing_serving_input_fn "
            "make_export_strategy",
        "export_strategy": "ExportStrategy",
        "utils": "InputFnOps build_parsing_serving_input_fn "
                 "make_export_strategy",
        "utils.input_fn_utils":
            "InputFnOps build_default_serving_input_fn "
            "build_parsing_serving_input_fn",
        "utils.saved_model_export_utils":
            "garbage_collect_exports get_timestamped_export_dir "
            "make_export_strategy"},
    "feeding": {
        "": "extract_pandas_data extract_pandas_labels "
            "extract_pandas_matrix",
        "learn_io": "extract_pandas_data extract_pandas_labels "
                    "extract_pandas_matrix",
        "learn_io.data_feeder": "DataFeeder StreamingDataFeeder "
                                "setup_train_data_feeder",
        "learn_io.pandas_io": "extract_pandas_data extract_pandas_labels "
                              "extract_pandas_matrix"},
    "metrics": {
        "": "MetricSpec",
        "metric_spec": "MetricSpec"},
    "modes": {
        "": "MetricKey ModeKeys ModelFnOps PredictionKey ProblemType",
        "estimators": "MetricKey ModeKeys ModelFnOps PredictionKey "
                      "ProblemType",
        "estimators.constants": "ProblemType",
        "estimators.metric_key": "MetricKey",
        "estimators.model_fn": "ModeKeys ModelFnOps",
        "estimators.prediction_key": "PredictionKey"},
    "monitors": {
        "monitors": "BaseMonitor CaptureVariable EveryN LoggingTrainable "
                    "NanLoss PrintTensor RunHookAdapterForMonitors StopAtStep "
                    "SummarySaver ValidationMonitor get_default_monitors "
                    "replace_monitors_with_hooks"},
    "regressions": {
        "models": "linear_regression linear_regression_zero_init "
                  "logistic_regression logistic_regression_zero_init",
        "ops": "mean_squared_error_regressor softmax_classifier"},
    "running": {
        "learn_runner": "run"},
    "runs": {
        "": "infer run_feeds run_n",
        "graph_actions": "infer run_feeds run_feeds_iter run_n"},
    "sequences": {
        "ops": "categorical_variable embedding_lookup seq2seq_inputs "
               "sequence_classifier"},
    "signatures": {
        "estimators.tensor_signature":
            "TensorSignature create_placeholders_from_signatures "
            "create_signatures tensors_compatible"},
}


def _rows():
  for ours, modules in _NAMES.items():
    for module, names in modules.items():
      # tf.contrib.learn called the module learn_io "io".
      public = "io" + module[8:] if module.startswith("learn_io") else module
      for name in names.split():
        for prefix, middle in ((_OLD, public), (_PATH, module)):
          yield Row(".".join(part for part in (prefix, middle, name) if part),
                    f"{_OURS}.{ours}:{name}")


MODULES = [
    Module(_OLD),
    Module(_OLD + ".preprocessing",
           "tfcompat_rnn.namespace.contrib.vocabulary"),
    Module(_OLD + ".datasets"),
    Module(_OLD + ".datasets.mnist", "tfcompat_rnn.datasets.mnist"),
    *(Module(f"{_PATH}.{name}", "tfcompat_rnn.namespace.contrib.vocabulary")
      for name in ("preprocessing", "preprocessing.text",
                   "preprocessing.categorical_vocabulary")),
    Module(f"{_PATH}.datasets.mnist", "tfcompat_rnn.datasets.mnist"),
]

ROWS = [
    *_rows(),
    Row(f"{_OLD}.NanLossDuringTrainingError",
        f"{_V1}:train.NanLossDuringTrainingError"),
    *(Row(f"{prefix}.basic_session_run_hooks.{name}", f"{_V1}:train.{name}")
      for prefix in (_OLD, _PATH) for name in (
          "CheckpointSaverHook", "CheckpointSaverListener",
          "LoggingTensorHook", "NanLossDuringTrainingError", "NanTensorHook",
          "StepCounterHook", "StopAtStepHook", "SummarySaverHook")),
]

_CANNED = (
    "the ready-made models of tf.contrib.learn are not supported",
    "use the class of tf.estimator with the same name, or write a model_fn "
    "for tf.contrib.learn.Estimator")
_READERS = (
    "the queue readers of tf.contrib.learn are not supported",
    "read with tf.data (tf.data.TFRecordDataset and tf.io.parse_example)")
_REST = (
    "this part of tf.contrib.learn is not supported",
    "see docs/names.md for what is, or run this part under TensorFlow 1.15")
_OPS = {
    "dnn": "stack tf.layers.dense",
    "split_squeeze": "use tf.unstack(x, axis=1)",
    "rnn_decoder": "use tf.contrib.legacy_seq2seq.rnn_decoder",
    "rnn_seq2seq": "use tf.contrib.legacy_seq2seq"}

GAPS = [
    *(Gap(f"{prefix}.{name}", *_CANNED) for prefix in (_OLD, _PATH)
      for name in (
          "DNNClassifier", "DNNEstimator", "DNNLinearCombinedClassifier",
          "DNNLinearCombinedEstimator", "DNNLinearCombinedRegressor",
          "DNNRegressor", "DynamicRnnEstimator", "Head", "KMeansClustering",
          "LinearClassifier", "LinearEstimator", "LinearRegressor",
          "LogisticRegressor", "SVM")),
    *(Gap(f"{_OLD}.{name}", *_READERS) for name in (
        "read_batch_examples", "read_batch_features",
        "read_batch_record_features", "read_keyed_batch_examples",
        "read_keyed_batch_features", "extract_dask_data",
        "extract_dask_labels")),
    *(Gap(name, *_READERS) for name in (f"{_OLD}.io.*",
                                        f"{_PATH}.learn_io.*")),
    *(Gap(f"{_OLD}.ops.{name}",
          "the graph helpers of tf.contrib.learn.ops are not supported", step)
      for name, step in _OPS.items()),
    Gap(f"{_OLD}.datasets.*",
        "the downloads of tf.contrib.learn.datasets are not supported",
        "read the files yourself, for example with "
        "tf.contrib.learn.datasets.base.load_csv_with_header"),
    Gap(f"{_OLD}.preprocessing.CategoricalProcessor",
        "the categorical processor of tf.contrib.learn is not supported",
        "use tf.contrib.learn.preprocessing.CategoricalVocabulary"),
    Gap(f"{_OLD}.*", *_REST),
]
