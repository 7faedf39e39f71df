"""The files that all skeletons have; the words between percent signs are filled in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "%DISTRIBUTION%"
version = "0.1.0"
description = "%DESCRIPTION%"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [%REQUIREMENTS%]

[project.optional-dependencies]
test = [%TESTS%]

[project.entry-points."%GROUP%"]
%NAME% = "%PACKAGE%:%OBJECT%"

[tool.hatch.build.targets.wheel]
packages = ["src/%PACKAGE%"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""


TESTING = ("pytest>=8", "%TESTING%")
"""The requirements of tests of plugins: the contracts are in the testing kit."""


def pyproject(
    description: str, group: str, object_: str, *requirements: str, tests: Sequence[str] = ("pytest>=8",)
) -> str:
    """The text of ``pyproject.toml`` for one entry point; ``requirements`` are what it needs besides stratagem."""
    own = PYPROJECT.replace("%DESCRIPTION%", description).replace("%GROUP%", group).replace("%OBJECT%", object_)
    needed = _quoted(("%SUPPORTED%", *requirements))
    return own.replace("%REQUIREMENTS%", needed).replace("%TESTS%", _quoted(tests))


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


README = """\
# %DISTRIBUTION%

%SENTENCE%

    pip install -e '.[test]'
    pytest
    stratagem plugins chain %HOOK%

`stratagem.toml` uses it%LATER%.%SETTINGS%
"""
SETTINGS = " Its settings are in `[settings.%NAME%]`; `stratagem config show` prints them all."


def readme(sentence: str, hook: str, config: str, later: str = "") -> str:
    """The text of ``README.md``; ``later`` is told after the sentence that the config uses the plugin."""
    filled = {
        "SENTENCE": sentence,
        "HOOK": hook,
        "LATER": later,
        "SETTINGS": SETTINGS if "[settings." in config else "",
    }
    text = README
    for word, value in filled.items():
        text = text.replace(f"%{word}%", value)
    return text


def plugin(code: str, test: str, readme: str, config: str, project: str) -> Mapping[str, str]:
    """The files of a plugin's distribution: path → text."""
    return MappingProxyType(
        {
            "pyproject.toml": project,
            "README.md": readme,
            "stratagem.toml": config,
            "src/%PACKAGE%/__init__.py": code,
            "src/%PACKAGE%/py.typed": "",
            "tests/test_%PACKAGE%.py": test,
        }
    )
