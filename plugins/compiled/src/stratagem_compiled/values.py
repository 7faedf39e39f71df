"""Values: templates, part by part, as statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stratagem import Feed, Template, TemplateLink, constant_getter, evaluator, syntax
from stratagem_compiled.reading import Reader
from stratagem_compiled.writer import Writer

SCALARS = (str, int, float, bool, type(None))


class ValueWriter:
    """Writes the values of one feed's template; expressions with operators or filters are called as they are."""

    def __init__(self, writer: Writer, reader: Reader, feed: Feed) -> None:
        self._writer = writer
        self._reader = reader
        self._feed = feed
        self._link = TemplateLink(feed.binder)

    def value(self, node: syntax.Syntax) -> str:
        """The name of the value of a part."""
        write = _WRITERS.get(type(node))
        return self._called(node) if write is None else write(self, node)

    def _called(self, node: syntax.Syntax) -> str:
        part = evaluator(node, self._link)
        if part.constant and type(value := part.call(None)) in SCALARS:
            return self._writer.bind(value)
        return self._writer.keep(f"{self._writer.bind(part.call)}(scope)")

    def constant(self, node: syntax.Constant) -> str:
        """A constant: itself if nobody can change it, else a new copy."""
        if type(node.value) in SCALARS:
            return self._writer.bind(node.value)
        return self._writer.keep(f"{self._writer.bind(constant_getter(node.value))}(scope)")

    def reference(self, node: syntax.Reference) -> str:
        """A path, look-up by look-up."""
        source = self._feed.source(node.path)
        return self._called(node) if source is None else self._reader.path(source, node.steps)

    def text(self, node: syntax.Text) -> str:
        """Texts, joined."""
        joined = "".join(f"{{{self._piece(part)}}}" for part in node.parts)
        text = self._writer.keep(f"f'{joined}'")
        self._writer.give_up_if(f"len({text}) > LONGEST")
        return text

    def _piece(self, node: syntax.Syntax) -> str:
        value = self.value(node)
        if isinstance(node, syntax.Constant) and type(node.value) is str:
            return value
        return self._writer.keep(f"{value} if type({value}) is str else piece({value})")

    def list_of(self, node: syntax.ListOf) -> str:
        """A new list or tuple."""
        items = "".join([f"{self.value(item)}, " for item in node.items])
        return self._writer.keep(f"({items})" if node.as_tuple else f"[{items}]")

    def dict_of(self, node: syntax.DictOf) -> str:
        """A new dict, if its keys are texts that are written out."""
        if not all(isinstance(key, syntax.Constant) and type(key.value) is str for key in node.keys):
            return self._called(node)
        pairs = zip(node.keys, node.values, strict=True)
        entries = "".join([f"{self.value(key)}: {self.value(value)}, " for key, value in pairs])
        return self._writer.keep(f"{{{entries}}}")


_WRITERS: dict[type[syntax.Syntax], Callable[[ValueWriter, Any], str]] = {
    syntax.Constant: ValueWriter.constant,
    syntax.Reference: ValueWriter.reference,
    syntax.Text: ValueWriter.text,
    syntax.ListOf: ValueWriter.list_of,
    syntax.DictOf: ValueWriter.dict_of,
}


def write_feed(writer: Writer, reader: Reader, feed: Feed) -> str:
    """The name of what the feed gives, held to the check that the port asks for."""
    template = feed.template
    if feed.deferred or feed.reads:
        return writer.keep(f"{writer.bind(feed.get)}(scope)")
    if not isinstance(template, Template):  # lines, or a format's own template
        return writer.keep(f"{writer.bind(feed.get)}(scope)")
    value = ValueWriter(writer, reader, feed).value(template.root)
    if feed.check is not None:
        right = f"{writer.bind(feed.check)}({value})"
        exact = "" if feed.exact is None else f"type({value}) is not {writer.bind(feed.exact)} and "
        writer.give_up_if(f"{exact}not {right}")
    return value
