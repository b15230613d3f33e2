"""A web service whose answers take their time, and that stops as a good one does: it finishes what is under way."""

from __future__ import annotations

from tests.e2e.apps import Files, deploy_file

#: /stream: server-sent events, one each 0.2 s for `?seconds`; /slow: an answer after so many; /upload: how much came;
#: /socket: a WebSocket that says each text again, of 125 bytes at most.
_SERVER = """\
import base64, hashlib, os, signal, socket, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TEXT = 0x81  # a frame that is a whole text (RFC 6455, 5.2)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        seconds = float(parse_qs(url.query).get("seconds", ["0"])[0])
        if url.path == "/stream":
            self.stream(seconds)
        elif url.path == "/socket":
            self.echo()
        else:
            time.sleep(seconds)
            self.answer(os.environ["TIDEGATE_COMMIT"] if url.path == "/commit" else "{greeting}")

    def do_POST(self):
        self.answer(str(len(self.rfile.read(int(self.headers["Content-Length"])))))

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def stream(self, seconds):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.wfile.write(b"data: tick\\n\\n")
            time.sleep(0.2)
        self.wfile.write(b"data: end\\n\\n")

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while (head := self.rfile.read(2)) and head[0] == TEXT:
            mask, masked = self.rfile.read(4), self.rfile.read(head[1] & 127)
            text = bytes(each ^ mask[at % 4] for at, each in enumerate(masked))
            self.wfile.write(bytes([TEXT, len(text)]) + text)

    def log_message(self, *arguments):
        pass

class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

server = Server(("", int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
server.server_close()
"""


def service(greeting: str, base: str, extra: str = "") -> Files:
    """`base`: an image with Python; `extra` as apps.deploy_file has it."""
    return {
        "tidegate.yml": deploy_file(extra=extra),
        "Dockerfile": f'FROM {base}\nCOPY server.py /\nCMD ["python", "/server.py"]\n',
        "server.py": _SERVER.replace("{greeting}", greeting),
    }
