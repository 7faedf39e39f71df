"""Words of a text, as they are written in a title."""

import re
from typing import Final

# A word goes on behind an apostrophe that a letter follows, and over accents that are characters of their own.
_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['\u2019](?=[^\W_])|[\u0300-\u036f])*+")


def titled(text: str) -> str:
    """The text with a capital letter at the start of each word, and small ones after it."""
    return _WORD.sub(lambda word: _titled(word[0]), text)


def _titled(word: str) -> str:
    first = word[0]
    return first.title() + word.lower()[len(first.lower()) :]
