"""The skeleton of a pack; the words between percent signs are filled in."""

from collections.abc import Mapping
from types import MappingProxyType

from stratagem_cli.skeletons.common import TESTING, pyproject

_CODE = '''\
"""Node types under the prefix ``%NAME%``."""

from stratagem import Example, Pack

pack = Pack("%NAME%")


@pack.node(effect="pure", runs="loop", examples=(Example({"name": "Ada"}, gives={"result": "Hello, Ada!"}),))
def greet(name: str) -> str:
    """Greets somebody."""
    return f"Hello, {name}!"
'''

_TEST = '''\
"""The node types do what their examples say."""

from pathlib import Path

import anyio
import pytest
from stratagem import Example, Kernel, NodeSpec
from stratagem_testing import check_example

from %PACKAGE% import pack

SPECS = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]
EXAMPLES = [pytest.param(spec, example, id=spec.type) for spec in SPECS for example in spec.examples]
FLOWS = sorted((Path(__file__).parents[1] / "examples").iterdir())


@pytest.mark.parametrize(("spec", "example"), EXAMPLES)
def test_an_example_holds(spec: NodeSpec, example: Example) -> None:
    """The node gives, sets and chooses what its example says."""
    anyio.run(check_example, spec, example, [pack])


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.name)
def test_the_workflow_of_an_example_can_be_run(file: Path) -> None:
    """Its nodes are there, and are given what they take."""
    kernel = Kernel(packs=[pack])
    kernel.compile(kernel.load(file))
'''

_WORKFLOW = """\
{
  "stratagem": 1,
  "name": "%NAME%",
  "variables": {"name": "world"},
  "nodes": [
    {"id": "hello", "type": "%NAME%.greet", "config": {"name": "{{ name }}"}}
  ],
  "result": "{{ hello.result }}"
}
"""

_README = """\
# %DISTRIBUTION%

Node types for Stratagem workflows, under the prefix `%NAME%`.

    pip install -e '.[test]'
    pytest
    stratagem nodes list %NAME%
    stratagem run examples/hello.json --var name=Ada --json
"""

FILES: Mapping[str, str] = MappingProxyType(
    {
        "pyproject.toml": pyproject("Node types for Stratagem workflows", "stratagem.nodes", "pack", tests=TESTING),
        "README.md": _README,
        "src/%PACKAGE%/__init__.py": _CODE,
        "src/%PACKAGE%/py.typed": "",
        "examples/hello.json": _WORKFLOW,
        "tests/test_%PACKAGE%.py": _TEST,
    }
)
"""Path → text."""
