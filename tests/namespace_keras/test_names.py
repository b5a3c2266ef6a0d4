"""Names of 1.15's Keras, and the messages without a usable tf_keras."""

import json
import subprocess
import sys
import textwrap

import pytest

ALL = textwrap.dedent("""
    import importlib
    import json
    import re
    import sys
    sys.path[:0] = {path!r}
    import tfcompat_rnn.tf1 as tf1
    from tfcompat_rnn.namespace import names, namespace, tables

    tf1.disable_v2_behavior()

    def find(old):
      value, path = tf1, "tfcompat_rnn.tf1"
      for part in old.split("."):
        path += "." + part
        try:
          value = getattr(value, part)
        except AttributeError:
          value = importlib.import_module(path)
      return value

    broken, lacking, loaded = [], [], sorted(
        name for name in sys.modules if name == "tf_keras")
    for name in ("keras", "python_keras", "contrib_keras"):
      table = importlib.import_module(
          "tfcompat_rnn.namespace.tables." + name)
      for row in getattr(table, "ROWS", ()):
        try:
          wanted, found = namespace.target(row.new), find(row.old)
          assert found is wanted or found == wanted
        except Exception as error:
          broken.append(f"{{row.old}}: {{error!r}}")
      for row in [*getattr(table, "MODULES", ()),
                  *getattr(table, "ALIASES", ())]:
        try:
          importlib.import_module("tfcompat_rnn.tf1." + row.old)
        except Exception as error:
          broken.append(f"{{row.old}}: {{error!r}}")
    for family in ("core", "python", "contrib"):
      for gap in tables.family(family).gaps.values():
        for name in re.findall(r"\\btf\\.(keras\\.[a-zA-Z_0-9.]*[a-zA-Z_0-9])",
                               gap.next_step):
          try:
            find(name)
          except Exception:
            broken.append(f"the next step of {{gap.old}}: {{name}}")
    for prefix in ("python.keras.api._v1.keras", "contrib.keras.api.keras"):
      for module, found in names.modules().items():
        if module != prefix and not module.startswith(prefix + "."):
          continue
        for name in found:
          try:
            find(module + "." + name)
          except Exception as error:
            lacking.append(tables.canonical(module) + "." + name)
            if tables.gap(lacking[-1]) is None:
              broken.append(lacking[-1])
    from tfcompat_rnn.tf1.keras import layers
    from tfcompat_rnn.tf1.keras.layers import LSTM
    import tfcompat_rnn.tf1.keras.backend as K
    import tf_keras
    print(json.dumps(dict(
        broken=broken, lacking=sorted(set(lacking)), loaded=loaded,
        same=layers.Dense is tf_keras.layers.Dense and K is tf1.keras.backend,
        lstm=LSTM.__module__, version=tf1.keras.__version__)))
    """)

MISSING = textwrap.dedent("""
    import importlib
    import sys
    import types
    import tfcompat_rnn.tf1 as tf1

    class Blocker:
      def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tf_keras":
          raise ModuleNotFoundError("No module named 'tf_keras'",
                                    name="tf_keras")

    blocker = Blocker()
    sys.meta_path.insert(0, blocker)
    for take in (lambda: tf1.keras.layers,
                 lambda: importlib.import_module(
                     "tfcompat_rnn.tf1.keras.layers"),
                 lambda: importlib.import_module(
                     "tfcompat_rnn.tf1.python.keras.backend")):
      try:
        take()
        print("there")
      except (AttributeError, ImportError) as error:
        print(type(error).__name__, error)
    sys.meta_path.remove(blocker)
    broken = types.ModuleType("tf_keras")
    broken.__path__ = []
    sys.modules["tf_keras"] = broken
    try:
      tf1.keras.layers
      print("there")
    except AttributeError as error:
      print(type(error).__name__, error)
    """)


def _run(program):
  done = subprocess.run([sys.executable, "-c", program],
                        capture_output=True, text=True, check=False)
  assert done.returncode == 0, done.stderr
  return done.stdout.strip()


@pytest.mark.slow
def test_every_name_of_1_15():
  found = json.loads(_run(ALL.format(path=[])).splitlines()[-1])
  assert found["broken"] == []
  assert not found["loaded"]  # importing tf1 loads no tf_keras
  assert found["same"]
  assert found["lstm"] == "tf_keras.src.layers.rnn.lstm_v1"
  assert found["version"] == "2.2.4-tf"
  assert found["lacking"] == [
      "keras.experimental.export_saved_model",
      "keras.experimental.load_from_saved_model",
      "keras.experimental.terminate_keras_multiprocessing_pools",
      "keras.mixed_precision.experimental.LossScaleOptimizer",
      "keras.mixed_precision.experimental.Policy",
      "keras.mixed_precision.experimental.global_policy",
      "keras.mixed_precision.experimental.set_policy",
      "keras.utils.HDF5Matrix", "keras.utils.convert_all_kernels_in_model"]


@pytest.mark.slow
def test_a_missing_or_broken_tf_keras_is_one_line():
  lines = _run(MISSING).splitlines()
  assert [line.partition(" ")[0] for line in lines] == [
      "MissingSymbolError", "MissingModuleError", "MissingModuleError",
      "MissingSymbolError"]
  for line in lines[:3]:
    assert "tf_keras, which has it today, is not installed" in line
    assert "pip install 'tf_keras~=2." in line
  assert "the installed tf_keras does not load" in lines[3]
  assert "pip install" in lines[3]
