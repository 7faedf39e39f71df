"""Where ``{{ secrets.name }}`` is looked up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from stratagem.config.model import Config
from stratagem.errors import BadValue


class EnvironmentSecrets(Mapping[str, str]):
    """The environment's variables whose names begin with ``prefix``, by what follows it."""

    def __init__(self, prefix: str = "", environ: Mapping[str, str] = os.environ) -> None:
        self._prefix = prefix
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        return self._environ[self._prefix + name]

    def __iter__(self) -> Iterator[str]:
        return (name[len(self._prefix) :] for name in self._environ if name.startswith(self._prefix))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def secrets_of(config: Config) -> Mapping[str, str]:
    """The secrets that the config gives access to; raises BadValue for a source that there is not."""
    if config.secrets.source != "environment":
        what = f"there is no source of secrets {config.secrets.source!r}"
        raise BadValue(what, file=config.source, key="secrets.source", hint='Use "environment".')
    return EnvironmentSecrets(config.secrets.prefix)
