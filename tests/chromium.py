"""The browser that the pages are tested in: the machine's own Chromium, or npm's where that is a snap (Ubuntu).

A snap runs under snapd alone, which containers and many servers don't have; `@sparticuz/chromium` is the same browser
without a window, for x86-64, in a file of its own; it needs libnss3 and a font.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests import npm

VERSION = "153.0.0"
CACHE = Path(__file__).parents[1] / ".cache" / "chromium"
# The file is Brotli, for which Python has nothing of its own; npm's Node has.
_UNPACK = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


def chromium() -> Path:
    """The program, fetched from npm when the machine has none that isn't a snap."""
    found = shutil.which("chromium")
    return Path(found) if found and not found.startswith("/snap/") else _from_npm()


def _from_npm() -> Path:
    kept = CACHE / f"chromium-{VERSION}"
    if not kept.exists():
        packed = npm.fetch(f"@sparticuz/chromium@{VERSION}", "bin/chromium.br", CACHE / f"chromium-{VERSION}.br")
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            unpacked = Path(place) / "chromium"
            with packed.open("rb") as source, unpacked.open("wb") as target:
                subprocess.run(["node", "-e", _UNPACK], stdin=source, stdout=target, check=True)
            unpacked.chmod(0o755)
            unpacked.rename(kept)
    return kept
