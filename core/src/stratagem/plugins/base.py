"""Plugin: the base class of everything that a config names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from attrs import frozen

if TYPE_CHECKING:
    from stratagem.config.model import Config
    from stratagem.views import KernelView

Level = Literal["ok", "warning", "error"]
"""The severity of a finding."""


@frozen
class NoSettings:
    """A plugin without settings."""


@frozen
class Finding:
    """A finding of an examination about ``subject``, with what to do about it."""

    level: Level
    """``ok``, ``warning`` or ``error``."""
    subject: str
    what: str
    """The finding, in words."""
    hint: str = ""
    """The remedy, in words."""


class CacheControl(ABC):
    """Something that a plugin keeps from one process to the next, for ``stratagem cache``.

    ``name`` says what it holds, ``place`` where that is. All methods may wait for a disk; they are called outside of
    event loops.
    """

    name: str = ""
    place: str = ""

    @abstractmethod
    def stats(self) -> Mapping[str, Any]:
        """Return what is in it: whole numbers by name, such as ``entries`` and ``bytes``, and tables of such."""

    @abstractmethod
    def clear(self) -> int:
        """Empties it; gives how many entries it had."""

    @abstractmethod
    def close(self) -> None:
        """Lets go what the other two have opened."""


@frozen
class PlanRequest:
    """The file whose plan is asked for, and all but its content that may make a difference to the plan."""

    path: str
    """The file, as it was given."""
    format: str | None
    """The name of its format, if one was given."""
    variables: frozenset[str]
    """The names of variables that runs will be given."""
    config: Config
    """The config in effect."""
    plugins: tuple[Plugin, ...]
    """The plugins in use, in the config's order."""
    offers: frozenset[tuple[str, str]]
    """The distributions that offer something, as ``name 1.2``, each with a package that it offers from."""


class ImageFiles(ABC):
    """Plans in files of their own, as an entry point of ``stratagem.image`` offers them by the suffix without its dot."""

    @abstractmethod
    def read(self, path: str) -> Mapping[str, Any]:
        """The image in a file; raises BadFile."""

    @abstractmethod
    def write(self, path: str, image: Mapping[str, Any]) -> None:
        """Writes an image, all of it or nothing; raises OSError."""


class Plugin:
    """The object that an entry point of ``stratagem.compile``, ``.schedule``, ``.resolve``, ``.resource`` or ``.plugin`` names.

    A subclass answers hooks with methods that are marked ``@stratagem.hookimpl``. Its class attributes:

    - ``Settings``: the attrs class that ``[settings.<name>]`` is read into.
    - ``backends``: the event loops it works on.
    - ``provides``: the resource kinds that it answers for without being told to by the config; None if only the run
      can tell.

    Set before it is used: ``name``, as the config has it; ``distribution``, as ``name 1.2``; for a resource driver
    ``kinds``, the resource kinds that the config gives it.

    Args:
        settings: an instance of ``Settings``; its defaults where left out.
    """

    Settings: ClassVar[type[Any]] = NoSettings
    backends: ClassVar[tuple[str, ...]] = ("asyncio", "trio")
    provides: tuple[str, ...] | None = None

    name: str = ""
    distribution: str = ""
    kinds: tuple[str, ...] = ()

    def __init__(self, settings: Any = None) -> None:
        self.settings = self.Settings() if settings is None else settings

    def lifespan(self, kernel: KernelView) -> AbstractAsyncContextManager[None]:
        """Entered when the kernel opens and left when it closes, in one task; for connections, pools and tasks."""
        return nullcontext()

    def doctor(self) -> Iterable[Finding]:
        """Return what ``stratagem plugins doctor`` should tell about this plugin on this machine."""
        return ()

    def caches(self) -> Iterable[CacheControl]:
        """Return what it keeps from one process to the next, as ``stratagem cache`` lists and empties it."""
        return ()

    def stored_image(self, request: PlanRequest) -> Mapping[str, Any] | None:
        """Return the image of a file's plan, if it has kept one that still holds: then the file is not even read."""
        return None

    def store_image(self, request: PlanRequest, image: Mapping[str, Any]) -> None:
        """Told of the image of a plan that was compiled, to be kept; what goes wrong with that is its own to log."""

    @property
    def label(self) -> str:
        """The plugin and who provides it, for messages: ``'dag' (stratagem-dag 1.2)``."""
        return f"{self.title!r} ({self.distribution})" if self.distribution else repr(self.title)

    @property
    def title(self) -> str:
        """Its name in the config, or where it was not loaded by one, that of its class."""
        return self.name or type(self).__qualname__
