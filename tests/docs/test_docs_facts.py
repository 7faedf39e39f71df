"""What the manual lists is complete: hooks, strategies, errors, config keys, commands, filters, keys, nodes."""

from __future__ import annotations

import inspect
import re
import textwrap
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import stratagem.errors
from manual_blocks import DOCS, blocks_of
from manual_nodes import rows_of
from repository import ROOT, distributions
from stratagem import SYSTEM_NAMES, Config, Pack, Plugin, Recorder, Resolver, ResourceProvider, Scheduler, seconds
from stratagem.formats import native, native_graph
from stratagem.hookspecs import HookSpecs
from stratagem.hosting import CONTRACTS, keys_of, toml_value
from stratagem.templates import caps
from stratagem.templates.filters import FILTERS
from stratagem_browser import PlaywrightPlugin
from stratagem_browser.keys import LABELS
from stratagem_cli.parser import make_parser
from stratagem_cli.skeletons.pack import FILES
from stratagem_dag import DagPlugin
from stratagem_node_cache import NodeCachePlugin
from stratagem_otel import OtelPlugin
from stratagem_pools import Factory, PoolSettings
from stratagem_report import ReportPlugin
from stratagem_std import pack as std
from stratagem_variable_cache import VariableCachePlugin
from stratagem_web import pack as web

ERRORS = sorted(name for name, value in vars(stratagem.errors).items() if inspect.isclass(value) and value.__module__ == "stratagem.errors")  # fmt: skip
STRATEGIES = (Scheduler, Resolver, ResourceProvider, Recorder)


def text_of(page: str) -> str:
    """The page as text."""
    return (DOCS / page).read_text("utf-8")


def cells_of(page: str) -> dict[str, list[str]]:
    """The rows of all tables of a page by the names in their first cell, without the marks around those."""
    rows = re.findall(r"^\| (.*) \|$", text_of(page), re.MULTILINE)
    split = [re.split(r" (?<!\\)\| ", row) for row in rows]
    return {name: row for row in split for name in re.findall(r"`([^`]+)`", row[0])}


@pytest.mark.parametrize("hook", CONTRACTS)
def test_every_hook_has_its_exact_signature_in_the_manual(hook: str) -> None:
    """Under a heading of its own, and as the specification has it."""
    signature = str(inspect.signature(getattr(HookSpecs, hook))).replace("'", "").replace("(self, ", "(")
    section = text_of("hooks.md").partition(f"\n## {hook}\n")[2].partition("\n## ")[0]
    assert f"```text\n{hook}{signature}\n```" in section


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.__name__)
def test_every_method_of_a_strategy_is_in_the_manual(strategy: type) -> None:
    """With its arguments."""
    section = text_of("strategies.md").partition(f"\n## {strategy.__name__}\n")[2].partition("\n## ")[0]
    for name, method in inspect.getmembers(strategy, inspect.isfunction):
        if not name.startswith("_"):
            arguments = inspect.signature(method).parameters.values()
            own = ", ".join(str(each.replace(annotation=each.empty, default=each.empty)) for each in arguments)
            assert f"| `{name}({own.removeprefix('self, ').removeprefix('self')})` |" in section


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_has_an_entry(name: str) -> None:
    """A heading for each but the root; families stand above their members."""
    if name == "StratagemError":
        assert "`StratagemError` is the root" in text_of("errors.md")
        return
    family = getattr(stratagem.errors, name).__mro__[1] is stratagem.errors.StratagemError
    assert f"\n{'##' if family else '###'} {name}\n" in text_of("errors.md")


def test_the_tree_of_errors_is_that_of_the_module() -> None:
    """Class for class, as its docstring draws it."""
    tree = re.search(r"^    StratagemError\n(?:      .*\n)+", stratagem.errors.__doc__ or "", re.MULTILINE)
    assert tree is not None
    drawn = next(block for block in blocks_of(DOCS / "errors.md") if block.language == "text")
    assert drawn.text == textwrap.dedent(tree[0])


def config_keys(cls: type = Config, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a config with the default that a file would have, None where it has none to show."""
    for key, attribute in keys_of(cls).items():
        default: Any = attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # the stub has it as a function
            made = default.factory()
            yield from config_keys(type(made), f"{prefix}{key}.") if attrs.has(type(made)) else [(prefix + key, None)]
        else:
            yield prefix + key, default


def test_every_key_of_the_config_is_in_the_manual_with_its_default() -> None:
    """The table's second cell is the default as a file would have it."""
    cells = cells_of("config.md")
    for key, default in config_keys():
        told = cells[key][1]
        if default is None:
            assert told in ("–", "not set"), key
        else:
            assert told == f"`{toml_value(list(default) if isinstance(default, tuple) else default)}`", key


PLUGINS = {
    "dag": DagPlugin,
    "node-cache": NodeCachePlugin,
    "otel": OtelPlugin,
    "playwright": PlaywrightPlugin,
    "report": ReportPlugin,
    "variable-cache": VariableCachePlugin,
}


@pytest.mark.parametrize(("name", "plugin"), PLUGINS.items(), ids=PLUGINS.keys())
def test_every_setting_of_a_plugin_of_ours_is_in_the_manual(name: str, plugin: type[Plugin]) -> None:
    """Under the plugin's name in the config, those of tables within it too."""
    assert {key for key, _ in config_keys(plugin.Settings, f"settings.{name}.")} <= cells_of("config.md").keys()


def test_every_label_of_a_page_is_in_the_manual() -> None:
    """On the page of its own."""
    assert set(LABELS) <= set(re.findall(r"`(\w+)`", text_of("browser.md")))


def commands(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """The parsers of all commands, those of groups of commands included."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for below in action.choices.values():
                yield from commands(below)


def test_every_limit_of_a_pool_is_in_the_manual() -> None:
    """With its default, a duration as a text."""
    cells = cells_of("resources.md")
    for key, attribute in keys_of(PoolSettings).items():
        default = attribute.default
        if default is None:
            assert cells[key][1] == "not set"
        else:
            told = (
                [seconds(each) for each in re.findall(r"[\d]+[smh]?", cells[key][1])]
                if isinstance(default, float)
                else []
            )
            assert default in told or f"`{default}`" in cells[key][1], key


def test_every_method_of_a_factory_is_in_the_manual() -> None:
    """With its arguments' names."""
    section = text_of("resources.md")
    for name, method in inspect.getmembers(Factory, inspect.isfunction):
        if not name.startswith("_"):
            arguments = ", ".join(list(inspect.signature(method).parameters)[1:])
            assert f"| `{name}({arguments})` |" in section


def test_every_command_and_option_is_in_the_manual() -> None:
    """Commands with their arguments' names, options as they are written."""
    written = re.findall(r"`([^`]+)`", text_of("operating.md"))
    for parser in commands(make_parser()):
        takes_commands = any(isinstance(action, _SubParsersAction) for action in parser._actions)
        assert takes_commands or any(f"{line} ".startswith(f"{parser.prog} ") for line in written), parser.prog
        for action in parser._actions:
            for option in action.option_strings:
                if option.startswith("--"):
                    assert any(re.match(rf"{option}\b", line) for line in written), option


@pytest.mark.parametrize("name", [*FILTERS, "default", *SYSTEM_NAMES])
def test_every_filter_and_system_value_is_in_the_manual(name: str) -> None:
    """In a table of the page about templates."""
    assert name in {cell.partition("(")[0] for cell in cells_of("templates.md")}


def test_the_filters_of_the_manual_exist() -> None:
    """And no others are told of."""
    section = text_of("templates.md").partition("\n## Filters\n")[2].partition("\n## ")[0]
    firsts = " ".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE))
    assert set(re.findall(r"`(\w+)", firsts)) == {*FILTERS, "default"}


@pytest.mark.parametrize("cap", [name for name in vars(caps) if name.isupper()])
def test_every_limit_of_templates_is_in_the_manual(cap: str) -> None:
    """By its number."""
    section = text_of("templates.md").partition("\n## Limits\n")[2]
    assert f"| {getattr(caps, cap):,} |" in section


@pytest.mark.parametrize(
    "keys",
    [native.TOP, native.SETTINGS, native.LIMITS, native_graph.NODE, native_graph.RETRY, native_graph.ENDS,
     native_graph.LONG_ENDS, native_graph.RESOURCE],
)  # fmt: skip
def test_every_key_of_a_workflow_is_in_the_manual(keys: dict[str, Any]) -> None:
    """As code on the page about workflows."""
    assert keys.keys() <= set(re.findall(r"`(\w+)`", text_of("workflows.md")))


def test_every_argument_of_a_node_type_is_in_the_manual() -> None:
    """In the table of traits."""
    assert set(inspect.signature(Pack.node).parameters) - {"self"} <= cells_of("writing-packs.md").keys()


def test_every_standard_node_has_its_row() -> None:
    """With its ports and the first line of its docstring, and no other node is listed."""
    rows = re.findall(r"^\| `std\..*$", text_of("nodes.md"), re.MULTILINE)
    assert sorted(rows) == sorted(rows_of(std).values())


def test_every_web_node_has_its_row() -> None:
    """As the standard nodes have; the inputs that most of them share are told of above the tables."""
    rows = re.findall(r"^\| `web\..*$", text_of("web.md"), re.MULTILINE)
    common = frozenset(("frame", "timeout", "failure_screenshot"))
    assert sorted(rows) == sorted(rows_of(web, common).values())
    assert common <= set(re.findall(r"`(\w+)`", text_of("web.md").partition("## Nodes")[2].partition("|")[0]))


def test_every_distribution_is_in_the_readme() -> None:
    """With a link to its folder."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for each in distributions():
        assert f"| [`{each.name}`]({each.folder.relative_to(ROOT)}) |" in readme


def test_the_workflow_of_the_readme_is_the_demo() -> None:
    """What ``make demo`` runs is what the first screen shows."""
    shown = next(block for block in blocks_of(ROOT / "README.md") if block.language == "yaml")
    demo = re.search(r"^DEMO \?= (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert demo is not None
    assert shown.file == demo[1]
    assert shown.text.partition("\n")[2] == (ROOT / demo[1]).read_text("utf-8")


def test_the_pack_of_the_first_page_is_what_new_pack_writes() -> None:
    """But for the docstring of the module."""
    written = FILES["src/%PACKAGE%/__init__.py"].replace("%NAME%", "greetings").partition('"""\n\n')[2]
    assert f"```python\n{written}```" in (ROOT / "README.md").read_text("utf-8")
