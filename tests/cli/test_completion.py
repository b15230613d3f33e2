"""What the command's words are completed by, in shells."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli.main import main


def completed(script: Path, words: list[str], directory: Path) -> set[str]:
    """What bash offers for the last of these words."""
    told = " ".join(f"'{word}'" for word in words)
    asking = f"""
        source {script}
        COMP_WORDS=({told}); COMP_CWORD={len(words) - 1}
        $(complete -p tidegate | sed 's/.*-F \\([^ ]*\\).*/\\1/') tidegate '{words[-1]}' '{words[-2]}'
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = f"{directory}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", asking],
        cwd=directory,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return {each.strip() for each in done.stdout.splitlines()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_that_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    for word in ("rollback", "validate", "propose", "uncordon"):
        assert word in told


def test_bash_completes_commands_options_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    (tmp_path / "render.yaml").touch()
    assert {"status", "scale"} <= completed(script, ["tidegate", "s"], tmp_path)
    assert {"create", "logs", "wait"} <= completed(script, ["tidegate", "deploys", ""], tmp_path)
    assert completed(script, ["tidegate", "deploys", "create", "--cl"], tmp_path) == {"--clear-cache"}
    assert completed(script, ["tidegate", "validate", "--j"], tmp_path) == {"--json"}
    assert completed(script, ["tidegate", "import", "ren"], tmp_path) == {"render.yaml"}


NAMED = [
    (["restart", "w"], {"web"}),
    (["deploys", "logs", ""], {"web", "octo/api", "deployments"}),
    (["restart", "web", "--environment", "env"], {"environments"}),
    (["previews", "rep"], {"repositories"}),
    (["freeze", "oc"], {"octo/api"}),
    (["env", "we"], {"web"}),
    (["env", "web", "un"], {"unset"}),
]


def test_bash_completes_what_the_server_has_and_says_nothing_where_it_cannot_be_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", "bash"]) == 0
    script, command = tmp_path / "script", tmp_path / "tidegate"
    script.write_text(capsys.readouterr().out)
    command.write_text('#!/bin/sh\nshift\nprintf "%s\\n" web octo/api "$@"\n')
    command.chmod(0o755)
    for words, offered in NAMED:
        assert completed(script, ["tidegate", *words], tmp_path) == offered, words
    command.write_text("#!/bin/sh\necho Sign in first >&2\nexit 3\n")
    assert completed(script, ["tidegate", "restart", "w"], tmp_path) == {""}


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["completion", "cmd.exe"])
    assert ended.value.code == 2
    assert "bash" in capsys.readouterr().err
