"""The base image `python:X.Y` of the Python that runs the tests, since none can be pulled on a machine without a
network: its interpreter, its library, and busybox around it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import base_image
from cli.base_image import ensure_base_image

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
NAME = f"python:{VERSION}"
_NOT_NEEDED = shutil.ignore_patterns("site-packages", "dist-packages", "test", "__pycache__", "config-*", "idlelib")
_LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")


@contextmanager
def python_base() -> Iterator[str]:
    """`NAME`, there while the block runs; one that somebody has pulled is left alone."""
    if subprocess.run(("docker", "image", "inspect", NAME), capture_output=True, check=False).returncode == 0:
        yield NAME
        return
    ensure_base_image()
    with tempfile.TemporaryDirectory() as made:
        context = Path(made)
        _fill(context / "root")
        binary = Path(sys.executable).resolve()
        link = f"mkdir -p /usr/local/bin && ln -s {binary} /usr/local/bin/python"
        (context / "Dockerfile").write_text(f"FROM {base_image.NAME}\nCOPY root /\nRUN {link}\n")
        command = ("docker", "build", "--quiet", "--tag", NAME, str(context))
        subprocess.run(command, capture_output=True, text=True, check=True)
    try:
        yield NAME
    finally:
        subprocess.run(("docker", "image", "rm", NAME), capture_output=True, check=False)


def _fill(root: Path) -> None:
    """Everything where it is on this machine, so that the interpreter finds it by its own rules."""
    library = Path(sysconfig.get_path("stdlib"))
    binary = Path(sys.executable).resolve()
    shutil.copytree(library, root / library.relative_to("/"), ignore=_NOT_NEEDED)
    for file in (binary, *_libraries(binary, *library.glob("lib-dynload/*.so"))):
        target = root / file.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def _libraries(*binaries: Path) -> set[Path]:
    """What the loader loads with them, itself included."""
    told = subprocess.run(("ldd", *map(str, binaries)), capture_output=True, text=True, check=True).stdout
    return {Path(found[1]) for found in _LIBRARY.finditer(told)}
