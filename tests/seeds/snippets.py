"""All snippets: importing this fills `registry.SNIPPETS`."""

from seeds import snippets_arrays  # noqa: F401
from seeds import snippets_attention  # noqa: F401
from seeds import snippets_beam  # noqa: F401
from seeds import snippets_cells  # noqa: F401
from seeds import snippets_contrib  # noqa: F401
from seeds import snippets_contrib_cells  # noqa: F401
from seeds import snippets_control  # noqa: F401
from seeds import snippets_crf  # noqa: F401
from seeds import snippets_decoding  # noqa: F401
from seeds import snippets_fused  # noqa: F401
from seeds import snippets_gradients  # noqa: F401
from seeds import snippets_grids  # noqa: F401
from seeds import snippets_idioms  # noqa: F401
from seeds import snippets_input  # noqa: F401
from seeds import snippets_layers  # noqa: F401
from seeds import snippets_legacy_seq2seq  # noqa: F401
from seeds import snippets_loops  # noqa: F401
from seeds import snippets_losses  # noqa: F401
from seeds import snippets_math  # noqa: F401
from seeds import snippets_nn  # noqa: F401
from seeds import snippets_random  # noqa: F401
from seeds import snippets_rare  # noqa: F401
from seeds import snippets_sessions  # noqa: F401
from seeds import snippets_training  # noqa: F401
from seeds import snippets_variables  # noqa: F401
from seeds.registry import SNIPPETS  # noqa: F401
