"""What `upgrade` changes in a source, and what it must leave alone."""

import ast

import pytest

from tfcompat_rnn.inspection import bindings
from tfcompat_rnn.upgrade import rewriting

# (before, after)
CHANGED = [
    ("import tensorflow as tf\n", "import tfcompat_rnn.tf1 as tf\n"),
    ("import tensorflow\n", "import tfcompat_rnn.tf1 as tensorflow\n"),
    ("import os, tensorflow as tf, sys\n",
     "import os, tfcompat_rnn.tf1 as tf, sys\n"),
    ("import tensorflow.contrib.slim as slim\n",
     "import tfcompat_rnn.tf1.contrib.slim as slim\n"),
    # It loads the module, or fails, and makes the name `tensorflow`.
    ("try:\n  import os, tensorflow.contrib.slim, sys\nexcept ImportError:\n"
     "  pass\n",
     "try:\n  import os, tfcompat_rnn.tf1.contrib.slim, tfcompat_rnn.tf1 as "
     "tensorflow, sys\nexcept ImportError:\n  pass\n"),
    ("import tensorflow.compat.v1 as tf\n",
     "import tfcompat_rnn.tf1.compat.v1 as tf\n"),
    ("from tensorflow import nn\n", "from tfcompat_rnn.tf1 import nn\n"),
    ("from tensorflow import *\n", "from tfcompat_rnn.tf1 import *\n"),
    ("from tensorflow.python.ops import rnn_cell\n",
     "from tfcompat_rnn.tf1.python.ops import rnn_cell\n"),
    ("from tensorflow_core.python.ops import rnn\n",
     "from tfcompat_rnn.tf1.python.ops import rnn\n"),
    ("from tensorflow.examples.tutorials.mnist import input_data  # data\n",
     "from tfcompat_rnn.tf1.examples.tutorials.mnist import input_data"
     "  # data\n"),
    ("from  tensorflow . contrib  import (rnn,  # cells\n"
     "                                   layers as L)\n",
     "from  tfcompat_rnn.tf1.contrib  import (rnn,  # cells\n"
     "                                   layers as L)\n"),
    ("def f():\n\timport tensorflow as tf; return tf\n",
     "def f():\n\timport tfcompat_rnn.tf1 as tf; return tf\n"),
    ("try:\n  import tensorflow as tf\nexcept ImportError:\n  tf = None\n",
     "try:\n  import tfcompat_rnn.tf1 as tf\nexcept ImportError:\n"
     "  tf = None\n"),
    ("if True: import tensorflow as tf\n",
     "if True: import tfcompat_rnn.tf1 as tf\n"),
    ("import numpy as np\nx = np.zeros(3, dtype=np.float)\n",
     "import numpy as np\nx = np.zeros(3, dtype=float)\n"),
    ("import numpy\ny = [numpy.int(v) for v in w] + [(numpy.object)]\n",
     "import numpy\ny = [int(v) for v in w] + [(object)]\n"),
    ("import numpy as np\ns = 'é'; x = np.Inf, -np.Inf\n",
     "import numpy as np\ns = 'é'; x = np.inf, -np.inf\n"),
    ("import numpy as np\nnp.lib.pad(x, 1, 'edge')\n",
     "import numpy as np\nnp.pad(x, 1, 'edge')\n"),
    ("import numpy as np\nz = np.float_(3).real\n",
     "import numpy as np\nz = np.float64(3).real\n"),
    ("import collections\nisinstance(x, collections.Mapping)\n"
     "collections.OrderedDict()\n",
     "import collections.abc\nisinstance(x, collections.abc.Mapping)\n"
     "collections.OrderedDict()\n"),
    ("from collections import Mapping, Sequence as S\n",
     "from collections.abc import Mapping, Sequence as S\n"),
    ("import base64\nbase64.encodestring(b'')\n",
     "import base64\nbase64.encodebytes(b'')\n"),
    ("import tensorflow as tf\r\nx = 'é'\r\n",
     "import tfcompat_rnn.tf1 as tf\r\nx = 'é'\r\n"),
    ("import tensorflow as tf", "import tfcompat_rnn.tf1 as tf"),
]

UNCHANGED = [
    "import tfcompat_rnn.tf1 as tf\ntf.nn.relu(1)\n",
    "import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15()\n"
    "from tfcompat_rnn.tf1.contrib import rnn\n",
    "x = 'import tensorflow as tf'\n",
    '"""Use it:\n\nimport tensorflow as tf\n"""\n',
    "# import tensorflow as tf\n",
    "f'{x} import tensorflow'\n",
    "import tensorflow_probability as tfp\n",
    "from tensorflow_hub import Module\n",
    "import tensorflowonspark\n",
    "import tf_slim as slim\n",
    "from . import tensorflow\n",
    "from .tensorflow import rnn\n",
    "from models import tensorflow as tf\n",
    "tf = 3\nprint(tf)\n",
    "def f(tf, np):\n  return tf.nn, np.float\n",
    "class tensorflow:\n  nn = 1\ntensorflow.nn\n",
    "tensorflow = None\n",
    "import_module('tensorflow.contrib.rnn')\n",
    "import numpy as np\nx = np.float32, np.bool, np.long, np.float64\n",
    "import numpy as np\nnp.float = float\n",
    "import numpy as np\ndel np.float\n",
    "import numpy as np\nif not hasattr(np, 'float'):\n  np.float = float\n",
    "import numpy as np\ntry:\n  np.float\nexcept AttributeError:\n  pass\n",
    "import numpy as np\nfloat = 3\nnp.float\n",
    "import numpy as np\nfrom layers import *\nnp.float\n",
    "import numpy as np\nx = 'np.float'  # np.float\n",
    "import numpy as np\nx.np.float\nself.np.float\n",
    "from mine import np\nnp.float\n",
    "import numpy as np\nnp = mine\nnp.float\n",
    "import numpy as np\ngetattr(np, 'float')\n",
    "from numpy import float_\nfloat_(3)\n",
    "import collections\ncollections.namedtuple('A', 'b')\n",
    "import collections as c\nc.Mapping\n",
    "from collections import Mapping, OrderedDict\n",
    "from collections import *\n",
    "from collections import ByteString\n",
    "try:\n  from collections.abc import Mapping\nexcept ImportError:\n"
    "  from collections import Mapping\n",
    "import time\ntime.clock()\n",
    "import fractions\nfractions.gcd(2, 4)\n",
    "import keras\nfrom keras.layers import Dense\n",
    "x = [1,2 , 3];\ty=  {}\n\n\n\n",
    "if x :\n    y = (1,\n  2)   \n\x0c\nz = 1\n",
    "",
]


@pytest.mark.parametrize("before, after", CHANGED)
def test_changed(before, after):
  assert rewriting.rewrite(before) == after
  assert rewriting.rewrite(after) == after, "a second time"


@pytest.mark.parametrize("text", UNCHANGED)
def test_unchanged(text):
  assert rewriting.rewrite(text) == text


def test_as_many_must_stay_as_must_change():
  assert len(UNCHANGED) >= len(CHANGED)


def test_names_in_f_strings_are_changed_or_left():
  """Before Python 3.12, `ast` does not tell where they are."""
  text = "import numpy as np\nx = f'é{np.float(3)} np.float {np.int(1)!r}'\n"
  assert rewriting.rewrite(text) in (text, (
      "import numpy as np\nx = f'é{float(3)} np.float {int(1)!r}'\n"))


# (text, the line before which the call belongs)
PLACES = [
    ("import tensorflow as tf\n", 1),
    ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nimport os\n", 4),
    ('"""One\nand two."""\nfrom __future__ import division\n\nimport os\n', 5),
    ("from __future__ import (absolute_import,\n  division)\nimport os\n", 3),
    ("'''Text.'''; x = 1\nimport os\n", 2),
    ("x = 1\nfrom a import b\n", 1),
    ("@decorate\n@again\ndef f():\n  pass\n", 1),
    ('"""Text only."""\n', None),
    ("# nothing\n", None),
]


@pytest.mark.parametrize("text, place", PLACES)
def test_place_of_the_call(text, place):
  assert rewriting.place_of_call(ast.parse(text)) == place


@pytest.mark.parametrize("text, there", [
    ("import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15(api='0.8')\n", True),
    ("from tfcompat_rnn import behave_as_1_15 as go\ngo()\n", True),
    ("import tfcompat_rnn\nx = 'tfcompat_rnn.behave_as_1_15()'\n", False),
])
def test_the_call_is_found(text, there):
  assert rewriting.has_call(bindings.Uses(ast.parse(text))) == there


def test_what_libcst_does_not_give_back_is_an_error():
  text = "\\\nimport tensorflow as tf\n"
  ast.parse(text)
  with pytest.raises(ValueError, match="change its imports by hand"):
    rewriting.rewrite(text)
