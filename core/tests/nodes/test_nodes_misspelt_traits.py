"""What is misspelt in a node's decorator is refused where it is written."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Body, HookMisuse, Kernel, Pack, Plugin


@pytest.mark.parametrize(
    ("traits", "told"),
    [
        ({"effect": "pur"}, "the node own.add@1 has the trait effect: expected 'pure', 'read', 'write', got 'pur'. Did you mean 'pure'?"),
        ({"runs": "threed"}, "the node own.add@1 has the trait runs: expected 'loop', 'thread', 'process', got 'threed'. Did you mean 'thread'?"),
        ({"handles": ("failure",)}, "the node own.add@1 has the trait handles: expected 'failures', 'loop', got 'failure'. Did you mean 'failures'?"),
        ({"resources": {"pag": "browser"}}, "the node own.add leases a resource for 'pag', which is none of its parameters. Did you mean 'page'?"),
        ({"body_ports": {"bod": ("x",)}}, "the node own.add hands names to 'bod', which is none of its bodies. Did you mean 'body'?"),
        ({"body_variables": {"bod": ("x",)}}, "the node own.add hands names to 'bod', which is none of its bodies. Did you mean 'body'?"),
    ],
)  # fmt: skip
def test_a_misspelt_trait_is_refused(traits: dict[str, Any], told: str) -> None:
    """With the values that there are, and the nearest one."""
    pack = Pack("own")

    async def add(body: Body, page: int = 0) -> None:
        """Adds."""

    with pytest.raises(HookMisuse) as caught:
        pack.node(**traits)(add)
    assert str(caught.value) == told
    assert pack.names() == []


def test_the_decorator_without_parentheses_is_refused() -> None:
    """It would register nothing."""
    pack = Pack("own")
    with pytest.raises(HookMisuse, match="expected a name for a node, got 'add' itself") as caught:

        @pack.node  # type: ignore[arg-type]  # that is the mistake
        async def add() -> None:
            """Adds."""

    assert caught.value.hint == "Write @own.node(), with parentheses."


def test_a_plugin_that_is_no_instance_is_refused() -> None:
    """Where the kernel is made, with what to write."""

    class Mine(Plugin):
        """A plugin."""

    with pytest.raises(HookMisuse, match="expected a plugin, got the class ") as caught:
        Kernel(plugins=[Mine])  # type: ignore[list-item]  # that is the mistake
    assert caught.value.hint is not None
    assert caught.value.hint.endswith("Mine().")
