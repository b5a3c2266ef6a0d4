"""All golden cases in one table: `CASES`, name -> `registry.Case`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden import cases_attention
from golden import cases_beam
from golden import cases_cells
from golden import cases_contrib
from golden import cases_contrib_events
from golden import cases_contrib_gated
from golden import cases_crf
from golden import cases_decoding
from golden import cases_document
from golden import cases_frequency
from golden import cases_fused
from golden import cases_grid_rnn
from golden import cases_legacy_seq2seq
from golden import cases_loops
from golden import cases_scopes
from golden import cases_unexported
from golden.registry import CASES

FAMILIES = sorted(set(case.family for case in CASES.values()))
__all__ = ["cases_frequency", "cases_grid_rnn", "cases_unexported",
           "CASES", "FAMILIES", "cases_attention", "cases_beam",
           "cases_cells", "cases_contrib",
           "cases_contrib_events", "cases_contrib_gated",
           "cases_crf", "cases_decoding", "cases_document", "cases_fused",
           "cases_legacy_seq2seq", "cases_loops", "cases_scopes"]
