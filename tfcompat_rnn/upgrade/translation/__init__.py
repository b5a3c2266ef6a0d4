"""Sources of Python 2 as sources of Python 3 that mean the same.

  translate(Parsed(source), Facts())

`conversion` of the launcher changes the syntax. What has another meaning in
Python 3 is left where it is certain to mean the same, as told by `kinds`, and
otherwise calls what the launcher would call: `tfcompat_rnn.python2`. What
neither can say is refused with its line.
"""

from tfcompat_rnn.upgrade.translation.refusals import Refused
from tfcompat_rnn.upgrade.translation.translating import HELPERS
from tfcompat_rnn.upgrade.translation.translating import Facts
from tfcompat_rnn.upgrade.translation.translating import Parsed
from tfcompat_rnn.upgrade.translation.translating import Translated
from tfcompat_rnn.upgrade.translation.translating import translate

__all__ = ["HELPERS", "Facts", "Parsed", "Refused", "Translated", "translate"]
