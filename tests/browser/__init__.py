"""The browser phone: its relay, a tiny page with every flaw, and the app that ships."""
