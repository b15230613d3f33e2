"""A base image made on the spot, since none can be pulled on a machine without a network: busybox, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

#: Kept on the machine after the demo: 2 MB that the next one needn't make again.
NAME = "tidegate-demo/base:1"

_DOCKERFILE = """\
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir -p /sbin /usr/bin /usr/sbin /tmp && /bin/busybox --install -s"]
"""


def ensure_base_image() -> None:
    """Builds `NAME` of this machine's static busybox, where it isn't there yet. subprocess.CalledProcessError."""
    seen = subprocess.run(("docker", "image", "inspect", NAME), capture_output=True, check=False)
    if seen.returncode == 0:
        return
    busybox = shutil.which("busybox")
    if busybox is None:
        raise FileNotFoundError("busybox (install busybox-static)")
    with tempfile.TemporaryDirectory() as context:
        shutil.copy(busybox, Path(context, "busybox"))
        Path(context, "Dockerfile").write_text(_DOCKERFILE)
        command = ("docker", "build", "--quiet", "--tag", NAME, context)
        subprocess.run(command, capture_output=True, text=True, check=True)
