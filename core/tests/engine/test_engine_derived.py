"""Derived: what nodes of any pack make of secrets is secret, and what they do not is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import frozen

from stratagem import Branch, Pack, Secret
from stratagem_testing import node, run_once, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("maker")


@frozen
class Parts:
    """Several outputs."""

    head: str
    rest: list[str]
    count: int


@pack.node(effect="pure")
def load(text: str) -> Any:
    return json.loads(text)


@pack.node(effect="pure", runs="thread")
def split(text: str, separator: str) -> Parts:
    head, *rest = text.split(separator)
    return Parts(head, [*rest, separator], len(rest))


@pack.node(effect="pure", runs="process")
def shout(text: str) -> str:
    return text.upper()


@pack.node(effect="pure", controls=("yes", "no"), outputs=("result",))
async def ask(text: str) -> Branch:
    return Branch("yes", value=f"{len(text)} {text.reveal() if isinstance(text, Secret) else text}")


@pack.node(effect="pure")
class Joiner:
    """A class node."""

    def run(self, first: str, second: str) -> str:
        return first.lower() + second.lower()


@pack.node(effect="pure")
def table(rows: list[dict[str, str]]) -> str:
    return "\n".join(",".join(row.values()) for row in rows)


@pack.node(effect="pure")
def pick(rows: list[dict[str, str]], key: str) -> list[str]:
    return [row[key] for row in rows]


@pack.node(effect="pure")
def measure(text: str) -> list[Any]:
    return [len(text), text.encode(), None, ""]


@pack.node()
def save(path: str, content: str = "") -> dict[str, str]:
    real = path.reveal() if isinstance(path, Secret) else path
    return {"saved": f"/tmp/{real}", "by": "save", "content": str.__str__(content) * 100, "log": f"{real} " * 1000}


async def output(type_: str, config: dict[str, Any], **hidden: Any) -> Any:
    """The node's value; ``hidden`` are variables."""
    workflow = workflow_of(node("a", f"maker.{type_}", config), variables=hidden)
    result = (await run_once(workflow, packs=[pack])).raise_for_error()
    outputs = result.outputs["a"]
    return outputs.get("result", outputs)


def kinds(value: Any) -> Any:
    """The value with the class of each text in its place."""
    if isinstance(value, dict):
        return {str.__str__(key): kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kinds(item) for item in value]
    return type(value) if isinstance(value, str) else value


async def test_what_is_parsed_out_of_a_secret_is_secret() -> None:
    """Its keys too, however deep; numbers are what they are, and nothing is changed."""
    value = await output("load", {"text": "{{ s }}"}, s=Secret('{"a": ["x", {"b": "y"}], "n": 7}'))
    assert value == {"a": ["x", {"b": "y"}], "n": 7}
    assert kinds(value) == {"a": [Secret, {"b": Secret}], "n": 7}
    assert [type(key) for key in value] == [Secret, Secret]


@pytest.mark.parametrize(
    ("type_", "config", "expected"),
    [
        ("split", {"text": "{{ s }}", "separator": "{{ t }}"}, {"head": Secret, "rest": [Secret, str], "count": 1}),
        ("shout", {"text": "{{ s }}"}, Secret),
        ("ask", {"text": "{{ s }}"}, Secret),
        ("Joiner", {"first": "{{ t }}", "second": "{{ s }}"}, Secret),
        ("table", {"rows": [{"a": "{{ s }}", "b": "{{ t }}"}]}, Secret),
        ("table", {"rows": [{"a": "{{ t }}"}]}, str),
        ("pick", {"rows": [{"a": "{{ s }}", "b": "{{ t }}"}], "key": "b"}, [str]),
        ("pick", {"rows": [{"a": "{{ s }}", "b": "{{ t }}"}], "key": "a"}, [Secret]),
        ("load", {"text": "{{ t }}"}, [str]),
        ("measure", {"text": "{{ s }}"}, [7, b"user:pw", None, str]),
    ],
)
async def test_pure_nodes_of_any_kind_keep_secret_what_they_make_of_a_secret(
    type_: str, config: dict[str, Any], expected: Any
) -> None:
    """Functions on the loop, in threads and processes, coroutines, classes; what was given plain stays plain."""
    plain = '[":"]' if type_ == "load" else ":"
    assert kinds(await output(type_, config, s=Secret("user:pw"), t=plain)) == expected


async def test_other_nodes_keep_secret_what_has_the_secret_in_it() -> None:
    """Such as a path; a long text is not secret for a word in it."""
    found = await output("save", {"path": "{{ s }}", "content": "page"}, s=Secret("user-file"))
    assert kinds(found) == {"saved": Secret, "by": str, "content": str, "log": str}
    assert found["saved"] == "/tmp/user-file"


async def test_without_secrets_nothing_stands_between_a_node_and_its_caller() -> None:
    """A node gets and gives the very same objects, and how it is run is kept for all runs."""
    given: list[Any] = []
    own = Pack("own")

    @own.node(effect="pure")
    async def note(value: Any) -> Any:
        given.append(value)
        return value

    thing = object()
    workflow = workflow_of(node("a", "own.note", {"value": "{{ thing }}"}), variables={"thing": thing})
    result = await run_once(workflow, packs=[own])
    assert given == [thing]
    assert result.outputs["a"]["result"] is thing


async def test_names_of_inputs_are_no_secrets() -> None:
    """A table that a node makes of its inputs has their names as they are."""
    own = Pack("own")

    @own.node(effect="pure")
    async def tabled(**more: str) -> dict[str, str]:
        return {name: text.lower() for name, text in more.items()}

    workflow = workflow_of(node("a", "own.tabled", {"Header": "{{ s }}"}), variables={"s": Secret("TOKEN")})
    result = (await run_once(workflow, packs=[own])).raise_for_error()
    assert kinds(result.outputs["a"]["result"]) == {"Header": Secret}
    assert [type(name) for name in result.outputs["a"]["result"]] == [str]


async def test_what_shares_or_holds_itself_is_looked_at_once() -> None:
    """Not once for each way that leads to it."""
    own = Pack("own")

    @own.node(effect="pure", runs="loop")
    def woven(text: str) -> Any:
        value: Any = [text.lower()]
        for _ in range(60):
            value = [value, value]
        value.append(value)
        return value

    workflow = workflow_of(node("a", "own.woven", {"text": "{{ s }}"}), variables={"s": Secret("TOKEN")})
    result = (await run_once(workflow, packs=[own])).raise_for_error()
    value = result.outputs["a"]["result"]
    while isinstance(value, list):
        value = value[0]
    assert type(value) is Secret
