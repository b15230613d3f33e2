"""The base image of static sites, made of this machine's Caddy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.own_image import copy_program, own_image

NAME = "caddy:2-alpine"


@contextmanager
def caddy_base() -> Iterator[str]:
    """`NAME`, there while the block runs; one that somebody has pulled is left alone."""
    program = shutil.which("caddy")

    def fill(root: Path) -> None:
        assert program is not None, "there is no caddy: script/bootstrap --test"
        copy_program(root, Path(program))

    with own_image(NAME, fill, f"[ -e /bin/caddy ] || ln -s {program} /bin/caddy") as name:
        yield name
