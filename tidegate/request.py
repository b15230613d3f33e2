"""What somebody asked for over HTTP and waits for: the web process stores it as a delivery, a worker answers it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """`status` is HTTP's number; `body` is JSON-able: of an error a problem's `detail`."""

    request_id: str
    status: int
    body: dict[str, object] = field(default_factory=dict)


#: What the delivery's event begins with. GitHub's names have no colon, and the receiver refuses one: nobody outside can
#: send these.
OWN = "tidegate:"
DEPLOY_HOOK = f"{OWN}hook"
FREEZE = f"{OWN}freeze"
VARIABLE = f"{OWN}variable"
ORDER = f"{OWN}order"
PREVIEW = f"{OWN}preview"
