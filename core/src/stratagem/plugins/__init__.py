"""Plugins: found by their distributions' metadata, loaded only when a config names them."""

from typing import TYPE_CHECKING

from stratagem._support.lazy import names_at_home

if TYPE_CHECKING:
    from stratagem.plugins.base import Finding, NoSettings, Plugin
    from stratagem.plugins.discovery import Installed, Offered
    from stratagem.plugins.load import load_plugins
    from stratagem.plugins.packs import catalog, load_pack

__all__ = ["Finding", "Installed", "NoSettings", "Offered", "Plugin", "catalog", "load_pack", "load_plugins"]

_, __getattr__, __dir__ = names_at_home(
    __name__,
    {
        "stratagem.plugins.base": (
            "Finding",
            "NoSettings",
            "Plugin",
        ),
        "stratagem.plugins.discovery": (
            "Installed",
            "Offered",
        ),
        "stratagem.plugins.load": ("load_plugins",),
        "stratagem.plugins.packs": (
            "catalog",
            "load_pack",
        ),
    },
)
