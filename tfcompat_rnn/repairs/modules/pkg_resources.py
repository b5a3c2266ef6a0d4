"""`pkg_resources`: files in packages, and installed versions."""

import importlib
import importlib.metadata
import os
import re

__all__ = (
    "Distribution", "DistributionNotFound", "ResolutionError",
    "get_distribution", "parse_version", "require", "resource_exists",
    "resource_filename", "resource_listdir", "resource_stream",
    "resource_string")


class ResolutionError(Exception):
  """A requirement cannot be met."""


class DistributionNotFound(ResolutionError):
  """The distribution is not installed."""


class Distribution:
  """The name and the version of an installed distribution."""

  def __init__(self, found):
    self.project_name = self.key = found.metadata["Name"]
    self.version = found.version
    self.location = str(found.locate_file(""))
    self.parsed_version = parse_version(found.version)

  def __str__(self):
    return f"{self.project_name} {self.version}"


def parse_version(text):
  """Returns a version that can be compared."""
  # TensorFlow requires `packaging`, which the real pkg_resources used too.
  import packaging.version
  return packaging.version.parse(text)


def get_distribution(name):
  """Returns the installed distribution `name`."""
  plain = re.split(r"[<>=!~;\[ ]", str(name))[0]
  try:
    return Distribution(importlib.metadata.distribution(plain))
  except importlib.metadata.PackageNotFoundError as error:
    raise DistributionNotFound(
        f"The {plain!r} distribution was not found") from error


def require(*names):
  """Returns the installed distributions `names`."""
  return [get_distribution(name) for name in names]


def _folder(package):
  found = importlib.import_module(getattr(package, "__name__", package))
  return os.path.dirname(os.path.abspath(found.__file__))


def resource_filename(package_or_requirement, resource_name):
  """Returns the path of a file in a package."""
  return os.path.join(_folder(package_or_requirement),
                      *resource_name.split("/"))


def resource_exists(package_or_requirement, resource_name):
  """Returns whether a package has such a file."""
  return os.path.exists(resource_filename(package_or_requirement,
                                          resource_name))


def resource_stream(package_or_requirement, resource_name):
  """Opens a file in a package for reading bytes."""
  return open(resource_filename(package_or_requirement, resource_name), "rb")


def resource_string(package_or_requirement, resource_name):
  """Returns the bytes of a file in a package."""
  with resource_stream(package_or_requirement, resource_name) as file:
    return file.read()


def resource_listdir(package_or_requirement, resource_name):
  """Returns the names in a folder of a package."""
  return os.listdir(resource_filename(package_or_requirement, resource_name))
