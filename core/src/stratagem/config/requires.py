"""What a config requires to be installed, checked before anything is imported."""

from stratagem.config.model import Config
from stratagem.config.spot import Spot
from stratagem.errors import BadValue, ConfigError, MissingRequirement
from stratagem.plugins.discovery import Installed


def requirement_problems(config: Config, installed: Installed) -> list[ConfigError]:
    """A BadValue or MissingRequirement for each requirement that is none or is not met."""
    problems: list[ConfigError] = []
    for index, text in enumerate(config.requires):
        spot = Spot(("requires", str(index)), config.places, problems)
        try:
            what = unmet(text, installed)
        except ValueError as error:
            spot.report(BadValue, f"{text!r} is no requirement: {error}", 'Write it as in "stratagem-dag>=0.1,<0.2".')
            continue
        if what:
            spot.report(MissingRequirement, what, f'Run: pip install "{text}"')
    return problems


def unmet(text: str, installed: Installed) -> str | None:
    """Why the requirement is not met, or None; raises ValueError if it is no requirement."""
    # packaging is imported here because most commands and most configs have nothing to check
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return None
    version = installed.version(requirement.name)
    if version is None:
        return f"{requirement.name} is required and not installed"
    try:
        met = requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        met = False
    return None if met else f"{requirement.name} {requirement.specifier} is required, and {version} is installed"
