"""`tf.*` outside contrib: what differs from today's `tf.compat.v1`.

All public modules of 1.15.5 were compared with `tf.compat.v1` of TensorFlow
2.16, 2.18 and 2.21. Everything that is not in these rows or gaps still exists.
"""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables.python import OLDER_CELL_NAMES

_CELLS = (
    "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper",
    "GRUCell", "LSTMCell", "LSTMStateTuple", "MultiRNNCell", "RNNCell",
    "ResidualWrapper")

_LOOPS = (
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

_BEHAVIOR = (
    "disable_eager_execution", "disable_v2_behavior",
    "enable_eager_execution", "enable_v2_behavior")

MODULES = [
    Module("nn.rnn_cell"),
    Module("layers", "tfcompat_rnn.namespace.layers"),
    Module("lite.python", "private.lite_python"),
    Module("examples.tutorials.mnist.input_data",
           "tfcompat_rnn.datasets.mnist"),
]

ALIASES = [
    Alias("compat.v1", ""),
    Alias("pywrap_tensorflow", "python.pywrap_tensorflow"),
]

ROWS = [
    Row("compat.v2", "tensorflow.compat.v2"),
    Row("core", "private.core"),
    Row("nn.dropout", "tfcompat_rnn.cells._dropout:dropout_1_15"),
    *(Row(f"nn.rnn_cell.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CELLS),
    *(Row(f"nn.rnn_cell.{old}", new)
      for old, new in OLDER_CELL_NAMES.items()),
    *(Row(f"nn.{name}", f"tfcompat_rnn.loops:{name}") for name in _LOOPS),
    *(Row(f"{module}.top_k", "tfcompat_rnn.namespace.signatures:top_k")
      for module in ("nn", "math")),
    *(Row(name, f"tfcompat_rnn.namespace.behavior:{name}")
      for name in _BEHAVIOR),
    # TensorFlow's end the process, or refuse a batch without rows.
    *(Row(f"raw_ops.{name}", f"tfcompat_rnn.cells.kernels:{function}")
      for name, function in (("BlockLSTM", "block_lstm"),
                             ("BlockLSTMV2", "block_lstm_v2"),
                             ("LSTMBlockCell", "lstm_block_cell"))),
    Row("train.Saver", "tfcompat_rnn.checkpoints.fallback:Saver"),
    Row("train.init_from_checkpoint",
        "tfcompat_rnn.checkpoints.initializing:init_from_checkpoint"),
    Row("train.warm_start",
        "tfcompat_rnn.checkpoints.initializing:warm_start"),
    # The generated package behind tf; editors insert such imports.
    Row("_api.v1", "tfcompat_rnn.tf1"),
    Row("version.VERSION", "tfcompat_rnn.tf1:VERSION"),
    Row("version.GIT_VERSION", "tfcompat_rnn.tf1:GIT_VERSION"),
]

_TPU_PARAMETERS = ("AdagradParameters", "AdamParameters",
                   "StochasticGradientDescentParameters")

_STATISTICS = (
    "CheckpointInputPipelineHook", "MapVectorizationOptions",
    "StatsAggregator", "StatsOptions", "bytes_produced_stats",
    "latency_stats")

_EMBEDDING_OPTIMIZERS = (
    "ADAM", "Adadelta", "Adagrad", "FTRL", "Momentum", "ProximalAdagrad",
    "RMSProp")

_GONE = "was already gone in TensorFlow 1.15"

GAPS = [
    Gap("tensorboard.*", _GONE,
        "pip install tensorboard, and import tensorboard"),
    Gap("tools.*", "was in TensorFlow 1.15 (programs and libraries around "
        "TensorFlow) and is not supported here",
        "run this part under TensorFlow 1.15"),
    Gap("compiler.*", "was in TensorFlow 1.15 (internals of XLA and TensorRT) "
        "and is not supported here", "use tf.xla.experimental"),
    Gap("include", "was in TensorFlow 1.15 (header files) and has nothing to "
        "import", "use tf.sysconfig.get_include() for their folder"),
    *(Gap(f"lite.{package}.*", "was in TensorFlow 1.15 (internals of "
          "TensorFlow Lite) and is not supported here",
          "use tf.lite.TFLiteConverter and tf.lite.Interpreter")
      for package in ("experimental.examples", "experimental.microfrontend",
                      "experimental.tensorboard", "toco")),
    Gap("config.experimental_list_devices",
        "was in TensorFlow 1.15 and is not in TensorFlow 2",
        "use tf.config.experimental.list_logical_devices()"),
    *(Gap(f"data.experimental.{name}",
          "was experimental in TensorFlow 1.15 and is not in TensorFlow 2",
          "leave it out; it does not change what the dataset yields")
      for name in _STATISTICS),
    Gap("lite.experimental.nn.*",
        "was in TensorFlow 1.15 and is not in TensorFlow 2",
        "convert the model with TensorFlow 1.15"),
    Gap("lite.experimental.get_potentially_supported_ops",
        "was in TensorFlow 1.15 and is not in TensorFlow 2",
        "convert the model with TensorFlow 1.15"),
    *(Gap(f"tpu.experimental.{name}",
          "was in TensorFlow 1.15 (TPU Estimator) and is not in TensorFlow 2",
          "run this part under TensorFlow 1.15")
      for name in _TPU_PARAMETERS),
    Gap("raw_ops.CompareAndBitpack",
        "was in TensorFlow 1.15 and is not exported by TensorFlow 2",
        "compare and pack with tf.greater and tf.bitwise"),
    *(Gap(f"raw_ops.{verb}TPUEmbedding{name}ParametersGradAccumDebug",
          "was in TensorFlow 1.15 (TPU) and is not in TensorFlow 2",
          "run this part under TensorFlow 1.15")
      for verb in ("Load", "Retrieve") for name in _EMBEDDING_OPTIMIZERS),
]
