"""Linear-chain conditional random fields: `tf.contrib.crf`.

A tag sequence y of the inputs x scores

  s(y) = sum over t of inputs[t, y[t]] + sum over t of transitions[y[t-1], y[t]]

and has the probability exp(s(y)) / Z, where Z sums exp(s) over all sequences.
`scores` computes s, `normalizer` log Z, `likelihood` their difference, and
`decoding` the sequence with the highest score.
"""

from tfcompat_rnn.crf.cells import CrfDecodeBackwardRnnCell
from tfcompat_rnn.crf.cells import CrfDecodeForwardRnnCell
from tfcompat_rnn.crf.cells import CrfForwardRnnCell
from tfcompat_rnn.crf.decoding import crf_decode
from tfcompat_rnn.crf.likelihood import crf_log_likelihood
from tfcompat_rnn.crf.normalizer import crf_log_norm
from tfcompat_rnn.crf.scores import crf_binary_score
from tfcompat_rnn.crf.scores import crf_multitag_sequence_score
from tfcompat_rnn.crf.scores import crf_sequence_score
from tfcompat_rnn.crf.scores import crf_unary_score
from tfcompat_rnn.crf.viterbi import viterbi_decode

__all__ = [
    "CrfDecodeBackwardRnnCell",
    "CrfDecodeForwardRnnCell",
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]
