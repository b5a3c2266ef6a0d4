"""The report that `tfcompat-rnn devices` prints, and its JSON form."""

import json

from tfcompat_rnn import _writing
from tfcompat_rnn.devices import diagnosis
from tfcompat_rnn.devices import libraries


class Trial:
  """The result of training on one device.

  numbers: from `trial.attempt`. comparison: the `GradientReport` against the
  CPU, or None if there are no gradients.
  """

  def __init__(self, device, numbers, comparison):
    self.device = device
    self.numbers = numbers
    self.comparison = comparison

  @property
  def problem(self):
    """Why it did not pass; "" if it did."""
    if "error" in self.numbers:
      return self.numbers["error"]
    if self.comparison is not None and not self.comparison.passed:
      return "its gradients differ"
    wanted = self.device.lstrip("/").lower()
    ran_on = [name.lower() for name in self.numbers["ran_on"]]
    if ran_on != [f"device:{wanted}"]:
      return f"it ran on {', '.join(ran_on) or 'an unknown device'}"
    return ""


class Report:
  """Facts, findings and trials together.

  `exit_code`: 0 if everything works; 1 if a device failed its trial, or
  TensorFlow died; 3 if there is a GPU and TensorFlow does not use it (or if
  there is none and `gpu_required` is set).
  """

  def __init__(self, facts, findings, trials=(), gpu_required=False):
    self.facts = facts
    self.findings = list(findings)
    self.trials = list(trials)
    self.gpu_required = gpu_required

  @property
  def exit_code(self):
    if self.facts["crash"] or any(trial.problem for trial in self.trials):
      return 1
    used = any(device["type"] == "GPU" for device in self.facts["devices"])
    unused = diagnosis.there(self.facts) > 0 or self.gpu_required
    return 3 if unused and not used else 0

  def as_dict(self):
    return {
        "facts": self.facts,
        "findings": [dict(finding._asdict(), steps=list(finding.steps))
                     for finding in self.findings],
        "trials": [{
            "device": trial.device, **trial.numbers,
            "passed": not trial.problem, "problem": trial.problem,
            "gradients": trial.comparison and trial.comparison.as_dict()}
            for trial in self.trials],
        "exit_code": self.exit_code,
    }

  def write_json(self, path):
    """Writes `as_dict()` to the file atomically."""
    text = json.dumps(self.as_dict(), indent=1) + "\n"
    _writing.write_whole(path, text.encode("utf-8"))

  def __str__(self):
    parts = [_versions(self.facts), _devices(self.facts)]
    if self.findings:
      parts.append(_findings(self.findings))
    if self.trials:
      parts.append(_trials(self.trials))
    return "\n\n".join(parts)


def _versions(facts):
  build, driver = facts["build"], facts["driver"]
  lines = [f"Python {facts['python']} on {facts['platform']}"]
  made = ("CUDA " + ".".join(map(str, libraries.cuda_of(build)))
          + f", cuDNN {build.get('cudnn_version', '?')}"
          if build.get("is_cuda_build") else
          "ROCm" if build.get("is_rocm_build") else "only the CPU")
  lines.append(f"TensorFlow {facts['tensorflow']}, built for {made}"
               if facts["tensorflow"] else "TensorFlow did not start")
  if driver["opened"]:
    newest = (".".join(map(str, driver["version"])) if driver["version"]
              else "an unknown version")
    lines.append(f"NVIDIA driver for CUDA up to {newest}")
  else:
    lines.append("no NVIDIA driver")
  lines += [f"{name}={value}" for name, value in facts["environment"].items()]
  return "\n".join(lines)


def _devices(facts):
  lines = ["TensorFlow sees:"]
  for device in facts["devices"]:
    label = f"  {device['label']}" if device["label"] else ""
    if device["capability"]:
      label += (", compute capability "
                + ".".join(map(str, device["capability"])))
    lines.append(f"  {device['name'].replace('/device:', '/').lower()}{label}")
  return "\n".join(lines if facts["devices"] else lines + ["  nothing"])


def _findings(findings):
  lines = []
  blocking = any(finding.blocks for finding in findings)
  lines.append("Why a GPU is not used:" if blocking else "Notes:")
  for finding in findings:
    head, *rest = finding.text.split("\n")
    lines.append(f"  {head}")
    lines += [f"  {line}" for line in rest]
    lines += [f"    $ {step}" for step in finding.steps]
  return "\n".join(lines)


def _trials(trials):
  lines = ["A small LSTM, trained for a few steps:"]
  for trial in trials:
    if "error" in trial.numbers:
      lines.append(f"  {trial.device:8} FAILED  {trial.numbers['error']}")
      continue
    numbers = trial.numbers
    verdict = f"FAILED  {trial.problem}" if trial.problem else "ok"
    lines.append(
        f"  {trial.device:8} first step {numbers['seconds_first']:.2f} s, "
        f"then {1000 * numbers['seconds_step']:.1f} ms per step, loss "
        f"{numbers['losses'][0]:.4f} to {numbers['losses'][-1]:.4f}; "
        + _compared(trial.comparison) + f"  {verdict}")
    if trial.comparison is not None and not trial.comparison.passed:
      lines += [f"    {line}" for line in str(trial.comparison).splitlines()]
  return "\n".join(lines)


def _compared(comparison):
  if comparison is None:
    return "gradients not compared"
  worst = max(row.max_rel for row in comparison.rows)
  return f"gradients within {worst:.0e} of {comparison.labels[0]}'s"
