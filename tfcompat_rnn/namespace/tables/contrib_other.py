"""The rest of `tf.contrib`: names that moved to core, and refused ones."""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.contrib"
_V1 = "tensorflow.compat.v1"

_SIGNAL = (
    "frame", "hamming_window", "hann_window", "inverse_stft",
    "inverse_stft_window_fn", "linear_to_mel_weight_matrix",
    "mfccs_from_log_mel_spectrograms", "overlap_and_add", "stft")
_PROJECTOR = ("EmbeddingInfo", "ProjectorConfig", "SpriteMetadata",
              "visualize_embeddings")
_STATELESS = {
    "stateless_multinomial": "random.stateless_multinomial",
    "stateless_random_normal": "random.stateless_normal",
    "stateless_random_uniform": "random.stateless_uniform",
    "stateless_truncated_normal": "random.stateless_truncated_normal"}

MODULES = [
    Module("contrib.compiler"),
    Module("contrib.compiler.jit"),
    Module("contrib.compiler.xla"),
    Module("contrib.nn"),
    Module("contrib.signal"),
    Module("contrib.staging"),
    Module("contrib.stateless"),
    Module("contrib.tensorboard.plugins.projector"),
    Module("contrib.tfprof"),
    Module("contrib.tfprof.model_analyzer", f"{_OURS}.profiling"),
    Module("contrib.tfprof.tfprof_logger",
           "private.tfprof_logger"),
    Module("contrib.tfprof.python.tools.tfprof.model_analyzer",
           f"{_OURS}.profiling"),
    Module("contrib.tfprof.python.tools.tfprof.tfprof_logger",
           "private.tfprof_logger"),
    Module("contrib.util"),
    Module("contrib.deprecated"),
]

ALIASES = [
    Alias("contrib.autograph", "python.autograph"),
]

ROWS = [
    *(Row(f"contrib.hooks{module}.ProfilerHook", f"{_V1}:train.ProfilerHook")
      for module in ("", ".python", ".python.training",
                     ".python.training.profiler_hook")),
    *(Row(f"contrib.signal.{name}", f"{_V1}:signal.{name}")
      for name in _SIGNAL),
    *(Row(f"contrib.tensorboard.plugins.projector.{name}",
          f"{_OURS}.projector:{name}") for name in _PROJECTOR),
    *(Row(f"contrib.stateless.{old}", f"{_V1}:{new}")
      for old, new in _STATELESS.items()),
    *(Row(f"contrib.deprecated.{name}",
          f"private.logging_ops:{name}")
      for name in ("audio_summary", "histogram_summary", "image_summary",
                   "merge_all_summaries", "merge_summary",
                   "scalar_summary")),
    Row("contrib.graph_editor.get_backward_walk_ops",
        f"{_OURS}.walks:get_backward_walk_ops"),
    Row("contrib.staging.StagingArea",
        "private.data_flow_ops:StagingArea"),
    Row("contrib.compiler.jit.experimental_jit_scope",
        f"{_V1}:xla.experimental.jit_scope"),
    Row("contrib.compiler.xla.compile", f"{_V1}:xla.experimental.compile"),
    Row("contrib.nn.conv1d_transpose", f"{_V1}:nn.conv1d_transpose"),
    Row("contrib.nn.nth_element",
        "private.nn_ops:nth_element"),
    Row("contrib.util.constant_value", f"{_V1}:get_static_value"),
    Row("contrib.util.make_ndarray", f"{_V1}:make_ndarray"),
    Row("contrib.util.make_tensor_proto", f"{_V1}:make_tensor_proto"),
    Row("contrib.util.ops_used_by_graph_def",
        "private.meta_graph:ops_used_by_graph_def"),
    Row("contrib.util.stripped_op_list_for_graph",
        "private.meta_graph:stripped_op_list_for_graph"),
]

_PROBABILITY = (
    "TensorFlow kept only the classes of tf.distributions from this family",
    "pip install tensorflow-probability and use "
    "tensorflow_probability.distributions")

GAPS = [
    Gap("contrib.bayesflow.*", *_PROBABILITY),
    *(Gap(f"contrib.{name}.*", reason, step) for name, reason, step in (
        ("boosted_trees", "its ops were part of TensorFlow 1.15's contrib "
         "library", "use scikit-learn's gradient boosting"),
        ("coder", "its ops were part of TensorFlow 1.15's contrib library",
         "use the tensorflow-compression package"),
        ("factorization", "its ops were part of TensorFlow 1.15's contrib "
         "library", "use scikit-learn's clustering and factorization"),
        ("ffmpeg", "its ops were part of TensorFlow 1.15's contrib library",
         "decode with tf.audio.decode_wav or the ffmpeg program"),
        ("gan", "it is a separate package now",
         "pip install tensorflow-gan"),
        ("graph_editor", "it edited private parts of the graph that no "
         "longer exist", "use tf.graph_util and tf.import_graph_def"),
        ("integrate", "the ODE solver of contrib is not supported",
         "use scipy.integrate or tensorflow_probability.math.ode"),
        ("memory_stats", "its ops were part of TensorFlow 1.15's contrib "
         "library", "read tf.config.experimental.get_memory_info(device)"),
        ("mixed_precision", "its loss-scale optimizers are not supported",
         "use tf.train.experimental.enable_mixed_precision_graph_rewrite"),
        ("quantize", "the graph rewriter is not supported",
         "use the tensorflow-model-optimization package"),
        ("resampler", "its op was part of TensorFlow 1.15's contrib library",
         "use tf.gather_nd with interpolation weights"),
        ("tensor_forest", "its ops were part of TensorFlow 1.15's contrib "
         "library", "use scikit-learn's forests"),
        ("tensorrt", "it is part of TensorFlow's own builds for TensorRT",
         "use tf.compat.v2.experimental.tensorrt"),
        ("timeseries", "its estimators are not supported",
         "build the model with tf.nn.dynamic_rnn"))),
]
