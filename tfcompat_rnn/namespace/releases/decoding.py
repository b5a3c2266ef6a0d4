"""Names of `tf.contrib.seq2seq` that stand for other things in TensorFlow 1.1.

The attention mechanisms of 1.1 are different classes, and its `dynamic_decode`
returns two values, not three. A program is one of 1.1 if `--api` says so, or
if it uses `DynamicAttentionWrapper`.
"""

import dis
import functools
import sys

from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq import mechanisms
from tfcompat_rnn.seq2seq.before_1_2 import mechanisms as mechanisms_1_1


def _is_1_1():
  before = version.is_before("1.2")
  if before is None:
    before = bool(sources.find(r"\bDynamicAttentionWrapper\b"))
  return before


def _module():
  return mechanisms_1_1 if _is_1_1() else mechanisms


def _unpacks_two():
  """Whether the program unpacks the result of its call into two names."""
  frame = sys._getframe(2)
  while frame and frame.f_globals.get("__name__", "").startswith(
      "tfcompat_rnn."):
    frame = frame.f_back
  if frame is None:
    return False
  following = (found for found in dis.get_instructions(frame.f_code)
               if found.offset > frame.f_lasti)
  after = next(following, None)
  return (after is not None and after.opname == "UNPACK_SEQUENCE"
          and after.arg == 2)


@functools.wraps(decoders.dynamic_decode)
def dynamic_decode(*args, **kwargs):
  # From 1.2 on it was an error to unpack the three values into two names.
  if not (version.is_before("1.2") or _unpacks_two()):
    return decoders.dynamic_decode(*args, **kwargs)
  notice.used("two values of tf.contrib.seq2seq.dynamic_decode", "1.1")
  if len(args) < 7 and not kwargs.get("scope"):
    # Later releases call the second one "decoder_1", with other variables.
    kwargs["scope"] = "decoder"
  return decoders.dynamic_decode(*args, **kwargs)[:2]


def attention_mechanism():
  return _module().AttentionMechanism


def bahdanau_attention():
  return _module().BahdanauAttention


def luong_attention():
  return _module().LuongAttention
