"""Browser pages for Stratagem's steps: ``[resources] browser = "playwright"``."""

from stratagem_browser.finder import Found, best, browsers
from stratagem_browser.plugin import PlaywrightPlugin
from stratagem_browser.settings import Artifacts, BrowserSettings

__all__ = ["Artifacts", "BrowserSettings", "Found", "PlaywrightPlugin", "best", "browsers"]
