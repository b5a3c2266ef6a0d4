"""The scripts of examples/legacy: what they are, and the folders they take."""

import pathlib

LEGACY = pathlib.Path(__file__).resolve().parents[1] / "examples" / "legacy"

# Imported by the others.
HELPERS = {"make_digits", "make_text"}
# TensorFlow 1.15 no longer had what these use.
OLDER = {"bucketed_lines", "decoder_functions"}
# They write what they have learned or drawn into the folder `--out`.
WRITERS = {
    "bucketed_lines", "chatbot", "creative_rnn", "crf_tagger", "ctc_toy",
    "deep_rnn_dropout", "peepholes", "python2_char_rnn", "queue_input",
    "spectrogram_decoder", "time_series_projection", "time_series_reshape",
    "translation", "word2vec"}
# They read the images that make_digits.py writes from the folder `--data`.
READERS = {"mnist_deep_lstm", "mnist_rows"}


def arguments(name, digits="digits"):
  """The folders of a script, for its command line."""
  return (["--out", "out"] if name in WRITERS else
          ["--data", digits] if name in READERS else [])
