"""Names for programs that host kernels, such as a command line, an editor or a server: discovery, checks, texts of configs.

Plugins and packs need none of them, but for `names_at_home` where a package of theirs is to be imported quickly.
``docs/reference.md`` documents each.
"""

from stratagem._support.lazy import names_at_home

_HOMES = {
    "stratagem._hooks": ("Hooks", "Link", "Role"),
    "stratagem._support.lazy": ("names_at_home",),
    "stratagem._support.shown": ("NAME_CHARS", "TEXT_CHARS", "cut"),
    "stratagem.config.converting": ("schema_of",),
    "stratagem.config.origins": ("Keys", "Origin", "Origins"),
    "stratagem.config.records": ("keys_of",),
    "stratagem.config.shapes": ("Leaf",),
    "stratagem.config.toml": ("dotted_key", "toml_value"),
    "stratagem.errors": ("LINE_CHARS", "to_tell"),
    "stratagem.formats.offered": ("format_findings",),
    "stratagem.nodes.types": ("name_of",),
    "stratagem.plugins.contracts": ("CONTRACTS", "Contract"),
    "stratagem.plugins.discovery": (
        "COMPILE",
        "FORMAT",
        "IMAGE",
        "Installed",
        "NODES",
        "Offered",
        "PLACES",
        "RECORD",
        "RESOLVE",
        "RESOURCE",
        "SCHEDULE",
    ),
    "stratagem.plugins.load": ("load_alone", "load_plugins", "settings_classes"),
    "stratagem.plugins.packs": ("catalog", "pack_findings"),
    "stratagem.plugins.required": ("requirement_problems",),
    "stratagem.plugins.requirements": ("Distributions", "is_on_kernel", "unmet"),
    "stratagem.plugins.wanted": ("Wanted", "name_problems", "settings_problems", "wanted"),
    "stratagem.templates.masker": ("Masker",),
    "stratagem.templates.sayable": ("is_sayable", "is_step"),
    "stratagem.templates.secret": ("secrets_in",),
}
"""The names by the module that defines them; ``hosting.pyi`` is written from it."""

__all__, __getattr__, __dir__ = names_at_home(__name__, _HOMES)
