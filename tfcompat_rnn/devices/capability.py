"""Checks whether a TensorFlow build contains code for a GPU."""

import re


def judge(capability, built_for):
  """("ok" | "compiles" | "too old" | "too new" | "unknown", explanation).

  capability: such as (8, 6). built_for: the build's
  `cuda_compute_capabilities`, such as ["sm_80", "compute_90"]: "sm" is code for
  GPUs with the same major and at least that minor number, "compute" is code
  that the driver of a newer GPU can compile.

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
        ready.append(numbers)  # this includes code for itself
  if not ready:
    return "unknown", "the build does not say which GPUs it is for"
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
