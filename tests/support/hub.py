"""A small Hub on localhost that serves the data sets in ROOT/OWNER/NAME to the real client libraries."""

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
TRUNCATED, DROPPED = -1, -2  # faults: half of a response, and no response


@contextmanager
def serve(
    root: Path, *, next_fault: Callable[[], int] = lambda: 0, denied: Mapping[str, tuple[int, str]] | None = None
) -> Iterator[str]:
    """Serve `root`, and yield the endpoint for HF_ENDPOINT.

    Args:
        next_fault: called for every request; returns an HTTP error status, TRUNCATED, DROPPED, or 0 for no fault.
        denied: by owner, the HTTP status and the Hub's error code for every request for that owner's data sets.
    """
    handler = partial(Handler, root.resolve(), next_fault, denied or {})
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
        self, root: Path, next_fault: Callable[[], int], denied: Mapping[str, tuple[int, str]], *args: Any
    ) -> None:
        self.root, self.next_fault, self.denied, self.is_truncated = root, next_fault, denied, False
        super().__init__(*args)

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fault = self.next_fault()
        self.is_truncated = fault == TRUNCATED
        if fault == DROPPED:
            self.close_connection = True
            return
        if fault > 0:
            self.send_json({"error": "busy"}, fault)
            return
        url = urllib.parse.urlparse(self.path)
        segments = urllib.parse.unquote(url.path).strip("/").split("/")
        for owner in self.denied.keys() & set(segments):
            status, code = self.denied[owner]
            self.send_json({"error": code}, status, **{"x-error-code": code, "x-error-message": code})
            return
        match segments:
            case ["api", "datasets", owner, name, *rest] if (self.root / owner / name).is_dir():
                self.send_metadata(self.root / owner / name, f"{owner}/{name}", rest, url.query, body)
            case ["datasets", owner, name, "resolve", _, *parts] if (self.root / owner / name).is_dir():
                self.send_file(self.root / owner / name, "/".join(parts))
            case _:
                self.send_not_found("RepoNotFound")

    do_GET = do_HEAD = do_POST = respond  # noqa: N815

    def send_metadata(self, base: Path, repo_id: str, rest: list[str], query: str, body: bytes) -> None:
        files = {path.relative_to(base).as_posix(): path for path in sorted(base.rglob("*")) if path.is_file()}
        match rest:
            case [] | ["revision", *_]:
                siblings = [{"rfilename": name} for name in files]
                self.send_json({"_id": "1", "id": repo_id, "sha": COMMIT, "tags": [], "siblings": siblings})
            case ["tree", _, *parts]:
                prefix = "".join(part + "/" for part in parts)
                is_recursive = urllib.parse.parse_qs(query).get("recursive", [""])[0].lower() in ("true", "1")
                entries: dict[str, dict[str, Any]] = {}
                for name in files:
                    if not name.startswith(prefix):
                        continue
                    parts_below = name.removeprefix(prefix).split("/")
                    for depth in range(1, len(parts_below) if is_recursive else min(len(parts_below), 2)):
                        folder = prefix + "/".join(parts_below[:depth])
                        entries[folder] = {"type": "directory", "path": folder, "size": 0, "oid": "0" * 40}
                    if is_recursive or len(parts_below) == 1:
                        entries[name] = describe_file(name, files[name])
                self.send_json(list(entries.values())) if entries else self.send_not_found("EntryNotFound")
            case ["paths-info", *_]:
                try:
                    names = json.loads(body)["paths"]
                except ValueError:
                    names = urllib.parse.parse_qs(body.decode()).get("paths", [])
                self.send_json([describe_file(name, files[name]) for name in names if name in files])
            case _:
                self.send_not_found("EntryNotFound")

    def send_file(self, base: Path, name: str) -> None:
        path = (base / name).resolve()
        if base not in path.parents or not path.is_file():
            self.send_not_found("EntryNotFound")
            return
        data = path.read_bytes()
        etag, size = hashlib.sha256(data).hexdigest(), len(data)
        headers = {}
        if byte_range := self.headers.get("range"):
            first, _, last = byte_range.removeprefix("bytes=").partition("-")
            data = data[int(first) : int(last) + 1 if last else size]
            headers["content-range"] = f"bytes {first}-{int(first) + len(data) - 1}/{size}"
        headers |= {"etag": f'"{etag}"', "x-repo-commit": COMMIT, "accept-ranges": "bytes"}
        self.send(206 if byte_range else 200, data, headers)

    def send_json(self, value: object, status: int = 200, **headers: str) -> None:
        self.send(status, json.dumps(value).encode(), {"content-type": "application/json", **headers})

    def send_not_found(self, code: str) -> None:
        self.send_json({"error": code}, 404, **{"x-error-code": code})

    def send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if self.is_truncated else data)
        self.close_connection = self.close_connection or self.is_truncated

    def log_message(self, *_: object) -> None:
        pass


def describe_file(name: str, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
