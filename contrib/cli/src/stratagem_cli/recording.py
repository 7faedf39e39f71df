"""Records of the runs of ``stratagem run``: kept by plugins that distributions offer for it in `RECORD`."""

import os
from collections.abc import Iterator

from stratagem import Config, Plugin, PluginError, PluginImportError, describe
from stratagem.hosting import RECORD, Installed, Offered, wanted
from stratagem_cli.console import Console

VARIABLE = "STRATAGEM_RECORD"
"""Set to one of `OFF`, nothing is recorded whatever the config says, as for continuous integration."""

OFF = ("0", "false", "no", "off")


def recorders(config: Config, installed: Installed, console: Console) -> Iterator[Plugin]:
    """The plugins that keep records of runs, but those whose names the config has in use, as they do it themselves.

    One that can't be used stops no run: it is told of.
    """
    if not config.run.record or os.environ.get(VARIABLE, "").strip().lower() in OFF:
        return
    used = {each.title for each in wanted(config)}
    for offer in installed.offered(RECORD):
        if offer.name not in used:
            try:
                yield _made(offer, installed)
            except PluginError as error:
                console.warn(f"no record of this run is kept: {error}")


def _made(offer: Offered, installed: Installed) -> Plugin:
    cls = installed.load(RECORD, offer.full)
    try:
        plugin: Plugin = cls()
    except Exception as error:
        what = f"the recorder {offer.name!r} can't be made: {describe(error)}"
        raise PluginImportError(what, provider=offer.provider) from error
    plugin.name, plugin.distribution = offer.name, offer.provider
    return plugin
