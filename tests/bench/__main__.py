"""``python tests/bench``: measures what a step costs, beside baselines written by hand, and compares it with targets."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared")]

from stratagem_bench.command import main  # noqa: E402 - the path has to be there first

if __name__ == "__main__":
    sys.exit(main())
