"""Rust with Cargo: built as one program, which then runs without the compiler.

Sources of the rules: doc.rust-lang.org/cargo (targets, default-run, workspaces), rustup (overrides).
"""

from __future__ import annotations

import re
from typing import Any

from tidegate.plans import procfile, versions
from tidegate.plans.dockerfile import WORKDIR
from tidegate.plans.plan import Final, NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree, string, table

LANGUAGE = "Rust"
_DEFAULT = Version("1", "the newest of that line")
_SYSTEM = "bookworm"
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    return "`Cargo.toml`" if "Cargo.toml" in tree else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    if "Cargo.toml" not in tree:
        raise NoPlan("there is no `Cargo.toml` here")
    manifest = tree.toml("Cargo.toml")
    version = _version(tree)
    # What is started by the user's own words may be anywhere, or be built as it is started (`cargo run --release`).
    program = None if wishes.start else _program(tree, manifest)
    told = procfile.web(tree) or (program or "", "the program that was built")
    start, why = (wishes.start, "`startCommand`") if wishes.start else told
    built = f"{WORKDIR}/target/release/{program}"
    return Plan(
        language=LANGUAGE,
        version=version,
        base=f"rust:{version.number}-{_SYSTEM}",
        start=start,
        because=(f"start: {why}",),
        build=(wishes.build or f"cargo build --release{' --locked' if 'Cargo.lock' in tree else ''}",),
        # It has the layers of Rust's own image, so it costs no room beside it, and the libraries that were linked to.
        final=Final(f"buildpack-deps:{_SYSTEM}", ((built, "/usr/local/bin/"),), with_tree=True) if program else None,
    )


def _program(tree: Tree, manifest: dict[str, Any]) -> str:
    package = table(manifest, "package")
    if not package:
        raise NoPlan(
            "`Cargo.toml` is a workspace without a package of its own: set `buildCommand`, such as "
            "`cargo build --release -p server`, and `startCommand`, such as `./target/release/server`"
        )
    listed = manifest.get("bin")
    bins = [string(each, "name") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if "src/main.rs" in tree and not bins:
        bins.append(string(package, "name"))
    bins += sorted(
        path.removeprefix("src/bin/").partition("/")[0].removesuffix(".rs")
        for path in tree.paths
        if path.startswith("src/bin/") and (path.count("/") == 2 or path.endswith("/main.rs"))
    )
    names = [name for name in dict.fromkeys(bins) if _NAME.fullmatch(name)]
    chosen = string(package, "default-run")
    if chosen in names:
        return chosen
    if len(names) == 1:
        return names[0]
    if names:
        told = ", ".join(f"`{name}`" for name in names[:10])
        raise NoPlan(f"there are several programs ({told}): set `default-run` in `Cargo.toml`, or `startCommand`")
    raise NoPlan("there is no program to run: add `src/main.rs`, or set `buildCommand` and `startCommand`")


def _version(tree: Tree) -> Version:
    """rustup, in the image, fetches what else a toolchain file asks for, such as a nightly."""
    channel = string(table(tree.toml("rust-toolchain.toml"), "toolchain"), "channel")
    number = versions.exact(channel)
    if number:
        return Version(number, "`rust-toolchain.toml`")
    return versions.written(tree, "rust-toolchain") or versions.tool(tree, "rust") or _DEFAULT
