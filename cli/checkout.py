"""A working copy of a repository, as a developer would have it: written to, committed, pushed with real git."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

#: Nothing of the person's own git configuration (signing, hooks, templates, credential helpers) takes part.
_GIT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}


class Checkout:
    """On branch main of `remote`, an http URL with credentials; the directory is made. subprocess.CalledProcessError
    where git refuses."""

    def __init__(self, directory: Path, remote: str, author: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "user.name", author)
        self.git("config", "user.email", f"{author}@users.noreply.example.com")
        self.git("remote", "add", "origin", remote)

    def commit(self, files: Mapping[str, str | None], message: str) -> str:
        """Writes the files (None removes one), commits, and returns the SHA. An empty mapping makes an empty commit."""
        for name, text in files.items():
            path = self.directory / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def push(self, *options: str, branch: str = "main") -> str:
        """Returns the SHA that is now the branch's tip on the other side."""
        self.git("push", "--quiet", *options, "origin", f"HEAD:refs/heads/{branch}")
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        command = ("git", "-C", str(self.directory), *arguments)
        done = subprocess.run(command, env=_GIT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, command[3:], done.stdout, done.stderr)
        return done.stdout
