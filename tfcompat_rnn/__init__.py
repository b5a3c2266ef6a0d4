"""Runs TensorFlow 1.x recurrent models on today's TensorFlow.

    import tfcompat_rnn

    rnn = tfcompat_rnn.stateful_rnn(cell, x, batch_size=4)

Public names are resolved on first use (PEP 562), so `import tfcompat_rnn`
loads no TensorFlow.
"""

import importlib

__version__ = "0.2.0"

# public name -> (module, attribute)
_PUBLIC = {
    "ContinuingBatches": ("tfcompat_rnn.datasets.continuing",
                          "ContinuingBatches"),
    "PackedStateVariables": ("tfcompat_rnn.state", "PackedStateVariables"),
    "SavedPosition": ("tfcompat_rnn.pipeline", "SavedPosition"),
    "SequenceStateSaver": ("tfcompat_rnn.state", "SequenceStateSaver"),
    "Signature": ("tfcompat_rnn.export", "Signature"),
    "StateVariables": ("tfcompat_rnn.state", "StateVariables"),
    "StreamingSession": ("tfcompat_rnn.streaming", "StreamingSession"),
    "behave_as_1_15": ("tfcompat_rnn.launcher.preparation", "behave_as_1_15"),
    "check_gradients": ("tfcompat_rnn.gradients", "check_gradients"),
    "compare_gradients": ("tfcompat_rnn.gradients", "compare_gradients"),
    "continuing_dataset": ("tfcompat_rnn.pipeline", "continuing_dataset"),
    "data_parallel": ("tfcompat_rnn.devices.towers", "data_parallel"),
    "device_timeline": ("tfcompat_rnn.devices.placement", "device_timeline"),
    "dynamic_rnn": ("tfcompat_rnn.fused.recurrence.rnn",
                    "dynamic_rnn"),
    "export_model": ("tfcompat_rnn.export", "export_model"),
    "feedable_state": ("tfcompat_rnn.state", "feedable_state"),
    "free_running_rnn": ("tfcompat_rnn.feedback", "free_running_rnn"),
    "generate": ("tfcompat_rnn.feedback", "generate"),
    "load_ipython_extension": ("tfcompat_rnn.launcher.notebook",
                               "load_ipython_extension"),
    "model_rnn": ("tfcompat_rnn.fused.recurrence.model", "model_rnn"),
    "new_session": ("tfcompat_rnn.devices.session", "new_session"),
    "placement_report": ("tfcompat_rnn.devices.placement", "placement_report"),
    "report_graph_growth": ("tfcompat_rnn.growth", "report_graph_growth"),
    "reset_at_step_zero": ("tfcompat_rnn.state", "reset_at_step_zero"),
    "reset_rows": ("tfcompat_rnn.state", "reset_rows"),
    "scheduled_sampling_rnn": ("tfcompat_rnn.feedback",
                               "scheduled_sampling_rnn"),
    "self_feeding_rnn": ("tfcompat_rnn.feedback", "self_feeding_rnn"),
    "session_config": ("tfcompat_rnn.devices.session", "session_config"),
    "state_feed": ("tfcompat_rnn.state", "state_feed"),
    "state_saving_rnn": ("tfcompat_rnn.state", "state_saving_rnn"),
    "stateful_rnn": ("tfcompat_rnn.state", "stateful_rnn"),
    "teacher_forcing_rnn": ("tfcompat_rnn.feedback", "teacher_forcing_rnn"),
    "unload_ipython_extension": ("tfcompat_rnn.launcher.notebook",
                                 "unload_ipython_extension"),
}
# attribute -> module
_SUBMODULES = {name: f"tfcompat_rnn.{name}" for name in (
    "cells", "checkpoints", "cli", "crf", "datasets", "devices", "export",
    "feedback", "fused", "gradients", "growth", "launcher", "loops",
    "namespace", "pipeline", "python2", "repairs", "seeds", "seq2seq", "state",
    "streaming", "testing", "tf1", "verify")}
# The names of these modules before they moved into `devices`.
_SUBMODULES.update(placement="tfcompat_rnn.devices.placement",
                   session="tfcompat_rnn.devices.session")

__all__ = sorted(_PUBLIC) + ["__version__"]


def __getattr__(name):
  if name in _PUBLIC:
    module, attribute = _PUBLIC[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
  if name in _SUBMODULES:
    return importlib.import_module(_SUBMODULES[name])
  raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
  return sorted(set(globals()) | set(_PUBLIC) | set(_SUBMODULES))
