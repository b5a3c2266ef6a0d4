"""What a function or class looks like from outside. Python 3.7 syntax.

The same code describes TensorFlow 1.15.5's names and ours.
"""

import inspect

# Public: every name in them counts.
NAMESPACES = ("contrib.crf", "contrib.legacy_seq2seq", "contrib.seq2seq",
              "contrib.training")
# Private, but programs import from them: what they define counts.
MODULES = (
    "contrib.crf.python.ops.crf",
    "contrib.legacy_seq2seq.python.ops.seq2seq",
    "contrib.seq2seq.python.ops.attention_wrapper",
    "contrib.seq2seq.python.ops.basic_decoder",
    "contrib.seq2seq.python.ops.beam_search_decoder",
    "contrib.seq2seq.python.ops.beam_search_ops",
    "contrib.seq2seq.python.ops.decoder",
    "contrib.seq2seq.python.ops.helper",
    "contrib.seq2seq.python.ops.loss",
    "contrib.seq2seq.python.ops.sampler",
    "contrib.training.python.training.bucket_ops",
    "contrib.training.python.training.device_setter",
    "contrib.training.python.training.evaluation",
    "contrib.training.python.training.feeding_queue_runner",
    "contrib.training.python.training.hparam",
    "contrib.training.python.training.resample",
    "contrib.training.python.training.sampling_ops",
    "contrib.training.python.training.sequence_queueing_state_saver",
    "contrib.training.python.training.training",
    "contrib.training.python.training.tuner",
)
_STARS = {inspect.Parameter.VAR_POSITIONAL: "*",
          inspect.Parameter.VAR_KEYWORD: "**"}


def _default(value):
  if callable(value) and not isinstance(value, type):
    return "<%s>" % value.__name__
  if type(value).__name__ == "DType":
    return "tf." + value.name
  return repr(value)


def parameters(thing):
  """`[[name, default as text or ""]]`, without `self`."""
  first = 0
  if isinstance(thing, type):
    thing = thing.__new__ if hasattr(thing, "_fields") else thing.__init__
    first = 1
  if thing is object.__init__:
    return []
  return [[_STARS.get(one.kind, "") + one.name,
           "" if one.default is one.empty else _default(one.default)]
          for one in list(inspect.signature(thing).parameters.values())[first:]]


def describe(thing, private=True):
  """The kind, the parameters, and what a class defines.

  private: whether the members whose name begins with one underscore count.
  """
  told = {"kind": "class" if isinstance(thing, type) else
          "function" if callable(thing) else "value"}
  if told["kind"] == "value":
    return told
  told["parameters"] = parameters(thing)
  if told["kind"] == "class":
    told["members"] = sorted({
        name for base in thing.__mro__
        if base.__module__.startswith("tensorflow.contrib.")
        for name in vars(base)
        if not name.startswith(("__", "_abc_"))
        and (private or not name.startswith("_"))
        # `__mangled` names, which nobody else can call.
        and not name.startswith("_%s__" % base.__name__)
        and name not in ("_tf_api_names", "_tf_api_names_v1",
                         "_field_defaults", "_fields_defaults", "_make",
                         "_source")
        # What the class does not have by itself.
        and not isinstance(vars(base)[name], type)})
    if hasattr(thing, "_fields"):
      told["fields"] = list(thing._fields)
  return told
