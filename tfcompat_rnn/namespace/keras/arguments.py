"""Arguments whose name or place has changed since 1.15."""

from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change

_CONV = ("filters", "kernel_size", "strides", "padding", "data_format",
         "dilation_rate", "activation", "use_bias", "kernel_initializer",
         "bias_initializer", "kernel_regularizer", "bias_regularizer",
         "activity_regularizer", "kernel_constraint", "bias_constraint")
_DEPTHWISE = ("kernel_size", "strides", "padding", "depth_multiplier",
              "data_format", "activation", "use_bias",
              "depthwise_initializer", "bias_initializer",
              "depthwise_regularizer", "bias_regularizer",
              "activity_regularizer", "depthwise_constraint",
              "bias_constraint")
_CONV_LSTM = (*_CONV[:7], "recurrent_activation", "use_bias",
              "kernel_initializer", "recurrent_initializer",
              "bias_initializer", "unit_forget_bias", "kernel_regularizer",
              "recurrent_regularizer", "bias_regularizer",
              "activity_regularizer", "kernel_constraint",
              "recurrent_constraint", "bias_constraint", "return_sequences",
              "go_backwards", "stateful", "dropout", "recurrent_dropout")
_CROSSENTROPY = ("from_logits", "label_smoothing", "reduction", "name")

_PLACES = {
    **{f"layers.convolutional.conv{rank}d:Conv{rank}D.__init__": _CONV
       for rank in (1, 2, 3)},
    "layers.convolutional.depthwise_conv2d:DepthwiseConv2D.__init__":
        _DEPTHWISE,
    "layers.rnn.conv_lstm2d:ConvLSTM2D.__init__": _CONV_LSTM,
    "losses:BinaryCrossentropy.__init__": _CROSSENTROPY,
    "losses:CategoricalCrossentropy.__init__": _CROSSENTROPY,
    "losses:SparseCategoricalCrossentropy.__init__":
        ("from_logits", "reduction", "name"),
    "utils.vis_utils:plot_model":
        ("model", "to_file", "show_shapes", "show_layer_names", "rankdir",
         "expand_nested", "dpi"),
    "utils.vis_utils:model_to_dot":
        ("model", "show_shapes", "show_layer_names", "rankdir",
         "expand_nested", "dpi", "subgraph"),
}
_NAMES = {
    "preprocessing.text:one_hot": {"text": "input_text"},
    "preprocessing.text:text_to_word_sequence": {"text": "input_text"},
    "regularizers:L1.__init__": {"l": "l1"},
    "regularizers:L2.__init__": {"l": "l2"},
    "utils.data_utils:GeneratorEnqueuer.__init__": {"sequence": "generator"},
}

CHANGES = [
    *(Change(where, changes.in_1_15s_order(*names),
             "there is a new argument between the old ones")
      for where, names in _PLACES.items()),
    *(Change(where, changes.with_old_names(**names),
             "an argument has a new name")
      for where, names in _NAMES.items()),
]
