"""`tf.contrib.seq2seq` and `tf.contrib.legacy_seq2seq`: losses and a decoder.

The decoder is the one that character models use. The rest of both is in
`contrib_gaps`.
"""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_WRAPPER = "contrib.seq2seq.python.ops.attention_wrapper."
# name in 1.15 -> module here, its name there
_ATTENTION = {
    **{name: ("attention", name)
       for name in ("AttentionWrapper", "AttentionWrapperState")},
    **{name: ("mechanisms", name)
       for name in ("AttentionMechanism", "BahdanauAttention",
                    "LuongAttention")},
    **{name: ("monotonic", name)
       for name in ("BahdanauMonotonicAttention", "LuongMonotonicAttention",
                    "monotonic_attention", "safe_cumprod")},
    "hardmax": ("scores", "hardmax"),
}
_ATTENTION_PRIVATE = {
    "_BaseAttentionMechanism": ("mechanisms", "_BaseAttentionMechanism"),
    "_BaseMonotonicAttentionMechanism": (
        "monotonic", "_BaseMonotonicAttentionMechanism"),
    "_bahdanau_score": ("scores", "bahdanau_score"),
    "_compute_attention": ("attention", "compute_attention"),
    "_luong_score": ("scores", "luong_score"),
    "_maybe_mask_score": ("scores", "maybe_mask_score"),
    "_monotonic_probability_fn": ("monotonic", "monotonic_probability"),
    "_prepare_memory": ("scores", "prepare_memory"),
}
_KERAS_LAYERS = {
    "BahdanauAttentionV2": "BahdanauAttention",
    "BahdanauMonotonicAttentionV2": "BahdanauMonotonicAttention",
    "LuongAttentionV2": "LuongAttention",
    "LuongMonotonicAttentionV2": "LuongMonotonicAttention",
}
_KERAS_BASES = {
    "_BaseAttentionMechanismV2": "_BaseAttentionMechanism",
    "_BaseMonotonicAttentionMechanismV2": "_BaseMonotonicAttentionMechanism",
}

ROWS = [
    *(Row(prefix + name, f"tfcompat_rnn.seq2seq.{module}:{attribute}")
      for prefix in ("contrib.seq2seq.", _WRAPPER)
      for name, (module, attribute) in _ATTENTION.items()),
    *(Row(_WRAPPER + name, f"tfcompat_rnn.seq2seq.{module}:{attribute}")
      for name, (module, attribute) in _ATTENTION_PRIVATE.items()),
    Row(_WRAPPER + "_zero_state_tensors",
        "tfcompat_rnn.cells.base:zero_state_tensors"),
    Row("contrib.seq2seq.sequence_loss",
        "tfcompat_rnn.seq2seq.loss:sequence_loss"),
    Row("contrib.seq2seq.python.ops.loss.sequence_loss",
        "tfcompat_rnn.seq2seq.loss:sequence_loss"),
    *(Row(f"contrib.legacy_seq2seq.{prefix}{name}",
          f"tfcompat_rnn.seq2seq.legacy:{name}")
      for prefix in ("", "python.ops.seq2seq.")
      for name in ("rnn_decoder", "sequence_loss",
                   "sequence_loss_by_example")),
]

_WAS_KERAS = ("was a Keras layer that 1.15 kept for trying out version 2, and "
              "is not supported here")

GAPS = [
    *(Gap(_WRAPPER + name, _WAS_KERAS,
          f"use tf.contrib.seq2seq.{instead}, which computes the same")
      for name, instead in _KERAS_LAYERS.items()),
    *(Gap(_WRAPPER + name, _WAS_KERAS, f"use tf.{_WRAPPER}{instead}")
      for name, instead in _KERAS_BASES.items()),
]
