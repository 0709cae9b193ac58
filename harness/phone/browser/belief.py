"""What pages that are opened or loaded again in airplane mode believe of their network.

Playwright's offline switch tells the document that is there. Some Chromiums (150) let every later document of the same
phone believe that it is online, so an app would start as none does without a signal. This tells those documents, before
their first script; where the browser tells them by itself it changes nothing. Called by the page; cuts no socket.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import CDPSession
    from playwright.async_api import Page as Tab

OFFLINE = """if (navigator.onLine) {
  const told = Object.getOwnPropertyDescriptor(Navigator.prototype, 'onLine');
  Object.defineProperty(Navigator.prototype, 'onLine', { ...told, get: () => false });
  window.harnessOnline = () => {
    delete window.harnessOnline;
    Object.defineProperty(Navigator.prototype, 'onLine', told);
    window.dispatchEvent(new Event('online'));
  };
}"""
ONLINE = "() => { if (window.harnessOnline) window.harnessOnline() }"


class Belief:
    """One phone's word to its pages; at most one page is open."""

    def __init__(self) -> None:
        self._told: tuple[CDPSession, str] | None = None

    async def offline(self, tab: "Tab | None") -> None:
        """From now on documents of this page begin without a network; nothing to do while no page is open."""
        if tab is None:
            return
        session = await tab.context.new_cdp_session(tab)
        await session.send("Page.enable")
        script = await session.send("Page.addScriptToEvaluateOnNewDocument", {"source": OFFLINE})
        self._told = session, script["identifier"]

    async def online(self, tab: "Tab | None") -> None:
        """The network is back: for later documents, and for the one that is there, which hears of it once."""
        told, self._told = self._told, None
        if told:
            session, script = told
            with suppress(Exception):  # The page it was told to may have been killed since.
                await session.send("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
                await session.detach()
        if tab:
            await tab.evaluate(ONLINE)
