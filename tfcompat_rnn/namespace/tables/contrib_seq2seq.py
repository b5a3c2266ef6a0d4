"""`tf.contrib.seq2seq`."""

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
_BY_RELEASE = {"AttentionMechanism": "attention_mechanism",
               "BahdanauAttention": "bahdanau_attention",
               "LuongAttention": "luong_attention"}
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

_BEAM_SEARCH = f"{_OPS}.beam_search_decoder."
# 1.15's name in the module of beam search -> its place.
_BEAM_SEARCH_NAMES = {
    **{name: f"beam_search:{name}" for name in (
        "BeamSearchDecoder", "BeamSearchDecoderMixin",
        "FinalBeamSearchDecoderOutput", "tile_batch")},
    **{name: f"beam_step:{name}" for name in (
        "BeamSearchDecoderOutput", "BeamSearchDecoderState",
        "attention_probs_from_attn_state", "get_attention_probs")},
    "gather_tree_from_array": "beam_tree:gather_tree_from_array",
    "_beam_search_step": "beam_step:beam_search_step",
    "_check_batch_beam": "beam_tree:check_batch_beam",
    "_check_maybe": "beam_step:check_ndims",  # an older name of _check_ndims
    "_check_ndims": "beam_step:check_ndims",
    "_check_static_batch_beam_maybe":
        "beam_tree:check_static_batch_beam_maybe",
    "_get_scores": "beam_step:get_scores",
    "_length_penalty": "beam_step:length_penalty",
    "_mask_probs": "beam_step:mask_probs",
    "_maybe_tensor_gather_helper": "beam_step:maybe_tensor_gather_helper",
    "_tensor_gather_helper": "beam_step:tensor_gather_helper",
    "_tile_batch": "beam_search:tile_one",
}

ROWS = [
    *_rows("loss", "tfcompat_rnn.seq2seq.loss", ("sequence_loss",),
           ("SequenceLoss",)),
    *_rows("decoder", "tfcompat_rnn.seq2seq.decoders", ("Decoder",),
           ("_create_zero_outputs", "_transpose_batch_time")),
    *_rows("decoder", "tfcompat_rnn.namespace.releases.decoding",
           ("dynamic_decode",)),
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
      for name, (module, attribute) in _ATTENTION.items()
      if prefix == _WRAPPER or name not in _BY_RELEASE),
    # TensorFlow 1.1 had other classes of these names.
    *(Row(f"contrib.seq2seq.{name}",
          f"tfcompat_rnn.namespace.releases.decoding:{function}()")
      for name, function in _BY_RELEASE.items()),
    *(Row(_WRAPPER + name, f"tfcompat_rnn.seq2seq.{module}:{attribute}")
      for name, (module, attribute) in _ATTENTION_PRIVATE.items()),
    Row(_WRAPPER + "_zero_state_tensors",
        "tfcompat_rnn.cells.base:zero_state_tensors"),
    *(Row(f"contrib.seq2seq.{name}",
          f"tfcompat_rnn.seq2seq.{_BEAM_SEARCH_NAMES[name]}")
      for name in ("BeamSearchDecoder", "BeamSearchDecoderOutput",
                   "BeamSearchDecoderState", "FinalBeamSearchDecoderOutput",
                   "tile_batch")),
    *(Row(_BEAM_SEARCH + name, f"tfcompat_rnn.seq2seq.{place}")
      for name, place in _BEAM_SEARCH_NAMES.items()),
    *(Row(module + "gather_tree", "tfcompat_rnn.seq2seq.beam_tree:gather_tree")
      for module in ("contrib.seq2seq.", f"{_OPS}.beam_search_ops.")),
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
    Gap(_BEAM_SEARCH + "BeamSearchDecoderV2", _WAS_KERAS,
        "use tf.contrib.seq2seq.BeamSearchDecoder, and call dynamic_decode"),
    Gap(f"{_OPS}.basic_decoder.BasicDecoderV2", _WAS_KERAS,
        "use tf.contrib.seq2seq.BasicDecoder, and call dynamic_decode"),
    Gap(f"{_OPS}.sampler.*",
        "was in TensorFlow 1.15 for decoders that were Keras layers, and is "
        "not supported here",
        "use tf.contrib.seq2seq's helpers instead (TrainingHelper for "
        "TrainingSampler, and so on), with BasicDecoder and dynamic_decode"),
]
