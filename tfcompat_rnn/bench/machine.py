"""The machine that a measurement was made on."""

import pathlib
import platform
import re


def processor() -> str:
  """The processor's name, if the system reports it."""
  try:
    found = re.search(r"^model name\s*: (.*)$",
                      pathlib.Path("/proc/cpuinfo").read_text(), re.M)
  except OSError:
    found = None
  return found.group(1) if found else platform.machine()
