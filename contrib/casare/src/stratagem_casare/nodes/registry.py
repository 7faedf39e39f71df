"""The pack that the modules beside this one fill."""

from stratagem import Pack
from stratagem_web.registry import BROWSER
from stratagem_web.registry import pack as web

SCRIPTS = "casare-scripts"
"""The resource kind of what runs the scripts of a flow."""

COMMANDS = "casare-commands"
"""The resource kind of what runs commands of this machine."""


def _allow(key: str) -> str:
    return (
        f'Flows may not do this unless the config says so: [plugins] use = ["casare"], [settings.casare] {key} = true.'
    )


pack = Pack(
    "casare", hints={SCRIPTS: _allow("allow_scripts"), COMMANDS: _allow("allow_commands"), BROWSER: web.hints[BROWSER]}
)
