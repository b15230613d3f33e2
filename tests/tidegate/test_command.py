"""Commands in comments: what is one, what it asks for, and what is somebody else's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import command
from tidegate.command import MOST, Command, Problem, Verb, has_command, parse
from tidegate.permission import Action


def only(body: str) -> Command:
    (found,) = parse(body)
    assert isinstance(found, Command)
    return found


def problem(body: str) -> Problem:
    (found,) = parse(body)
    assert isinstance(found, Problem)
    return found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/deploy", Command(Verb.DEPLOY)),
        ("/deploy web", Command(Verb.DEPLOY, ("web",))),
        ("/deploy web api", Command(Verb.DEPLOY, ("web", "api"))),
        ("/deploy web, api,admin", Command(Verb.DEPLOY, ("web", "api", "admin"))),
        ("/deploy web web", Command(Verb.DEPLOY, ("web",))),
        ("/deploy production", Command(Verb.DEPLOY, production=True)),
        ("/deploy web production force", Command(Verb.DEPLOY, ("web",), production=True, force=True)),
        ("/deploy --force --production", Command(Verb.DEPLOY, production=True, force=True)),
        ("/deploy --service web --service=api", Command(Verb.DEPLOY, ("web", "api"))),
        ("/DEPLOY Web FORCE", Command(Verb.DEPLOY, ("web",), force=True)),
        ("  \t/deploy\tweb  ", Command(Verb.DEPLOY, ("web",))),
        ("/preview", Command(Verb.PREVIEW)),
        ("/preview force", Command(Verb.PREVIEW, force=True)),
        ("/redeploy web", Command(Verb.REDEPLOY, ("web",))),
        ("/rollback production", Command(Verb.ROLLBACK, production=True)),
        ("/cancel", Command(Verb.CANCEL)),
        ("/restart api", Command(Verb.RESTART, ("api",))),
        ("/remove", Command(Verb.REMOVE)),
        ("/freeze Black Friday, web too", Command(Verb.FREEZE, text="Black Friday, web too")),
        ("/freeze force majeure in production", Command(Verb.FREEZE, text="force majeure in production")),
        ("/freeze incident: db down", Command(Verb.FREEZE, text="incident: db down")),
        ("/freeze --production exams", Command(Verb.FREEZE, production=True, text="exams")),
        (
            "/freeze --service web --service=api --production the database moves",
            Command(Verb.FREEZE, ("web", "api"), production=True, text="the database moves"),
        ),
        ("/unfreeze", Command(Verb.UNFREEZE)),
        ("/unfreeze web production", Command(Verb.UNFREEZE, ("web",), production=True)),
        ("/auto-deploy on", Command(Verb.AUTO_DEPLOY, text="on")),
        ("/auto-deploy  OFF\tweb", Command(Verb.AUTO_DEPLOY, ("web",), text="off")),
    ],
)
def test_commands(body: str, said: Command) -> None:
    assert only(body) == said
    assert has_command(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Please deploy this",
        "please /deploy",
        "I'd /deploy it",
        "`/deploy`",
        "- /deploy",
        "> /deploy",
        "  > /deploy",
        ">/deploy",
        "```\n/deploy\n```",
        "```sh\n/deploy\n```",
        "~~~\n/deploy\n~~~",
        "````\n```\n/deploy\n````",
        "```\n~~~\n/deploy\n```",
        "  ```\n  /deploy\n  ```",
        "```\n/deploy",
        "<!--\n/deploy\n-->",
        "<!-- /deploy -->",
        "Fine <!-- but\n/deploy\n--> not so",
        "/deploy/run.sh is broken",
        "/deploy.sh",
        "/",
        "/ deploy",
        "//deploy",
        "/label bug",
        "/review",
        "/retest",
        "/test all",
        "/assign @mona",
        "/approve",
        "/lgtm",
        "/close",
        "/reset",
        "/rebase",
        "/usr/bin/deploy",
        "/ünfreeze",
    ],
)
def test_what_is_no_command_of_ours(body: str) -> None:
    assert parse(body) == []
    assert not has_command(body)


@pytest.mark.parametrize(
    "body",
    [
        "Looks good!\n\n/deploy\n\nThanks",
        "Looks good!\r\n/deploy\r\n",
        "```\nx\n```\n/deploy",
        "```\nx\n`````\n/deploy",
        "> /cancel\n\n/deploy",
        "<!-- a template\n/cancel -->\n/deploy",
        "/deploy <!-- now -->",
        "<!-- <!-- x --> text\n/deploy",
        "a <!-- b --> c <!-- d\n/cancel\n-->\n/deploy",
        "``` not a fence ```\n/deploy",
        "/deploy\n/deploy",
    ],
)
def test_commands_among_other_text(body: str) -> None:
    assert only(body) == Command(Verb.DEPLOY)


def test_several_in_their_order() -> None:
    assert parse("/cancel web\n/redeploy web\n/depoly\n") == [
        Command(Verb.CANCEL, ("web",)),
        Command(Verb.REDEPLOY, ("web",)),
        Problem("/depoly", "did you mean `/deploy`?"),
    ]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("depoly", "deploy"),
        ("delpoy web", "deploy"),
        ("deploys", "deploy"),
        ("re-deploy", "redeploy"),
        ("roll-back", "rollback"),
        ("rolback", "rollback"),
        ("autodeploy on", "auto-deploy"),
        ("auto_deploy on", "auto-deploy"),
        ("un-freeze", "unfreeze"),
        ("cancle", "cancel"),
        ("previews", "preview"),
        ("Restrat", "restart"),
    ],
)
def test_a_slip_is_told_what_was_meant(word: str, meant: str) -> None:
    assert problem(f"/{word}").message == f"did you mean `/{meant}`?"
    assert has_command(f"/{word}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("/freeze", "say why: `/freeze <reason>`"),
        ("/freeze --production", "say why"),
        ("/freeze --service web", "say why"),
        ("/auto-deploy", "`/auto-deploy on` or `/auto-deploy off`"),
        ("/auto-deploy maybe", "`/auto-deploy on` or `/auto-deploy off`"),
        ("/auto-deploy on production", "production anyway"),
        ("/preview web", "write `/preview` alone"),
        ("/preview production", "write `/preview` alone"),
        ("/remove web", "write `/remove` alone"),
        ("/remove force", "knows no `force`"),
        ("/cancel force", "knows no `force`"),
        ("/unfreeze --force", "knows no `force`"),
        ("/deploy it, please!", "`please!` is no service's name"),
        ("/deploy --services web", "`--services` is no service's name"),
        ("/deploy -pr-", "is no service's name"),
        ("/deploy " + "x" * 41, "is no service's name"),
    ],
)
def test_what_is_missing_or_too_much_is_told(body: str, message: str) -> None:
    found = problem(body)
    assert message in found.message
    assert found.line == body
    assert len(str(found)) < 300


def test_a_problem_reads_as_a_line_of_the_answer() -> None:
    assert str(problem("/depoly web")) == "`/depoly web`: did you mean `/deploy`?"


def test_a_comment_has_so_many_commands_and_no_more() -> None:
    found = parse("\n".join(f"/deploy web-{number}" for number in range(50)))
    assert len(found) == MOST + 1
    assert "only the first 10" in str(found[-1])


@pytest.mark.parametrize(
    ("verb", "action"),
    [
        (Verb.DEPLOY, Action.DEPLOY),
        (Verb.PREVIEW, Action.PREVIEW),
        (Verb.REDEPLOY, Action.REDEPLOY),
        (Verb.ROLLBACK, Action.ROLLBACK),
        (Verb.CANCEL, Action.CANCEL),
        (Verb.RESTART, Action.RESTART),
        (Verb.REMOVE, Action.PREVIEW),
        (Verb.FREEZE, Action.FREEZE),
        (Verb.UNFREEZE, Action.FREEZE),
        (Verb.AUTO_DEPLOY, Action.AUTO_DEPLOY),
    ],
)
def test_what_each_needs(verb: Verb, action: Action) -> None:
    assert verb.action is action


def test_every_verb_has_its_action() -> None:
    assert all(verb.action in Action for verb in Verb)


line = st.sampled_from(["/deploy", "/deploy web", "```", "~~~", "> /deploy", "<!--", "-->", "text", "", "/freeze x"])


@given(st.lists(line | st.text(max_size=12), max_size=12).map("\n".join))
def test_the_glance_and_the_reading_agree(body: str) -> None:
    assert has_command(body) == bool(command.parse(body))


@given(st.lists(st.sampled_from(["/deploy", "/cancel web", "text"]), max_size=6))
def test_nothing_in_a_code_block_is_a_command(lines: list[str]) -> None:
    assert parse("\n".join(["```", *lines, "```"])) == []
    assert parse("\n".join(f"> {each}" for each in lines)) == []


@pytest.mark.parametrize(
    "body",
    [
        "/deploy a" + " " * 60_000 + "!",
        "<!--" * 15_000,
        "<!---->" * 9_000,
        "`" * 60_000 + "x`",
        "/freeze " + "--service " * 6_000,
        " " * 60_000 + "/x",
        "/" * 60_000,
    ],
    ids=["spaces", "open comments", "comments", "ticks", "options", "indented", "slashes"],
)
@pytest.mark.timeout(10)
def test_the_longest_comment_is_read_at_once(body: str) -> None:
    assert has_command(body) == bool(parse(body))
