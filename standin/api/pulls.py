"""Pull requests with their files and labels; comments and reactions on them."""

from standin import comments, merges, pulls
from standin.call import Answer, Call
from standin.records import Comment, Json, Pull, User
from standin.refusals import Refusal, invalid
from standin.rest import Routes
from standin.views import commits
from standin.views import pulls as views

routes = Routes("pulls")
READS, WRITES = "issues:read|pull_requests:read", "issues:write|pull_requests:write"
FILES = 3000


def _check_may_change(call: Call, author: User | None = None) -> None:
    """One may change what one wrote; the rest takes write permission, or an App's."""
    person = call.actor.person
    if person is author or call.actor.via is not None:
        return
    if call.repo.level_of(person) not in {"triage", "write", "maintain", "admin"}:
        raise Refusal(403, "Must have push access to the repository.")


@routes("GET", "/repos/<owner>/<repo>/pulls", needs="pull_requests:read")
def list_pulls(call: Call) -> Answer:
    query = call.query
    state, head, base = query.get("state", "open"), query.get("head", ""), query.get("base", "")

    def wanted(pull: Pull) -> bool:
        label = f"{pull.head_repo.owner.login}:{pull.head_ref}"
        return state in {"all", pull.state} and head in {"", label} and base in {"", pull.base_ref}

    found = sorted(
        filter(wanted, call.repo.pulls.values()), key=lambda pull: pull.number, reverse=query.get("direction") != "asc"
    )
    return call.paged(found, lambda pull: views.simple(call.world, call.repo, pull))


@routes("POST", "/repos/<owner>/<repo>/pulls", needs="pull_requests:write", status=201)
def create_pull(call: Call) -> Json:
    return views.full(call.world, call.repo, pulls.create(call.world, call.repo, call.actor.person, call.body))


@routes("GET", "/repos/<owner>/<repo>/pulls/<int:number>", needs="pull_requests:read")
def get_pull(call: Call, number: int) -> Json:
    return views.full(call.world, call.repo, pulls.find(call.repo, number))


@routes("PATCH", "/repos/<owner>/<repo>/pulls/<int:number>", needs="pull_requests:write")
def update_pull(call: Call, number: int) -> Json:
    pull = pulls.find(call.repo, number)
    _check_may_change(call, pull.user)
    pulls.edit(call.world, call.repo, pull, call.actor.person, call.body)
    return views.full(call.world, call.repo, pull)


@routes("PUT", "/repos/<owner>/<repo>/pulls/<int:number>/merge", needs="contents:write")
def merge_pull(call: Call, number: int) -> Json:
    pull = pulls.find(call.repo, number)
    sha = merges.merge(call.world, call.repo, pull, call.actor.person, call.body)
    return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


@routes("GET", "/repos/<owner>/<repo>/pulls/<int:number>/files", needs="pull_requests:read")
def list_files(call: Call, number: int) -> Answer:
    pull = pulls.find(call.repo, number)
    start = call.repo.git.merge_base(pull.base_sha, pull.head_sha)
    changes = call.repo.git.changes(start, pull.head_sha)
    return call.paged(changes, lambda each: commits.file(call.world, call.repo, pull.head_sha, each), most=FILES)


@routes("GET", "/repos/<owner>/<repo>/pulls/<int:number>/commits", needs="pull_requests:read")
def list_commits(call: Call, number: int) -> Answer:
    pull = pulls.find(call.repo, number)
    found = call.repo.git.new_commits(pull.head_sha, [pull.base_sha], 250)
    return call.paged(found, lambda each: commits.commit(call.world, call.repo, each))


@routes("GET", "/repos/<owner>/<repo>/issues/<int:number>", needs=READS)
def get_issue(call: Call, number: int) -> Json:
    return {**views.issue(call.world, call.repo, pulls.find(call.repo, number)), "closed_by": None}


# Labels


def _labels(call: Call, pull: Pull) -> Answer:
    return call.paged(pull.labels, lambda label: views.label(call.world, call.repo, label))


@routes("GET", "/repos/<owner>/<repo>/issues/<int:number>/labels", needs=READS)
def list_labels(call: Call, number: int) -> Answer:
    return _labels(call, pulls.find(call.repo, number))


@routes("POST", "/repos/<owner>/<repo>/issues/<int:number>/labels", needs=WRITES)
def add_labels(call: Call, number: int) -> Answer:
    """`{"labels": [...]}`, or the array alone; names, or objects with a name."""
    pull = pulls.find(call.repo, number)
    _check_may_change(call)
    sent = call.sent.get("labels") if isinstance(call.sent, dict) else call.sent
    if not isinstance(sent, list):
        raise invalid("Label", "labels", "missing_field")
    names = [each if isinstance(each, str) else str(each["name"]) for each in sent]
    pulls.add_labels(call.world, call.repo, pull, call.actor.person, names)
    return _labels(call, pull)


@routes("DELETE", "/repos/<owner>/<repo>/issues/<int:number>/labels/<path:name>", needs=WRITES)
def remove_label(call: Call, number: int, name: str) -> Answer:
    pull = pulls.find(call.repo, number)
    _check_may_change(call)
    pulls.remove_label(call.world, call.repo, pull, call.actor.person, name)
    return _labels(call, pull)


# Comments and reactions


def _show(call: Call, comment: Comment) -> Json:
    return views.comment(call.world, call.repo, comment)


@routes("GET", "/repos/<owner>/<repo>/issues/<int:number>/comments", needs=READS)
def list_comments(call: Call, number: int) -> Answer:
    pulls.find(call.repo, number)
    found = [each for each in call.repo.comments.values() if each.number == number]
    return call.paged(found, lambda each: _show(call, each))


@routes("POST", "/repos/<owner>/<repo>/issues/<int:number>/comments", needs=WRITES, status=201)
def create_comment(call: Call, number: int) -> Json:
    body = call.body.get("body", "")
    return _show(call, comments.create(call.world, call.repo, number, call.actor.person, call.actor.via, body))


@routes("GET", "/repos/<owner>/<repo>/issues/comments/<int:number>", needs=READS)
def get_comment(call: Call, number: int) -> Json:
    return _show(call, comments.find_comment(call.repo, number))


@routes("PATCH", "/repos/<owner>/<repo>/issues/comments/<int:number>", needs=WRITES)
def update_comment(call: Call, number: int) -> Json:
    comment = comments.find_comment(call.repo, number)
    _check_may_change(call, comment.user)
    comments.edit(call.world, call.repo, comment, call.actor.person, call.body.get("body", ""))
    return _show(call, comment)


@routes("DELETE", "/repos/<owner>/<repo>/issues/comments/<int:number>", needs=WRITES)
def delete_comment(call: Call, number: int) -> Answer:
    comment = comments.find_comment(call.repo, number)
    _check_may_change(call, comment.user)
    comments.remove(call.world, call.repo, comment, call.actor.person)
    return Answer(status=204)


@routes("GET", "/repos/<owner>/<repo>/issues/comments/<int:number>/reactions", needs=READS)
def list_reactions(call: Call, number: int) -> Answer:
    found = comments.find_comment(call.repo, number).reactions
    return call.paged(found, lambda each: views.reaction(call.world, each))


@routes("POST", "/repos/<owner>/<repo>/issues/comments/<int:number>/reactions", needs=WRITES)
def create_reaction(call: Call, number: int) -> Answer:
    comment = comments.find_comment(call.repo, number)
    made, new = comments.react(call.world, comment, call.actor.person, call.body.get("content", ""))
    return Answer(views.reaction(call.world, made), 201 if new else 200)
