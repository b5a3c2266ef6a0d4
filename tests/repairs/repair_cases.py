"""One small program for each repair, and what runs them.

  python repair_cases.py           without repairs
  python repair_cases.py repaired  with them, and again after they were undone

prints JSON: {repair name: "" or what went wrong}.
"""

import json
import sys
import warnings

# Programs for the repairs that are no mere name. They fail by an exception;
# `assert` tells the value. A name's program is made from its row.
CASES = {
    # NumPy
    "np.float": "import numpy as np; assert np.zeros(2, np.float).dtype == 'f8'",
    "np.int": "import numpy as np; assert np.int('3') == 3",
    "np.asscalar": "import numpy as np; assert np.asscalar(np.ones(1)) == 1.",
    "np.msort": "import numpy as np; "
                "assert np.msort([[2, 1], [1, 2]]).tolist() == [[1, 1], [2, 2]]",
    "np.NINF": "import numpy as np; assert np.NINF == -np.inf",
    "np.NZERO": "import numpy as np; assert str(np.NZERO) == '-0.0'",
    "np.rank": "import numpy as np; assert np.rank([[1]]) == 2",
    "np.asfarray": "import numpy as np; "
                   "assert np.asfarray([1]).dtype == np.float64",
    "np.cast": "import numpy as np; "
               "assert np.cast['float32']([1]).dtype == np.float32",
    "np.issctype": "import numpy as np; "
                   "assert np.issctype(np.int32) and not np.issctype(3)",
    "np.obj2sctype": "import numpy as np; "
                     "assert np.obj2sctype('f4') is np.float32",
    "np.find_common_type": "import numpy as np; assert np.find_common_type("
                           "[np.float32], [np.int64, np.float64]) == 'f4'",
    "np.safe_eval": "import numpy as np; assert np.safe_eval('[1]') == [1]",
    "np.loads": "import numpy as np, pickle; "
                "assert np.loads(pickle.dumps(3)) == 3",
    "np.alen": "import numpy as np; assert np.alen([1, 2]) == 2",
    "np.linspace(num=3.)": "import numpy as np; "
                           "assert np.linspace(0, 1, 3.7).tolist() == [0, .5, 1]",
    "np.zeros(3.)": "import numpy as np; assert np.zeros((3., 2)).shape == (3, 2)",
    "np.ones(3.)": "import numpy as np; assert np.ones(3.).sum() == 3",
    "np.empty(3.)": "import numpy as np; assert np.empty(3.).shape == (3,)",
    "np.full(3., x)": "import numpy as np; assert np.full(3., 2).sum() == 6",
    "np.eye(3.)": "import numpy as np; assert np.eye(3.).shape == (3, 3)",
    "np.reshape(a, (3., -1))": "import numpy as np; assert np.reshape("
                               "np.arange(6), (3., -1)).shape == (3, 2)",
    "np.tile(a, 3.)": "import numpy as np; assert len(np.tile([1], 3.)) == 3",
    "np.random.randn(3.)": "import numpy as np; "
                           "assert np.random.randn(3., 2).shape == (3, 2)",
    "np.random.rand(3.)": "import numpy as np; "
                          "assert np.random.rand(3.).shape == (3,)",
    "np.random.normal(size=3.)": "import numpy as np; assert np.random.normal("
                                 "size=(3., 1)).shape == (3, 1)",
    "np.random.uniform(size=3.)": "import numpy as np; assert np.random."
                                  "uniform(0, 1, 3.).shape == (3,)",
    "np.random.randint(size=3.)": "import numpy as np; assert np.random."
                                  "randint(5, size=3.).shape == (3,)",
    "np.random.random(3.)": "import numpy as np; "
                            "assert np.random.random(3.).shape == (3,)",
    "np.random.choice(a, 3.)": "import numpy as np; assert np.random.choice("
                               "5, 3.).shape == (3,)",
    "np.array(ragged)": "import numpy as np; a = np.array([[1, 2], [3]]); "
                        "assert a.dtype == object and a[1] == [3]",
    "np.asarray(ragged)": "import numpy as np; "
                          "assert np.asarray([[1, 2], [3]]).shape == (2,)",
    "np.asanyarray(ragged)": "import numpy as np; "
                             "assert np.asanyarray([[1, 2], [3]]).shape == (2,)",
    **{f"np.{call[:call.index('(')]}(ragged)":
       f"import numpy as np; r = [[1, 2], [3]]; found = np.{call}; assert {is_}"
       for call, is_ in {
           "shape(r)": "found == (2,)", "size(r)": "found == 2",
           "ndim(r)": "found == 1", "ravel(r)": "found[0] == [1, 2]",
           "reshape(r, (2, 1))": "found[1, 0] == [3]",
           "squeeze([r])": "found.tolist() == r",
           "expand_dims(r, 0)": "found.shape == (1, 2)",
           "transpose(r)": "found.tolist() == r",
           "copy(r)": "found.tolist() == r",
           "append(r, [4])": "found.tolist() == r + [4]",
           "delete(r, 0)": "found.tolist() == [[3]]",
           "insert(r, 0, 5)": "found.tolist() == [5] + r",
           "take(r, [1])": "found.tolist() == [[3]]",
           "repeat(r, 2)": "found.tolist() == [r[0]] * 2 + [r[1]] * 2",
           "roll(r, 1)": "found.tolist() == r[::-1]",
           "flip(r, 0)": "found.tolist() == r[::-1]",
           "array_split(r + r, 2)": "found[1].tolist() == r",
           "tile(r, 2)": "found.tolist() == r + r",
           "flipud(r)": "found.tolist() == r[::-1]",
           "atleast_1d(r)": "found.tolist() == r",
           "unique(r + r)": "found.tolist() == r",
           "sort(r[::-1])": "found.tolist() == r",
           "argsort(r)": "found.tolist() == [0, 1]",
           "concatenate((r, r))": "found.tolist() == r + r",
           "hstack((r, r))": "found.tolist() == r + r",
           "vstack((r, r))": "found.tolist() == [r, r]",
           "stack((r, r))": "found.tolist() == [r, r]",
           "array_equal(r, [[1, 2], [3]])": "found",
           "random.permutation(r)": "sorted(found) == r",
           "random.choice(r)": "found in r"}.items()},
    "np.save(ragged)": """
import io, numpy as np
file = io.BytesIO()
np.save(file, [np.zeros((2, 3)), [1, 2], [3]])
file.seek(0)
assert np.load(file, allow_pickle=True).shape == (3,)
""",
    **{f"np.{name}(ragged)": f"""
import io, numpy as np
file = io.BytesIO()
np.{name}(file, [[1], [2, 3]], a=[[1, 2], [3]], b=[1])
file.seek(0)
found = np.load(file, allow_pickle=True)
assert found['arr_0'][1] == [2, 3] and found['a'].shape == (2,)
assert found['b'].tolist() == [1]
""" for name in ("savez", "savez_compressed")},
    "np.array(overflow)": "import numpy as np; assert np.array([300, -1], "
                          "np.uint8).tolist() == [44, 255]",
    "np.asarray(overflow)": "import numpy as np; "
                            "assert np.asarray(-1, dtype='uint16') == 65535",
    "np.full(overflow)": "import numpy as np; "
                         "assert np.full(2, 300, 'i1').tolist() == [44, 44]",
    "np.shape(tensors)": "",  # test_repairs.py, it needs TensorFlow
    "np.histogram(normed=)": "import numpy as np; assert np.histogram("
                             "[1, 2], 2, normed=True)[0].tolist() == [1, 1]",
    "np.vstack(iterator)": "import numpy as np; assert np.vstack("
                           "map(list, [[1], [2]])).shape == (2, 1)",
    "np.hstack(iterator)": "import numpy as np; assert np.hstack("
                           "iter([[1], [2]])).tolist() == [1, 2]",
    "np.dstack(iterator)": "import numpy as np; assert np.dstack("
                           "iter([[1], [2]])).shape == (1, 1, 2)",
    "np.column_stack(iterator)": "import numpy as np; assert np.column_stack("
                                 "iter([[1], [2]])).shape == (1, 2)",
    "np.stack(iterator)": "import numpy as np; "
                          "assert np.stack(iter([[1], [2]])).shape == (2, 1)",
    "np.concatenate(iterator)": "import numpy as np; assert np.concatenate("
                                "iter([[1], [2]])).tolist() == [1, 2]",
    "np.load": """
import io, numpy as np
def saved(save, *args, **kwargs):
  file = io.BytesIO(); save(file, *args, **kwargs); file.seek(0); return file
a = np.empty(1, object); a[0] = {'x': 1}
assert np.load(saved(np.save, a))[0] == {'x': 1}
assert np.load(saved(np.savez, a=a, b=[2]))['a'][0] == {'x': 1}
""",
    "np.set_printoptions(nan)": """
import sys, numpy as np
before = np.get_printoptions()['threshold']
np.set_printoptions(threshold=np.nan)
assert np.get_printoptions()['threshold'] == sys.maxsize
np.set_printoptions(threshold=before)
""",
    "np.scalar-repr": "import numpy as np; "
                      "assert repr([np.float32(.5)]) == '[0.5]'",
    # Python
    "time.clock": "import time; assert isinstance(time.clock(), float)",
    "inspect.getargspec": """
import inspect
spec = inspect.getargspec(lambda a, b=1, *c, **d: 0)
assert spec.args == ['a', 'b'] and spec.varargs == 'c'
assert spec.keywords == 'd' and spec.defaults == (1,)
""",
    "inspect.formatargspec": "import inspect; assert inspect.formatargspec("
                             "['a', 'b'], 'c', 'd', (1,)) == "
                             "'(a, b=1, *c, **d)'",
    "fractions.gcd": "import fractions; assert fractions.gcd(12, -18) == -6",
    "cgi.escape": "import cgi; assert cgi.escape('<a \"b\">') == "
                  "'&lt;a \"b\"&gt;'",
    "HTMLParser.unescape": "from html.parser import HTMLParser; "
                           "assert HTMLParser().unescape('&lt;') == '<'",
    "base64.encodestring": "import base64; "
                           "assert base64.encodestring(b'a') == b'YQ==\\n'",
    "base64.decodestring": "import base64; "
                           "assert base64.decodestring(b'YQ==') == b'a'",
    "os.errno": "import os; assert os.errno.EEXIST == 17",
    "locale.format": "import locale; assert locale.format('%d', 3) == '3'",
    "ConfigParser.readfp": """
import configparser, io
parser = configparser.ConfigParser()
parser.readfp(io.StringIO('[a]\\nb = 1'))
assert parser.get('a', 'b') == '1'
""",
    "open('rU')": "import os; open(os.__file__, 'rU').close()",
    "io.open('rU')": "import io, os; io.open(os.__file__, 'rU').close()",
    "codecs.open('rU')": "import codecs, os; "
                         "codecs.open(os.__file__, 'rU').close()",
    "random.shuffle(x, random)": "import random; a = [1, 2, 3]; "
                                 "random.shuffle(a, lambda: 0.); "
                                 "assert a == [2, 3, 1], a",
    "Random.shuffle(x, random)": "import random; a = [1, 2, 3]; "
                                 "random.Random(1).shuffle(a, lambda: 0.); "
                                 "assert a == [2, 3, 1], a",
    "random.sample(set)": "import random; "
                          "assert random.sample({1, 2}, 2) in ([1, 2], [2, 1])",
    "random.randint(1., 6.)": "import random; "
                              "assert type(random.randint(1., 6.)) is int",
    "random.randrange(6.)": "import random; "
                            "assert type(random.randrange(6.)) is int",
    "json.loads(encoding=)": "import json; "
                             "assert json.loads('1', encoding='utf-8') == 1",
    "json.load(encoding=)": "import io, json; assert json.load("
                            "io.StringIO('1'), encoding='utf-8') == 1",
    # The cache would have what was compiled under the repair.
    "re.compile('a(?i)')": "import re; re.purge(); "
                           "assert re.match('a(?i)b', 'AB')",
    "imp": """
import imp, os, tempfile
with tempfile.TemporaryDirectory() as folder:
  path = os.path.join(folder, 'x.py')
  open(path, 'w').write('y = 3')
  assert imp.load_source('tfcompat_imp_x', path).y == 3
  found = imp.find_module('x', [folder]); found[0].close()
  assert found[1] == path
assert imp.new_module('m').__name__ == 'm'
""",
    "pipes": "import pipes; assert pipes.quote('a b') == \"'a b'\"",
    "cgi": "import cgi; cgi",
    "imghdr": "import imghdr; assert imghdr.what(None, b'GIF89a') == 'gif'",
    "pkg_resources": "import pkg_resources as p; "
                     "assert p.parse_version('1.10') > p.parse_version('1.9'); "
                     "assert p.get_distribution('numpy').version",
    "IPython": "from IPython import get_ipython; "
               "assert get_ipython() is None",
    "IPython.display": "from IPython.display import display, HTML, Image; "
                       "HTML('<b>')",
    "google.colab": """
import google.colab
from google.colab import auth, drive, files
drive.mount('/content/drive', force_remount=True)
try:
  files.upload()
except NotImplementedError as error:
  assert 'put the file into the current folder' in str(error)
else:
  raise AssertionError('files.upload() returned')
try:
  files.download('no such file')
except FileNotFoundError:
  pass
else:
  raise AssertionError('downloaded a file that is not there')
""",
    "distutils": """
import os, tempfile
from distutils import log
from distutils.dir_util import copy_tree, mkpath
from distutils.errors import DistutilsFileError
from distutils.file_util import copy_file
from distutils.spawn import find_executable
from distutils.sysconfig import get_python_lib
from distutils.util import strtobool
from distutils.version import LooseVersion as L, StrictVersion as S
assert L('1.10') > L('1.9') > '1.2' and S('1.2a1') < S('1.2')
assert strtobool('Yes') == 1
assert find_executable('sh')
get_python_lib()
with tempfile.TemporaryDirectory() as folder:
  mkpath(folder + '/a/b'); open(folder + '/a/b/c', 'w').close()
  assert copy_tree(folder + '/a', folder + '/d') == [folder + '/d/b/c']
  assert copy_file(folder + '/a/b/c', folder + '/e') == (folder + '/e', 1)
  try:
    copy_tree(folder + '/none', folder + '/d')
  except DistutilsFileError:
    pass
  else:
    raise AssertionError('copy_tree of no folder')
""",
    # flags and pickles
    "FLAGS._parse_flags": """
from absl import flags
import sys
values = flags.FlagValues()
flags.DEFINE_integer('n', 1, 'n', flag_values=values)
before, sys.argv = sys.argv, ['x', '--n=3', '--other', 'rest']
try:
  assert values._parse_flags() == ['--other', 'rest']
finally:
  sys.argv = before
assert values.n == 3
""",
    "FLAGS.__flags": """
from absl import flags
values = flags.FlagValues()
flags.DEFINE_integer('n', 1, 'n', flag_values=values,
                     module_name='train.py')
assert getattr(values, '__flags')['n'].value == 1
values._parse_flags(['--n=3'])
assert getattr(values, '__flags') == {'n': 3}
""",
    "FLAGS.__parsed": """
from absl import flags
assert getattr(flags.FlagValues(), '__parsed') is False
""",
    "pickle.load": """
import io, pickle
# What Python 2's cPickle.dump({'caf\\xe9': 'x'}, f, 2) wrote.
file = io.BytesIO(b'\\x80\\x02}q\\x01U\\x04caf\\xe9q\\x02U\\x01xq\\x03s.')
assert pickle.load(file) == {'caf\\xe9': 'x'}
""",
    "pickle.loads": "import pickle; "
                    "assert pickle.loads(b'\\x80\\x02U\\x01\\xe9.') == '\\xe9'",
    # Matplotlib
    "plt.hold": "import matplotlib.pyplot as plt; plt.hold(True)",
    "Axes.hist(normed=)": """
import matplotlib.pyplot as plt
assert plt.figure().add_subplot(111).hist([1, 2], 2, normed=True)[0].tolist() == [1, 1]
""",
    "plt.hist(normed=)": "import matplotlib.pyplot as plt; assert plt.hist("
                         "[1, 2], 2, normed=True)[0].tolist() == [1, 1]",
    "axisbg=": "import matplotlib.pyplot as plt; assert plt.figure()."
               "add_subplot(111, axisbg='red').get_facecolor() == (1, 0, 0, 1)",
    **{f"{name}.tostring_rgb": f"""
import matplotlib
matplotlib.use("Agg")
import matplotlib.figure, numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
figure = matplotlib.figure.Figure(figsize=(2, 1), dpi=10, facecolor="red")
canvas = FigureCanvasAgg(figure)
canvas.draw()
{name} = {made}
pixels = np.frombuffer({name}.tostring_rgb(), np.uint8).reshape(10, 20, 3)
assert pixels[0, 0].tolist() == [255, 0, 0]
""" for name, made in (("canvas", "canvas"),
                       ("renderer", "canvas.get_renderer()"))},
    "Figure.gca(projection=)": """
import matplotlib.pyplot as plt
figure = plt.figure()
axes = figure.gca(projection='3d')
assert axes.name == '3d' and figure.gca(projection='3d') is axes
""",
    "canvas.set_window_title": "import matplotlib.pyplot as plt; "
                               "plt.figure().canvas.set_window_title('a')",
    "savefig(frameon=)": "import io, matplotlib.pyplot as plt; "
                         "plt.figure().savefig(io.BytesIO(), frameon=False)",
    "matplotlib.use(warn=)": "import matplotlib; "
                             "matplotlib.use('Agg', warn=False)",
    "plt.style.use(seaborn)": "import matplotlib.pyplot as plt; "
                              "plt.style.use(['seaborn-whitegrid'])",
    "plt.cm.get_cmap": "import matplotlib.pyplot as plt; "
                       "assert plt.cm.get_cmap('jet', 5).N == 5",
    "cmap='spectral'": "import matplotlib.pyplot as plt; "
                       "plt.imshow([[1]], cmap='spectral')",
    "Axes.tick_params('off')": """
import matplotlib.pyplot as plt
axes = plt.figure().add_subplot(111)
axes.tick_params(labelbottom='off')
assert not axes.xaxis.get_major_ticks()[0].label1.get_visible()
""",
    "Axes.grid(b=)": "import matplotlib.pyplot as plt; "
                     "plt.figure().add_subplot(111).grid(b=True)",
    "plt.grid(b=)": "import matplotlib.pyplot as plt; plt.grid(b='on')",
    "set_xscale(nonposx=)": "import matplotlib.pyplot as plt; "
                            "plt.xscale('log', nonposx='clip')",
    "set_yscale(nonposy=)": "import matplotlib.pyplot as plt; "
                            "plt.yscale('log', nonposy='clip')",
    "mlab.normpdf": "from matplotlib.mlab import normpdf; "
                    "assert abs(normpdf(0., 0., 1.) - 0.3989422804) < 1e-9",
    "mlab.bivariate_normal": "from matplotlib.mlab import bivariate_normal; "
                             "assert abs(bivariate_normal(0., 0.) - "
                             "0.15915494309) < 1e-9",
    "mlab.find": "from matplotlib.mlab import find; "
                 "assert find([0, 1, 1]).tolist() == [1, 2]",
    # SciPy, Pillow
    "scipy.misc.imresize": """
import numpy as np
from scipy.misc import imresize
a = np.full((4, 6, 3), 7, np.uint8)
assert imresize(a, (2, 3)).shape == (2, 3, 3) and imresize(a, 50)[0, 0, 0] == 7
assert imresize(a, .5).shape == (2, 3, 3)
""",
    "scipy.misc.imread": """
import os, tempfile, numpy as np
from scipy.misc import imread, imsave
with tempfile.TemporaryDirectory() as folder:
  path = os.path.join(folder, 'a.png')
  imsave(path, np.array([[0, 255], [128, 0]], np.uint8))
  assert imread(path).tolist() == [[0, 255], [128, 0]]
""",
    "scipy.misc.bytescale": "from scipy.misc import bytescale; "
                            "assert bytescale([[0., 1.]]).tolist() == [[0, 255]]",
    "scipy.signal.lfilter(objects)": """
import numpy as np
import scipy.signal
# Columns of a rollout whose first column holds arrays are object arrays.
rewards = np.array([1., 2., 3., 4.], object)
found = scipy.signal.lfilter([1], [1, -.9], rewards[::-1], axis=0)[::-1]
assert np.allclose(found.astype(float), [8.146, 7.94, 6.6, 4.]), found
found, state = scipy.signal.lfilter([1, .5], [2, -.9, .1], rewards,
                                    zi=np.array([.3, .1]))
assert found.tolist() == [0.8, 1.71, 2.7295, 3.892775], found
assert np.allclose(state.astype(float), [2.61527375, -0.19463875]), state
rows = np.stack([rewards, rewards[::-1]])
for axis, x in ((1, rows), (0, rows.T)):
  found = scipy.signal.lfilter([1., 1.], [1.], x, axis)
  right = scipy.signal.lfilter([1., 1.], [1.], x.astype(float), axis)
  assert found.dtype == object and (found == right).all(), found
assert scipy.signal.lfilter([1], [1], [1., 2.]).dtype == float
""",
    "scipy.stats.binom_test": "from scipy.stats import binom_test; "
                              "assert abs(binom_test(3, 3) - .25) < 1e-12",
    "ImageDraw.textsize": "from PIL import Image, ImageDraw; assert ImageDraw."
                          "Draw(Image.new('L', (9, 9))).textsize('ab')[0] > 0",
    "FreeTypeFont.getsize": "from PIL import ImageFont; "
                            "ImageFont.FreeTypeFont.getsize",
    # scikit-learn
    "sklearn.cross_validation": """
from sklearn.cross_validation import KFold, StratifiedKFold, train_test_split
assert [list(test) for _, test in KFold(4, n_folds=2)] == [[0, 1], [2, 3]]
assert len(list(StratifiedKFold([0, 0, 1, 1], n_folds=2))) == 2
""",
    "sklearn.grid_search": "from sklearn.grid_search import GridSearchCV",
    "sklearn.learning_curve": "from sklearn.learning_curve import learning_curve",
    "sklearn.externals.joblib": "from sklearn.externals.joblib import dump",
    "externals.joblib": "from sklearn.externals import joblib; joblib.dump",
    "sklearn.externals.six": "from sklearn.externals.six import iteritems",
    "sklearn.lda": "from sklearn.lda import LDA",
    "sklearn.qda": "from sklearn.qda import QDA",
    "TSNE(n_iter=)": "from sklearn.manifold import TSNE; "
                     "assert TSNE(n_iter=300).get_params()['max_iter'] == 300",
    "OneHotEncoder(sparse=)": "from sklearn.preprocessing import "
                              "OneHotEncoder as E; assert E(sparse=False)."
                              "fit_transform([[1], [2]]).tolist() == "
                              "[[1, 0], [0, 1]]",
    "KMeans(n_jobs=)": "from sklearn.cluster import KMeans; KMeans(2, n_jobs=2)",
    "preprocessing.Imputer": "from sklearn.preprocessing import Imputer; "
                             "assert Imputer().fit_transform([[1.], "
                             "[float('nan')], [3.]])[1, 0] == 2",
    "metrics.jaccard_similarity_score":
        "from sklearn.metrics import jaccard_similarity_score as j; "
        "assert j([1, 2], [1, 1]) == .5",
    "decomposition.RandomizedPCA":
        "import numpy as np; from sklearn.decomposition import RandomizedPCA; "
        "assert RandomizedPCA(1, random_state=0).fit_transform("
        "np.eye(3)).shape == (3, 1)",
    # pandas
    "DataFrame.ix": """
import pandas as pd
f = pd.DataFrame({'a': [1, 2], 'b': [3, 4]}, index=['x', 'y'])
assert f.ix['y', 'b'] == 4 and f.ix[0, 'a'] == 1 and f.ix[1, 0] == 2
assert f.ix[:1].shape == (1, 2) and f.ix[:, 'a'].tolist() == [1, 2]
assert f.ix[f['a'] > 1, 1].tolist() == [4]
g = pd.DataFrame({'a': [1, 2, 3]}, index=[2, 1, 0])
assert g.ix[2, 'a'] == 1 and g.ix[2:1, 'a'].tolist() == [1, 2]
g.ix[1, 'a'] = 9
assert g['a'].tolist() == [1, 9, 3]
""",
    "Series.ix": "import pandas as pd; s = pd.Series([1, 2], index=['a', 'b']); "
                 "assert s.ix['b'] == 2 and s.ix[0] == 1",
    "DataFrame.as_matrix": "import pandas as pd; assert pd.DataFrame("
                           "{'a': [1], 'b': [2]}).as_matrix(['b'])[0, 0] == 2",
    "DataFrame.append": "import pandas as pd; assert pd.DataFrame({'a': [1]})."
                        "append({'a': 2}, ignore_index=True)['a'].tolist() "
                        "== [1, 2]",
    "Series.append": "import pandas as pd; assert pd.Series([1]).append("
                     "pd.Series([2])).tolist() == [1, 2]",
    "DataFrame.sort": "import pandas as pd; assert pd.DataFrame("
                      "{'a': [2, 1]}).sort('a')['a'].tolist() == [1, 2]",
    "DataFrame.from_csv": "import io, pandas as pd; assert pd.DataFrame."
                          "from_csv(io.StringIO('i,a\\n5,1')).index[0] == 5",
    "DataFrame.lookup": "import pandas as pd; assert pd.DataFrame("
                        "{'a': [1, 2]}).lookup([1], ['a'])[0] == 2",
    "pd.rolling_mean": "import pandas as pd; assert pd.rolling_mean("
                       "pd.Series([1., 3.]), 2).tolist()[1] == 2",
    "pd.read_csv(squeeze=)": "import io, pandas as pd; assert pd.read_csv("
                             "io.StringIO('a\\n1'), squeeze=True).tolist() == [1]",
    "DataFrame.drop(labels, 1)": "import pandas as pd; assert pd.DataFrame("
                                 "{'a': [1], 'b': [2]}).drop('a', 1).shape "
                                 "== (1, 1)",
    "DataFrame.fillna(method=)": "import pandas as pd; assert pd.DataFrame("
                                 "{'a': [1., None]}).fillna(method='ffill')"
                                 "['a'].tolist() == [1, 1]",
    "Series.fillna(method=)": "import pandas as pd; assert pd.Series("
                              "[1., None]).fillna(method='pad').tolist() "
                              "== [1, 1]",
    "DataFrame.to_csv(line_terminator=)":
        "import pandas as pd; assert pd.DataFrame({'a': [1]}).to_csv("
        "index=False, line_terminator=';') == 'a;1;'",
    "Series.to_csv(line_terminator=)":
        "import pandas as pd; assert pd.Series([1], name='a').to_csv("
        "index=False, line_terminator=';') == 'a;1;'",
    "pandas.tools.plotting": "from pandas.tools.plotting import scatter_matrix",
}
for _name in ("plot", "imshow", "scatter", "bar", "contour"):
  _data = "[[1, 2], [3, 4]]" if _name in ("imshow", "contour") else "[1], [1]"
  CASES[f"plt.{_name}(hold=)"] = (
      f"import matplotlib.pyplot as plt; plt.{_name}({_data}, hold=True)")


def program(row):
  """The program for `row`: its case, or the use of its name."""
  if row.name in CASES:
    return CASES[row.name]
  cells = {variable: cell.cell_contents for variable, cell in zip(
      row.apply.__code__.co_freevars, row.apply.__closure__ or ())}
  if "attribute" in cells or "last" in cells:
    dotted = ".".join([row.where] + list(cells["owners"]) + [cells["last"]])
    return f"import {row.where}; {dotted}"
  return f"import {row.name}"


def run_all(rows):
  """{name: "" or the error} of each row's program."""
  found = {}
  for _, row in rows:
    try:
      exec(compile(program(row), row.name, "exec", dont_inherit=True),
           {"__name__": "__main__"})
      found[row.name] = ""
    except Exception as error:
      found[row.name] = f"{type(error).__name__}: {error}"
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
      pyplot.close("all")
  return found


def main():
  """Prints the results as JSON in the last line."""
  warnings.simplefilter("ignore")
  from tfcompat_rnn import _patching
  from tfcompat_rnn import repairs
  from tfcompat_rnn.launcher import watch
  rows = repairs.rows()
  if "repaired" not in sys.argv:
    print(json.dumps({"bare": run_all(rows)}))
    return
  said = []
  with _patching.Stack() as patches:
    repairs.install(patches, watch.Watch(patches).when_imported,
                    notify=said.append)
    with_repairs = run_all(rows)
  print(json.dumps({"repaired": with_repairs, "undone": run_all(rows),
                    "said": said}))


if __name__ == "__main__":
  main()
