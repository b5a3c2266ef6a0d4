"""Parts of `tf.contrib` that are not supported, each with its next step.

A more specific row or module in another table takes precedence over these
gaps.
"""

from tfcompat_rnn.namespace.tables import Gap

_ORACLE = "run this part under TensorFlow 1.15"

# family -> description, next step.
_FAMILIES = {
    "all_reduce": ("gradient reduction over devices", "use "
                   "tf.distribute, or sum with tf.add_n"),
    "batching": ("batching of concurrent session.run calls",
                 "use tf.nondifferentiable_batch_function"),
    "bigtable": ("the Cloud Bigtable client", "use tensorflow_io"),
    "cloud": ("Google Cloud readers", "use tensorflow_io"),
    "compiler": ("XLA scopes", "use tf.xla.experimental"),
    "constrained_optimization": ("constrained optimizers",
                                 "use tensorflow_constrained_optimization"),
    "copy_graph": ("copying of graph elements",
                   "use tf.train.export_meta_graph and "
                   "tf.train.import_meta_graph"),
    "data": ("dataset transformations", "use tf.data.experimental"),
    "decision_trees": ("decision tree protos", _ORACLE),
    "deprecated": ("summary functions from before TensorFlow 1.0",
                   "use tf.summary.scalar, .histogram, .image, .audio"),
    "distribute": ("distribution strategies", "train on one device: leave "
                   "train_distribute and eval_distribute out of RunConfig"),
    "feature_column": ("sequence feature columns", "use tf.feature_column"),
    "framework": ("variable and checkpoint helpers",
                  "use the public names of tf.contrib.framework, or "
                  + _ORACLE),
    "fused_conv": ("fused convolutions", "use tf.nn.conv2d and "
                   "tf.nn.bias_add"),
    "hadoop": ("Hadoop sequence files", "use tensorflow_io"),
    "ignite": ("the Apache Ignite client", "use tensorflow_io"),
    "input_pipeline": ("input pipelines", "use tf.data"),
    "kafka": ("the Kafka client", "use tensorflow_io"),
    "kernel_methods": ("kernel methods", "use tf.keras.layers.experimental."
                       "RandomFourierFeatures, or " + _ORACLE),
    "kinesis": ("the Kinesis client", "use tensorflow_io"),
    "labeled_tensor": ("tensors with named axes", _ORACLE),
    "libsvm": ("the libsvm format", "use sklearn.datasets."
               "load_svmlight_file"),
    "linear_optimizer": ("SDCA", "use tf.train.sdca_optimizer, or "
                         + _ORACLE),
    "meta_graph_transform": ("meta graph transforms", _ORACLE),
    "model_pruning": ("pruning", "use tensorflow_model_optimization"),
    "nearest_neighbor": ("hyperplane hashing", _ORACLE),
    "nn": ("sampled losses and alpha dropout", "use tf.nn"),
    "optimizer_v2": ("an early version of optimizers v2",
                     "use the optimizers of tf.train"),
    "periodic_resample": ("periodic resampling", _ORACLE),
    "predictor": ("predictors from saved models",
                  "use tf.saved_model.loader.load in a session"),
    "proto": ("proto encoding", "use tf.io.decode_proto, tf.io.encode_proto"),
    "quantization": ("quantized ops", "use tf.quantization"),
    "receptive_field": ("receptive fields", _ORACLE),
    "reduce_slice_ops": ("reduction over slices", "use "
                         "tf.math.segment_sum and similar functions"),
    "remote_fused_graph": ("remote graphs", _ORACLE),
    "rpc": ("remote procedure calls", _ORACLE),
    "saved_model": ("Keras saved models", "use tf.saved_model"),
    "seq2seq": ("attention, decoders, helpers and beam search",
                "use the public names of tf.contrib.seq2seq, all of which "
                "are supported, or " + _ORACLE),
    "session_bundle": ("session bundles", "use tf.saved_model"),
    "signal": ("signal processing", "use tf.signal"),
    "solvers": ("iterative linear solvers", "use tf.linalg"),
    "sparsemax": ("sparsemax", "use tensorflow_addons.activations."
                  "sparsemax"),
    "specs": ("network specifications", _ORACLE),
    "staging": ("staging areas", "use tf.data's prefetch"),
    "stat_summarizer": ("run statistics", "use tf.profiler"),
    "stateless": ("stateless random numbers", "use tf.random."
                  "stateless_uniform and similar functions"),
    "tensorboard": ("TensorBoard's plugins", "pip install tensorboard, and "
                    "use tensorboard.plugins.projector"),
    "testing": ("test helpers", "use tf.test"),
    "text": ("skip-gram sampling", "use tf.random and tf.nn, or "
             "tensorflow_text"),
    "tfprof": ("the profiler", "use tf.profiler"),
    "util": ("graph and session helpers", "use tf.make_ndarray, "
             "tf.make_tensor_proto, tf.get_static_value"),
}

GAPS = [
    *(Gap(f"contrib.{name}.*",
          f"was in TensorFlow 1.15 (tf.contrib.{name}: {what}) and is not "
          "supported here", step)
      for name, (what, step) in _FAMILIES.items()),
]
