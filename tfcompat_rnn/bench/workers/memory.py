"""The memory of this process, in bytes."""

import sys


def _status(field):
  """A field of Linux' /proc/self/status, or None."""
  try:
    with open("/proc/self/status") as lines:
      for line in lines:
        if line.startswith(field + ":"):
          return int(line.split()[1]) * 1024
  except OSError:
    pass
  return None


def now():
  """What the process has in memory; None if the system does not tell."""
  return _status("VmRSS")


def forget_peak():
  """Begins to look for a new peak, where the system can (Linux)."""
  try:
    with open("/proc/self/clear_refs", "w") as file:
      file.write("5")
  except OSError:
    pass


def peak():
  """The most that the process had in memory; None if it cannot be known.

  Not `ru_maxrss` on Linux: a process inherits that of the one that started it.
  """
  found = _status("VmHWM")
  if found is None and sys.platform == "darwin":
    import resource
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  return found
