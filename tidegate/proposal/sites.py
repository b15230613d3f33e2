"""A site that a build leaves as files: known by the tool that builds it, which says where it leaves them."""

from __future__ import annotations

from tidegate.blueprint.nodes import Data
from tidegate.plans import NoPlan, Tree
from tidegate.plans.tree import string, table

#: Package → where its build leaves the site, by its own documentation.
_TOOLS = {
    "react-scripts": "build",
    "@docusaurus/core": "build",
    "gatsby": "public",
    "astro": "dist",
    "@11ty/eleventy": "_site",
    "parcel": "dist",
    "vite": "dist",
}
#: Frameworks that bring one of these tools, and a server.
_SERVERS = ("@sveltejs/kit", "@remix-run/dev", "@react-router/dev", "@solidjs/start", "nuxt", "@astrojs/node")


def built(tree: Tree) -> tuple[dict[str, Data], tuple[str, ...]] | None:
    """(fields, why); None where something of it is started."""
    try:
        package = tree.json("package.json")
    except NoPlan:
        return None
    needs = table(package, "dependencies") | table(package, "devDependencies")
    scripts = table(package, "scripts")
    tool = next((each for each in _TOOLS if each in needs), None)
    if tool is None or not string(scripts, "build") or any(each in needs for each in _SERVERS):
        return None
    start = string(scripts, "start").split()
    # Their `start` is for development: it watches the sources and serves them unbuilt.
    if start and start[0] not in {tool, "docusaurus", "eleventy"}:
        return None
    return {"type": "static", "staticPublishPath": _TOOLS[tool]}, (f"`{tool}` in `package.json` builds a site",)
