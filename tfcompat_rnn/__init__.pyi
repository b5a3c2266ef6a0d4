"""The public names for type checkers; `__init__.py` resolves them lazily."""

from tfcompat_rnn import cells as cells
from tfcompat_rnn import checkpoints as checkpoints
from tfcompat_rnn import cli as cli
from tfcompat_rnn import crf as crf
from tfcompat_rnn import datasets as datasets
from tfcompat_rnn import devices as devices
from tfcompat_rnn import export as export
from tfcompat_rnn import feedback as feedback
from tfcompat_rnn import fused as fused
from tfcompat_rnn import gradients as gradients
from tfcompat_rnn import growth as growth
from tfcompat_rnn import launcher as launcher
from tfcompat_rnn import loops as loops
from tfcompat_rnn import namespace as namespace
from tfcompat_rnn import pipeline as pipeline
from tfcompat_rnn import python2 as python2
from tfcompat_rnn import repairs as repairs
from tfcompat_rnn import seeds as seeds
from tfcompat_rnn import seq2seq as seq2seq
from tfcompat_rnn import state as state
from tfcompat_rnn import streaming as streaming
from tfcompat_rnn import testing as testing
from tfcompat_rnn import tf1 as tf1
from tfcompat_rnn import verify as verify
from tfcompat_rnn.datasets.continuing import ContinuingBatches
from tfcompat_rnn.devices import placement as placement
from tfcompat_rnn.devices import session as session
from tfcompat_rnn.devices.placement import device_timeline
from tfcompat_rnn.devices.placement import placement_report
from tfcompat_rnn.devices.session import new_session
from tfcompat_rnn.devices.session import session_config
from tfcompat_rnn.devices.towers import data_parallel
from tfcompat_rnn.export import Signature
from tfcompat_rnn.export import export_model
from tfcompat_rnn.feedback import free_running_rnn
from tfcompat_rnn.feedback import generate
from tfcompat_rnn.feedback import scheduled_sampling_rnn
from tfcompat_rnn.feedback import self_feeding_rnn
from tfcompat_rnn.feedback import teacher_forcing_rnn
from tfcompat_rnn.fused.recurrence.model import model_rnn
from tfcompat_rnn.fused.recurrence.rnn import dynamic_rnn
from tfcompat_rnn.gradients import check_gradients
from tfcompat_rnn.gradients import compare_gradients
from tfcompat_rnn.growth import report_graph_growth
from tfcompat_rnn.launcher.notebook import load_ipython_extension
from tfcompat_rnn.launcher.notebook import unload_ipython_extension
from tfcompat_rnn.launcher.preparation import behave_as_1_15
from tfcompat_rnn.pipeline import SavedPosition
from tfcompat_rnn.pipeline import continuing_dataset
from tfcompat_rnn.state import PackedStateVariables
from tfcompat_rnn.state import SequenceStateSaver
from tfcompat_rnn.state import StateVariables
from tfcompat_rnn.state import feedable_state
from tfcompat_rnn.state import reset_at_step_zero
from tfcompat_rnn.state import reset_rows
from tfcompat_rnn.state import state_feed
from tfcompat_rnn.state import state_saving_rnn
from tfcompat_rnn.state import stateful_rnn
from tfcompat_rnn.streaming import StreamingSession

__version__: str

__all__ = [
    "ContinuingBatches",
    "PackedStateVariables",
    "SavedPosition",
    "SequenceStateSaver",
    "Signature",
    "StateVariables",
    "StreamingSession",
    "behave_as_1_15",
    "check_gradients",
    "compare_gradients",
    "continuing_dataset",
    "data_parallel",
    "device_timeline",
    "dynamic_rnn",
    "export_model",
    "feedable_state",
    "free_running_rnn",
    "generate",
    "load_ipython_extension",
    "model_rnn",
    "new_session",
    "placement_report",
    "report_graph_growth",
    "reset_at_step_zero",
    "reset_rows",
    "scheduled_sampling_rnn",
    "self_feeding_rnn",
    "session_config",
    "state_feed",
    "state_saving_rnn",
    "stateful_rnn",
    "teacher_forcing_rnn",
    "unload_ipython_extension",
    "__version__",
]

def __dir__() -> list[str]: ...
