"""Implements `tfcompat-rnn devices`: gathers facts, explains them, trains."""

from tfcompat_rnn.devices import diagnosis
from tfcompat_rnn.devices import probe
from tfcompat_rnn.devices import report
from tfcompat_rnn.devices import trial


def examine(steps=5, gpu_required=False, look=probe.gather,
            attempt=trial.attempt):
  """The `Report` for this machine; trains for `steps` steps (0 for none).

  `look` gathers the facts, and `attempt` trains on a device.
  """
  facts = look()
  findings = diagnosis.explain(facts)
  trials = []
  if steps and not facts["crash"]:
    trials = try_devices([_short(device["name"])
                          for device in facts["devices"]], steps, attempt)
  return report.Report(facts, findings, trials, gpu_required)


def try_devices(devices, steps, attempt=trial.attempt):
  """One `report.Trial` for each device, the CPU first.

  The CPU's gradients are compared with its own in float64; those of other
  devices are compared with the CPU's.
  """
  trials, of_cpu = [], None
  for device in sorted(devices, key=lambda name: not name.startswith("/cpu")):
    numbers, gradients = attempt(device, steps)
    comparison = None
    if gradients is not None:
      if device.startswith("/cpu"):
        _, reference = attempt(device, 1, "float64")
        label, of_cpu = "float64", of_cpu or gradients
      else:
        label, reference = "the CPU", of_cpu
      if reference is not None:
        from tfcompat_rnn import gradients as gradients_lib
        comparison = gradients_lib.compare_values(
            reference, gradients, labels=(label, device),
            title=f"gradients on {device}")
    trials.append(report.Trial(device, numbers, comparison))
  return trials


def _short(name):
  return name.replace("/device:", "/").lower()
