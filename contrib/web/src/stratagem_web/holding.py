"""Holding a page for several steps: by a body, or between two nodes."""

from typing import Any

from stratagem import Body, Example, Graph, Leases, Node
from stratagem_web.api import Page
from stratagem_web.limits import Timeout
from stratagem_web.registry import BROWSER, pack
from stratagem_web.samples import SITE, on_page
from stratagem_web.session import session_of

_VISIT = Graph(
    {
        "open": Node("open", "web.open", {"url": "{{ site }}/index.html"}),
        "title": Node("title", "web.extract_text", {"selector": "h1"}, after=("open",)),
    },
    result="{{ title.text }}",
)
_BETWEEN = on_page("open", {"url": "{{ site }}/index.html"}, start="")


@pack.node(
    holds=("browser:{name}",),
    examples=(
        Example(
            gives={"result": "Shop"},
            variables=SITE,
            workflow=Graph({"example": Node("example", "web.browser", bodies={"body": _VISIT})}),
        ),
    ),
)
async def browser(body: Body, leases: Leases, name: str = "", timeout: Timeout = None) -> Any:
    """Runs its body with one page for all nodes in it; gives what the body gives.

    What the page is to be like is said under the node's ``resources``, by ``browser``. With a ``name``, nodes of bodies
    further in can ask for this page where another is held nearer to them. ``timeout`` is that of each node on the page
    that says none of its own.
    """
    async with leases.hold(BROWSER, name) as page:
        _limit(page, timeout)
        return await body()


@pack.node(opens=("browser:{name}",), examples=(_BETWEEN,))
async def open_browser(leases: Leases, name: str = "", timeout: Timeout = None) -> None:
    """Opens a page for the nodes that come after this one, until close_browser.

    It is there for them as a variable would be that is set here: also outside of the body that this node is in, but not
    outside of one that runs at the same time as others. The end of the run closes what was left open. ``timeout`` is
    that of each node on the page that says none of its own.
    """
    _limit(await leases.open(BROWSER, name), timeout)


@pack.node(opens=("browser:{name}",), examples=(_BETWEEN,))
async def close_browser(leases: Leases, name: str = "") -> bool:
    """Closes the page of that name that open_browser has opened, or the last one; tells whether there was one."""
    return await leases.close(BROWSER, name or None)


def _limit(page: Page, timeout: float | None) -> None:
    """Sets the time limit of nodes on a page that was lent just now."""
    session = session_of(page)
    session.tab_for(page)
    session.timeout = timeout
