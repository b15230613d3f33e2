"""Reading a repository: branches, commits, trees, files, comparisons."""

from __future__ import annotations

import base64

from tests.standin.conftest import Place


def test_a_repository_is_read_in_every_way(place: Place) -> None:
    repo = place.repo(private=True, files={"a.txt": "hello\n", "dir/b.txt": "b\n"})
    token = place.installed(repo)
    sha = place.head(repo)
    place.control.commit(repo, {"a.txt": "more\n"}, "Second", branch="feature/x")
    tip = place.head(repo, "feature/x")

    assert token.get(f"/repos/{repo}").body["default_branch"] == "main"
    assert {each["name"] for each in token.get(f"/repos/{repo}/branches").body} == {"main", "feature/x"}
    assert token.get(f"/repos/{repo}/branches/feature/x").body["commit"]["sha"] == tip
    assert token.get(f"/repos/{repo}/branches/none").status == 404
    assert token.get(f"/repos/{repo}/git/ref/heads/feature/x").body["object"]["sha"] == tip
    assert [each["sha"] for each in token.get(f"/repos/{repo}/commits", sha="feature/x").body] == [tip, sha]
    commit = token.get(f"/repos/{repo}/commits/feature/x").body
    assert (commit["sha"], commit["files"][0]["status"], commit["stats"]["total"]) == (tip, "modified", 2)
    assert token.get(f"/repos/{repo}/commits/{sha[:10]}").body["sha"] == sha
    assert token.get(f"/repos/{repo}/commits/nothing").status == 422
    assert token.get(f"/repos/{repo}/git/commits/{tip}").body["tree"]["sha"] == commit["commit"]["tree"]["sha"]
    tree = token.get(f"/repos/{repo}/git/trees/{tip}", recursive=1).body["tree"]
    assert {(each["path"], each["type"]) for each in tree} == {
        ("a.txt", "blob"),
        ("dir", "tree"),
        ("dir/b.txt", "blob"),
    }
    assert token.get(f"/repos/{repo}/commits/{sha}/branches-where-head").body[0]["name"] == "main"


def test_files_and_directories_are_read_at_a_ref(place: Place) -> None:
    repo = place.repo(files={"a.txt": "hello\n", "dir/b.txt": "b\n"})
    token, sha = place.installed(repo), place.head(repo)
    shown = token.get(f"/repos/{repo}/contents/a.txt", ref=sha).body
    assert base64.b64decode(shown["content"]) == b"hello\n"
    assert [each["path"] for each in token.get(f"/repos/{repo}/contents/dir").body] == ["dir/b.txt"]
    assert token.get(f"/repos/{repo}/contents/none.txt").status == 404
    assert token.get(f"/repos/{repo}/contents/a.txt", ref="nowhere").status == 404


def test_comparisons_know_how_two_commits_stand(place: Place) -> None:
    repo = place.repo(files={"a.txt": "one\ntwo\nthree\n", "old.txt": "something long enough\n" * 5})
    token, base = place.installed(repo), place.head(repo)
    changed = {"a.txt": "one\n", "old.txt": None, "new.txt": "something long enough\n" * 5}
    place.control.commit(repo, changed, "Feature", branch="feature")

    ahead = token.get(f"/repos/{repo}/compare/{base}...feature").body
    assert (ahead["status"], ahead["ahead_by"], ahead["behind_by"]) == ("ahead", 1, 0)
    files = {each["filename"]: each for each in ahead["files"]}
    assert files["a.txt"]["deletions"] == 2
    assert (files["new.txt"]["status"], files["new.txt"]["previous_filename"]) == ("renamed", "old.txt")
    assert token.get(f"/repos/{repo}/compare/feature...main").body["status"] == "behind"
    assert token.get(f"/repos/{repo}/compare/main...{base}").body["status"] == "identical"
    place.control.commit(repo, {"b.txt": "b"}, "On main")
    parted = token.get(f"/repos/{repo}/compare/main...feature").body
    assert (parted["status"], parted["merge_base_commit"]["sha"]) == ("diverged", base)
    assert token.get(f"/repos/{repo}/compare/main...nothing").status == 404


def test_a_comparison_stops_at_three_hundred_files_and_has_them_on_page_one_only(place: Place) -> None:
    repo = place.repo()
    base = place.head(repo)
    place.control.commit(repo, {f"many/{number}.txt": f"{number}\n" for number in range(310)}, "Many")
    place.control.commit(repo, {"one.txt": "1"}, "One more")
    token = place.installed(repo)
    assert len(token.get(f"/repos/{repo}/compare/{base}...main").body["files"]) == 300
    second = token.get(f"/repos/{repo}/compare/{base}...main", page=2, per_page=1).body
    assert (len(second["commits"]), second.get("files", [])) == (1, [])


def test_references_are_made_moved_and_deleted(place: Place) -> None:
    repo = place.repo()
    first = place.head(repo)
    second = place.control.commit(repo, {"a": "1"})
    user = place.user
    assert user.post(f"/repos/{repo}/git/refs", {"ref": "refs/heads/topic", "sha": second}).status == 201
    assert user.patch(f"/repos/{repo}/git/refs/heads/topic", {"sha": first}).status == 422
    assert user.patch(f"/repos/{repo}/git/refs/heads/topic", {"sha": first, "force": True}).status == 200
    assert user.delete(f"/repos/{repo}/git/refs/heads/topic").status == 204
    pushes = [hook.payload for hook in place.received.wait(repo, "push", count=5)]
    topic = [(each["created"], each["forced"], each["deleted"]) for each in pushes if each["ref"] == "refs/heads/topic"]
    assert topic == [(True, False, False), (False, True, False), (False, False, True)]


def test_a_file_is_written_through_the_api(place: Place) -> None:
    repo = place.repo()
    body = {"message": "Add", "content": base64.b64encode(b"x = 1\n").decode()}
    made = place.user.put(f"/repos/{repo}/contents/x.py", body)
    assert made.status == 201
    assert place.head(repo) == made.body["commit"]["sha"]
    assert place.installed(repo).put(f"/repos/{repo}/contents/y.py", body).status == 403


def test_a_renamed_repository_answers_to_both_names_and_a_removed_one_to_none(place: Place) -> None:
    repo = place.repo()
    place.control.change_repo(repo, name=f"renamed-{repo.split('-')[1]}")
    renamed = repo.replace("sample", "renamed")
    assert place.user.get(f"/repos/{renamed}").body["full_name"] == renamed
    assert place.user.get(f"/repos/{repo}").body["full_name"] == renamed
    place.received.wait(renamed, "repository", "renamed")
    place.control.delete_repo(renamed)
    assert place.user.get(f"/repos/{renamed}").status == 404


def test_a_transferred_repository_is_told_to_the_new_owners_installation(place: Place) -> None:
    repo = place.repo()
    owner = f"heir-{repo.split('-')[1]}"
    place.control.create_user(owner)
    place.control.install("tidegate", owner)
    place.control.change_repo(repo, owner=owner)
    moved = f"{owner}/{repo.split('/')[1]}"
    (told,) = place.received.wait(moved, "repository", "transferred")
    assert told.payload["changes"]["owner"]["from"]["user"]["login"] == repo.split("/")[0]
    assert place.user.get(f"/repos/{repo}").body["full_name"] == moved
    assert place.installed(moved).get(f"/repos/{moved}").status == 200
