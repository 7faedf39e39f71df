"""Which secrets a workflow uses, so that none of them is printed."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from stratagem.cli.console import Console
from stratagem.config.model import Config
from stratagem.kernel import Kernel
from stratagem.templates.secret import Secret


class NotedSecrets(Mapping[str, str]):
    """Secrets whose texts are noted in ``seen`` when they are looked up."""

    def __init__(self, secrets: Mapping[str, str], seen: set[str]) -> None:
        self._secrets = secrets
        self._seen = seen

    def __getitem__(self, name: str) -> str:
        found = self._secrets[name]
        self._seen.add(str.__str__(found))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)


def keep_secrets(console: Console, kernel: Kernel) -> None:
    """Has the console mask every secret that a workflow of this kernel names, and those of its config."""
    environment = kernel.catalog.environment
    noted = NotedSecrets(environment.secrets or {}, console.secrets)
    kernel.catalog.environment = evolve(environment, secrets=noted)
    console.secrets.update(_secrets_in(kernel.config))


def _secrets_in(config: Config) -> Iterator[str]:
    waiting: list[Any] = [config.settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Secret):
            yield value.reveal()
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
