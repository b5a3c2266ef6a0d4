"""RNN state that is carried from one `session.run` to the next."""

from tfcompat_rnn.state.feedable import feedable_state
from tfcompat_rnn.state.feedable import state_feed
from tfcompat_rnn.state.reset import ResettingCell
from tfcompat_rnn.state.reset import reset_at_step_zero
from tfcompat_rnn.state.reset import reset_rows
from tfcompat_rnn.state.saver import SequenceStateSaver
from tfcompat_rnn.state.saver import state_saving_rnn
from tfcompat_rnn.state.stateful import StatefulRNN
from tfcompat_rnn.state.stateful import stateful_rnn
from tfcompat_rnn.state.variables import STATE_VARIABLES
from tfcompat_rnn.state.variables import PackedStateVariables
from tfcompat_rnn.state.variables import StateVariables

__all__ = [
    "PackedStateVariables",
    "ResettingCell",
    "STATE_VARIABLES",
    "SequenceStateSaver",
    "StateVariables",
    "StatefulRNN",
    "feedable_state",
    "reset_at_step_zero",
    "reset_rows",
    "state_feed",
    "state_saving_rnn",
    "stateful_rnn",
]
