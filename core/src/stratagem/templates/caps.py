"""Bounds on templates and on what they compute: a workflow file from anywhere can't eat the machine."""

from typing import Final

from stratagem._support.numbers import INT_BITS as INT_BITS  # a cap as those below

TEXT_CHARS: Final = 100_000
"""Characters in one text that holds a template or expression; plain text without ``{{`` may be longer."""

DEPTH: Final = 50
"""Brackets and operators within one another in one expression."""

NODES: Final = 10_000
"""Literals, names, operators and filters in one text."""

RESULT_CHARS: Final = 10_000_000
"""Characters of a text that a template gives."""

RESULT_ITEMS: Final = 1_000_000
"""Entries of a list that an expression builds, or of all containers in a value that is made text."""

FOLDED_BYTES: Final = 100_000
"""Size of a constant part that is computed once and kept; larger ones are made whenever they are read."""

VALUE_DEPTH: Final = 100
"""Containers within one another in a config, or in a value that is made text, compared or redacted."""
