"""Names of `tf.contrib` in TensorFlow 1.0 to 1.14 that 1.15 no longer had."""

from tfcompat_rnn.namespace.releases.rows import Changed
from tfcompat_rnn.namespace.releases.rows import Old
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import before_1_0

_SEQ2SEQ = "tfcompat_rnn.seq2seq.before_1_2"
_RELEASES = "tfcompat_rnn.namespace.releases"
_OPS = "contrib.seq2seq.python.ops"
_SLIM_LOSSES = "tfcompat_rnn.namespace.contrib.slim_copy.losses"

# Module of TensorFlow 1.0 -> (module here, exported names, others).
_SEQ2SEQ_1_0 = {
    "decoder_fn": ("decoder_fn", (
        "simple_decoder_fn_inference", "simple_decoder_fn_train"), ()),
    "attention_decoder_fn": ("attention_decoder_fn", (
        "attention_decoder_fn_inference", "attention_decoder_fn_train",
        "prepare_attention"), (
            "_create_attention_construct_fn", "_create_attention_score_fn",
            "_init_attention")),
    "seq2seq": ("decoding", ("dynamic_rnn_decoder",), ()),
}
# Names of TensorFlow 1.1 -> module here.
_WRAPPER = {"DynamicAttentionWrapper": "wrapper",
            "DynamicAttentionWrapperState": "wrapper"}
_MECHANISMS = ("AttentionMechanism", "BahdanauAttention", "LuongAttention")
_WRAPPER_PATH = f"{_OPS}.dynamic_attention_wrapper"
_DATASETS = ("Dataset", "FixedLengthRecordDataset", "Iterator",
             "TFRecordDataset", "TextLineDataset")


def _seq2seq_1_0():
  for old_module, (module, public, private) in _SEQ2SEQ_1_0.items():
    for name in public:
      yield Old(f"contrib.seq2seq.{name}", f"{_SEQ2SEQ}.{module}:{name}",
                "1.0", "1.0")
    for name in (*public, *private):
      yield Old(f"{_OPS}.{old_module}.{name}", f"{_SEQ2SEQ}.{module}:{name}",
                "1.0", "1.0")


def _losses():
  for module in ("contrib.losses", "contrib.losses.python.losses",
                 "contrib.losses.python.losses.loss_ops",
                 "contrib.slim.losses"):
    for name, arguments in before_1_0.CONTRIB_LOSSES.items():
      yield Changed(f"{module}.{name}", f"{_SLIM_LOSSES}:{name}", "0.12",
                    arguments, f"{_RELEASES}.forms:is_old_weight")


MODULES = [
    *(Module(f"{_OPS}.{name}") for name in _SEQ2SEQ_1_0),
    Module(_WRAPPER_PATH),
    Module("contrib.data.python.ops.dataset_ops"),
]

ROWS = [
    *_losses(),
    Old("contrib.learn.ops.one_hot_matrix", "tensorflow.compat.v1:one_hot",
        "0.7", "0.12", "tensor_in=indices num_classes=depth on_value "
        "off_value"),
    *_seq2seq_1_0(),
    *(Old(f"{module}.{name}", f"{_SEQ2SEQ}.{here}:{name}", "1.1", "1.1")
      for module in ("contrib.seq2seq", _WRAPPER_PATH)
      for name, here in _WRAPPER.items()),
    *(Old(f"{_WRAPPER_PATH}.{name}", f"{_SEQ2SEQ}.mechanisms:{name}",
          "1.1", "1.1") for name in _MECHANISMS),
    Old(f"{_WRAPPER_PATH}.hardmax", "tfcompat_rnn.seq2seq.scores:hardmax",
        "1.1", "1.1"),
    *(Old(f"{module}.{name}", f"{_RELEASES}.datasets:{name}", "1.2", "1.6")
      for module in ("contrib.data", "contrib.data.python.ops.dataset_ops")
      for name in _DATASETS),
    *(Old(f"{module}.RNNParamsSaveable",
          f"{_RELEASES}.cudnn:RNNParamsSaveable", "1.0", "1.3")
      for module in ("contrib.cudnn_rnn",
                     "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops")),
]

GAPS = [
    Gap("contrib.skflow.*",
        "was the first name of tf.contrib.learn and was already gone in "
        "TensorFlow 1.15", "use tf.contrib.learn.Estimator with a model_fn"),
    *(Gap(f"contrib.learn.{name}",
          "was in TensorFlow 0.7 to 0.11 and was already gone in TensorFlow "
          "1.15", "use tf.contrib.learn.Estimator with the same model_fn, or "
          "write one that calls tf.nn.static_rnn")
      for name in ("TensorFlowClassifier", "TensorFlowDNNClassifier",
                   "TensorFlowDNNRegressor", "TensorFlowEstimator",
                   "TensorFlowLinearClassifier", "TensorFlowLinearRegressor",
                   "TensorFlowRNNClassifier", "TensorFlowRNNRegressor",
                   "TensorFlowRegressor")),
    *(Gap(f"contrib.learn.models.{name}",
          "was in TensorFlow 0.7 to 0.12 and was already gone in TensorFlow "
          "1.15", "write a model_fn that calls tf.nn.static_rnn or "
          "tf.nn.static_bidirectional_rnn")
      for name in ("bidirectional_rnn", "get_rnn_model")),
    *(Gap(f"contrib.learn.{name}",
          "was in TensorFlow 0.7 to 0.12 and was already gone in TensorFlow "
          "1.15", step) for name, step in (
              ("models.get_dnn_model", "stack tf.layers.dense"),
              ("models.get_autoencoder_model", "stack tf.layers.dense"),
              ("ops.bidirectional_rnn", "use tf.nn.static_bidirectional_rnn"),
              ("ops.conv2d", "use tf.layers.conv2d"),
              ("ops.dropout", "use tf.nn.dropout"))),
]
