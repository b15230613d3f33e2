"""Free TCP ports on this machine."""

from __future__ import annotations

import random
import socket

#: Below what the kernel hands out for outgoing connections, so that none of those takes the port before we bind it.
_RANGE = range(20_000, 32_000)


def free_port() -> int:
    """A port on which nobody listens now, on any address."""
    for port in random.sample(_RANGE, len(_RANGE)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {_RANGE.start} and {_RANGE.stop}")
