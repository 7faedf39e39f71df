"""The requirements of a config on what is installed, checked before anything is imported."""

from stratagem.config.model import Config
from stratagem.config.spot import Spot
from stratagem.errors import BadValue, ConfigError, MissingRequirement
from stratagem.plugins.discovery import Installed
from stratagem.plugins.requirements import unmet


def requirement_problems(config: Config, installed: Installed) -> list[ConfigError]:
    """A BadValue or MissingRequirement for each requirement that is none or is not met."""
    problems: list[ConfigError] = []
    for index, text in enumerate(config.requires):
        spot = Spot(("requires", str(index)), config.origins, problems)
        try:
            what = unmet(text, installed)
        except ValueError as error:
            spot.report(
                BadValue, f"expected a requirement, got {text!r}: {error}", 'Write it as in "stratagem-dag>=0.1,<0.2".'
            )
            continue
        if what:
            spot.report(MissingRequirement, what, f'Run: pip install "{text}"')
    return problems
