"""``stratagem plugins list``, ``chain`` and ``doctor``."""

from argparse import Namespace
from collections.abc import Iterator

from stratagem import Config, Finding, HookMisuse, PluginError, columns, nearest, plural
from stratagem.hosting import (
    CONTRACTS,
    FORMAT,
    NODES,
    PLACES,
    Hooks,
    Installed,
    Link,
    Offered,
    format_findings,
    load_plugins,
    pack_findings,
    wanted,
)
from stratagem_cli.console import Console
from stratagem_cli.doctor import examine
from stratagem_cli.failures import UNUSABLE
from stratagem_cli.settings import chosen_config, config_as_read


def list_(arguments: Namespace, console: Console) -> int:
    """Lists what is installed in every group, and marks what the config uses; nothing is imported."""
    installed = Installed()
    config = config_as_read(arguments, console, installed)
    console.print(columns(_rows(config, installed)))
    return 0


def _rows(config: Config, installed: Installed) -> Iterator[tuple[str, ...]]:
    used = list(_used(config, installed))
    yield "GROUP", "NAME", "PROVIDED BY", "IN USE"
    for group in (*PLACES, NODES, FORMAT):
        for offer in installed.offered(group):
            mark = "yes" if offer in used else "" if group in PLACES else "when named"
            yield group.removeprefix("stratagem."), offer.name, offer.provider, mark


def _used(config: Config, installed: Installed) -> Iterator[Offered]:
    for each in wanted(config):
        try:
            yield installed.find(each.group, each.name)
        except PluginError:
            continue  # what can't be found is in no row


def chain(arguments: Namespace, console: Console) -> int:
    """Shows who is asked by one hook, or by each."""
    if arguments.hook is not None and arguments.hook not in CONTRACTS:
        hint = nearest(arguments.hook, list(CONTRACTS)) or f"There are {', '.join(CONTRACTS)}."
        raise HookMisuse(f"there is no hook {arguments.hook!r}", hint=hint)
    hooks = Hooks(load_plugins(chosen_config(arguments, console), Installed()))
    for hook in [arguments.hook] if arguments.hook else CONTRACTS:
        console.print(f"{hook}\n{_links(hooks.chain(hook))}")
    return 0


def _links(links: list[Link]) -> str:
    rows = [(link.role, link.plugin, link.distribution, ", ".join(link.kinds)) for link in links]
    return columns(rows, "  ") if rows else "  nobody"


def doctor(arguments: Namespace, console: Console) -> int:
    """Examines what the config names, the packs and the formats, each apart; 2 if something can't be used."""
    installed = Installed()
    config = config_as_read(arguments, console, installed)
    findings = [*examine(config, installed), *pack_findings(installed), *format_findings(installed)]
    console.print(columns((f"{each.level}:", each.subject, _told(each)) for each in findings))
    errors = sum(each.level == "error" for each in findings)
    console.print(f"{plural(errors, 'error')}, {plural(sum(each.level == 'warning' for each in findings), 'warning')}")
    return UNUSABLE if errors else 0


def _told(finding: Finding) -> str:
    told = finding.what.replace("\n", " ")
    return told if not finding.hint or finding.hint in told else f"{told}. {finding.hint}"
