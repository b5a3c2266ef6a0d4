"""Many independent streams of one model, each with its own kept state."""

from tfcompat_rnn.streaming.session import StreamingSession

__all__ = ["StreamingSession"]
