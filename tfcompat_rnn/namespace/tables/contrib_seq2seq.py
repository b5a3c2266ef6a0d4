"""`tf.contrib.seq2seq` and `tf.contrib.legacy_seq2seq`.

The rest of both is in `contrib_gaps`.
"""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_OPS = "contrib.seq2seq.python.ops"


def _rows(old_module, new_module, public, private=()):
  """Rows of a module of `contrib.seq2seq`; `private` is not exported."""
  for name in public:
    yield Row(f"contrib.seq2seq.{name}", f"{new_module}:{name}")
  for name in (*public, *private):
    yield Row(f"{_OPS}.{old_module}.{name}", f"{new_module}:{name}")


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
    *_rows("loss", "tfcompat_rnn.seq2seq.loss", ("sequence_loss",),
           ("SequenceLoss",)),
    *_rows("decoder", "tfcompat_rnn.seq2seq.decoders",
           ("Decoder", "dynamic_decode"),
           ("_create_zero_outputs", "_transpose_batch_time")),
    Row(f"{_OPS}.decoder._zero_state_tensors",
        "tfcompat_rnn.cells.base:_zero_state_tensors"),
    *_rows("basic_decoder", "tfcompat_rnn.seq2seq.basic_decoder",
           ("BasicDecoder", "BasicDecoderOutput")),
    *_rows("helper", "tfcompat_rnn.seq2seq.helpers",
           ("CustomHelper", "GreedyEmbeddingHelper", "Helper",
            "InferenceHelper", "SampleEmbeddingHelper",
            "ScheduledEmbeddingTrainingHelper",
            "ScheduledOutputTrainingHelper", "TrainingHelper")),
    *(Row(f"{_OPS}.helper.{name}",
          f"tfcompat_rnn.seq2seq.helpers.sampling:{name}")
      for name in ("_call_sampler", "bernoulli_sample", "categorical_sample")),
    Row(f"{_OPS}.helper._transpose_batch_time",
        "tfcompat_rnn.seq2seq.decoders:_transpose_batch_time"),
    Row(f"{_OPS}.helper._unstack_ta",
        "tfcompat_rnn.seq2seq.helpers.training:_unstack_ta"),
    *(Row(prefix + name, f"tfcompat_rnn.seq2seq.{module}:{attribute}")
      for prefix in ("contrib.seq2seq.", _WRAPPER)
      for name, (module, attribute) in _ATTENTION.items()),
    *(Row(_WRAPPER + name, f"tfcompat_rnn.seq2seq.{module}:{attribute}")
      for name, (module, attribute) in _ATTENTION_PRIVATE.items()),
    Row(_WRAPPER + "_zero_state_tensors",
        "tfcompat_rnn.cells.base:zero_state_tensors"),
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
    Gap(f"{_OPS}.decoder.BaseDecoder", _WAS_KERAS,
        "subclass tf.contrib.seq2seq.Decoder, and call dynamic_decode"),
    Gap(f"{_OPS}.basic_decoder.BasicDecoderV2", _WAS_KERAS,
        "use tf.contrib.seq2seq.BasicDecoder, and call dynamic_decode"),
    Gap(f"{_OPS}.sampler.*",
        "was in TensorFlow 1.15 for decoders that were Keras layers, and is "
        "not supported here",
        "use tf.contrib.seq2seq's helpers instead (TrainingHelper for "
        "TrainingSampler, and so on), with BasicDecoder and dynamic_decode"),
]
