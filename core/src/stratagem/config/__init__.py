"""The config: which strategies run a workflow, and how."""

from stratagem.config.convert import convert
from stratagem.config.duration import Duration, seconds
from stratagem.config.load import default_profile, load_config, read_config
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
    "default_profile",
    "load_config",
    "read_config",
    "seconds",
]
