"""Playwright's types for annotations, without importing Playwright: who only lists nodes needs none of it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Dialog, Frame, FrameLocator, Locator, Page, Position
else:
    BrowserContext = Dialog = Frame = FrameLocator = Locator = Page = Position = Any

__all__ = ["BrowserContext", "Dialog", "Frame", "FrameLocator", "Locator", "Page", "Position"]
