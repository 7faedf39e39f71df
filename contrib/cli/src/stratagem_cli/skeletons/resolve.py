"""The skeleton of a plugin that wraps ``resolve``: pure steps are not run twice for equal inputs."""

from stratagem_cli.skeletons.common import TESTING, plugin, pyproject, readme

_CODE = '''\
"""The plugin ``%NAME%``: a pure step that has equal inputs again is not run again in the same run."""

from collections.abc import Generator, Mapping
from typing import Any

from stratagem import Plugin, Remembered, Resolver, ResolverWrapper, Step, hookimpl, may_be_remembered

PLAIN = (str, int, bool, type(None))
"""Types whose equal values are the same to every node, and can't be changed."""


class Remembering(ResolverWrapper):
    """Remembers plain values that pure steps gave for plain inputs, and hands all else on to ``inner``."""

    def __init__(self, inner: Resolver) -> None:
        super().__init__(inner)
        self._known: dict[object, Any] = {}

    def concerns(self, step: Step) -> bool:
        return _is_fit(step) or self.inner.concerns(step)

    def remembers(self, step: Step) -> bool:
        return _is_fit(step) or self.inner.remembers(step)

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        key = _key(step, inputs)
        if key is not None and key in self._known:
            return Remembered(self._known[key])
        return await self.inner.recall(step, inputs)

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        key = _key(step, inputs)
        if key is not None and type(value) in PLAIN:
            self._known[key] = value
        await self.inner.remember(step, inputs, value)


def _is_fit(step: Step) -> bool:
    """Return whether results depend on the inputs alone, and nothing says that they must not be remembered."""
    return step.spec.effect == "pure" and may_be_remembered(step)


def _key(step: Step, inputs: Mapping[str, Any]) -> object:
    """Return what is equal for equal calls; None where that can't be told."""
    if not _is_fit(step) or any(type(value) not in PLAIN for value in inputs.values()):
        return None
    return step.spec.id, tuple((name, type(inputs[name]), inputs[name]) for name in sorted(inputs))


class %CLASS%Plugin(Plugin):
    """Wraps ``resolve``: whatever resolver the config chooses is inside."""

    @hookimpl(wrapper=True)
    def resolve(self) -> Generator[None, Resolver, Resolver]:
        """Return a resolver for one run."""
        inner = yield
        return Remembering(inner)
'''

_TEST = '''\
"""The plugin keeps what resolvers promise, and runs equal pure steps once."""

import anyio
from stratagem import Kernel, Pack, Plugin
from stratagem_testing import ResolverContract, node, workflow_of

from %PACKAGE% import %CLASS%Plugin


class TestContract(ResolverContract):
    """The promises of every resolver."""

    def plugin(self) -> Plugin:
        return %CLASS%Plugin()


def test_an_equal_pure_step_is_not_run_again() -> None:
    """Three equal steps and another one are two calls."""
    pack, calls = Pack("test"), list[int]()

    @pack.node(effect="pure")
    def double(number: int) -> int:
        """Doubles a number."""
        calls.append(number)
        return 2 * number

    async def main() -> None:
        nodes = [node(f"n{i}", "test.double", {"number": number}) for i, number in enumerate((3, 3, 4, 3))]
        async with Kernel(plugins=[%CLASS%Plugin()], packs=[pack]) as kernel:
            result = (await kernel.run(workflow_of(*nodes))).raise_for_error()
            assert [result.outputs[each.id]["result"] for each in nodes] == [6, 6, 8, 6]

    anyio.run(main)
    assert calls == [3, 4]
'''

_CONFIG = """\
schema = 1

[plugins]
use = ["%NAME%"]
"""

_README = readme(
    "A plugin for Stratagem: a pure step that has equal inputs again is not run again in the same run.",
    "resolve",
    _CONFIG,
)

FILES = plugin(
    _CODE,
    _TEST,
    _README,
    _CONFIG,
    pyproject("A plugin for Stratagem", "stratagem.plugin", "%CLASS%Plugin", tests=TESTING),
)
"""Path → text."""
