"""Reports in headless Chromium: nothing runs, nothing is requested, every picture is there, and axe finds no violation."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.reports import render_report

CLASSES = {
    "two": ("bad", "good"),
    "three": ("negative", "neutral", "positive"),
    "five": ("very negative", "negative", "neutral", "positive", "very positive"),
    "hostile": ('<script>alert("class")</script>', "العربية", "好"),
    "twenty": tuple(f"class number {k}" for k in range(20)),
}
STRICT_POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"  # of Jenkins
WIDER = "element => element.scrollWidth > element.clientWidth + 1"  # than its frame, which then scrolls
OUTSIDE = """svg => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text, polyline, rect")].filter(element => {
        const box = element.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    }).map(element => element.outerHTML);
}"""
OVERLAPPING = """svg => {
    const boxes = [...svg.querySelectorAll("text:not([transform])")].map(element => element.getBoundingClientRect());
    return boxes.filter((a, i) => boxes.some((b, j) =>
        i < j && a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)).length;
}"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "install Chromium with the packages of the system"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for name, classes in CLASSES.items():
        (folder / f"{name}.html").write_text(render_report(folder, classes), encoding="utf-8")
    return folder


def open_page(browser: Browser, url: str, **options: Any) -> tuple[Page, list[str]]:
    """A page, and what it reports: messages of the console, dialogs, errors and requests but for itself."""
    page = browser.new_context(**options).new_page()
    events: list[str] = []
    page.on("console", lambda message: events.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: events.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (events.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: events.append(f"request: {request.url}") if request.url != url else None)
    page.goto(url)
    return page, events


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CLASSES)
def test_page(browser: Browser, reports: Path, name: str, scheme: Any) -> None:
    """Every picture has a size, nothing is reported or requested, and axe finds no violation in either mode."""
    page, events = open_page(browser, (reports / f"{name}.html").as_uri(), color_scheme=scheme)
    for details in page.query_selector_all("details"):
        details.evaluate("element => element.open = true")
    sizes = [picture.bounding_box() for picture in page.query_selector_all("svg")]
    assert len(sizes) >= 6
    assert all(size and size["width"] > 5 and size["height"] > 5 for size in sizes)
    assert page.title().endswith("(test)")
    assert events == []
    violations = Axe().run(page).response["violations"]  # which runs a script of its own
    assert [(violation["id"], violation["nodes"][0]["html"][:200]) for violation in violations] == []


@pytest.mark.parametrize("name", CLASSES)
def test_layout(browser: Browser, reports: Path, name: str) -> None:
    """On a wide screen every table beside a chart fits, and charts draw nothing outside and no labels over each other."""
    page, _ = open_page(browser, (reports / f"{name}.html").as_uri(), viewport={"width": 1100, "height": 900})
    for frame in page.query_selector_all(".pair.chart > div > .scroll"):
        assert not frame.evaluate(WIDER), frame.inner_text()
    for title in page.query_selector_all("tbody th:not(.long)"):
        lines = title.evaluate("element => element.clientHeight / parseFloat(getComputedStyle(element).lineHeight)")
        assert lines < 1 + len((title.text_content() or "").split()), title.text_content()  # words are not broken
    for picture in page.query_selector_all("svg[role=img]"):
        assert picture.evaluate(OUTSIDE) == []
        assert picture.evaluate(OVERLAPPING) == 0, picture.inner_html()[:200]


@pytest.mark.parametrize("name", CLASSES)
def test_phone(browser: Browser, reports: Path, name: str) -> None:
    """On a narrow screen wide tables scroll, and the page does not; quoted texts can be read without scrolling."""
    page, _ = open_page(browser, (reports / f"{name}.html").as_uri(), viewport={"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    quotes = page.query_selector_all(".scroll:has(.stacked)")
    assert len(quotes) == 2
    assert not any(frame.evaluate(WIDER) for frame in quotes)


def test_print(browser: Browser, reports: Path) -> None:
    page, _ = open_page(browser, (reports / "five.html").as_uri())
    assert page.pdf().startswith(b"%PDF")


def test_strict_policy(browser: Browser, reports: Path) -> None:
    """A server that forbids inline styles shows the same pictures and tables, without the layout."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", STRICT_POLICY)
            super().end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(reports)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page, events = open_page(browser, f"http://127.0.0.1:{server.server_port}/five.html")
        assert [event for event in events if "Content Security Policy" not in event] == []  # which blocks the styles
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "none"
        sizes = [picture.bounding_box() for picture in page.query_selector_all("svg[role=img]")]
        assert len(sizes) == 6
        assert all(size and size["width"] > 300 and size["height"] > 200 for size in sizes)
        assert len(page.query_selector_all("table")) > 6
        cell = page.query_selector("td.n")
        assert cell and cell.evaluate("element => getComputedStyle(element).textAlign").endswith("right")
    finally:
        server.shutdown()
        server.server_close()
