"""Feeding outputs back as inputs: in the graph, in a session, in training."""

from tfcompat_rnn.feedback import choice
from tfcompat_rnn.feedback._result import FedBack
from tfcompat_rnn.feedback.choice import greedy
from tfcompat_rnn.feedback.choice import temperature
from tfcompat_rnn.feedback.choice import top_k
from tfcompat_rnn.feedback.in_graph import self_feeding_rnn
from tfcompat_rnn.feedback.in_session import generate
from tfcompat_rnn.feedback.training import free_running_rnn
from tfcompat_rnn.feedback.training import scheduled_sampling_rnn
from tfcompat_rnn.feedback.training import teacher_forcing_rnn

__all__ = [
    "FedBack",
    "choice",
    "free_running_rnn",
    "generate",
    "greedy",
    "scheduled_sampling_rnn",
    "self_feeding_rnn",
    "teacher_forcing_rnn",
    "temperature",
    "top_k",
]
