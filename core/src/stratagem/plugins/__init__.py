"""Plugins: found by their distributions' metadata, loaded only when a config names them."""

from stratagem.plugins.base import Finding, NoSettings, Plugin
from stratagem.plugins.discovery import Installed, Offered
from stratagem.plugins.load import load_plugins
from stratagem.plugins.packs import catalog, load_pack

__all__ = ["Finding", "Installed", "NoSettings", "Offered", "Plugin", "catalog", "load_pack", "load_plugins"]
