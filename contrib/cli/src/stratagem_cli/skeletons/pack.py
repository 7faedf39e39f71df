"""The skeleton of a pack; the words between percent signs are filled in."""

from collections.abc import Mapping
from types import MappingProxyType

from stratagem_cli.skeletons.common import pyproject

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

from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from stratagem import Example, Kernel, Node, Workflow

from %PACKAGE% import pack

EXAMPLES = [
    (f"{pack.name}.{name}", example)
    for name in pack.names()
    for example in pack.spec(name, pack.versions(name)[-1]).examples
]


async def outputs_of(type_: str, example: Example) -> Mapping[str, Any]:
    """The outputs of one node by port."""
    workflow = Workflow({"node": Node("node", type_, example.config)}, variables=example.variables)
    async with Kernel(packs=[pack]) as kernel:
        return (await kernel.run(workflow)).raise_for_error().outputs["node"]


@pytest.mark.parametrize(("type_", "example"), EXAMPLES)
def test_an_example_gives_what_it_says(type_: str, example: Example) -> None:
    """Every example of every node type holds."""
    assert anyio.run(outputs_of, type_, example) == example.gives
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
        "pyproject.toml": pyproject("Node types for Stratagem workflows", "stratagem.nodes", "pack"),
        "README.md": _README,
        "src/%PACKAGE%/__init__.py": _CODE,
        "src/%PACKAGE%/py.typed": "",
        "examples/hello.json": _WORKFLOW,
        "tests/test_%PACKAGE%.py": _TEST,
    }
)
"""Path → text."""
