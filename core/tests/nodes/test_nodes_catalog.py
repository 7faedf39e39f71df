"""The catalog: versions, migrations, and packs that are loaded only when they are named."""

from __future__ import annotations

from typing import Any

import pytest

from stratagem import Catalog, Kernel, Pack
from stratagem._compile import compile_workflow
from stratagem.errors import UnknownNode
from stratagem_testing import node, run_once, workflow_of


def versioned() -> Pack:
    """Versions 3 and 5 have code; there are migrations from 1 to 3 and from 3 to 5."""
    pack = Pack("own")

    @pack.node(version=3, effect="pure")
    async def it(text: str) -> str:
        return f"three {text}"

    @pack.node(name="it", version=5, effect="pure")
    async def it_5(words: list[str]) -> str:
        return f"five {words}"

    @pack.migrate("it", 1)
    def _(config: dict[str, Any]) -> dict[str, Any]:
        return {"txt": config["t"]}

    @pack.migrate("it", 2)
    def _(config: dict[str, Any]) -> dict[str, Any]:
        return {"text": config["txt"]}

    @pack.migrate("it", 3)
    def _(config: dict[str, Any]) -> dict[str, Any]:
        return {"word": config["text"]}

    @pack.migrate("it", 4)
    def _(config: dict[str, Any]) -> dict[str, Any]:
        return {"words": [config.pop("word")]}

    return pack


@pytest.mark.parametrize(
    ("type_", "config", "version", "migrated"),
    [
        ("own.it", {"words": ["a"]}, 5, {"words": ["a"]}),
        ("own.it@5", {"words": ["a"]}, 5, {"words": ["a"]}),
        ("own.it@4", {"word": "a"}, 5, {"words": ["a"]}),
        ("own.it@3", {"text": "a"}, 3, {"text": "a"}),
        ("own.it@2", {"txt": "a"}, 3, {"text": "a"}),
        ("own.it@1", {"t": "a"}, 3, {"text": "a"}),
    ],
)
def test_a_saved_version_runs_as_it_was_or_is_migrated_to_the_next_that_has_code(
    type_: str, config: dict[str, Any], version: int, migrated: dict[str, Any]
) -> None:
    """No further than needed; the workflow's own config is not changed."""
    catalog = Catalog.of(versioned())
    before = dict(config)
    assert catalog.spec(type_).version == version
    assert catalog.config(type_, config) == migrated
    assert config == before


@pytest.mark.anyio
async def test_a_workflow_of_old_nodes_runs() -> None:
    """Old and new versions side by side."""
    nodes = [node("old", "own.it@1", {"t": "a"}), node("older", "own.it@4", {"word": "b"})]
    result = await run_once(workflow_of(*nodes, node("new", "own.it", {"words": []})), packs=[versioned()])
    assert [result.outputs[each]["result"] for each in ("old", "older", "new")] == ["three a", "five ['b']", "five []"]


@pytest.mark.parametrize("version", [0, 6, 99])
def test_a_version_that_nothing_leads_from_is_told_with_those_there_are(version: int) -> None:
    """A newer one needs a newer pack; an older one was never migrated."""
    with pytest.raises(UnknownNode) as caught:
        Catalog.of(versioned()).spec(f"own.it@{version}")
    assert f"own.it has no version {version}, nor a migration from it (it has 3, 5)" in str(caught.value)


def test_a_migration_that_fails_is_told_with_its_pack() -> None:
    """By node, version and cause, among the other problems of the workflow."""
    pack = versioned().provided_by("own-dist 2.0")
    with pytest.raises(UnknownNode) as caught:
        compile_workflow(workflow_of(node("a", "own.it@1", {"text": "x"})), Catalog.of(pack))
    (problem,) = caught.value.problems
    assert problem.node == "a"
    assert "the migration of own.it from version 1 fails on this config: KeyError: 't'" in str(problem)
    assert "own-dist 2.0" in str(problem)


def test_packs_are_loaded_when_a_workflow_names_them_and_once() -> None:
    """Others are not touched, and neither are those that the config does not allow."""
    loaded: list[str] = []

    def load(name: str) -> Pack:
        loaded.append(name)
        pack = Pack(name)

        @pack.node()
        async def it() -> None: ...

        return pack

    catalog = Catalog(["a", "b", "acme-x", "acme-y"], load, allow=("a", "acme-*"))
    assert catalog.packs == ["a", "acme-x", "acme-y"]
    workflow = workflow_of(node("n", "acme-x.it"), node("m", "acme-x.it"), node("o", "a.it"))
    compile_workflow(workflow, catalog)
    compile_workflow(workflow, catalog)
    assert loaded == ["acme-x", "a"]
    with pytest.raises(UnknownNode, match="the config does not allow the pack 'b'"):
        catalog.spec("b.it")
    assert "b" not in loaded


def test_an_empty_allow_list_allows_nothing() -> None:
    """It is not taken for everything."""
    catalog = Catalog(["a"], lambda name: Pack(name), allow=())
    assert catalog.packs == []
    with pytest.raises(UnknownNode, match="does not allow"):
        catalog.spec("a.it")


def test_a_kernel_of_given_packs_knows_only_these() -> None:
    """Without a config nothing that is installed is looked for."""
    assert Kernel(packs=[versioned()]).catalog.packs == ["own"]
