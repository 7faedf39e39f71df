"""``python -m stratagem``: the command line."""

import sys

from stratagem.cli import main

if __name__ == "__main__":
    sys.exit(main())
