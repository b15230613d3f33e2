"""Small HTTP servers that stand for deployed containers: each answers with its name."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}"
# The key and what it must be answered with are the example of RFC 6455, 1.2.
UPGRADE = """\
GET / HTTP/1.1\r
Host: {}\r
Connection: Upgrade\r
Upgrade: websocket\r
Sec-WebSocket-Version: 13\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
\r
"""
_UPGRADED = """\
HTTP/1.1 101 Switching Protocols\r
Connection: Upgrade\r
Upgrade: websocket\r
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
\r
"""
_LENGTH = re.compile(r"\r\ncontent-length: (\d+)", re.IGNORECASE)
_CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"


class Origins:
    """Servers on free ports of 127.0.0.1, all in one thread.

    `/` answers with the server's name, `/headers` with the request's head, `/fickle` only as a connection's first
    request (a later one finds it closed), `/dies` never, `/long` begins an answer and ends it after `release`,
    `/late` begins only then, `/upload` answers when all of the request has come, and a WebSocket upgrade is followed by
    an echo of lines. `heard` are the first lines of all requests, less the version.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._release = asyncio.Event()
        self.heard: list[str] = []

    def start(self, name: str) -> tuple[str, int]:
        """(address, port) of a server called `name`."""
        return asyncio.run_coroutine_threadsafe(self._start(name), self._loop).result()

    def stop(self, address: tuple[str, int]) -> None:
        """Ends it and its connections at once, as SIGKILL would."""
        asyncio.run_coroutine_threadsafe(self._stop(address), self._loop).result()

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._release.set)

    async def _start(self, name: str) -> tuple[str, int]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            with suppress(OSError, asyncio.IncompleteReadError):
                first = True
                while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                    self.heard.append(head.partition(" HTTP/")[0])
                    if " /dies " in head or (" /fickle " in head and not first):
                        break
                    first = False
                    await self._answer(name, head, reader, writer)
            writer.close()
            with suppress(OSError):  # what was not read yet may keep it for longer than us, if nobody aborts it
                await writer.wait_closed()
            self._writers.discard(writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
        address: tuple[str, int] = server.sockets[0].getsockname()
        self._servers[address] = server
        return address

    async def _answer(self, name: str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if "upgrade: websocket" in head.lower():
            writer.write(_UPGRADED.encode())
            while line := await reader.readline():
                writer.write(line)
        elif head.startswith("GET /long "):
            writer.write(_CHUNKED.encode())
            await self._release.wait()
            writer.write(b"4\r\nlast\r\n0\r\n\r\n")
        else:
            if head.startswith("GET /late "):
                await self._release.wait()
            elif length := _LENGTH.search(head):
                await reader.readexactly(int(length[1]))
            body = head if head.startswith("GET /headers ") else name
            writer.write(_ANSWER.format(len(body), body).encode())
        await writer.drain()

    async def _stop(self, address: tuple[str, int]) -> None:
        server = self._servers.pop(address)
        # A closed server can't take what it accepted a moment ago: that connection would never be closed.
        for listening in server.sockets:
            self._loop.remove_reader(listening)
        await asyncio.sleep(0)
        server.close()
        for writer in list(self._writers):
            if writer.get_extra_info("sockname") == address:
                writer.transport.abort()

    async def stop_all(self) -> None:
        self._release.set()
        for address in list(self._servers):
            await self._stop(address)
        # Connections that were accepted only now have tasks of their own, which must end before the loop does.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for writer in list(self._writers):
                writer.transport.abort()
            await asyncio.wait(others, timeout=0.02)


@contextmanager
def origins() -> Iterator[Origins]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    servers = Origins(loop)
    try:
        yield servers
    finally:
        asyncio.run_coroutine_threadsafe(servers.stop_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
