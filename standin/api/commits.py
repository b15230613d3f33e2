"""Commits, comparisons and trees."""

from urllib.parse import quote

from standin.call import Answer, Call, links
from standin.objects import Commit, Entry
from standin.records import Json, Repo
from standin.refusals import Refusal, not_found
from standin.rest import Routes
from standin.views import commits as views
from standin.views import pulls
from standin.views.repositories import api_url, web_url
from standin.world import MissingError

routes = Routes("commits")
FILES, COMMITS = 300, 250  # https://docs.github.com/rest/commits/commits#compare-two-commits


def named(call: Call, ref: str) -> Commit:
    """The commit of a ref in a path; 422 where GitHub says so rather than 404."""
    try:
        return call.world.commit(call.repo, ref)
    except MissingError as missing:
        raise Refusal(422, str(missing)) from None


@routes("GET", "/repos/<owner>/<repo>/commits", needs="contents:read")
def list_commits(call: Call) -> Answer:
    if not call.repo.git.refs():
        raise Refusal(409, "Git Repository is empty.")
    try:
        start = call.world.commit(call.repo, call.query.get("sha") or call.repo.default_branch)
    except MissingError:
        raise not_found() from None
    page, size = call.page
    found = call.repo.git.log(start.sha, limit=size + 1, skip=(page - 1) * size, path=call.query.get("path", ""))
    shown = [views.commit(call.world, call.repo, each) for each in found[:size]]
    return Answer(shown, headers=links(page, page + 1 if len(found) > size else page))


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>", needs="contents:read")
def get_commit(call: Call, ref: str) -> Json:
    if not call.repo.git.refs():
        raise Refusal(409, "Git Repository is empty.")
    page, size = call.page
    size = size if "per_page" in call.query else views.FILES_A_PAGE
    return views.commit_with_files(call.world, call.repo, named(call, ref), page, size)


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/pulls", needs="pull_requests:read")
def list_commit_pulls(call: Call, ref: str) -> Answer:
    """Pull requests that hold the commit: by head, or merged with it."""
    sha = named(call, ref).sha
    holding = [
        pull
        for pull in call.repo.pulls.values()
        if pull.head_sha == sha or pull.merge_sha == sha or _inside(call.repo, pull.base_sha, sha, pull.head_sha)
    ]
    return call.paged(holding, lambda pull: pulls.simple(call.world, call.repo, pull))


def _inside(repo: Repo, base: str, sha: str, head: str) -> bool:
    return repo.git.is_ancestor(sha, head) and not repo.git.is_ancestor(sha, base)


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/branches-where-head", needs="contents:read")
def list_branches_where_head(call: Call, ref: str) -> Answer:
    sha = named(call, ref).sha
    url = f"{api_url(call.world, call.repo)}/commits/{sha}"
    names = call.repo.git.branches_at(sha)
    return Answer([{"name": name, "commit": {"sha": sha, "url": url}, "protected": False} for name in names])


def _end(call: Call, name: str) -> Commit:
    """One end of a comparison: a ref here, or `owner:ref` in a fork."""
    owner, colon, ref = name.rpartition(":")
    if not colon or owner.lower() == call.repo.owner.login.lower():
        return call.world.commit(call.repo, ref)
    for fork in call.world.repos.values():
        if fork.fork_of is call.repo and fork.owner.login.lower() == owner.lower():
            sha = call.world.commit(fork, ref).sha
            call.repo.git.run("fetch", "-q", "--no-tags", str(fork.git.path), sha)
            return call.world.commit(call.repo, sha)
    raise not_found()


@routes("GET", "/repos/<owner>/<repo>/compare/<path:basehead>", needs="contents:read")
def compare(call: Call, basehead: str) -> Answer:
    """Files come on page 1 only, 300 at most; commits are paged (250 in all without paging)."""
    names = basehead.split("...")
    if len(names) != 2:
        raise not_found()
    base, head = _end(call, names[0]), _end(call, names[1])
    git, world, repo = call.repo.git, call.world, call.repo
    start = git.merge_base(base.sha, head.sha)
    if start is None:
        raise Refusal(404, f"No common ancestor between {names[0]} and {names[1]}.")
    behind, ahead = git.between(base.sha, head.sha)
    page, size = call.page
    size = size if "per_page" in call.query else COMMITS
    listed = git.new_commits(head.sha, [base.sha], 10_000)
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    url, web = f"{api_url(world, repo)}/compare/{quote(basehead)}", f"{web_url(world, repo)}/compare/{quote(basehead)}"
    changes = git.changes(start, head.sha)[:FILES] if page == 1 else ()
    body = {
        "url": url,
        "html_url": web,
        "permalink_url": f"{web_url(world, repo)}/compare/{base.sha}...{head.sha}",
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "base_commit": views.commit(world, repo, base),
        "merge_base_commit": views.commit(world, repo, world.commit(repo, start)),
        "status": status,
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": [views.commit(world, repo, each) for each in listed[(page - 1) * size : page * size]],
        "files": [views.file(world, repo, head.sha, each) for each in changes],
    }
    return Answer(body, headers=links(page, max(-(-len(listed) // size), 1)))


@routes("GET", "/repos/<owner>/<repo>/git/commits/<sha>", needs="contents:read")
def get_git_commit(call: Call, sha: str) -> Json:
    made = call.repo.git.commit(sha)
    if made is None:
        raise not_found()
    return views.git_commit(call.world, call.repo, made)


@routes("GET", "/repos/<owner>/<repo>/git/trees/<path:sha>", needs="contents:read")
def get_tree(call: Call, sha: str) -> Json:
    found = call.repo.git.objects.read(f"{sha}^{{tree}}")
    if found is None:
        raise not_found()
    url = f"{api_url(call.world, call.repo)}/git"
    entries = call.repo.git.listing(found[0], recursive=bool(call.query.get("recursive")))

    def show(entry: Entry) -> Json:
        shown: Json = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
        if entry.size is not None:
            shown["size"] = entry.size
        if entry.kind != "commit":
            shown["url"] = f"{url}/{entry.kind}s/{entry.sha}"
        return shown

    return {
        "sha": found[0],
        "url": f"{url}/trees/{found[0]}",
        "tree": [show(each) for each in entries],
        "truncated": False,
    }
