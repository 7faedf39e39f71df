"""The index of the reference page, and headings that can be linked to."""

from __future__ import annotations

import re

HEADING = re.compile(r"^(#{2,4}) (.+)$", re.MULTILINE)


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading, as forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def told_apart(text: str, package: str, taken: set[str]) -> str:
    """Return the text of a chapter with the package before each name whose anchor another heading has ``taken``."""

    def unique(found: re.Match[str]) -> str:
        heading = found[2]
        if anchor_of(heading) in taken:
            heading = f"`{package}.{heading.strip('`')}`"
        assert anchor_of(heading) not in taken, f"two headings have the anchor of {heading}"
        taken.add(anchor_of(heading))
        return f"{found[1]} {heading}"

    return HEADING.sub(unique, text)


def index(text: str) -> str:
    """Return a list of links to the headings of a page: chapters, their topics, and the names in them."""
    lines: list[str] = []
    for marks, heading in HEADING.findall(text):
        link = f"[{heading}](#{anchor_of(heading)})"
        if marks == "##":
            lines += ["", f"{link}:", ""]
        elif marks == "###":
            lines.append(f"- {link}: ")
        else:
            lines[-1] += f"{'' if lines[-1].endswith(': ') else ', '}{link}"
    return "\n".join(lines).strip()
