"""The page about tracing shows a trace that there is."""

from __future__ import annotations

import re
from html import unescape

from manual_blocks import blocks_of
from trace_picture import PAGE, PICTURE, draw, labels_of, spans_of_the_page


def written_in(picture: str) -> list[str]:
    """The texts of a picture but for its title and the times."""
    texts = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]
    return [text for text in texts[1:] if not re.fullmatch(r"\d+ ms", text)]


def test_the_picture_is_drawn_from_the_page_s_own_run() -> None:
    """The run of the page's workflow under its config sends the spans that the committed picture shows, in their order."""
    spans = spans_of_the_page()
    assert written_in(PICTURE.read_text("utf-8")) == written_in(draw(spans)) == [label for _, label in labels_of(spans)]
    assert {span.resource["service.name"] for span in spans} == {"orders"}


def test_the_trace_nests_as_the_page_says() -> None:
    """The run, its nodes, a pass of the loop, the nodes in it; a node that was skipped is an event."""
    spans = spans_of_the_page()
    depths = {label: depth for depth, label in labels_of(spans)}
    assert depths["run order"] == 0
    assert depths["items (std.for_each)"] == 1
    assert depths["body body, pass 1"] == 2
    assert depths["reserve (std.wait)"] == 3
    (run,) = (span for span in spans if not span.parent)
    assert [event.attributes["workflow.node.id"] for event in run.events] == ["mail"]


def test_the_three_commands_make_the_config_that_is_needed() -> None:
    """The second one writes a config that names the plugin."""
    commands = next(block.text for block in blocks_of(PAGE) if block.text.startswith("docker"))
    assert len(commands.splitlines()) == 3
    assert '[plugins]\\nuse = ["otel"]' in commands.splitlines()[1]
