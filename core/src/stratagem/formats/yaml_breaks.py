"""Line ends of YAML: those of version 1.2, where the parser knows three more of version 1.1."""

from collections.abc import Mapping
from typing import Final

_FURTHER: Final = "\x85\u2028\u2029"
_STAND_INS: Final = range(0xE000, 0xF900)


def without_further_breaks(text: str) -> tuple[str, Mapping[int, str]]:
    """The text without what only YAML 1.1 takes for a line end, and the table by which `str.translate` restores it.

    To the parser such a character would end a comment or a plain text, so that what follows it were read as YAML.
    """
    if not any(end in text for end in _FURTHER):
        return text, {}
    folded = text.lower()  # a stand-in must not come out of an escape either
    free = (code for code in _STAND_INS if chr(code) not in text and f"{code:x}" not in folded)
    places = dict(zip(free, _FURTHER, strict=False))
    return text.translate({ord(end): code for code, end in places.items()}), places
