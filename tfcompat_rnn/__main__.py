"""`python -m tfcompat_rnn run SCRIPT` is `tfcompat-rnn run SCRIPT`."""

import sys

from tfcompat_rnn import cli

if __name__ == "__main__":
  sys.exit(cli.main())
