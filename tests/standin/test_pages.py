"""The pages a person looks at: every link that the API gives leads to one, every button does what it says."""

from __future__ import annotations

import http.client
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from standin.pages.markdown import rendered
from tests.standin.conftest import Place
from tests.standin.github import GitHub


def fetch(url: str, form: dict[str, str] | None = None, cookie: str = "") -> tuple[int, str, str]:
    """(status, text, Location) of one request, redirects not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = None if form is None else urlencode(form)
    connection.request("GET" if form is None else "POST", target, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer.getheader("Location") or ""


def shown(url: str) -> str:
    status, text, location = fetch(url)
    if status in {302, 303}:
        return shown(
            f"{urlsplit(url).scheme}://{urlsplit(url).netloc}{location}" if location.startswith("/") else location
        )
    assert status == 200, text
    return text


def test_a_repository_s_page_tells_its_story(place: Place) -> None:
    repo = place.repo(files={"a.txt": "one\n"}, ci={"mode": "success", "names": ["unit"]})
    app, sha = place.installed(repo), place.head(repo)
    output = {
        "title": "Live",
        "summary": "| step | time |\n|---|---|\n| build | **2 s** |",
        "text": "```\n<b>log</b>\n```",
    }
    note = {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "Broken here"}
    actions = [{"label": "Redeploy", "description": "Again", "identifier": "redeploy"}]
    body = {"name": "tidegate / web", "head_sha": sha, "conclusion": "failure", "actions": actions}
    run = app.post(f"/repos/{repo}/check-runs", {**body, "output": {**output, "annotations": [note]}}).body
    app.post(f"/repos/{repo}/statuses/{sha}", {"state": "success", "context": "tidegate / web", "description": "Fine"})
    plain = {"ref": "main", "auto_merge": False, "required_contexts": [], "environment": "web"}
    deployment = app.post(f"/repos/{repo}/deployments", plain).body["id"]
    links = {"log_url": "http://log.test/1", "environment_url": "http://live.test/"}
    app.post(f"/repos/{repo}/deployments/{deployment}/statuses", {"state": "success", **links})
    place.control.wait_idle()

    page = shown(f"{place.control.url}/{repo}")
    assert "http://live.test/" in page
    assert "http://log.test/1" in page
    assert "Redeliver" in page
    commit = shown(run["html_url"])
    assert f'id="run-{run["id"]}"' in commit
    assert "<th>step</th>" in commit
    assert "<strong>2 s</strong>" in commit
    assert "&lt;b&gt;log&lt;/b&gt;" in commit
    assert "Broken here" in commit
    assert "a.txt:1" in commit
    assert 'value="redeploy"' in commit
    assert shown(f"{place.control.url}/{repo}/blob/main/a.txt")
    assert shown(f"{place.control.url}/{repo}/tree/main")
    assert fetch(f"{place.control.url}/{repo}/nothing")[0] == 404


def test_buttons_on_a_commit_s_page_reach_the_app(place: Place) -> None:
    repo = place.repo()
    actions = [{"label": "Redeploy", "description": "Again", "identifier": "redeploy"}]
    body = {"name": "deploy", "head_sha": place.head(repo), "conclusion": "success", "actions": actions}
    run = place.installed(repo).post(f"/repos/{repo}/check-runs", body).body["id"]
    base = f"{place.control.url}/{repo}/runs/{run}"
    place.control.create_user("presser")
    assert fetch(f"{base}/actions", {"identifier": "redeploy"}, cookie="standin_user=presser")[0] == 303
    [hook] = place.received.wait(repo, "check_run", "requested_action")
    assert hook.payload["sender"]["login"] == "presser"
    assert fetch(f"{base}/rerun", {})[0] == 303
    place.received.wait(repo, "check_run", "rerequested")
    assert fetch(f"{base}/actions", {"identifier": "none"})[0] == 422


def test_a_pull_request_is_worked_on_by_hand(place: Place) -> None:
    repo = place.repo()
    place.control.commit(repo, {"b": "1"}, "Feature", branch="feature")
    base = f"{place.control.url}/{repo}"
    assert fetch(f"{base}/pulls", {"title": "By hand", "head": "feature", "base": "main"})[0] == 303
    assert "By hand" in shown(f"{base}/pull/1")
    fetch(f"{base}/pull/1/labels", {"add": "tidegate-preview"})
    place.received.wait(repo, "pull_request", "labeled")
    fetch(f"{base}/pull/1/labels", {"remove": "tidegate-preview"})
    fetch(f"{base}/pull/1/comments", {"body": "/deploy"})
    place.received.wait(repo, "issue_comment", "created")
    place.control.create_user("passer-by")
    assert fetch(f"{base}/pull/1/merge", {}, cookie="standin_user=passer-by")[0] == 403
    assert fetch(f"{base}/pull/1/close", {})[0] == 303
    assert fetch(f"{base}/pull/1/reopen", {})[0] == 303
    assert fetch(f"{base}/pull/1/merge", {})[0] == 303
    place.received.wait(repo, "pull_request", "closed", count=2)
    assert "merged" in shown(f"{base}/pull/1")
    assert shown(f"{base}/compare/main...feature")


def test_a_delivery_is_sent_again_by_its_button(place: Place) -> None:
    repo = place.repo()
    place.received.wait(repo, "push")
    place.control.wait_idle()
    page = shown(f"{place.control.url}/{repo}")
    [link, *_] = re.findall(r'href="(/apps/tidegate/deliveries/\d+)">push', page)
    assert "refs/heads/main" in shown(place.control.url + link)
    assert fetch(f"{place.control.url}{link}/redeliver", {})[0] == 303
    first, second = place.received.wait(repo, "push", count=2)
    assert first.headers["X-GitHub-Delivery"] == second.headers["X-GitHub-Delivery"]


def test_signing_in_with_and_without_a_hint(place: Place) -> None:
    place.repo()
    app = place.credentials["app"]
    asked = {"client_id": app["client_id"], "redirect_uri": "http://127.0.0.1:1/callback", "state": "s"}
    # The challenge of RFC 7636's own example, appendix B.
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    url = f"{place.control.url}/login/oauth/authorize"
    assert "Authorize as octo" in shown(f"{url}?{urlencode(asked)}")
    status, _, location = fetch(f"{url}?{urlencode({**asked, 'login': 'octo'})}")
    returned = parse_qs(urlsplit(location).query)
    assert (status, returned["state"]) == (302, ["s"])
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], "code": returned["code"][0]}
    exchange = f"{place.control.url}/login/oauth/access_token"
    assert "error=incorrect_client_credentials" in fetch(exchange, {**form, "client_secret": "no"})[1]
    answer = parse_qs(fetch(exchange, {**form, "code_verifier": verifier})[1])
    me = GitHub(place.api, answer["access_token"][0])
    assert me.get("/user").body["login"] == "octo"
    installations = me.get("/user/installations").body["installations"]
    number = next(each["id"] for each in installations if each["account"]["login"] == "octo")
    assert me.get(f"/user/installations/{number}/repositories").body["total_count"] >= 1
    assert "bad_verification_code" in fetch(exchange, {**form, "code_verifier": verifier})[1], "a code works once"
    refresh = {**form, "grant_type": "refresh_token", "refresh_token": answer["refresh_token"][0]}
    assert "access_token=ghu_" in fetch(exchange, refresh)[1]
    wrong = {**asked, "redirect_uri": "http://evil.test/"}
    assert fetch(f"{url}?{urlencode(wrong)}")[0] == 400


def test_an_app_is_made_from_a_manifest_and_installed(place: Place) -> None:
    manifest = {
        "name": "Made By Hand",
        "url": "http://127.0.0.1:1",
        "redirect_url": "http://127.0.0.1:1/setup",
        "hook_attributes": {"url": "http://127.0.0.1:1/hooks"},
        "default_permissions": {"checks": "write"},
        "default_events": ["push"],
    }
    new = f"{place.control.url}/settings/apps/new?state=abc"
    assert "Create GitHub App" in fetch(new, {"manifest": json.dumps(manifest)})[1]
    assert fetch(new, {"manifest": '{"name": "x"}'})[0] == 422
    unasked = {**manifest, "default_events": ["installation"]}
    assert "unsupported: installation" in fetch(new, {"manifest": json.dumps(unasked)})[1]
    form = {"manifest": json.dumps(manifest), "state": "abc", "name": "Made By Hand"}
    location = fetch(f"{place.control.url}/settings/apps/confirm", form)[2]
    query = parse_qs(urlsplit(location).query)
    assert query["state"] == ["abc"]
    stranger = GitHub(place.api)
    path = f"/app-manifests/{query['code'][0]}/conversions"
    made = stranger.post(path)
    assert (made.status, made.body["slug"]) == (201, "made-by-hand")
    assert made.body["pem"].startswith("-----BEGIN RSA PRIVATE KEY")
    assert stranger.post(path).status == 404, "a code works once"
    place.control.wait_idle()
    assert [each["event"] for each in place.control.deliveries("made-by-hand")] == ["ping"]
    installed = fetch(f"{place.control.url}/apps/made-by-hand/installations", {"account": "octo", "selection": "all"})
    assert installed[0] == 303
    assert shown(f"{place.control.url}/apps/made-by-hand")
    place.control.uninstall(place.control.call("GET", "/apps/made-by-hand")["installations"][0])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("**bold** and `<code>`", "<p><strong>bold</strong> and <code>&lt;code&gt;</code></p>"),
        ("**needs `a*b*` and `<c>`**", "<p><strong>needs <code>a*b*</code> and <code>&lt;c&gt;</code></strong></p>"),
        ("[see `log`](http://x/)", '<p><a href="http://x/">see <code>log</code></a></p>'),
        ("a \x000\x00 **`b`**", "<p>a 0 <strong><code>b</code></strong></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[log](http://x/)", '<p><a href="http://x/">log</a></p>'),
        ("[no](javascript:alert)", "<p>[no](javascript:alert)</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("```sh\na < b\n```", "<pre>a &lt; b</pre>"),
        ("> quoted", "<blockquote>quoted</blockquote>"),
        ("<details>", "<details>"),
        (None, ""),
    ],
)
def test_markdown_is_shown_safely(text: str | None, html: str) -> None:
    assert str(rendered(text)) == html


def test_every_link_of_the_api_leads_to_a_page(place: Place) -> None:
    """`html_url`s of what the API returns lead to pages."""
    repo = place.repo(ci={"mode": "success"})
    place.control.commit(repo, {"b": "1"}, "Feature", branch="feature")
    pull = place.user.post(f"/repos/{repo}/pulls", {"title": "t", "head": "feature", "base": "main"}).body
    app = place.installed(repo)
    sha = place.head(repo)
    comment = app.post(f"/repos/{repo}/issues/{pull['number']}/comments", {"body": "x"}).body
    compare = app.get(f"/repos/{repo}/compare/main...feature").body
    run = app.get(f"/repos/{repo}/commits/{sha}/check-runs").body["check_runs"][0]
    commit = app.get(f"/repos/{repo}/commits/{sha}").body
    made = [pull["html_url"], comment["html_url"], compare["html_url"], run["html_url"], commit["html_url"]]
    urls = [*made, commit["files"][0]["blob_url"], place.app.get("/app").body["html_url"], pull["user"]["html_url"]]
    for url in urls:
        assert shown(url.partition("#")[0])
