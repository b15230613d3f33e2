"""The only room that knows the reverse proxy: HAProxy, its files, its socket and its process."""

from worker.router.haproxy import HaproxyRouter

__all__ = ["HaproxyRouter"]
