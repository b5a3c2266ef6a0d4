"""Names of TensorFlow 0.5 to 0.12 that 1.15 no longer had, and old arguments.

All public names of 0.12.1 were compared with those of 1.15.5; what had gone
before 0.12 is from the release notes and the sources of that time.
"""

from tfcompat_rnn.namespace.releases.rows import Changed
from tfcompat_rnn.namespace.releases.rows import Old
from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_TF = "tensorflow.compat.v1"
_HERE = "tfcompat_rnn.namespace.releases"
_FORMS = f"{_HERE}.forms"
_FUNCTIONS = f"{_HERE}.functions"
_LEGACY = f"{_HERE}.seq2seq"


def _old(old, new, arguments=None, first="0.5", last="0.12"):
  where = new if ":" in new else f"{_TF}:{new}"
  return Old(old, where, first, last, arguments)


def _changed(old, arguments, form, old_where="", where=None, last="0.12"):
  where = where or f"{_TF}:{old}"
  return Changed(old, where, last, arguments, f"{_FORMS}:{form}", old_where)


# Names of tf.*, by the module of tensorflow.python.ops that had them.
NAMES = {
    "array_ops": (
        ("pack", "stack", "values axis name"),
        ("unpack", "unstack", "value num axis name"),
        ("concat_v2", "concat", "values axis name", "0.12"),
        ("split_v", "split",
         "value size_splits=num_or_size_splits split_dim=axis num name",
         "0.12"),
        ("reverse_v2", "reverse", "tensor axis name", "0.12"),
        ("listdiff", "setdiff1d", "x y name", "0.5", "0.11"),
        ("batch_matrix_band_part", "matrix_band_part",
         "input num_lower num_upper name", "0.8", "0.11"),
        ("batch_matrix_diag", "matrix_diag", "diagonal name", "0.8", "0.11"),
        ("batch_matrix_diag_part", "matrix_diag_part", "input name", "0.8",
         "0.11"),
        ("batch_matrix_set_diag", "matrix_set_diag", "input diagonal name",
         "0.10", "0.11"),
        ("batch_matrix_transpose", "matrix_transpose", "a name", "0.10",
         "0.11"),
    ),
    "math_ops": (
        ("mul", "multiply", "x y name"),
        ("sub", "subtract", "x y name"),
        ("neg", "negative", "x name"),
        ("inv", "reciprocal", "x name", "0.5", "0.11"),
        ("complex_abs", "abs", "x name"),
        ("select", "where", "condition t=x e=y name"),
        ("batch_matmul", "matmul",
         "x=a y=b adj_x=adjoint_a adj_y=adjoint_b name"),
        *((f"batch_{name}", name, "input name", "0.8", "0.11")
          for name in ("fft", "ifft", "fft2d", "ifft2d", "fft3d", "ifft3d")),
    ),
    "linalg_ops": (
        ("batch_cholesky", "cholesky", "input name", "0.5", "0.11"),
        ("batch_cholesky_solve", "cholesky_solve", "chol rhs name", "0.8",
         "0.11"),
        ("batch_matrix_determinant", "matrix_determinant", "input name", "0.5",
         "0.11"),
        ("batch_matrix_inverse", "matrix_inverse", "input adjoint name", "0.5",
         "0.11"),
        ("batch_matrix_solve", "matrix_solve", "matrix rhs adjoint name",
         "0.5", "0.11"),
        ("batch_matrix_solve_ls", "matrix_solve_ls",
         "matrix rhs l2_regularizer fast name", "0.5", "0.11"),
        ("batch_matrix_triangular_solve", "matrix_triangular_solve",
         "matrix rhs lower adjoint name", "0.5", "0.11"),
        ("batch_self_adjoint_eig", "self_adjoint_eig", "tensor name", "0.11",
         "0.11"),
        ("batch_self_adjoint_eigvals", "self_adjoint_eigvals", "tensor name",
         "0.11", "0.11"),
        ("batch_svd", "svd", "tensor full_matrices compute_uv name", "0.10",
         "0.11"),
    ),
    "logging_ops": (
        ("scalar_summary", f"{_FUNCTIONS}:scalar_summary",
         "tags values collections name"),
        ("histogram_summary", f"{_FUNCTIONS}:histogram_summary",
         "tag values collections name"),
        ("image_summary", f"{_FUNCTIONS}:image_summary",
         "tag tensor max_images collections name"),
        ("audio_summary", f"{_FUNCTIONS}:audio_summary",
         "tag tensor sample_rate max_outputs collections name", "0.8"),
        ("merge_summary", "summary.merge", "inputs collections name"),
        ("merge_all_summaries", "summary.merge_all", "key"),
    ),
}

# Functions of tf.* whose arguments changed, by their module.
ARGUMENTS = {
    "array_ops": (
        ("concat", "concat_dim=axis values name", "is_old_concat"),
        ("split", "split_dim=axis num_split=num_or_size_splits value name",
         "is_old_split"),
        ("reverse", "tensor dims name", "is_old_reverse",
         f"{_FUNCTIONS}:reverse"),
    ),
    "math_ops": (
        ("div", "x y name", "is_old_truncation", f"{_FUNCTIONS}:div"),
        ("floordiv", "x y name", "is_old_truncation", f"{_FUNCTIONS}:div"),
        ("mod", "x y name", "is_old_remainder", f"{_FUNCTIONS}:mod"),
    ),
    "sparse_ops": (
        ("sparse_concat",
         "concat_dim=axis sp_inputs name expand_nonconcat_dim",
         "is_old_sparse_concat"),
        ("sparse_split", "split_dim=axis num_split sp_input name",
         "is_old_sparse_split"),
    ),
}

# Those of tf.nn, and the modules of tensorflow.python.ops that had them.
_LOSSES = "tfcompat_rnn.namespace.signatures"
_SAMPLED = ("weights biases inputs labels num_sampled num_classes num_true "
            "sampled_values remove_accidental_hits partition_strategy name")
NN_ARGUMENTS = (
    ("softmax_cross_entropy_with_logits", "logits labels dim name",
     "is_old_logits_first", _LOSSES, ("nn", "nn_ops")),
    ("sparse_softmax_cross_entropy_with_logits", "logits labels name",
     "is_old_logits_first", _LOSSES, ("nn", "nn_ops")),
    ("sigmoid_cross_entropy_with_logits", "logits targets=labels name",
     "is_old_logits_first", _LOSSES, ("nn",)),
    ("weighted_cross_entropy_with_logits",
     "logits targets pos_weight name", "is_old_weighted", None, ("nn",)),
    ("nce_loss", _SAMPLED, "is_old_sampled", None, ("nn",)),
    ("sampled_softmax_loss", _SAMPLED, "is_old_sampled", None, ("nn",)),
    ("log_poisson_loss", "log_input targets compute_full_loss name",
     "is_old_log_poisson", None, ("nn",)),
    ("ctc_loss", "inputs labels sequence_length preprocess_collapse_repeated "
     "ctc_merge_repeated time_major", "is_old_ctc", None, ("ctc_ops",)),
    ("softmax", "logits name", "is_old_softmax", None, ("nn_ops",)),
)

# Functions that became classes: with a shape they still give a tensor.
INITIALIZERS = ("ones_initializer", "zeros_initializer")

# Those of tf.contrib.losses: `weight` became `weights`, `targets` `labels`.
CONTRIB_LOSSES = {
    "absolute_difference": "predictions targets=labels weight=weights scope",
    "compute_weighted_loss": "losses weight=weights scope",
    "cosine_distance":
        "predictions targets=labels dim weight=weights scope",
    "hinge_loss": "logits target=labels scope",
    "log_loss": "predictions targets=labels weight=weights epsilon scope",
    "mean_pairwise_squared_error":
        "predictions targets=labels weight=weights scope",
    "mean_squared_error": "predictions targets=labels weight=weights scope",
    "sigmoid_cross_entropy":
        "logits multi_class_labels weight=weights label_smoothing scope",
    "softmax_cross_entropy":
        "logits onehot_labels weight=weights label_smoothing scope",
    "sparse_softmax_cross_entropy": "logits labels weight=weights scope",
}
LOOPS = (
    ("rnn", "cell inputs initial_state dtype sequence_length scope"),
    ("bidirectional_rnn", "cell_fw cell_bw inputs initial_state_fw "
     "initial_state_bw dtype sequence_length scope"),
    ("state_saving_rnn",
     "cell inputs state_saver state_name sequence_length scope"),
)
LINEAR = "args output_size bias bias_start scope"

# What `tf.nn.seq2seq` had.
SEQ2SEQ = (
    "_extract_argmax_and_embed", "attention_decoder", "basic_rnn_seq2seq",
    "embedding_attention_decoder", "embedding_attention_seq2seq",
    "embedding_rnn_decoder", "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq", "model_with_buckets",
    "one2many_rnn_seq2seq", "rnn_decoder", "sequence_loss",
    "sequence_loss_by_example", "tied_rnn_seq2seq")
_CELLS = (
    "BasicLSTMCell", "BasicRNNCell", "DropoutWrapper", "EmbeddingWrapper",
    "GRUCell", "InputProjectionWrapper", "LSTMCell", "MultiRNNCell",
    "OutputProjectionWrapper", "RNNCell")


def private_linear(module):
  """The row of `_linear`, which kept the old form up to 1.1."""
  return Changed(
      f"{module}._linear", "tfcompat_rnn.cells.linear:linear", "1.1",
      LINEAR, f"{_FUNCTIONS}:is_old_linear", f"{_FUNCTIONS}:linear")


MODULES = [
    Module("models.rnn.ptb.reader", f"{_HERE}.ptb_reader"),
    Module("models.rnn.translate.data_utils", f"{_HERE}.translate_data"),
]

ALIASES = [
    Alias("control_flow_ops", "python.ops.control_flow_ops"),
    Alias("types", "dtypes"),
]

ROWS = [
    *(_old(*name) for names in NAMES.values() for name in names),
    *(_changed(*row) for rows in ARGUMENTS.values() for row in rows),
    *(Row(name, f"{_HERE}.initializers:{name}") for name in INITIALIZERS),
    *(_changed(f"nn.{name}", arguments, form, "",
               where and f"{where}:{name}")
      for name, arguments, form, where, _ in NN_ARGUMENTS),
    _changed("image.resize_images",
             "images new_height new_width method align_corners",
             "is_old_resize", f"{_FUNCTIONS}:resize_images", None, "0.11"),
    *(_old(f"nn.{name}", f"{_FUNCTIONS}:{name}", arguments)
      for name, arguments in LOOPS),
    _old("nn.deconv2d", "nn.conv2d_transpose",
         "value filter output_shape strides padding name", "0.5", "0.6"),
    _old("nn.bias_add_v1", "nn.bias_add", "value bias name", "0.8"),
    _old("nn.xw_plus_b_v1", "nn.xw_plus_b", "x weights biases name", "0.8"),
    *(_old(f"nn.rnn_cell.{name}", f"{_TF}:{name}", "x name")
      for name in ("sigmoid", "tanh")),
    private_linear("nn.rnn_cell"),
    *(_old(f"{module}.linear", f"{_FUNCTIONS}:linear", LINEAR)
      for module in ("nn.rnn_cell", "nn.seq2seq", "models.rnn.linear",
                     "models.rnn.rnn_cell")),
    *(_old(f"{module}.{name}", f"{_LEGACY}:{name}")
      for module in ("nn.seq2seq", "models.rnn.seq2seq") for name in SEQ2SEQ),
    *(_old(f"models.rnn.rnn.{name}", f"{_FUNCTIONS}:{name}", arguments,
           "0.5", "0.7") for name, arguments in LOOPS),
    *(_old(f"models.rnn.rnn_cell.{name}", f"tfcompat_rnn.cells:{name}", None,
           "0.5", "0.7") for name in _CELLS),
    _old("train.SummaryWriter", "summary.FileWriter"),
    _old("train.SummaryWriterCache", "summary.FileWriterCache", None, "0.9"),
    _old("train.SyncReplicasOptimizerV2", "train.SyncReplicasOptimizer", None,
         "0.10"),
    _old("image.per_image_whitening", "image.per_image_standardization",
         "image", "0.5", "0.11"),
    _old("image.random_crop", "random_crop", "image=value size seed name",
         "0.5", "0.6"),
    _old("RegisterShape",
         "tfcompat_rnn.namespace.private_helpers:RegisterShape"),
]


def _gone(old, first, last, step):
  return Gap(old, f"was in TensorFlow {first} to {last} and was already gone "
             "in TensorFlow 1.15", step)


_GRADIENTS = ("avg_pool3d_grad", "bias_add_grad", "conv3d_backprop_input",
              "conv3d_backprop_input_v2", "dilation2d_backprop_filter",
              "dilation2d_backprop_input", "fused_batch_norm_grad",
              "max_pool3d_grad")
_QUANTIZED = ("fused_pad_conv2d", "fused_resize_and_pad_conv2d",
              "quantized_batch_norm_with_global_normalization",
              "quantized_bias_add", "quantized_relu", "quantized_relu6")

GAPS = [
    *(_gone(f"nn.{name}", "0.8", "0.12",
            "let tf.gradients compute the gradient")
      for name in _GRADIENTS),
    *(_gone(f"nn.{name}", "0.9", "0.12",
            "use the operation of this name in tf.raw_ops")
      for name in _QUANTIZED),
    _gone("nn.make_all", "0.8", "0.12", "leave it out; it made documentation"),
    _gone("graph_util.set_cpu0", "0.8", "0.12",
          "use tf.device with the name of the device"),
    Gap("train.do_quantize_training_on_graphdef",
        "was in TensorFlow 0.9 to 1.15 and is not in TensorFlow 2",
        "train without it, or run this part under TensorFlow 1.15"),
    _gone("models.image.*", "0.5", "0.12",
          "put the files of this model beside the program; they were an "
          "example"),
    _gone("models.embedding.*", "0.5", "0.12",
          "put the files of this model beside the program; they were an "
          "example"),
    _gone("models.rnn.translate.seq2seq_model", "0.5", "0.12",
          "put the file seq2seq_model.py beside the program; it was an "
          "example"),
    _gone("models.rnn.translate.translate", "0.5", "0.12",
          "put the file translate.py beside the program; it was an example"),
    _gone("models.rnn.ptb.ptb_word_lm", "0.5", "0.12",
          "put the file ptb_word_lm.py beside the program; it was an example"),
]
