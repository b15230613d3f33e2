"""Docker hosts: the only room that knows the Docker Engine, its API and its command line."""

from worker.hosts.engine import DockerEngine
from worker.hosts.tunnel import Tunnel

__all__ = ["DockerEngine", "Tunnel"]
