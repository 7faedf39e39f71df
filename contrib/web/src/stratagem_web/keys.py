"""Keys: what they are called, and by which other names people know them."""

from __future__ import annotations

from string import ascii_uppercase, printable
from typing import Annotated, Any, Final

from stratagem import Reads, nearest

MODIFIERS: Final = ("Alt", "Control", "ControlOrMeta", "Meta", "Shift")

NAMED: Final = (
    *MODIFIERS, "Enter", "Escape", "Tab", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PageUp", "PageDown",
    "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "AltGraph", "CapsLock", "NumLock", "ScrollLock", "ContextMenu",
    "Pause", "PrintScreen", *(f"F{number}" for number in range(1, 13)),
)  # fmt: skip
"""Keys that are called by what they do."""

PLACED: Final = (
    *(f"{name}{side}" for name in ("Alt", "Control", "Meta", "Shift", "Bracket") for side in ("Left", "Right")),
    *(f"{name}{digit}" for name in ("Digit", "Numpad") for digit in range(10)),
    *(f"Key{letter}" for letter in ascii_uppercase),
    *(f"Numpad{name}" for name in ("Add", "Decimal", "Divide", "Enter", "Multiply", "Subtract")),
    *(f"Audio{name}" for name in ("VolumeDown", "VolumeMute", "VolumeUp")),
    *(f"Media{name}" for name in ("PlayPause", "TrackNext", "TrackPrevious")),
    "Backquote", "Backslash", "Comma", "Equal", "Minus", "Period", "Quote", "Semicolon", "Slash",
)  # fmt: skip
"""Keys that are called by their place on a keyboard of the USA."""

KNOWN_AS: Final = {
    "ctrl": "Control", "strg": "Control", "cmd": "Meta", "command": "Meta", "win": "Meta", "windows": "Meta",
    "super": "Meta", "option": "Alt", "opt": "Alt", "altgr": "AltGraph", "esc": "Escape", "return": "Enter",
    "del": "Delete", "ins": "Insert", "bs": "Backspace", "back": "Backspace", "up": "ArrowUp", "down": "ArrowDown",
    "left": "ArrowLeft", "right": "ArrowRight", "pgup": "PageUp", "pgdn": "PageDown", "pagedn": "PageDown",
    "spacebar": "Space", "caps": "CapsLock", "menu": "ContextMenu", "print": "PrintScreen",
}  # fmt: skip
"""Other names of keys, in small letters."""

_KNOWN: Final = frozenset((*NAMED, *PLACED, *printable))


def read_key(value: Any) -> Any:
    """A key, or several joined by ``+``; raises ValueError for one that there is not, with what it is called."""
    for part in _parts(value) if isinstance(value, str) else ():
        if part not in _KNOWN:
            raise _unknown(part, value)
    return value


def read_modifiers(value: Any) -> Any:
    """The keys that are held during a click; raises ValueError for one that is another's name, or none that is held."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str) and each not in MODIFIERS:
            read_key(each)
            raise ValueError(f"expected a key that is held during a click ({', '.join(MODIFIERS)}), got {each!r}")
    return value


Key = Annotated[str, Reads(read_key)]
"""A key as a node's config has it."""


def _parts(keys: str) -> list[str]:
    """The keys of a combination; a plus may be one of them."""
    parts = keys.split("+")
    return [*parts[:-2], "+"] if len(parts) > 1 and parts[-2:] == ["", ""] else parts


def _unknown(key: str, whole: str) -> ValueError:
    right = KNOWN_AS.get(key.casefold()) or next((name for name in NAMED if name.casefold() == key.casefold()), None)
    where = f" in {whole!r}" if key != whole else ""
    if right is not None:
        hint = f"It is called {right}."
    elif len(key) == 1:
        hint = "It is on no key of such a keyboard: enter it with web.type."
    else:
        hint = nearest(key, NAMED) or "There are Enter, Control+A, ArrowDown, F5, a and so on."
    return ValueError(f"there is no key {key!r}{where}. {hint}")
