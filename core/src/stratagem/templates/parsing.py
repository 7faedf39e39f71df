"""Parse: texts, expressions and whole config values into templates.

The parser is imported when something needs it: most configs are written out, or are one path.
"""

from collections.abc import Mapping

from stratagem._support.extent import TooLarge, require_walkable
from stratagem.errors import BadInput
from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.secret import Secret
from stratagem.templates.template import Template
from stratagem.templates.whole_path import whole_path
from stratagem.templates.written_out import WrittenOut


def parse(text: str) -> Template:
    """A text with any number of ``{{ … }}`` in it.

    A text that is one ``{{ … }}`` and nothing else keeps the type of its value.

    Raises:
        BadInput: an expression in it is not well-formed or too large.
    """
    path = whole_path(text)
    if path is not None:
        return path
    from stratagem.templates.config_reader import read_text

    return read_text(text)


def parse_expression(text: str) -> Template:
    """A condition: an expression without braces, or one whole ``{{ … }}``.

    Raises:
        BadInput: it is not well-formed, too large, or has something beside the ``{{ … }}``.
    """
    path = whole_path(text)
    if path is not None:
        return path
    from stratagem.templates.config_reader import read_expression

    return read_expression(text)


def parse_config(value: object) -> Template:
    """A text, or lists, tuples and mappings of such: every text in them may have ``{{ … }}``; keys are plain.

    Other values, a `Secret` among them, stay as they are.

    Raises:
        BadInput: all texts together that are not well-formed, or that read nothing and can't be computed; ``key`` is the
            place in the config, ``headers.accept``.
        UndefinedName: a text looks up what its own literals do not have.
    """
    if type(value) is str and (path := whole_path(value)) is not None:
        return path
    try:
        require_walkable(value, "read")
    except TooLarge as error:
        raise BadInput(str(error)) from None
    if not _has_template(value, VALUE_DEPTH):
        return WrittenOut(value)
    from stratagem.templates.config_reader import read_config

    return read_config(value)


def _has_template(value: object, depth: int) -> bool:
    """Return whether there is a ``{{`` in it, or it is nested too deeply to tell."""
    if isinstance(value, str):
        return "{{" in value and not isinstance(value, Secret)
    if not isinstance(value, (Mapping, list, tuple)):
        return False
    items = value.values() if isinstance(value, Mapping) else value
    return depth == 0 or any(_has_template(item, depth - 1) for item in items)
