"""The look-up of ``{{ secrets.name }}``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from stratagem.config.model import Config
from stratagem.errors import BadValue
from stratagem.templates.masker import Masker
from stratagem.templates.secret import secrets_in


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


class NotedSecrets(Mapping[str, str]):
    """Secrets of which those are noted that were looked up, so that they can be masked in what is told.

    ``masker`` knows these, and what was made of them. ``asked`` tells that a workflow may have got at one.

    Args:
        secrets: where they are looked up.
        settings: tables of settings; secrets in them are noted from the start.
    """

    def __init__(self, secrets: Mapping[str, str], settings: Mapping[str, Any] | None = None) -> None:
        self._secrets = secrets
        self.masker = Masker(secrets_in(settings or {}))
        self.asked = False

    def __getitem__(self, name: str) -> str:
        found = self._secrets[name]
        self.masker.add(found)
        self.asked = True
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def note(self, value: Any) -> None:
        """Notes the secrets among values that are handed to a workflow."""
        for secret in secrets_in(value):
            self.masker.add(secret)
            self.asked = True

    def redact(self, value: Any) -> Any:
        """A copy of ``value`` without the secrets that were noted, see `stratagem.templates.redact`."""
        return self.masker.redact(value)


def secrets_of(config: Config) -> Mapping[str, str]:
    """The secrets that the config gives access to; raises BadValue for a source that there is not."""
    if config.secrets.source != "environment":
        what = f"there is no source of secrets {config.secrets.source!r}"
        raise BadValue(what, file=config.source, key="secrets.source", hint='Use "environment".')
    return EnvironmentSecrets(config.secrets.prefix)
