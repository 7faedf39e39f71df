"""Errors of a page, told in one sentence and with what was there instead.

WebError           anything else that the browser refused
  ElementNotFound    nothing matches the selector
  ElementNotReady    what matches is hidden, disabled, covered …
  NotTaken           a field did not take what was entered
  SeveralElements    several match, and one is needed
  BadSelector        the selector can't be read
  NavigationFailed   a page did not come up
  WaitTimeout        what was waited for did not happen
  ScriptFailed       a script raised, or gave what is no JSON
  PageClosed         the page is gone
"""

# ruff: noqa: N818 - named for what is wrong, as the errors of the kernel are


class WebError(Exception):
    """The browser refused to do something; the root of this family."""


class ElementNotFound(WebError):
    """Nothing on the page matches the selector."""


class ElementNotReady(WebError):
    """An element matches the selector, but nothing can be done with it."""


class NotTaken(WebError):
    """A field does not hold what was entered into it."""


class SeveralElements(WebError):
    """Several elements match the selector, and one is needed."""


class BadSelector(WebError):
    """The selector can't be read."""


class NavigationFailed(WebError):
    """A page could not be opened, or was not loaded in time."""


class WaitTimeout(WebError):
    """Raised where something that was waited for did not happen in time."""


class ScriptFailed(WebError):
    """A script raised, took too long, or gave what is no JSON."""


class PageClosed(WebError):
    """The page, its browser, or the way to it is gone."""
