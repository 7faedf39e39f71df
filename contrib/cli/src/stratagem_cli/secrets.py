"""The secrets that a workflow uses, so that none of them is printed."""

from stratagem import Kernel
from stratagem_cli.console import Console


def keep_secrets(console: Console, kernel: Kernel) -> None:
    """Has the console mask every secret that a workflow of this kernel names, and those of its config."""
    console.secrets = kernel.secrets.masker
