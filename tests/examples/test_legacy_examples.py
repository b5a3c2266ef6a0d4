"""Every script of examples/legacy runs under the launcher, as it stands."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import legacy_scripts
from legacy_scripts import LEGACY

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# script -> arguments for a short run, besides the script's folders
SHORT = {
    "bidirectional_tagger": ["--steps", "150"],
    "bucketed_lines": ["--epochs", "12"],
    "char_rnn": ["--num_epochs", "1", "-n", "60", "--save_dir", "out",
                 "--rnn_size", "32"],
    "chatbot": ["--steps", "200"],
    "creative_rnn": ["--steps", "200", "--length", "60"],
    "crf_tagger": ["--steps", "60"],
    "ctc_toy": ["--steps", "200"],
    "custom_cell": ["--steps", "100"],
    "decoder_functions": ["--steps", "150"],
    "deep_rnn_dropout": ["--steps", "101"],
    "dynamic_rnn": [],
    "encoder_decoder": ["--steps", "120"],
    "gru": ["--steps", "101"],
    "keras_mixed": ["--steps", "60"],
    "mnist_deep_lstm": ["--epochs", "3"],
    "mnist_rows": ["--epochs", "2"],
    "peepholes": ["--steps", "40"],
    "ptb_word_lm": ["--max_max_epoch", "1", "--words", "4000",
                    "--save_path", "out"],
    "python2_char_rnn": ["--steps", "120"],
    "queue_input": ["--epochs", "3"],
    "spectrogram_decoder": ["--steps", "150"],
    "static_rnn": [],
    "text_classifier": [],
    "time_series_projection": ["--steps", "200"],
    "time_series_reshape": ["--steps", "200"],
    "translation": ["--steps", "150"],
    "two_step_rnn": [],
    "variable_lengths": [],
    "word2vec": ["--steps", "1000", "--words", "8000"],
}
ARGUMENTS = {name: [*words, *legacy_scripts.arguments(name)]
             for name, words in SHORT.items()}
# Those that the fast tests run; the others take longer.
FAST = ("custom_cell", "dynamic_rnn", "static_rnn", "time_series_projection",
        "two_step_rnn", "variable_lengths")


def parametrized(names):
  """`name`, a script; the test is slow if the script is."""
  return pytest.mark.parametrize("name", [
      pytest.param(name, marks=() if name in FAST else pytest.mark.slow)
      for name in names])


class Result:
  """What one script left behind."""

  def __init__(self, folder):
    self.folder = folder
    self.code = int((folder / "code.txt").read_text())
    self.out = (folder / "stdout.txt").read_text()
    self.err = (folder / "stderr.txt").read_text()

  def numbers(self, pattern):
    """All numbers that follow `pattern` in what it printed."""
    found = re.findall(pattern + r"\s*([-+]?\d*\.?\d+(?:e[-+]?\d+)?)",
                       self.out)
    assert found, f"nothing like {pattern!r} in:\n{self.out}"
    return [float(number) for number in found]


def run_scripts(names, base):
  """{script: Result}, all run by one process that forks for each."""
  base.mkdir()
  return dict(zip(names, run_jobs([
      {"argv": [str(LEGACY / f"{name}.py")] + ARGUMENTS[name],
       "cwd": str(base / name)} for name in names], base)))


def run_jobs(jobs, base):
  """The Results of jobs for `forked_runs.py`."""
  for job in jobs:
    (pathlib.Path(job["cwd"]) / "out").mkdir(parents=True)
  (base / "jobs.json").write_text(json.dumps(jobs))
  environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
  path = [str(ROOT)] + os.environ.get("PYTHONPATH", "").split(os.pathsep)
  environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
  subprocess.run([sys.executable, str(HERE.parent / "forked_runs.py"),
                  str(base / "jobs.json")], env=environment, check=True,
                 timeout=580)
  return [Result(pathlib.Path(job["cwd"])) for job in jobs]


class Results(dict):
  """{script: Result}; the fast ones are run together, and so are the others."""

  def __init__(self, base):
    super().__init__()
    self.base = base

  def __missing__(self, name):
    fast = name in FAST
    self.update(run_scripts(
        [each for each in SHORT if (each in FAST) == fast],
        self.base / ("fast" if fast else "slow")))
    return self[name]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
  return Results(tmp_path_factory.mktemp("legacy"))


def assert_picture(path):
  """A PNG that shows something: several colours, not nearly all white."""
  import matplotlib.image
  image = matplotlib.image.imread(path)[..., :3]
  assert min(image.shape[:2]) >= 300
  ink = (image.min(axis=-1) < .9).mean()
  assert .005 < ink < .5, f"{path}: {ink:.4f} of it is ink"
  assert len(np.unique((image * 15).astype(int).reshape(-1, 3), axis=0)) > 3


def test_each_script_is_listed():
  scripts = {path.stem for path in LEGACY.glob("*.py")} - legacy_scripts.HELPERS
  assert scripts == set(SHORT)


@pytest.mark.parametrize("path", sorted(LEGACY.glob("*.py")),
                         ids=lambda path: path.stem)
def test_scripts_know_nothing_of_us(path):
  text = path.read_text()
  assert "tfcompat" not in text and "compat.v1" not in text


@pytest.mark.spread(fast=2)
@parametrized(sorted(SHORT))
def test_script_ends_well(results, name):
  result = results[name]
  assert result.code == 0, result.err[-3000:]
  assert "Traceback" not in result.err


def test_two_step_rnn(results):
  text = results["two_step_rnn"].out
  rows = np.array(re.findall(r"[-+]?\d\.\d*(?:e[-+]\d+)?", text), float)
  assert rows.shape == (40,)
  assert np.all(np.abs(rows) < 1) and np.unique(rows).size > 30


@parametrized(["static_rnn", "dynamic_rnn"])
def test_final_state_is_last_output(results, name):
  lines = re.findall("the final state is the last output: (True|False)",
                     results[name].out)
  assert lines and set(lines) == {"True"}


def test_dynamic_rnn_names(results):
  out = results["dynamic_rnn"].out
  assert "rnn/basic_rnn_cell/kernel:0 [8, 5]" in out
  assert "rnn/basic_rnn_cell/bias:0 [5]" in out
  assert 'Tensor("rnn/transpose_1:0"' in out


def test_variable_lengths(results):
  out = results["variable_lengths"].out
  assert len(re.findall(r"\[ ?0\.\s+0\.\s+0\.\s+0\.\s+0\. *\]", out)) == 3


@parametrized(["mnist_rows", "mnist_deep_lstm"])
def test_mnist(results, name):
  result = results[name]
  assert "generated 4000 + 600 digit-like images" in result.out
  assert "stand-ins, not MNIST" in result.out
  assert result.out.count("Extracting digits") == 4
  losses = result.numbers("loss:")
  assert losses[-1] < .8 * losses[0]
  assert result.numbers("test accuracy:")[-1] > .6


@parametrized(["time_series_projection", "creative_rnn"])
def test_time_series(results, name):
  errors = results[name].numbers("MSE:")
  assert errors[-1] < .1 * errors[0]
  assert_picture(results[name].folder / "out" / f"{name}.png")


@pytest.mark.slow
def test_time_series_reshape(results):
  result = results["time_series_reshape"]
  errors = result.numbers("squared error:")
  assert errors[-1] < .1 * errors[0]
  assert 'Tensor("fully_connected/BiasAdd:0", shape=(?, 1)' in result.out
  assert_picture(result.folder / "out" / "time_series_reshape.png")


@pytest.mark.slow
def test_deep_rnn_dropout(results):
  result = results["deep_rnn_dropout"]
  errors = result.numbers("MSE with dropout:")
  assert errors[-1] < .7 * errors[0]
  without = result.numbers("MSE without dropout:")
  assert without[0] < errors[-1]
  assert (result.folder / "out" / "my_model.ckpt.index").exists()
  assert_picture(result.folder / "out" / "deep_rnn_dropout.png")


@pytest.mark.slow
def test_peepholes(results):
  result = results["peepholes"]
  assert result.out.count("rnn/lstm_cell/w_i_diag:0 [24]") == 1
  without, with_peepholes = result.out.split("with peepholes")
  for part in (without, with_peepholes):
    losses = [float(x) for x in re.findall(r"loss: (\S+)", part)]
    assert losses[-1] < losses[0]
  assert_picture(result.folder / "out" / "peepholes.png")


@pytest.mark.slow
def test_gru(results):
  losses = results["gru"].numbers("loss:")
  assert losses[-1] < .3 * losses[0]


@pytest.mark.slow
def test_word2vec(results):
  result = results["word2vec"]
  losses = result.numbers(r"average loss at step \d+:")
  assert losses[-1] < .5 * losses[0]
  embeddings = np.load(result.folder / "out" / "final_embeddings.npy")
  assert embeddings.shape == (80, 32)
  np.testing.assert_allclose((embeddings ** 2).sum(1), 1, rtol=1e-5)
  assert_picture(result.folder / "out" / "word2vec.png")


@pytest.mark.slow
def test_decoder_functions(results):
  losses = results["decoder_functions"].numbers(r"step \d+ loss")
  assert losses[-1] < 0.8 * losses[0]
  assert "of 50 copied" in results["decoder_functions"].out


@pytest.mark.slow
def test_bucketed_lines(results):
  losses = results["bucketed_lines"].numbers(r"epoch \d+ loss")
  assert len(losses) == 12 and losses[-1] < 0.7 * losses[0]


@pytest.mark.slow
def test_encoder_decoder(results):
  losses = results["encoder_decoder"].numbers(r"step \d+ loss")
  assert losses[-1] < .5 * losses[0]
  assert "of 200" in results["encoder_decoder"].out


@pytest.mark.slow
def test_ptb_word_lm(results):
  result = results["ptb_word_lm"]
  assert result.numbers("Epoch: 1 Train Perplexity:")[0] < 70
  assert result.numbers("Test Perplexity:")[0] < 60
  assert (result.folder / "out" / "checkpoint").exists()


@pytest.mark.slow
def test_char_rnn(results):
  result = results["char_rnn"]
  losses = result.numbers("train_loss =")
  assert losses[-1] < .9 * losses[0]
  sample = result.out.strip().splitlines()[-1]
  assert sample.startswith("the ") and len(sample) > 55


@pytest.mark.slow
def test_python2_char_rnn(results):
  """The vocabulary has bytes: two of them are the last letter of caf\u00e9."""
  result = results["python2_char_rnn"]
  assert "written for Python 2 (line 23: print statement)" in result.err
  assert "characters: 17 batches: 30\n" in result.out
  losses = result.numbers("train_loss =")
  assert len(losses) == 5 and losses[-1] < .5 * losses[0]
  assert len(result.out.splitlines()[-1]) >= 40


@pytest.mark.slow
def test_keras_mixed(results):
  assert results["keras_mixed"].numbers("accuracy")[-1] > .6


@pytest.mark.slow
def test_text_classifier(results):
  """It trains, and what it exported answers like the estimator."""
  lines = results["text_classifier"].out.splitlines()
  assert lines[1] == "['best', 'final', 'latest'] [True, True, True]"
  assert "True" in lines


@pytest.mark.slow
def test_chatbot(results):
  """After 200 steps it answers, and orders that it was not taught as well."""
  result = results["chatbot"]
  assert "> hello\n  good morning !\n" in result.out
  assert result.numbers("known questions:")[0] > 60
  assert result.numbers("new orders:")[0] >= 4
  assert (result.folder / "out" / "checkpoint").exists()


@pytest.mark.slow
def test_bidirectional_tagger(results):
  assert results["bidirectional_tagger"].numbers("accuracy:")[0] > .6


@pytest.mark.slow
def test_crf_tagger(results):
  result = results["crf_tagger"]
  assert result.numbers("F1 on held-out sentences:")[-1] > .7
  assert "crf_decode finds the same tags: True" in result.out
  lines = (result.folder / "out" / "tagged.txt").read_text().splitlines()
  assert len([line for line in lines if line.endswith(" B-PER B-PER")]) > 20
  assert {len(line.split()) for line in lines} == {0, 3}


@pytest.mark.slow
def test_ctc_toy(results):
  result = results["ctc_toy"]
  assert result.numbers("cost:")[-1] < .3 * result.numbers("cost:")[0]
  assert result.numbers("beam search: label error rate:")[0] < .2
  assert result.out.count(" heard as ") == 4
  assert_picture(result.folder / "out" / "ctc_toy.png")


def test_custom_cell(results):
  result = results["custom_cell"]
  for name in ("cell_0/MinimalGatedCell/W_f (25, 24)",
               "cell_1/slow_cell/slowness (24,)"):
    assert "rnn/multi_rnn_cell/" + name in result.out
  losses = result.numbers("loss:")
  assert losses[-1] < .3 * losses[0]


@pytest.mark.slow
def test_queue_input(results):
  result = results["queue_input"]
  assert result.numbers(r"step \d+ loss")[-1] < .4
  assert "the files have been read 3 times" in result.out
  assert result.out.rstrip().endswith("all threads have stopped")


@pytest.mark.slow
def test_translation(results):
  result = results["translation"]
  losses = result.numbers("loss")
  assert losses[-1] < .3 * losses[0]
  assert result.numbers("greedy")[0] > 20
  assert result.numbers("beam of 4:")[0] > 20
  for name in ("translation.ckpt-150.index", "checkpoint"):
    assert (result.folder / "out" / name).exists()
  assert_picture(result.folder / "out" / "translation.png")


@pytest.mark.slow
def test_translation_restored(results, tmp_path):
  """`--restore` finds the checkpoint and translates as the training run."""
  trained = results["translation"]
  jobs = [{"argv": [str(LEGACY / "translation.py"), "--restore",
                    str(trained.folder / "out")] + more,
           "cwd": str(tmp_path / name)}
          for name, more in (("all", []), ("one", [
              "--decode", "the big stars like a red horse"]))]
  whole, one = run_jobs(jobs, tmp_path)
  assert "restored after 150 steps" in whole.out
  lines = [line for line in trained.out.splitlines()
           if "=>" in line or "held-out" in line]
  assert len(lines) == 5
  assert [line for line in whole.out.splitlines()
          if "=>" in line or "held-out" in line] == lines
  said = re.search("beam: +(.*)", one.out).group(1)
  assert f"the big stars like a red horse => {said}" in lines


@pytest.mark.slow
def test_spectrogram_decoder(results):
  result = results["spectrogram_decoder"]
  losses = result.numbers("loss")
  assert losses[-1] < .5 * losses[0]
  assert result.numbers("by itself:")[0] < .2
  assert_picture(result.folder / "out" / "spectrogram_decoder.png")


def test_figures_are_saved_where_there_is_no_display(results):
  result = results["time_series_projection"]
  assert_picture(next((result.folder / "figures").glob("*.png")))


@pytest.mark.slow
def test_as_a_command(tmp_path):
  result = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run",
       str(LEGACY / "static_rnn.py")], cwd=tmp_path,
      env=dict(os.environ, PYTHONPATH=str(ROOT)), stdout=subprocess.PIPE,
      stderr=subprocess.PIPE, text=True, check=False)
  assert result.returncode == 0, result.stderr
  assert result.stdout.count("True") == 1
