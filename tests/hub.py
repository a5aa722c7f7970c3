"""A small Hub on loopback that serves data sets from a folder ROOT/OWNER/NAME, for the real client libraries."""

import hashlib
import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

COMMIT = "1" * 40
CUT, DROPPED = -1, -2  # half of an answer, and none


@contextmanager
def serve(
    root: Path, *, trouble: Callable[[], int] = lambda: 0, refused: Mapping[str, tuple[int, str]] | None = None
) -> Iterator[str]:
    """Serve `root` and give the endpoint that HF_ENDPOINT takes.

    Args:
        trouble: asked at each request; the status to answer with, CUT, DROPPED, or 0 for none.
        refused: the status, and the Hub's code for the error, by the names of owners that are answered so.
    """
    handler = partial(Handler, root.resolve(), trouble, refused or {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(
        self, root: Path, trouble: Callable[[], int], refused: Mapping[str, tuple[int, str]], *args: Any
    ) -> None:
        self.root, self.trouble, self.refused, self.cut = root, trouble, refused, False
        super().__init__(*args)

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        trouble = self.trouble()
        self.cut = trouble == CUT
        if trouble == DROPPED:
            self.close_connection = True
            return
        if trouble > 0:
            self.send_json({"error": "busy"}, trouble)
            return
        url = urllib.parse.urlparse(self.path)
        words = urllib.parse.unquote(url.path).strip("/").split("/")
        for owner in self.refused.keys() & set(words):
            status, code = self.refused[owner]
            self.send_json({"error": code}, status, **{"x-error-code": code, "x-error-message": code})
            return
        match words:
            case ["api", "datasets", owner, name, *rest] if (self.root / owner / name).is_dir():
                self.describe(self.root / owner / name, f"{owner}/{name}", rest, url.query, body)
            case ["datasets", owner, name, "resolve", _, *parts] if (self.root / owner / name).is_dir():
                self.send_file(self.root / owner / name, "/".join(parts))
            case _:
                self.missing("RepoNotFound")

    do_GET = do_HEAD = do_POST = answer  # noqa: N815

    def describe(self, base: Path, identifier: str, rest: list[str], query: str, body: bytes) -> None:
        files = {path.relative_to(base).as_posix(): path for path in sorted(base.rglob("*")) if path.is_file()}
        match rest:
            case [] | ["revision", *_]:
                siblings = [{"rfilename": name} for name in files]
                self.send_json({"_id": "1", "id": identifier, "sha": COMMIT, "tags": [], "siblings": siblings})
            case ["tree", _, *parts]:
                inside = "".join(part + "/" for part in parts)
                deep = urllib.parse.parse_qs(query).get("recursive", [""])[0].lower() in ("true", "1")
                entries: dict[str, dict[str, Any]] = {}
                for name in files:
                    if not name.startswith(inside):
                        continue
                    below = name.removeprefix(inside).split("/")
                    for depth in range(1, len(below) if deep else min(len(below), 2)):
                        folder = inside + "/".join(below[:depth])
                        entries[folder] = {"type": "directory", "path": folder, "size": 0, "oid": "0" * 40}
                    if deep or len(below) == 1:
                        entries[name] = entry(name, files[name])
                self.send_json(list(entries.values())) if entries else self.missing("EntryNotFound")
            case ["paths-info", *_]:
                try:
                    wanted = json.loads(body)["paths"]
                except ValueError:
                    wanted = urllib.parse.parse_qs(body.decode()).get("paths", [])
                self.send_json([entry(name, files[name]) for name in wanted if name in files])
            case _:
                self.missing("EntryNotFound")

    def send_file(self, base: Path, name: str) -> None:
        path = (base / name).resolve()
        if base not in path.parents or not path.is_file():
            self.missing("EntryNotFound")
            return
        data = path.read_bytes()
        etag, size = hashlib.sha256(data).hexdigest(), len(data)
        extra = {}
        if wanted := self.headers.get("range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            data = data[int(first) : int(last) + 1 if last else size]
            extra["content-range"] = f"bytes {first}-{int(first) + len(data) - 1}/{size}"
        extra |= {"etag": f'"{etag}"', "x-repo-commit": COMMIT, "accept-ranges": "bytes"}
        self.send(206 if wanted else 200, data, extra)

    def send_json(self, value: object, status: int = 200, **headers: str) -> None:
        self.send(status, json.dumps(value).encode(), {"content-type": "application/json", **headers})

    def missing(self, code: str) -> None:
        self.send_json({"error": code}, 404, **{"x-error-code": code})

    def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if self.cut else data)
        self.close_connection = self.close_connection or self.cut

    def log_message(self, *_: object) -> None:
        pass


def entry(name: str, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
