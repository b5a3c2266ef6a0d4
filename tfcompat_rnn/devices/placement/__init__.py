"""Reports where a graph's operations would run, and when devices were busy."""

from tfcompat_rnn.devices.placement.report import PlacementReport
from tfcompat_rnn.devices.placement.report import placement_report
from tfcompat_rnn.devices.placement.timeline import Timeline
from tfcompat_rnn.devices.placement.timeline import device_timeline

__all__ = ["PlacementReport", "Timeline", "device_timeline",
           "placement_report"]
