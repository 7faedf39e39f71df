"""``stratagem nodes list`` and ``show``."""

from argparse import Namespace

from stratagem import Catalog, Pack, PluginError, columns, plural
from stratagem.hosting import Installed, catalog
from stratagem_cli.console import Console
from stratagem_cli.failures import UNUSABLE, tell_error
from stratagem_cli.node_text import text_of
from stratagem_cli.settings import checked_config


def list_(arguments: Namespace, console: Console) -> int:
    """Lists the node types of a pack, or of all that are allowed; 2 if a pack can't be imported."""
    offered = _catalog(arguments, console)
    broken = False
    for name in [arguments.pack] if arguments.pack else offered.packs:
        try:
            pack = offered.pack(name)
        except PluginError as error:
            tell_error(console, error, debug=arguments.debug)
            broken = True
        else:
            console.print(_listed(pack))
    return UNUSABLE if broken else 0


def show(arguments: Namespace, console: Console) -> int:
    """Shows one node type."""
    console.print(text_of(_catalog(arguments, console).spec(arguments.type)))
    return 0


def _catalog(arguments: Namespace, console: Console) -> Catalog:
    installed = Installed()
    config = checked_config(arguments, console, installed)
    return catalog(installed, config.packs.allow)


def _listed(pack: Pack) -> str:
    specs = [pack.spec(name, pack.versions(name)[-1]) for name in pack.names()]
    provider = next((spec.distribution for spec in specs), "")
    rows = [(spec.type, spec.doc.partition("\n")[0]) for spec in specs]
    return f"{pack.name}  {provider}  ({plural(len(rows), 'node type')})\n{columns(rows, '  ')}"
