"""`tensorflow.python.keras.*`: private paths of 1.15's Keras in tf_keras."""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables import keras

_SOURCE = "tf_keras.src"
_OLD = "python.keras"
_API = "tf_keras.api._v1.keras"

# Modules whose counterpart has the same path below tf_keras.src.
_SAME = """
    activations applications applications.densenet
    applications.imagenet_utils applications.inception_resnet_v2
    applications.inception_v3 applications.mobilenet
    applications.mobilenet_v2 applications.nasnet applications.resnet
    applications.resnet_v2 applications.vgg16 applications.vgg19
    applications.xception backend backend_config callbacks callbacks_v1
    constraints datasets datasets.boston_housing datasets.cifar
    datasets.cifar10 datasets.cifar100 datasets.fashion_mnist datasets.imdb
    datasets.mnist datasets.reuters engine engine.base_layer
    engine.base_layer_utils engine.base_preprocessing_layer
    engine.data_adapter engine.input_layer engine.input_spec engine.node
    engine.partial_batch_padding_handler engine.sequential engine.training
    layers.core layers.kernelized layers.noise layers.pooling
    losses metrics models preprocessing
    preprocessing.image preprocessing.sequence preprocessing.text
    regularizers utils utils.conv_utils utils.data_utils
    utils.generic_utils utils.io_utils utils.kernelized_utils
    utils.layer_utils utils.losses_utils utils.metrics_utils
    utils.mode_keys utils.np_utils utils.tf_utils utils.vis_utils
""".split()

# 1.15 module -> the module that has (most of) its names now.
_MOVED = {
    "initializers": f"{_API}.initializers",
    "layers": f"{_API}.layers",
    "layers.advanced_activations": f"{_API}.layers",
    "layers.convolutional": f"{_API}.layers",
    "layers.embeddings": f"{_API}.layers",
    "layers.local": f"{_SOURCE}.layers.locally_connected."
                    "locally_connected_utils",
    "layers.merge": f"{_API}.layers",
    "layers.serialization": f"{_API}.layers",
    "layers.wrappers": f"{_API}.layers",
    "layers.recurrent_v2": f"{_SOURCE}.layers.rnn.gru_lstm_utils",
    "layers.rnn_cell_wrapper_v2": f"{_SOURCE}.layers.rnn.cell_wrappers",
    "distribute.distributed_training_utils":
        f"{_SOURCE}.distribute.distributed_training_utils_v1",
    "engine.saving": f"{_SOURCE}.saving.legacy.hdf5_format",
    "engine.training_arrays": f"{_SOURCE}.engine.training_arrays_v1",
    "engine.training_eager": f"{_SOURCE}.engine.training_eager_v1",
    "engine.training_generator": f"{_SOURCE}.engine.training_generator_v1",
    "engine.training_utils": f"{_SOURCE}.engine.training_utils_v1",
    "optimizer_v2.learning_rate_schedule":
        f"{_SOURCE}.optimizers.schedules.learning_rate_schedule",
    "optimizer_v2.optimizer_v2": f"{_SOURCE}.optimizers.legacy.optimizer_v2",
    **{f"optimizer_v2.{name}": f"{_SOURCE}.optimizers.legacy.{name}"
       for name in ("adadelta", "adagrad", "adam", "adamax", "ftrl",
                    "gradient_descent", "nadam", "rmsprop")},
    "optimizers": f"{_SOURCE}.optimizers.optimizer_v1",
    "premade": f"{_SOURCE}.premade_models",
    "saving": f"{_SOURCE}.saving.legacy.hdf5_format",
    "saving.hdf5_format": f"{_SOURCE}.saving.legacy.hdf5_format",
    "saving.model_config": f"{_SOURCE}.saving.legacy.model_config",
    "saving.save": f"{_SOURCE}.saving.legacy.save",
    **{f"saving.saved_model.{name}":
           f"{_SOURCE}.saving.legacy.saved_model.{name}"
       for name in ("constants", "load", "save", "serialized_attributes",
                    "utils")},
    "saving.saving_utils": f"{_SOURCE}.saving.legacy.saving_utils",
    "wrappers.scikit_learn": "tfcompat_rnn.namespace.keras.scikit_learn",
}

_LAYER = {"InputSpec": "engine.input_spec", "Layer": "engine.base_layer"}
_SERIAL = "saving.legacy.serialization"

# 1.15 module -> {place below tf_keras.src: names}.
_PLACES = {
    "": {"engine.input_layer": "Input", "engine.training": "Model",
         "engine.sequential": "Sequential"},
    "activations": {
        _SERIAL: "deserialize_keras_object serialize_keras_object"},
    "applications": {"applications.imagenet_utils":
                     "decode_predictions preprocess_input"},
    "engine": {"engine.input_layer": "Input InputLayer",
               "engine.input_spec": "InputSpec",
               "engine.base_layer": "Layer",
               "utils.layer_utils": "get_source_inputs"},
    "engine.base_layer": {"engine.input_spec": "InputSpec",
                          "engine.node": "KerasHistory",
                          _SERIAL: "serialize_keras_object"},
    "engine.network": {"engine.functional": "Functional"},
    "engine.saving": {
        "saving.legacy.save": "load_model save_model",
        "saving.legacy.model_config":
            "model_from_config model_from_json model_from_yaml"},
    "engine.training_utils": {"utils.generic_utils": "slice_arrays"},
    "layers.serialization": {"layers.serialization": "deserialize serialize"},
    "initializers": {
        _SERIAL: "deserialize_keras_object serialize_keras_object"},
    "layers.convolutional": {
        "layers.convolutional.base_conv": "Conv",
        "layers.convolutional.base_separable_conv": "SeparableConv"},
    "layers.convolutional_recurrent": {
        "layers.rnn.conv_lstm2d": "ConvLSTM2D",
        "layers.rnn.dropout_rnn_cell_mixin": "DropoutRNNCellMixin",
        "layers.rnn.base_rnn": "RNN"},
    "layers.cudnn_recurrent": {"layers.rnn.cudnn_gru": "CuDNNGRU",
                               "layers.rnn.cudnn_lstm": "CuDNNLSTM",
                               "layers.rnn.base_rnn": "RNN"},
    "layers.dense_attention": {
        "layers.attention.additive_attention": "AdditiveAttention",
        "layers.attention.attention": "Attention",
        "layers.attention.base_dense_attention": "BaseDenseAttention"},
    "layers.local": {
        "layers.locally_connected.locally_connected1d": "LocallyConnected1D",
        "layers.locally_connected.locally_connected2d": "LocallyConnected2D"},
    "layers.normalization": {
        "layers.normalization.batch_normalization_v1": "BatchNormalization",
        "layers.normalization.batch_normalization": "BatchNormalizationBase",
        "layers.normalization.layer_normalization": "LayerNormalization"},
    "layers.normalization_v2": {
        "layers.normalization.batch_normalization": "BatchNormalization"},
    "layers.pooling": {
        **{f"layers.pooling.base_pooling{rank}d": f"Pooling{rank}D"
           for rank in (1, 2, 3)},
        **{f"layers.pooling.base_global_pooling{rank}d": f"GlobalPooling{rank}D"
           for rank in (1, 2, 3)}},
    "layers.recurrent": {
        "layers.rnn.abstract_rnn_cell": "AbstractRNNCell",
        "layers.rnn.base_rnn": "RNN",
        "layers.rnn.dropout_rnn_cell_mixin": "DropoutRNNCellMixin",
        "layers.rnn.gru_v1": "GRU GRUCell",
        "layers.rnn.lstm_v1": "LSTM LSTMCell",
        "layers.rnn.simple_rnn": "SimpleRNN SimpleRNNCell",
        "layers.rnn.stacked_rnn_cells": "StackedRNNCells"},
    "layers.recurrent_v2": {
        "layers.rnn.gru": "GRU GRUCell standard_gru "
                          "gru_with_backend_selection",
        "layers.rnn.lstm": "LSTM LSTMCell standard_lstm "
                           "lstm_with_backend_selection"},
    "layers.rnn_cell_wrapper_v2": {
        "layers.rnn.abstract_rnn_cell": "AbstractRNNCell"},
    "layers.wrappers": {"layers.rnn.base_wrapper": "Wrapper"},
    "metrics": {"utils.generic_utils": "to_list"},
    "models": {"saving.object_registration": "CustomObjectScope",
               "engine.input_layer": "Input InputLayer"},
    "optimizer_v2.rmsprop": {"optimizers.legacy.rmsprop": "RMSprop RMSProp"},
    "optimizers": {"optimizers": "deserialize get serialize"},
    "preprocessing.image": {
        "utils.image_utils": "array_to_img img_to_array load_img save_img"},
    "preprocessing.sequence": {"utils.data_utils": "pad_sequences"},
    "premade.linear": {"premade_models.linear": "LinearModel"},
    "premade.wide_deep": {"premade_models.wide_deep": "WideDeepModel"},
    "saving": {"saving.legacy.save": "load_model save_model",
               "saving.legacy.model_config":
                   "model_from_config model_from_json model_from_yaml"},
    "utils": {
        "utils.layer_utils": "print_summary",
        _SERIAL: "class_and_config_for_serialized_keras_object "
                 "serialize_keras_class_and_config"},
    "utils.generic_utils": {
        "saving.object_registration":
            "CustomObjectScope custom_object_scope get_custom_objects",
        _SERIAL: "class_and_config_for_serialized_keras_object "
                 "deserialize_keras_object serialize_keras_class_and_config "
                 "serialize_keras_object"},
    "utils.tf_utils": {"utils.control_flow_util": "constant_value smart_cond"},
}
# Modules whose layers had these two beside them.
_WITH_LAYER = """
    layers.advanced_activations layers.convolutional
    layers.convolutional_recurrent layers.core layers.cudnn_recurrent
    layers.dense_attention layers.embeddings layers.local layers.merge
    layers.noise layers.normalization layers.pooling layers.recurrent
    layers.recurrent_v2 layers.wrappers metrics models
""".split()

# 1.15 name -> place and name below tf_keras.src, where the two differ.
_RENAMED = {
    "engine.network.Network": "engine.functional:Functional",
    "layers.recurrent._generate_zero_filled_state":
        "layers.rnn.rnn_utils:generate_zero_filled_state",
    "layers.recurrent._generate_zero_filled_state_for_cell":
        "layers.rnn.rnn_utils:generate_zero_filled_state_for_cell",
    "layers.recurrent._is_multiple_state":
        "layers.rnn.rnn_utils:is_multiple_state",
    "layers.recurrent._standardize_args":
        "layers.rnn.rnn_utils:standardize_args",
    "layers.recurrent._caching_device": "layers.rnn.rnn_utils:caching_device",
    "layers.convolutional_recurrent.ConvRNN2D":
        "layers.rnn.base_conv_rnn:ConvRNN",
    "layers.convolutional_recurrent.ConvLSTM2DCell":
        "layers.rnn.base_conv_lstm:ConvLSTMCell",
    "layers.GRU_v2": "layers.rnn.gru:GRU",
    "layers.GRUCell_v2": "layers.rnn.gru:GRUCell",
    "layers.LSTM_v2": "layers.rnn.lstm:LSTM",
    "layers.LSTMCell_v2": "layers.rnn.lstm:LSTMCell",
    "losses.cosine_proximity": "losses:cosine_similarity",
    "engine.training_arrays.fit_loop": "engine.training_arrays_v1:fit_loop",
}


def _join(*parts):
  return ".".join(part for part in parts if part)


MODULES = [
    Module(_OLD, "tfcompat_rnn.namespace.keras.api"),
    *(Module(f"{_OLD}.{name}", f"{_SOURCE}.{name}") for name in _SAME),
    *(Module(f"{_OLD}.{name}", source) for name, source in _MOVED.items()),
    *(Module(f"{_OLD}.{name}") for name in _PLACES
      if name and name not in _SAME and name not in _MOVED),
]

ALIASES = [
    *(Alias(f"{_OLD}.{name}", "keras")
      for name in ("api.keras", "api._v1.keras", "api._v2.keras",
                   "_impl.keras", "_impl.keras.api.keras")),
]

ROWS = [
    *(Row(f"{_OLD}.{module}.multi_gpu_model",
          "tfcompat_rnn.namespace.keras.replicas:multi_gpu_model")
      for module in ("utils", "utils.multi_gpu_utils")),
    *(Row(_join(_OLD, module, name), f"{_SOURCE}.{place}:{name}")
      for module, places in _PLACES.items()
      for place, names in places.items() for name in names.split()
      if name != "Functional"),
    *(Row(f"{_OLD}.{module}.{name}", f"{_SOURCE}.{place}:{name}")
      for module in _WITH_LAYER for name, place in _LAYER.items()),
    *(Row(f"{_OLD}.{old}", f"{_SOURCE}.{new}")
      for old, new in _RENAMED.items()),
    *(Row(f"{_OLD}.{module}.PeepholeLSTMCell",
          "tfcompat_rnn.namespace.keras.cells:PeepholeLSTMCell")
      for module in ("layers", "layers.recurrent")),
]

GAPS = [
    *(Gap(f"{_OLD}.{name}", reason, step)
      for name, (reason, step) in keras.MISSING.items()
      if name.startswith("utils.")),
    Gap(f"{_OLD}.mixed_precision.experimental.*",
        "was an experiment of 1.15 with float16",
        "train in float32, or use tf_keras.mixed_precision in a program for "
        "TensorFlow 2"),
    Gap(f"{_OLD}.engine.training_v2.*",
        "was Keras's new training loop, and was replaced in 2020",
        "call model.fit"),
    Gap(f"{_OLD}.engine.training_v2_utils.*",
        "was part of Keras's new training loop, and was replaced in 2020",
        "call model.train_on_batch"),
    Gap(f"{_OLD}.keras_parameterized.*",
        "was part of TensorFlow's own tests", "write the test with unittest"),
    Gap(f"{_OLD}.testing_utils.*",
        "was part of TensorFlow's own tests", "write the test with unittest"),
]
