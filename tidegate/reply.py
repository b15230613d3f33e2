"""What we answered to a command in a comment: one comment of ours, edited in place as what was asked for goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """To comment `comment_id` on pull request `number`. `lines` are what was said at once, one per thing asked for;
    `deployments` are followed until they have ended."""

    repository_id: int
    comment_id: int
    number: int
    author: str
    #: GitHub's name of the reaction to the comment, and whether it was given.
    reaction: str
    reacted: bool
    lines: tuple[str, ...]
    deployments: tuple[str, ...] = ()
    #: GitHub's id of our answer, whether one was sent, and the fingerprint of what it shows.
    answer: int | None = None
    answer_attempted: bool = False
    answer_shown: str = ""
    #: GitHub shows less than is to be said, or a deployment has not ended yet.
    due: bool = True
