"""`tf.contrib.crf`: linear-chain conditional random fields."""

from tfcompat_rnn.namespace.tables import Row

_NAMES = (
    "CrfDecodeBackwardRnnCell", "CrfDecodeForwardRnnCell", "CrfForwardRnnCell",
    "crf_binary_score", "crf_decode", "crf_log_likelihood", "crf_log_norm",
    "crf_multitag_sequence_score", "crf_sequence_score", "crf_unary_score",
    "viterbi_decode")

ROWS = [
    Row(f"contrib.crf.{prefix}{name}", f"tfcompat_rnn.crf:{name}")
    for prefix in ("", "python.ops.crf.") for name in _NAMES
]
