"""Config: everything that a config file says, as typed values."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import ge, gt, optional

from stratagem.config.duration import Duration
from stratagem.config.origins import Origins

Backend = Literal["asyncio", "trio"]
"""The event loop that runs go on."""

NOT_WRITTEN: Mapping[str, bool] = {"stratagem.written": False}
"""Metadata of a field that is set by code and is no key of the table."""


@frozen
class RunConfig:
    """Behaviour of runs where their workflow does not say; all times in seconds.

    ``concurrency`` bounds the steps that run at once, ``step_timeout`` each step, ``timeout`` the whole run.
    ``time_slice`` is how long steps may run before the event loop gets its turn; a step that blocks the loop longer
    than ``block_limit`` is reported, and so is one that waits for a resource longer than ``wait_limit``, or takes
    ``slow_factor`` times what it usually does; ``grace`` is how long cancelled steps may take to end. Variables and
    nodes whose names begin with ``temporary`` are dropped once nothing reads them any more. With ``record`` the command
    line keeps a record of each run.
    """

    backend: Backend = "asyncio"
    """The event loop: ``asyncio`` or ``trio``."""
    concurrency: int = field(default=16, validator=ge(1))
    step_timeout: Duration | None = field(default=None, validator=optional(gt(0)))
    timeout: Duration | None = field(default=None, validator=optional(gt(0)))
    time_slice: Duration = field(default=0.005, validator=gt(0))
    block_limit: Duration = field(default=1.0, validator=gt(0))
    wait_limit: Duration = field(default=30.0, validator=gt(0))
    slow_factor: float = field(default=3.0, validator=ge(1))
    grace: Duration = field(default=5.0, validator=ge(0))
    temporary: str = "_tmp_"
    record: bool = True


@frozen
class Strategy:
    """The strategies that answer the exclusive hooks, by name."""

    compile: str = "reference"
    """The compiler by its name."""
    schedule: str = "sequential"
    """The schedule by its name."""
    resolve: str = "plain"
    """The resolver by its name."""


@frozen
class PluginsConfig:
    """The other plugins to use: their wrappers outermost first."""

    use: tuple[str, ...] = ()
    """Their names, as entry points have them."""


@frozen
class PacksConfig:
    """Patterns of the node packs that workflows may use; an empty list allows none."""

    allow: tuple[str, ...] = ("*",)
    """Patterns of the distributions whose packs may be used."""


@frozen
class SecretsConfig:
    """The source of secrets, and the prefix of their names in it."""

    source: str = "environment"
    """The source of secrets: ``environment``, or what a plugin offers."""
    prefix: str = ""
    """The beginning of the names of secrets there."""


@frozen
class Config:
    """A whole config.

    ``requires`` are requirements such as ``stratagem-dag>=0.1``. ``resources`` maps resource kinds to drivers.
    ``settings`` has a table for each plugin in use, still to be read by that plugin's Settings class. ``source`` is
    the file the config came from, or says that there is none, and ``found`` why this one; ``taken`` tells what was taken
    though it is not written, and why; ``origins`` tells where each value is written.
    """

    schema: Literal[1] = 1
    """The version of the config's form."""
    requires: tuple[str, ...] = ()
    run: RunConfig = field(factory=RunConfig)
    """The defaults of runs: the table ``[run]``."""
    strategy: Strategy = field(factory=Strategy)
    """The strategies that run a workflow: ``[strategy]``."""
    resources: Mapping[str, str] = field(factory=dict)
    plugins: PluginsConfig = field(factory=PluginsConfig)
    """The plugins in use besides: ``[plugins]``."""
    packs: PacksConfig = field(factory=PacksConfig)
    """The packs that may be used: ``[packs]``."""
    secrets: SecretsConfig = field(factory=SecretsConfig)
    """The source of secrets: ``[secrets]``."""
    settings: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    source: str = field(default="defaults", kw_only=True, eq=False, metadata=NOT_WRITTEN)
    found: str = field(default="", kw_only=True, eq=False, metadata=NOT_WRITTEN)
    taken: tuple[str, ...] = field(default=(), kw_only=True, eq=False, metadata=NOT_WRITTEN)
    origins: Origins = field(factory=Origins, kw_only=True, eq=False, metadata=NOT_WRITTEN)

    @property
    def origin(self) -> str:
        """The source and what was taken besides, as one line."""
        return f"{self.source}: {', '.join(self.taken)}" if self.taken else self.source

    def says(self, key: str) -> bool:
        """Return whether a top-level key is written, in the file or by an override."""
        return any(path[:1] == (key,) for path in self.origins.known)
