"""The base image `python:X.Y` of the Python that runs the tests: its interpreter, its library, and busybox around
it."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.own_image import copy_program, own_image

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
NAME = f"python:{VERSION}"
_NOT_NEEDED = shutil.ignore_patterns("site-packages", "dist-packages", "test", "__pycache__", "config-*", "idlelib")


@contextmanager
def python_base() -> Iterator[str]:
    """`NAME`, there while the block runs; one that somebody has pulled is left alone."""
    binary = Path(sys.executable).resolve()
    with own_image(NAME, _fill, f"mkdir -p /usr/local/bin && ln -s {binary} /usr/local/bin/python") as name:
        yield name


def _fill(root: Path) -> None:
    """Everything where it is on this machine, so that the interpreter finds it by its own rules."""
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, root / library.relative_to("/"), ignore=_NOT_NEEDED)
    copy_program(root, Path(sys.executable).resolve(), library.glob("lib-dynload/*.so"))
