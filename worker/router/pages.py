"""The three pages that the proxy answers by itself, small enough to stand in its configuration."""

from __future__ import annotations


def _page(title: str, sentence: str, *, reload: bool) -> str:
    """One line without apostrophes or backslashes: it stands between single quotes in the configuration."""
    again = '<meta http-equiv="refresh" content="5">' if reload else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{again}'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;"
        "margin:20vh auto;padding:0 1rem}</style></head>"
        f"<body><h1>{title}</h1><p>{sentence}</p></body></html>"
    )


UNKNOWN = _page("No such site", "No service has this host name. Is the address spelled right?", reload=False)
NOTHING_LIVE = _page(
    "Nothing is live yet",
    "This service has no deployment that succeeded so far. The page appears here as soon as one does.",
    reload=True,
)
NOT_ANSWERING = _page(
    "Not answering", "The service is live, but none of its instances answers right now. Trying again.", reload=True
)
