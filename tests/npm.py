"""Single files of npm packages, fetched once into `.cache/`: they are too large to keep in the repository."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path


def fetch(package: str, member: str, kept: Path) -> Path:
    """`kept`, which is the file `member` of `package` (name@version), downloaded when it isn't here yet."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as place:
            subprocess.run(["npm", "pack", "--silent", package], cwd=place, check=True, capture_output=True)
            fetched = Path(place) / "fetched"
            with tarfile.open(next(Path(place).glob("*.tgz"))) as archive, fetched.open("wb") as file:
                content = archive.extractfile(f"package/{member}")
                assert content is not None, f"{member} is no file"
                shutil.copyfileobj(content, file)
            # Renamed whole, since parallel test runs may all be fetching it.
            fetched.rename(kept)
    return kept
