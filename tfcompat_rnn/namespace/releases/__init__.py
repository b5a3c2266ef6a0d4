"""Programs written for releases before 1.15: their names and arguments.

`version`: the release that `--api` or `set_api` names. `notice`: what a
program uses of an older release, and the one line that says so. `rows`: the
types of the table rows. `sources`: what the text of the program tells about
its release. `made`: the functions that the rows stand for. Nothing here loads
TensorFlow except `made` and the modules that the rows name.
"""

from tfcompat_rnn.namespace.releases.notice import used
from tfcompat_rnn.namespace.releases.version import api
from tfcompat_rnn.namespace.releases.version import is_before
from tfcompat_rnn.namespace.releases.version import set_api

__all__ = ["api", "is_before", "set_api", "used"]
