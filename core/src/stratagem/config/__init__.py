"""The config: which strategies run a workflow, and how."""

from typing import TYPE_CHECKING

from stratagem._support.lazy import names_at_home

if TYPE_CHECKING:
    from stratagem.config.converting import convert
    from stratagem.config.duration import Duration, seconds
    from stratagem.config.model import Config, PacksConfig, PluginsConfig, RunConfig, SecretsConfig, Strategy
    from stratagem.config.spot import Spot

__all__ = [
    "Config",
    "Duration",
    "PacksConfig",
    "PluginsConfig",
    "RunConfig",
    "SecretsConfig",
    "Spot",
    "Strategy",
    "convert",
    "seconds",
]

_, __getattr__, __dir__ = names_at_home(
    __name__,
    {
        "stratagem.config.converting": ("convert",),
        "stratagem.config.duration": (
            "Duration",
            "seconds",
        ),
        "stratagem.config.model": (
            "Config",
            "PacksConfig",
            "PluginsConfig",
            "RunConfig",
            "SecretsConfig",
            "Strategy",
        ),
        "stratagem.config.spot": ("Spot",),
    },
)
