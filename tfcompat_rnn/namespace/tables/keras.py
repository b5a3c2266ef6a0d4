"""`tf.keras`: the v1 API of tf_keras, and what that lacks of 1.15."""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.keras"
_SCHEDULES = "tf_keras.src.optimizers.schedules.learning_rate_schedule"

# The names that tf_keras has nowhere.
MISSING = {
    "utils.HDF5Matrix": (
        "read arrays from an HDF5 file, and was removed from Keras in 2020",
        "read the array with h5py.File(path)[name][:]"),
    "utils.convert_all_kernels_in_model": (
        "turned around the kernels of Theano models",
        "convert the weights under TensorFlow 1.15"),
    "experimental.export_saved_model": (
        "was an experiment of 1.15", "use tf.keras.models.save_model"),
    "experimental.load_from_saved_model": (
        "was an experiment of 1.15", "use tf.keras.models.load_model"),
    "experimental.terminate_keras_multiprocessing_pools": (
        "was an experiment of 1.15", "call fit with use_multiprocessing=False"),
}

# Modules that only the stand-alone package had under these names.
_LAYER_MODULES = """
    advanced_activations convolutional convolutional_recurrent core
    cudnn_recurrent embeddings local merge noise normalization pooling
    recurrent wrappers
""".split()
_UTILS_MODULES = """
    conv_utils data_utils generic_utils io_utils layer_utils np_utils
    vis_utils
""".split()
_TOPOLOGY = {
    "engine.base_layer": "Layer", "engine.input_spec": "InputSpec",
    "engine.input_layer": "Input InputLayer",
    "utils.layer_utils": "get_source_inputs",
}

MODULES = [
    Module("keras.engine.topology"),
    Module("keras", f"{_OURS}.api"),
    Module("keras.premade", "tf_keras.src.premade_models"),
    Module("keras.wrappers"),
    Module("keras.wrappers.scikit_learn", f"{_OURS}.scikit_learn"),
]

ALIASES = [
    # tf.contrib.keras had these two paths.
    Alias("keras.api.keras", "keras"),
    Alias("keras.python.keras", "python.keras"),
    *(Alias(f"keras.engine.{name}", f"python.keras.engine.{name}")
      for name in ("base_layer", "input_layer", "network", "saving",
                   "sequential", "training")),
    *(Alias(f"keras.layers.{name}", f"python.keras.layers.{name}")
      for name in _LAYER_MODULES),
    *(Alias(f"keras.utils.{name}", f"python.keras.utils.{name}")
      for name in _UTILS_MODULES),
    Alias("keras.objectives", "keras.losses"),
    Alias("keras.backend.tensorflow_backend", "python.keras.backend"),
]

ROWS = [
    Row("keras.utils.multi_gpu_model", f"{_OURS}.replicas:multi_gpu_model"),
    *(Row(f"keras.{module}.{name}", f"tf_keras.src.{place}:{name}")
      for module in ("engine", "engine.topology")
      for place, names in _TOPOLOGY.items() for name in names.split()),
    *(Row(f"keras.{module}.{name}", "tf_keras.src.engine.functional:Functional")
      for module, name in (("engine", "Network"),
                           ("engine.topology", "Network"),
                           ("engine.topology", "Container"))),
    Row("keras.engine.Model", "tf_keras.src.engine.training:Model"),
    Row("keras.__version__", f"{_OURS}.api:VERSION"),
    # A name of tf.contrib.keras.
    Row("keras.metrics.cosine_similarity",
        "tf_keras.src.losses:cosine_similarity"),
    Row("keras.experimental.LinearCosineDecay",
        f"{_SCHEDULES}:LinearCosineDecay"),
    Row("keras.experimental.NoisyLinearCosineDecay",
        f"{_SCHEDULES}:NoisyLinearCosineDecay"),
    Row("keras.experimental.PeepholeLSTMCell",
        f"{_OURS}.cells:PeepholeLSTMCell"),
    *(Row(f"keras.wrappers.scikit_learn.{name}",
          f"{_OURS}.scikit_learn:{name}")
      for name in ("KerasClassifier", "KerasRegressor")),
]

GAPS = [
    *(Gap(f"keras.{name}", reason, step)
      for name, (reason, step) in MISSING.items()),
    Gap("keras.mixed_precision.experimental.*",
        "was an experiment of 1.15 with float16",
        "train in float32, or use tf_keras.mixed_precision in a program for "
        "TensorFlow 2"),
]
