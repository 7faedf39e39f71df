"""Nodes that read off a page, or keep something of it."""

from typing import Any, Literal, TypeVar

from attrs import frozen

from stratagem import NOTHING, Context, Nothing, Variables, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.browser_node import LIMIT, browser_node, first_of, seconds
from stratagem_casare.nodes.browser_scripts import runnable
from stratagem_std import csv_text
from stratagem_web import captures, extract, scripts, tables, waits
from stratagem_web.api import Page
from stratagem_web.errors import WebError

T = TypeVar("T")


@frozen
class Shot:
    """The path of the picture; ``attachment_file`` has the same for nodes that send files."""

    file_path: str
    attachment_file: list[str]


@frozen
class Scraped:
    """A table's rows, in the format that was asked for; how many; the headers."""

    data: Any
    row_count: int
    headers: list[str]


@frozen
class Evaluated:
    """The value of a script; ``error`` tells why there is nothing."""

    result: Any | Nothing = NOTHING
    success: bool = True
    error: str = ""


@frozen
class Source:
    """The HTML of a page, under both names that flows have for it."""

    html: str
    source: str


@browser_node("ExtractTextNode", outputs=("text",), writes=("var:{variable_name}",))
async def extract_text(
    page: Page,
    variables: Variables,
    selector: Any = "",
    variable_name: str = "extracted_text",
    timeout: Any = LIMIT,
    use_inner_text: Any = False,
    strict: Any = False,
    trim_whitespace: Any = True,
) -> str:
    """Reads the text of an element, hidden parts included unless ``use_inner_text``; sets a variable to it."""
    text = await extract.extract_text(
        page,
        first_of(selector, strict),
        visible_only=coerce.truth(use_inner_text),
        trim=coerce.truth(trim_whitespace),
        timeout=seconds(timeout),
    )
    return _kept(variables, variable_name, text)


@browser_node("BrowserGetTextNode", effect="read", outputs=("text",))
async def get_text(page: Page, selector: Any = "", timeout: Any = LIMIT) -> str:
    """Reads the text of an element as it is seen."""
    return await extract.extract_text(page, first_of(selector), timeout=seconds(timeout))


@browser_node("GetAttributeNode", outputs=("value",), writes=("var:{variable_name}",))
async def get_attribute(
    page: Page,
    variables: Variables,
    selector: Any = "",
    attribute: Any = "",
    variable_name: str = "attribute_value",
    timeout: Any = LIMIT,
    strict: Any = False,
) -> str | None:
    """Reads an attribute of an element, None where it has none of this name; sets a variable to it."""
    name = coerce.text(attribute)
    if not name:
        raise ValueError("Attribute name is required")
    value = await extract.extract_attribute(page, first_of(selector, strict), name, timeout=seconds(timeout))
    return _kept(variables, variable_name, value)


@browser_node("GetPageSourceNode", effect="read")
async def get_page_source(page: Page, timeout: Any = LIMIT) -> Source:
    """Reads the HTML of the page."""
    html = await extract.extract_html(page, timeout=seconds(timeout))
    return Source(html, html)


@browser_node("ScreenshotNode", "BrowserScreenshotNode", writes=("file:*",))
async def screenshot(
    page: Page,
    context: Context,
    file_path: Any = "",
    path: Any = "",
    selector: Any = "",
    full_page: Any = False,
    timeout: Any = LIMIT,
    type: Any = "",
    quality: Any = None,
    scale: Any = "device",
    animations: Any = "allow",
    omit_background: Any = False,
) -> Shot:
    """Takes a picture of the page or of an element."""
    kind: Literal["png", "jpeg"] | None = {"jpeg": "jpeg", "jpg": "jpeg", "png": "png"}.get(  # type: ignore[assignment]  # a literal in a dict is a str
        coerce.text(type).lower()
    )
    saved = await captures.screenshot(
        page,
        coerce.text(file_path) or coerce.text(path),
        context,
        selector=first_of(selector) if coerce.text(selector) else "",
        full_page=coerce.truth(full_page),
        type=kind,
        quality=coerce.optional_whole(quality) or None if kind == "jpeg" else None,
        transparent=coerce.truth(omit_background),
        animations=coerce.text(animations).lower() != "disabled",
        device_pixels=coerce.text(scale).lower() != "css",
        timeout=seconds(timeout),
    )
    return Shot(saved, [str(context.directory / saved)])


@browser_node("TableScraperNode", writes=("var:{output_variable}",))
async def table_scraper(
    page: Page,
    variables: Variables,
    table_selector: Any = "table",
    include_headers: Any = True,
    output_format: Any = "list_of_dicts",
    skip_rows: Any = 0,
    max_rows: Any = 0,
    output_variable: str = "table_data",
    timeout: Any = LIMIT,
) -> Scraped:
    """Reads a table as ``list_of_dicts``, ``list_of_lists`` or ``csv_string``; sets a variable to it.

    ``skip_rows`` are left out at its beginning; ``max_rows`` is the most that are given, 0 for all.
    """
    wanted = first_of(table_selector or "table")
    headers, rows = await tables.grid_of(page, wanted, "", seconds(timeout), coerce.truth(include_headers))
    first, most = max(coerce.whole(skip_rows), 0), coerce.whole(max_rows)
    rows = rows[first : first + most] if most > 0 else rows[first:]
    data = _formatted(coerce.text(output_format) or "list_of_dicts", headers, rows, coerce.truth(include_headers))
    return Scraped(_kept(variables, output_variable, data), len(rows), headers)


@browser_node("BrowserEvaluateNode", "BrowserRunScriptNode", writes=("var:{store_variable}",))
async def evaluate(
    page: Page,
    context: Context,
    variables: Variables,
    script: Any = "",
    arg: Any = None,
    wait_for_selector: Any = "",
    return_json: Any = True,
    store_variable: str = "",
    timeout: Any = LIMIT,
) -> Evaluated:
    """Runs JavaScript in the page: an expression, a function that gets ``arg``, or the body of one with a ``return``."""
    try:
        if coerce.text(wait_for_selector):
            await waits.wait_for(page, first_of(wait_for_selector), timeout=seconds(timeout))
        code = await runnable(page, coerce.text(script))
        value = await scripts.evaluate(page, code, arg, timeout=seconds(timeout))
    except (WebError, ValueError) as error:
        context.log.warning("%s: %s", context.node_id, error)
        return Evaluated(success=False, error=str(error))
    return Evaluated(_kept(variables, store_variable, value if coerce.truth(return_json) else coerce.text(value)))


def _kept(variables: Variables, name: str, value: T) -> T:
    """The value, to which a variable of this name is set if there is a name."""
    if name:
        variables[name] = value
    return value


def _formatted(format_: str, headers: list[str], rows: list[list[str]], named: bool) -> Any:
    match format_:
        case "list_of_dicts":
            return [dict(zip(headers, row, strict=True)) for row in rows]
        case "list_of_lists":
            return [headers, *rows] if named else rows
        case "csv_string":
            return csv_text.dump(rows, headers if named else None, header=named)
    raise ValueError(f"there is no format {brief(format_)}; there are list_of_dicts, list_of_lists and csv_string")
