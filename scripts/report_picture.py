"""Draw docs/report.png, the picture of a report in README.md: `python scripts/report_picture.py`.

Evaluates the bundled model on the bundled sentences, and takes a screenshot of the top of the report in headless Chromium,
which must be installed. Needs the extra `browser` and Pillow.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[1] / "docs" / "report.png"
WIDTH, HEIGHT = 1040, 1330
COLORS = 64


def main() -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("install Chromium with the packages of the system")
    with tempfile.TemporaryDirectory() as folder:
        page_path = Path(folder) / "report.html"
        arguments = ["evaluate", "sentences", "--model", "english", "--report", str(page_path), "--quiet"]
        subprocess.run([sys.executable, "-m", "rnnsent", *arguments], check=True, stdout=subprocess.DEVNULL)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.goto(page_path.as_uri())
            screenshot = page.screenshot()
            chromium.close()
    Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLORS).save(PICTURE, optimize=True)
    print(PICTURE, PICTURE.stat().st_size)


if __name__ == "__main__":
    main()
