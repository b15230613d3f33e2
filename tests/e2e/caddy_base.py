"""The base image of static sites, made of this machine's Caddy, since none can be pulled without a network."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import base_image
from cli.base_image import ensure_base_image

NAME = "caddy:2-alpine"


@contextmanager
def caddy_base() -> Iterator[str]:
    """`NAME`, there while the block runs; one that somebody has pulled is left alone."""
    if subprocess.run(("docker", "image", "inspect", NAME), capture_output=True, check=False).returncode == 0:
        yield NAME
        return
    ensure_base_image()
    program = shutil.which("caddy")
    assert program is not None, "there is no caddy: script/bootstrap --test"
    with tempfile.TemporaryDirectory() as made:
        context = Path(made)
        for file in (program, *_libraries(program)):
            copy = context / "root" / file.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
        link = f"[ -e /bin/caddy ] || ln -s {program} /bin/caddy"
        (context / "Dockerfile").write_text(f"FROM {base_image.NAME}\nCOPY root /\nRUN {link}\n")
        command = ("docker", "build", "--quiet", "--tag", NAME, str(context))
        subprocess.run(command, capture_output=True, text=True, check=True)
    try:
        yield NAME
    finally:
        subprocess.run(("docker", "image", "rm", NAME), capture_output=True, check=False)


def _libraries(program: str) -> list[str]:
    """Paths, as ldd tells them: "name => /path (address)", and the loader's own path alone."""
    told = subprocess.run(("ldd", program), capture_output=True, text=True, check=True).stdout
    return [word for word in told.split() if word.startswith("/")]
