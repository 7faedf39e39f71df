"""The files that all skeletons have; the words between percent signs are filled in."""

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
test = ["pytest>=8"]

[project.entry-points."%GROUP%"]
%NAME% = "%PACKAGE%:%OBJECT%"

[tool.hatch.build.targets.wheel]
packages = ["src/%PACKAGE%"]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""


def pyproject(description: str, group: str, object_: str, *requirements: str) -> str:
    """The text of ``pyproject.toml`` for one entry point; ``requirements`` are what it needs besides stratagem."""
    needed = ", ".join(f'"{one}"' for one in ("%SUPPORTED%", *requirements))
    own = PYPROJECT.replace("%DESCRIPTION%", description).replace("%GROUP%", group)
    return own.replace("%OBJECT%", object_).replace("%REQUIREMENTS%", needed)
