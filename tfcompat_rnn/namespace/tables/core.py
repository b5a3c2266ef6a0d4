"""`tf.*` outside contrib: what differs from today's `tf.compat.v1`.

All public modules of 1.15.5 were compared with `tf.compat.v1` of TensorFlow
2.16, 2.18 and 2.21. Everything that is not in these rows or gaps still exists.
"""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables.python import LEGACY_SEQ2SEQ
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
    *(Row(f"nn.{name}", f"tfcompat_rnn.namespace.signatures:{name}")
      for name in ("sigmoid_cross_entropy_with_logits",
                   "softmax_cross_entropy_with_logits",
                   "sparse_softmax_cross_entropy_with_logits")),
    Row("nn.dropout", "tfcompat_rnn.cells._dropout:dropout_1_15"),
    *(Row(f"nn.rnn_cell.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CELLS),
    *(Row(f"nn.rnn_cell.{old}", new)
      for old, new in OLDER_CELL_NAMES.items()),
    *(Row(f"nn.{name}", f"tfcompat_rnn.loops:{name}") for name in _LOOPS),
    # Its names before 1.0, and in TensorFlow 0.5 and 0.6.
    *(Row(f"{module}.{name}", f"tfcompat_rnn.seq2seq.legacy.before_1_0:{name}")
      for module in ("nn.seq2seq", "models.rnn.seq2seq")
      for name in LEGACY_SEQ2SEQ),
    *(Row(name, f"tfcompat_rnn.namespace.behavior:{name}")
      for name in _BEHAVIOR),
    Row("train.Saver", "tfcompat_rnn.checkpoints.fallback:Saver"),
    Row("version.VERSION", "tfcompat_rnn.tf1:VERSION"),
    Row("version.GIT_VERSION", "tfcompat_rnn.tf1:GIT_VERSION"),
]

# Names from before 1.0 that 1.15 itself no longer had.
_SUCCESSORS = {
    "audio_summary": "tf.summary.audio",
    "batch_cholesky": "tf.cholesky",
    "batch_fft": "tf.fft",
    "batch_fft2d": "tf.fft2d",
    "batch_fft3d": "tf.fft3d",
    "batch_ifft": "tf.ifft",
    "batch_matmul": "tf.matmul",
    "batch_matrix_band_part": "tf.matrix_band_part",
    "batch_matrix_determinant": "tf.matrix_determinant",
    "batch_matrix_diag": "tf.matrix_diag",
    "batch_matrix_inverse": "tf.matrix_inverse",
    "batch_matrix_solve": "tf.matrix_solve",
    "batch_matrix_solve_ls": "tf.matrix_solve_ls",
    "batch_matrix_transpose": "tf.matrix_transpose",
    "batch_matrix_triangular_solve": "tf.matrix_triangular_solve",
    "batch_self_adjoint_eig": "tf.self_adjoint_eig",
    "batch_svd": "tf.svd",
    "histogram_summary": "tf.summary.histogram",
    "image_summary": "tf.summary.image",
    "merge_all_summaries": "tf.summary.merge_all",
    "merge_summary": "tf.summary.merge",
    "models.*": "tf.contrib.rnn and tf.contrib.legacy_seq2seq",
    "nn.bidirectional_rnn": "tf.nn.static_bidirectional_rnn",
    "nn.deconv2d": "tf.nn.conv2d_transpose",
    "nn.rnn": "tf.nn.static_rnn",
    "nn.state_saving_rnn": "tf.nn.static_state_saving_rnn",
    "scalar_summary": "tf.summary.scalar",
    "train.SummaryWriter": "tf.summary.FileWriter",
    "train.SummaryWriterCache": "tf.summary.FileWriterCache",
}

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
    *(Gap(old, _GONE, f"use {new}, which replaced it in TensorFlow 1.0")
      for old, new in _SUCCESSORS.items()),
    Gap("tensorboard.*", _GONE,
        "pip install tensorboard, and import tensorboard"),
    Gap("tools.*", "was in TensorFlow 1.15 (programs and libraries around "
        "TensorFlow) and is not supported here",
        "run this part under TensorFlow 1.15"),
    Gap("models", _GONE,
        "use tf.contrib.rnn and tf.contrib.legacy_seq2seq, which replaced it "
        "in TensorFlow 1.0"),
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
