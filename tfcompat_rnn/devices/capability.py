"""Has this build code for that GPU?"""

import re


def judge(capability, built_for):
  """("ok" | "compiles" | "too old" | "too new" | "unknown", in words).

  capability: (8, 6). built_for: the build's `cuda_compute_capabilities`, as
  ["sm_80", "compute_90"]: code for GPUs of the same major number from that
  minor one on, and code that a newer GPU's driver can compile.

  >>> judge((8, 6), ["sm_80", "compute_90"])[0]
  'ok'
  >>> judge((12, 0), ["sm_80", "compute_90"])[0]
  'compiles'
  """
  capability = tuple(capability)
  ready, general = [], []
  for entry in built_for or ():
    found = re.fullmatch(r"(sm|compute)_(\d+)(\d)[af]?", str(entry))
    if found:
      numbers = int(found[2]), int(found[3])
      (ready if found[1] == "sm" else general).append(numbers)
      if found[1] == "compute":
        ready.append(numbers)  # it brings the code for itself, too
  if not ready:
    return "unknown", "the build does not say what GPUs it is for"
  text = ".".join(map(str, capability))
  listed = ", ".join(map(str, built_for))
  if any(numbers[0] == capability[0] and numbers[1] <= capability[1]
         for numbers in ready):
    return "ok", f"compute capability {text}: this build has code for it"
  if any(numbers <= capability for numbers in general):
    return "compiles", (
        f"compute capability {text} is newer than this build ({listed}): the "
        "driver compiles its code at the first use, which takes minutes")
  if capability < min(ready):
    return "too old", (
        f"compute capability {text} is older than what this build has code "
        f"for ({listed})")
  return "too new", (
      f"compute capability {text} is newer than what this build has code for "
      f"({listed})")
