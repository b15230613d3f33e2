"""The only room that knows githubkit: GitHub's REST API as the ports `GitHubReads` and `GitHubReports`.

Nothing is imported here on purpose: githubkit costs half a second and some 20 MB, paid by `worker.github.app` alone.
"""
