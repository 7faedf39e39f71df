"""Written by ``make surface`` from the list in ``__init__.py``, for type checkers and editors."""

from stratagem_cli.commands import Commands as Commands
from stratagem_cli.console import Console as Console
from stratagem_cli.entry import main as main
from stratagem_cli.settings import chosen_config as chosen_config
from stratagem_cli.settings import config_as_read as config_as_read
