"""What people read while a fresh server becomes a GitHub App (setup.py)."""

from __future__ import annotations

NOT_SET_UP = "This server has no GitHub App yet. Open its address in a browser, or run `tidegate setup` where it runs."
REFUSED = (
    "That is not this server's set-up secret. `tidegate setup`, run where the server runs and with its environment, "
    "prints the right one."
)
FOREIGN = (
    "This set-up was not begun in this browser, or has ended already. Begin again with the link on the server's "
    "terminal. If GitHub has just made an App, delete it there: nobody has its keys."
)
CODE_REFUSED = (
    "GitHub no longer takes this code: it counts once, and for an hour. Go back to /setup and begin again; if GitHub "
    "made an App, delete it there, since nobody has its keys."
)
ALREADY = (
    "This server has an App already. If GitHub has just made another one, delete it there: this server doesn't use it."
)


def unreachable(trouble: str) -> str:
    return (
        f"GitHub could not be asked for the App's keys ({trouble}). Reload this page in a moment: the code counts for "
        "an hour."
    )


def twice(page: str) -> str:
    return f"{ALREADY} It is at {page}."


def set_up_at(link: str) -> str:
    return f"There is no GitHub App yet. To have one made, open: {link}"
