"""Measures the examples for docs/gallery.md, and draws their pictures.

  python benchmarks/gallery.py --reference-python python3.7 \\
      --write docs/gallery.md
  python benchmarks/gallery.py --reference-python python3.7 \\
      --write docs/gallery.md legacy/gru.py migration/train.py
  python benchmarks/gallery.py --check docs/gallery.md

With names, only their rows and pictures are written. `--check` tells which
examples have no row, and which rows no example. Each program for TensorFlow 1.x

* is compared with `tfcompat-rnn compare`, over its first `--calls` calls of
  `Session.run`;
* is timed, as benchmarks/programs.py does it: the training step of three
  processes that take turns. Where there is no such step (the program does not
  train, trains through Keras, or only a few times), whole programs run in turn;
* has a picture: one that it makes itself (`DRAWS`), or its loss under both
  versions of TensorFlow.

What is written for this package has no counterpart in TensorFlow 1.15, so its
row says what it is; docs/examples.md shows what it prints.
"""

import ast
import collections
import contextlib
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import _programs
import _table
import numpy as np
import programs

from tfcompat_rnn import _figure
from tfcompat_rnn.bench import options as options_lib
from tfcompat_rnn.bench import process
from tfcompat_rnn.compare import recording
from tfcompat_rnn.compare import sides

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PICTURES = ROOT / "docs" / "gallery"

# Imported by the others.
HELPERS = {"_common.py", "legacy/make_digits.py", "legacy/make_text.py",
           "distributed/cluster.py", "distributed/summaries.py",
           "migration/data.py", "migration/model.py"}
# Programs that make their picture, in the folder that `--out` names; that of a
# notebook is saved by the launcher.
DRAWS = {
    "legacy/creative_rnn.py", "legacy/ctc_toy.py", "legacy/deep_rnn_dropout.py",
    "legacy/peepholes.py", "legacy/time_series_projection.py",
    "legacy/time_series_reshape.py", "legacy/wave_gru.ipynb",
    "legacy/word2vec.py",
}
# Pictures that docs/examples.md and others show already.
SHOWN = {
    "char_language_model.py": "char_language_model.png",
    "language_of_documents.py": "language_of_documents.png",
    "several_devices.py": "several_devices.png",
    "sine_wave.py": "sine_wave.png",
    "tracking.py": "tracking.png",
    "distributed/train_char_lm.py": "train_char_lm.png",
    "legacy/spectrogram_decoder.py": "spectrogram_decoder.png",
    "legacy/translation.py": "translation.png",
}
OURS = "written for this package"
REWRITES = {
    "language_model_keras.py": "a rewrite in Keras 3",
    "language_model_pytorch.py": "a rewrite in PyTorch",
    "language_model_jax.py": "a rewrite in JAX",
}
LIMIT = 600                # seconds for a program
WIDTH, BYTES = 640, 30000  # of a picture

# name: below examples/; cells: of the table; picture: relative to docs/.
Entry = collections.namedtuple("Entry", "name cells picture")


def names():
  """All examples below examples/, sorted by folder."""
  found = [path.relative_to(EXAMPLES).as_posix()
           for pattern in ("*.py", "*/*.py", "*/*.ipynb")
           for path in EXAMPLES.glob(pattern)]
  return sorted(set(found) - HELPERS, key=lambda name: (
      name.count("/"), name.startswith("before"), name))


def description(name):
  """The first sentence of an example's docstring, or a notebook's heading."""
  text = (EXAMPLES / name).read_text(encoding="utf-8")
  if name.endswith(".ipynb"):
    cells = [cell for cell in json.loads(text)["cells"]
             if cell["cell_type"] == "markdown"]
    lines = "".join(cells[0]["source"]).splitlines() if cells else [""]
    return lines[0].lstrip("# ")
  try:
    doc = ast.get_docstring(ast.parse(text))
  except SyntaxError:     # Python 2
    doc = re.search(r'^"""(.*?)"""', text, re.M | re.S).group(1)
  return doc.split("\n\n")[0].replace("\n", " ").rstrip(".")


def is_old(name):
  """Whether it is a program for TensorFlow 1.x."""
  return name == "rewrites/language_model.py" or name.startswith(
      ("legacy/", "before_1_0/", "migration/"))


def run(words, folder, environment):
  """Its seconds; SystemExit with the end of its errors if it failed."""
  begun = time.perf_counter()
  done = subprocess.run(words, cwd=folder, env=environment, text=True,
                        capture_output=True, timeout=LIMIT)
  if done.returncode:
    raise process.WorkerError(_last_line(done.stderr))
  return time.perf_counter() - begun


def _last_line(text):
  lines = [line for line in text.splitlines() if re.match(r"\w*Error\b", line)]
  return (lines or text.strip().splitlines() or ["it said nothing"])[-1]


@contextlib.contextmanager
def copied(name):
  """A copy of the example's folder, as the current folder of a program."""
  with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch) / "examples"
    shutil.copytree((EXAMPLES / name).parent, folder)
    yield folder, pathlib.Path(name).name


def compare(name, options, keep):
  """The report of `compare` on a program, or why there is none."""
  with copied(name) as (folder, script):
    words = [sys.executable, "-m", "tfcompat_rnn", "compare", "--steps",
             str(options.calls), "--keep", str(keep), "--json",
             str(keep / "report.json"), script, "--reference-python",
             options.reference_python]
    keep.mkdir()
    done = subprocess.run(
        words, cwd=folder, text=True, capture_output=True, timeout=LIMIT,
        env=process.environment(options_lib.processors(), ours=True))
    if done.returncode > 1:
      failed = re.findall(r"(the reference|our side) failed: (.*)", done.stderr)
      if [side for side, _ in failed] != ["the reference"]:
        raise process.WorkerError(_last_line(done.stderr))
      return re.sub(r" \(/.*\)", "", failed[0][1])  # where a module was
    return json.loads((keep / "report.json").read_text())


def compared_cells(found):
  """Calls, largest difference, initial values and verdict, for the table."""
  if isinstance(found, str):
    lacks = re.match(r"ModuleNotFoundError: No module named '(?!tensorflow)",
                     found)
    return ["-", "-", "-", f"not measured, the reference lacks it: `{found}`"
            if lacks else f"1.15.5 cannot run it: `{found}`"]
  first = found["first"]
  numbers = [float(row["largest"]["relative"]) for row in found["fetches"]]
  verdict = found["verdict"]
  if verdict == "different" and "rounding" in (found["explanation"] or ""):
    verdict = f"equal up to call {first['call'] - 1}, then rounding grows"
  elif verdict == "different":
    verdict += f" from call {first['call']} on"
  initial = found["initial"]
  return [str(found["calls"]),
          f"{max(numbers):.0e}" if any(numbers) else "0",
          f"{initial['identical']} of {initial['both']}", verdict]


def timed(name, options):
  """The cell with the time against 1.15.5."""
  folder, script = (EXAMPLES / name).parent, pathlib.Path(name).name
  if not script.endswith(".py"):
    return "(a notebook)"
  program = programs.Program(name, script, name, [], {})
  try:
    with tempfile.TemporaryDirectory() as scratch:
      row = programs.measure(program, options, pathlib.Path(scratch), folder,
                             ("run", "1.15"))
    return "step: {:.2f} ({:.2f} to {:.2f})".format(
        *row["ratios"]["run / 1.15"])
  except process.WorkerError:
    pass
  rounds = []
  threads = options_lib.processors()
  with copied(name) as (folder, script):
    for number in range(options.programs):
      turns = [("ours", [sys.executable, "-m", "tfcompat_rnn", "run"]),
               ("1.15", [options.reference_python])]
      rounds.append({
          side: run([*command, script], folder,
                    process.environment(threads, ours=side == "ours"))
          for side, command in (turns if number % 2 else turns[::-1])})
  ratios = sorted(one["ours"] / one["1.15"] for one in rounds)
  return (f"program: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to "
          f"{ratios[-1]:.2f})")


def own_picture(name, path):
  """Lets the program draw, and stores its first picture."""
  with copied(name) as (folder, script):
    (folder / "out").mkdir()
    run([sys.executable, "-m", "tfcompat_rnn", "run", "--figures", "out",
         script, *(["--out", "out"] if script.endswith(".py") else [])], folder,
        dict(process.environment(options_lib.processors(), ours=True),
             MPLBACKEND="Agg"))
    stem = pathlib.Path(script).stem
    found = sorted((folder / "out").glob("*.png"),
                   key=lambda one: (one.stem != stem, one.name))
    store(found[0], path)


def store(source, path):
  """A picture in few colors, narrow enough to stay below `BYTES`."""
  from PIL import Image
  picture = Image.open(source).convert("RGB")
  for width in range(min(WIDTH, picture.width), 200, -40):
    small = picture.resize(
        (width, round(picture.height * width / picture.width)),
        Image.Resampling.LANCZOS)
    small.quantize(200).save(path, optimize=True)
    if path.stat().st_size < BYTES:
      return


def losses(file):
  """{path: values} of the scalars that training steps fetched."""
  found = collections.defaultdict(list)
  for call in recording.Recording(file).calls():
    for item in call.fetched if call.trains else ():
      if item.value.shape == () and item.value.dtype.startswith("float"):
        found[item.path, item.name].append(float(item.value.array))
  return found


def loss_picture(keep, path):
  """The loss of both runs, or of ours if there is no other.

  None if the program fetched no loss that falls.
  """
  old, new = (losses(keep / f"{side}.npz") for side in ("reference", "ours"))
  # Two curves show that they are one; a single one must show something else.
  falling = [key for key, values in new.items()
             if len(values) > 20 and (not old or key in old)
             and np.mean(values[-10:]) < (1 if old else .8) * np.mean(
                 values[:10])]
  if not falling:
    return None
  key = max(falling, key=lambda key: (
      len(new[key]), "loss" in key[1].lower() or "cost" in key[1].lower(),
      np.mean(new[key][:5]) / abs(np.mean(new[key][-5:]))))
  figure = _figure.new_figure(5.6, 2.2)
  axes = figure.add_subplot()
  if old:
    axes.plot(old[key], color="#f2a65a", linewidth=5, alpha=.7,
              label="TensorFlow 1.15.5")
  axes.plot(new[key], color="#1f3b57", linewidth=1.2, label="here")
  axes.set_xlabel("training step")
  axes.set_ylabel("loss")
  axes.legend(frameon=False)
  axes.spines[["top", "right"]].set_visible(False)
  with tempfile.TemporaryDirectory() as scratch:
    drawn = pathlib.Path(scratch) / "loss.png"
    figure.savefig(drawn, dpi=110)
    store(drawn, path)
  return path


def measured(name, options):
  """The Entry of one example."""
  shown = SHOWN.get(name)
  picture = f"examples/{shown}" if shown else None
  title = f"[`{name}`](../examples/{name})"
  if not is_old(name):
    kind = REWRITES.get(pathlib.Path(name).name, OURS)
    return Entry(name, [title, description(name), "-", "-", "-", kind, "-"],
                 picture)
  path = PICTURES / (name.replace("/", "_").rpartition(".")[0] + ".png")
  with tempfile.TemporaryDirectory() as scratch:
    keep = pathlib.Path(scratch) / "keep"
    found = compare(name, options, keep)
    cells = [title, description(name), *compared_cells(found)]
    if isinstance(found, str):
      cells.append("-")
    else:
      cells.append(timed(name, options)
                   if not name.startswith("legacy/python2") else "(Python 2)")
    PICTURES.mkdir(exist_ok=True)
    if not picture and name in DRAWS:
      own_picture(name, path)
    elif not picture:
      path = loss_picture(keep, path)
    if not picture and path and path.exists():
      picture = f"gallery/{path.name}"
  return Entry(name, cells, picture)


HEAD = ["example", "what it is", "first calls", "largest difference",
        "initial values, bit-identical", "verdict", "time / 1.15.5"]


def table(rows):
  """The lines of the table; `rows`: name -> line."""
  return ["| " + " | ".join(HEAD) + " |", "|---|---|---:|---:|---:|---|---|",
          *[rows[name] for name in names() if name in rows]]


def section(entry):
  """The picture of an Entry, with its title, as one text."""
  caption = description(entry.name)
  if entry.picture.startswith("gallery/") and entry.name not in DRAWS:
    caption += " (its loss)"
  return (f"### {entry.name}\n\n![{caption}]({entry.picture})\n\n{caption}.\n")


def old_rows(text):
  """name -> line, of a page's table."""
  return {found[1]: found[0] for found in re.finditer(
      r"^\| \[`([\w./]+)`\].*\|$", text, re.M)}


def old_sections(text):
  """name -> text, of a page's pictures."""
  found = re.split(r"^### (.*)\n", text.partition("<!-- pictures -->\n")[2]
                   .partition("<!-- end of pictures -->")[0], flags=re.M)
  return {name: f"### {name}\n{body.rstrip()}\n"
          for name, body in zip(found[1::2], found[2::2])}


def write(page, entries):
  """Puts the Entries into the page, in place of their old ones."""
  text = pathlib.Path(page).read_text(encoding="utf-8")
  rows, sections = old_rows(text), old_sections(text)
  for entry in entries:
    rows[entry.name] = "| " + " | ".join(entry.cells) + " |"
    sections.pop(entry.name, None)
    if entry.picture:
      sections[entry.name] = section(entry)
  _table.write(page, [
      f"Measured on {os.cpu_count()} cores of {_table.processor()}, with "
      f"TensorFlow {importlib.metadata.version('tensorflow')}.", "",
      *table(rows)])
  _table.write(page, "\n".join(
      sections[name] for name in names() if name in sections).splitlines(),
               "pictures")


def parsed(argv=None):
  parser = _programs.parser(__doc__, rounds=7, seconds=.2, needed=False,
                            other=" and Matplotlib")
  parser.add_argument("only", nargs="*", help="names below examples/")
  parser.add_argument("--calls", type=int, default=100)
  parser.add_argument("--programs", type=int, default=3,
                      help="rounds of whole programs")
  parser.add_argument("--skip", type=int, default=20,
                      help="training steps before the measurement")
  parser.add_argument("--write", metavar="PAGE")
  parser.add_argument("--check", metavar="PAGE")
  options = parser.parse_args(argv)
  unknown = set(options.only) - set(names())
  if unknown:
    parser.error(f"there is no example {', '.join(sorted(unknown))}")
  if not options.check and any(map(is_old, options.only or names())):
    if not options.reference_python:
      parser.error("programs for TensorFlow 1.x need --reference-python")
    sides.check_python(options.reference_python)
  return options


def check(page):
  """What the page lacks or has too much, as lines."""
  rows = set(old_rows(pathlib.Path(page).read_text(encoding="utf-8")))
  return ([f"no row: {name}" for name in names() if name not in rows]
          + [f"no example: {name}" for name in sorted(rows - set(names()))])


def main(argv=None):
  options = parsed(argv)
  if options.check:
    found = check(options.check)
    print("\n".join(found or ["the page has a row for each example"]))
    return bool(found)
  print(f"{os.cpu_count()} cores of {_table.processor()}", flush=True)
  for name in options.only or names():
    try:
      entry = measured(name, options)
    except (process.WorkerError, subprocess.TimeoutExpired) as error:
      entry = Entry(name, [
          f"[`{name}`](../examples/{name})", description(name), "-", "-", "-",
          f"not measured: {' '.join(str(error).split())[:120]}", "-"], None)
    print(" | ".join(entry.cells[0:1] + entry.cells[2:]), entry.picture,
          flush=True)
    if options.write:
      write(options.write, [entry])


if __name__ == "__main__":
  sys.exit(main())
