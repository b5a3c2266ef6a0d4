"""Where a graph's operations would run, and one model over several devices."""

from tfcompat_rnn.placement.report import PlacementReport
from tfcompat_rnn.placement.report import placement_report

__all__ = ["PlacementReport", "placement_report"]
