"""An examination of what a config names: can it be found, imported, combined, and does it work here."""

from collections.abc import Iterator, Sequence

from stratagem import Config, Finding, Plugin, StratagemError, describe, implementations
from stratagem.hosting import (
    FORMAT,
    NODES,
    PLACES,
    Hooks,
    Installed,
    Offered,
    is_on_kernel,
    load_alone,
    name_problems,
    requirement_problems,
    settings_problems,
    unmet,
    wanted,
)


def examine(config: Config, installed: Installed) -> list[Finding]:
    """Findings about everything the config names, and about names that are offered twice; it never raises.

    The config may be one of `read_config`: what it names need not be installed. Each plugin is made and examined apart,
    so that one which is broken hides nothing of the others.
    """
    findings = [_of(problem) for problem in requirement_problems(config, installed)]
    findings += [_of(problem) for problem in (*name_problems(config, installed), *settings_problems(config, installed))]
    healthy: list[Plugin] = []
    for each, made in load_alone(config, installed):
        offer = installed.find(each.group, each.name)
        findings += _lacking(offer.distribution, installed)
        told = list(_told_of(made, each.title))
        findings += told or [Finding("ok", each.title, f"{offer.value} from {offer.provider}")]
        if isinstance(made, Plugin) and not told:
            healthy.append(made)
    findings += _twice(config, installed)
    findings += _together(healthy)
    return findings + [finding for plugin in healthy for finding in _own_findings(plugin)]


def _of(error: StratagemError, subject: str | None = None) -> Finding:
    return Finding("error", subject or error.key or "config", str(error), error.hint or "")


def _told_of(made: Plugin | StratagemError, name: str) -> Iterator[Finding]:
    """Yield what keeps one plugin from being used."""
    problems = implementations(made)[1] if isinstance(made, Plugin) else made.problems
    yield from (_of(problem, name) for problem in problems)


def _lacking(distribution: str, installed: Installed) -> Iterator[Finding]:
    for requirement in installed.requirements(distribution):
        if is_on_kernel(requirement):
            continue  # what is made for another kernel is not loaded, which is told by itself
        try:
            what = unmet(requirement, installed)
        except ValueError as error:
            yield Finding("warning", distribution, f"expected a requirement, got {requirement!r}: {error}")
            continue
        if what:
            yield Finding("error", distribution, what, f'Run: pip install "{requirement}"')


def _twice(config: Config, installed: Installed) -> Iterator[Finding]:
    """Names that are offered twice: harmless as long as one of them is meant, or none is used."""
    used = {(each.group, each.name) for each in wanted(config)}
    for group in (*PLACES, NODES, FORMAT):
        for name in installed.names(group):
            offers = [offer for offer in installed.offered(group) if offer.name == name]
            if len(offers) > 1 and ((group, name) not in used or any(offer.is_meant for offer in offers)):
                yield _shared(name, group, offers)


def _shared(name: str, group: str, offers: Sequence[Offered]) -> Finding:
    providers = " and by ".join(sorted(offer.provider for offer in offers))
    others = " or ".join(repr(offer.full) for offer in offers if not offer.is_meant)
    ours = next((f", and stands for that of {offer.distribution}" for offer in offers if offer.is_meant), "")
    what = f"{name!r} in {group} is offered more than once, by {providers}{ours}"
    return Finding("warning", name, what, f"Name {'the other' if ours else 'one of them'} as {others}.")


def _together(plugins: Sequence[Plugin]) -> Iterator[Finding]:
    """Yield what shows only between plugins: conflicts, and who provides which resource kind."""
    try:
        hooks = Hooks(plugins)
    except StratagemError as error:
        yield from (_of(problem) for problem in error.problems)
        return
    for kind, name in sorted(hooks.providers.items()):
        yield Finding("ok", kind, f"the resource kind is provided by {name!r}")


def _own_findings(plugin: Plugin) -> list[Finding]:
    try:
        return list(plugin.doctor())
    except (Exception, SystemExit) as error:
        what = f"its own examination raised {describe(error)}"
        return [Finding("error", plugin.label, what, "Report this to its authors.")]
