"""What `tfcompat-rnn --version` prints: this package, what it runs on, extras.

All of it is read from the metadata of what is installed. Nothing is imported,
so the answer is there too when TensorFlow is broken or missing.
"""

import importlib.metadata
import platform

import tfcompat_rnn

NAME = "tfcompat_rnn"
# The distributions that have a line of their own, as they are written there.
_SHOWN = {"tensorflow": "TensorFlow", "numpy": "NumPy"}


def report():
  """The text, without a line break at its end.

  >>> report().splitlines()[0]
  'tfcompat-rnn 0.2.0'
  """
  try:
    import packaging.requirements  # noqa: F401 (asks whether it is there)
    extras, needed = _extras(), _needed()
  except ImportError:
    # Only where somebody installed without dependencies.
    extras, needed = ["extras: unknown without `packaging`; run "
                      "`pip install packaging`"], {}
  return "\n".join([
      f"tfcompat-rnn {tfcompat_rnn.__version__}",
      *(_shown(name, needed.get(name)) for name in _SHOWN),
      f"Python {platform.python_version()}", "", *extras])


def _version(name):
  """The version of the distribution `name`, None if it is not installed."""
  try:
    return importlib.metadata.version(name)
  except importlib.metadata.PackageNotFoundError:
    return None


def _shown(name, needed):
  """The line of a distribution; `needed` is our requirement, or None."""
  version, note = _version(name), ""
  if version is None:
    # There are builds under other names: tensorflow-cpu, tf-nightly.
    for other in importlib.metadata.packages_distributions().get(name, ()):
      version, note = _version(other), f" ({other})"
  if version is None:
    missing = f"{_SHOWN[name]} is not installed"
    return f"{missing} (needed: {needed.specifier})" if needed else missing
  if needed and not _fits(needed, version):
    note += f" (tested: {needed.specifier})"
  return f"{_SHOWN[name]} {version}{note}"


def _requirements(name, extra=""):
  """What a distribution requires here, with `extra` what only this adds."""
  from packaging.requirements import Requirement
  found = []
  for line in importlib.metadata.requires(name) or ():
    one = Requirement(line)
    always = not one.marker or one.marker.evaluate({"extra": ""})
    if always != bool(extra) and (
        always or one.marker.evaluate({"extra": extra})):
      found.append(one)
  return found


def _needed():
  """{name: Requirement} of what this package always needs."""
  from packaging.utils import canonicalize_name
  if _version(NAME) != tfcompat_rnn.__version__:
    return {}
  return {canonicalize_name(one.name): one for one in _requirements(NAME)}


def _fits(requirement, version):
  return requirement.specifier.contains(version, prereleases=True)


def _extras():
  """The lines about extras."""
  installed = _version(NAME)
  remedy = "run `pip install .` in its folder"
  if installed is None:
    return [f"extras: unknown, because {NAME} itself is not installed; "
            f"{remedy}"]
  if installed != tfcompat_rnn.__version__:
    return [f"extras: unknown, because the installed {NAME} is version "
            f"{installed}, and another one runs; {remedy}"]
  names = importlib.metadata.metadata(NAME).get_all("Provides-Extra") or []
  width = max(map(len, names), default=0) + 2
  return ["extras:"] + [f"  {name:{width}}{_state(name)}" for name in names]


def _state(extra):
  """What of an extra is installed, or the command that installs the rest."""
  found, missing = {}, {}
  for one in _requirements(NAME, extra):
    _look_up(one, found, missing)
  if missing:
    return f"missing: {_few(missing)}; pip install '{NAME}[{extra}]'"
  if found:
    return f"found: {_few(found)}"
  return "needs nothing with this Python"


def _few(names):
  """Some names in a line, and how many more there are."""
  names = list(names)
  if len(names) > 5:
    names[4:] = [f"{len(names) - 4} more"]
  return ", ".join(names)


def _look_up(requirement, found, missing):
  """Adds a line on a requirement, and on those of its own extras.

  `found` and `missing` are dicts whose values are not used: sets that keep
  their order.
  """
  plain = f"{requirement.name}{_listed(requirement)}"
  version = _version(requirement.name)
  if version is None:
    missing[plain] = None
  elif not _fits(requirement, version):
    missing[f"{plain} (got {version})"] = None
  else:
    found[f"{requirement.name} {version}"] = None
    for extra in sorted(requirement.extras):
      for one in _requirements(requirement.name, extra):
        _look_up(one, found, missing)


def _listed(requirement):
  """The extras and versions of a requirement, as a requirement has them."""
  extras = f"[{','.join(sorted(requirement.extras))}]" * bool(
      requirement.extras)
  return f"{extras}{requirement.specifier}"
