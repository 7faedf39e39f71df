"""A stored plan is never that of another file, secret, pass or package."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from stratagem import BadFile, Config, Kernel, Pack, Plan, Plugin, SpoiltImage, hookimpl
from stratagem_plan_cache import PlanCachePlugin, PlanCacheSettings
from stratagem_plan_cache.coding import decoded, encoded
from stratagem_plan_cache.files import PlanFiles, _maker
from stratagem_plan_cache.keys import _changed, _told

pytestmark = pytest.mark.anyio


async def value_of(path: Path, *plugins: Plugin, packs: Any = ()) -> Any:
    """The result of a run with plans that are kept beside the file."""
    keeper = PlanCachePlugin(PlanCacheSettings(folder=str(path.parent / "shelf")))
    planned = Kernel(Config(), plugins=[*plugins, keeper], packs=packs).planned(str(path))
    async with planned.kernel as kernel:
        result = await kernel.run(planned.plan)
    return result.value if result.error is None else result.error


def kept(folder: Path) -> list[Path]:
    """The plans that are kept."""
    return [*(folder / "shelf").glob("*.plan")]


def adding(path: Path, n: int) -> None:
    """Writes a workflow that adds ``n`` to itself."""
    path.write_text(f"nodes:\n  - {{id: a, type: std.add, config: {{a: {n}, b: {n}}}}}\nresult: '{{{{ a.result }}}}'\n")


def editor(path: Path, n: int) -> Plugin:
    """Saves the file at the moment at which it has just been compiled, as someone may who edits it."""

    class Editor(Plugin):
        distribution = "editor 1"
        done = False

        @hookimpl(wrapper=True)
        def compile(self) -> Generator[None, Plan, Plan]:
            plan = yield
            if not self.done:
                self.done = True
                adding(path, n)
            return plan

    return Editor()


async def test_a_file_that_is_saved_while_it_is_compiled_is_compiled_again(tmp_path: Path) -> None:
    """The plan of the old content is not kept under the key of the new one."""
    path = tmp_path / "flow.yaml"
    adding(path, 1)
    saving = editor(path, 100)
    assert [await value_of(path, saving), await value_of(path, saving)] == [2, 200]


async def test_a_subflow_that_is_saved_while_it_is_compiled_is_compiled_again(tmp_path: Path) -> None:
    """The same holds for the files that are called."""
    path, inner = tmp_path / "flow.yaml", tmp_path / "inner.yaml"
    adding(inner, 1)
    call = "nodes:\n  - {id: c, type: std.subflow, config: {flow: inner.yaml}}\nresult: '{{ c.result }}'\n"
    path.write_text(call)
    saving = editor(inner, 100)
    assert [await value_of(path, saving), await value_of(path, saving)] == [2, 200]


async def test_a_secret_that_is_set_later_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan in which a default stood in for a secret is not used once the secret is there."""
    path = tmp_path / "flow.yaml"
    b = "{{ 5 if secrets.PLAN_TOKEN | default('none') == 'none' else 7 }}"
    path.write_text(f'nodes:\n  - {{id: a, type: std.add, config: {{a: 1, b: "{b}"}}}}\nresult: "{{{{ a.result }}}}"\n')
    monkeypatch.delenv("PLAN_TOKEN", raising=False)
    assert await value_of(path) == 6
    monkeypatch.setenv("PLAN_TOKEN", "t")
    assert await value_of(path) == 8


async def test_plans_of_passes_from_python_are_not_kept(tmp_path: Path) -> None:
    """Nobody can tell what a pass without a distribution was made with."""

    class Pass(Plugin):
        @hookimpl(wrapper=True)
        def compile(self) -> Generator[None, Plan, Plan]:
            return (yield)

    path = tmp_path / "flow.yaml"
    adding(path, 1)
    assert await value_of(path, Pass()) == 2
    assert not kept(tmp_path)


async def test_plans_with_nodes_of_no_distribution_are_not_kept(tmp_path: Path) -> None:
    """Nobody can tell whether such a node type is the same next time."""
    pack = Pack("own")

    @pack.node(effect="pure")
    async def one() -> int:
        return 1

    path = tmp_path / "flow.yaml"
    path.write_text("nodes:\n  - {id: a, type: own.one}\nresult: '{{ a.result }}'\n")
    assert await value_of(path, packs=[pack]) == 1
    assert not kept(tmp_path)


def test_fields_that_a_repr_leaves_out_are_in_the_key() -> None:
    """Settings differ where any field does."""

    @frozen
    class Own:
        limit: int = field(default=1, repr=False)

    assert _told(Own(1)) != _told(Own(2))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that is being worked on."""
    folder = tmp_path / "worked_on_here"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "part.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_links_that_lead_nowhere_or_round_stop_nothing(package: Path) -> None:
    """Editors lock files by links that lead nowhere."""
    before = _changed(package.name)
    (package / ".#part.py").symlink_to("me@host.1:1")
    (package / "me").symlink_to(package)
    assert _changed(package.name) == before


def test_an_older_source_and_one_less_are_changes(package: Path) -> None:
    """A source may be replaced by one with an earlier time, or be deleted."""
    seen = {_changed(package.name)}
    os.utime(package / "part.py", (1, 1))
    seen.add(_changed(package.name))
    (package / "part.py").unlink()
    seen.add(_changed(package.name))
    assert len(seen) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"image": None},
        {"image": 5},
        {"image": {"plans": [{}, {}]}},
        {"files": [[1]]},
        {"files": None},
    ],
)
async def test_entries_that_are_whole_but_hold_no_plan_are_compiled_anew(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    """A right checksum around nonsense is no way to stop a run."""
    path = tmp_path / "flow.yaml"
    adding(path, 1)
    assert await value_of(path) == 2
    (entry,) = kept(tmp_path)
    content = {**decoded(entry.read_bytes()), **change}
    entry.write_bytes(encoded({key: value for key, value in content.items() if value is not None}))
    assert await value_of(path) == 2


def good_image(tmp_path: Path) -> dict[str, Any]:
    """The image of a plan that is run."""
    path = tmp_path / "flow.yaml"
    adding(path, 1)
    return dict(Kernel(Config()).image(str(path)))


@pytest.mark.parametrize("index", [-1, 1.5, None, 99, True])
def test_a_source_that_is_no_step_is_refused(tmp_path: Path, index: Any) -> None:
    """A value is read from a step of the plan, or the image is spoilt."""
    image = good_image(tmp_path)
    (row,) = image["plans"][0]["result"]
    image["plans"][0]["result"] = [(*row[:3], index, *row[4:])]
    PlanFiles().write(str(tmp_path / "bad.plan"), image)
    with pytest.raises(BadFile):
        Kernel(Config()).planned(str(tmp_path / "bad.plan"))


@pytest.mark.parametrize(
    "settings", [{"timeout": "a"}, {"step_timeout": [1]}, {"step_timeout": -1}, {"concurrency": 0}]
)
def test_settings_that_none_can_be_are_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    """Limits are numbers above 0."""
    image = good_image(tmp_path)
    image["plans"][0]["graph"]["settings"].update(settings)
    PlanFiles().write(str(tmp_path / "bad.plan"), image)
    with pytest.raises(BadFile):
        Kernel(Config()).planned(str(tmp_path / "bad.plan"))


@pytest.mark.parametrize(
    "content", [{}, {"image": 3}, {"image": {"plans": [], "declared": [], "kinds": [5, 5]}}, {"image": {"plans": []}}]
)
def test_plan_files_without_a_plan_are_refused(tmp_path: Path, content: dict[str, Any]) -> None:
    """One error tells the file and what to do."""
    path = tmp_path / "bad.plan"
    path.write_bytes(encoded({"made_by": _maker(), **content}))
    with pytest.raises(BadFile, match="Compile the workflow again"):
        Kernel(Config()).planned(str(path))


def test_variables_that_are_no_table_are_refused(tmp_path: Path) -> None:
    """The reader of images tells it, not the run."""
    image = good_image(tmp_path)
    image["plans"][0]["graph"]["variables"] = 3
    PlanFiles().write(str(tmp_path / "bad.plan"), image)
    with pytest.raises((BadFile, SpoiltImage)):
        Kernel(Config()).planned(str(tmp_path / "bad.plan"))
