"""A GitHub small enough for a laptop: REST, webhooks, git over HTTP and plain pages, for the demo and the tests.

It keeps its state in memory, its repositories as bare git repositories on disk, and imports none of the product.
How to run it: ``python -m standin --help``. How to steer it (users, faults, CI, recorded calls): `standin.control`.
"""
