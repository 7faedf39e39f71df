"""``python -m stratagem``: the command line, which is a distribution of its own."""

import sys
from importlib.metadata import entry_points


def main() -> int:
    """Call the program ``stratagem``, whoever provides it."""
    for program in entry_points(group="console_scripts", name="stratagem"):
        return int(program.load()())
    print("error: no command line is installed. Run: pip install stratagem", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
