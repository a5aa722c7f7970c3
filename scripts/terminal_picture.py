"""Draw docs/terminal.svg, the picture in README.md: run by `make docs`, or `python scripts/terminal_picture.py`.

Runs the commands below under a pseudo-terminal, so that their output is exactly what a person sees, and lets Rich draw
it as SVG. The picture is the same on every run: no command prints a time, a speed or a path, and the SVG needs no font
from the network.
"""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
COLUMNS, ROWS = 80, 50
COMMANDS = (
    'rnnsent predict "A quiet triumph." "Not worth the money." "Slow start, great ending." "The keyboard has 87 keys."',
    'rnnsent predict --trace "Great cast, but a dull script."',
    "rnnsent models",
)

# Rich's own template, without its window frame's shadow and without the font files that it loads from a CDN.
SVG_FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
  <title>rnnsent in a terminal</title>
  <style>
    .{unique_id}-matrix {{
      font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
      font-size: {char_height}px;
      line-height: {line_height}px;
      font-variant-east-asian: full-width;
    }}
    .{unique_id}-title {{
      font-family: system-ui, sans-serif;
      font-size: 18px;
      font-weight: bold;
    }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix" xml:space="preserve">
    {matrix}
    </g>
  </g>
</svg>
"""


def run_in_terminal(command: str, folder: Path) -> str:
    """The output of a command, with ANSI codes, on a terminal of COLUMNS columns. It sees no model but the bundled one.

    Raises CalledProcessError if the command fails.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("RNNSENT_", "PYTHON"))}
    variables.pop("NO_COLOR", None)
    variables |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "XDG_CONFIG_HOME": str(folder)}
    variables |= {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    arguments = [sys.executable, "-m", *shlex.split(command)]
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(arguments, cwd=folder, env=variables, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        output = b"".join(iter(lambda: read_available(parent), b""))
    os.close(parent)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return output.decode("utf-8").replace("\r\n", "\n")


def read_available(descriptor: int) -> bytes:
    """Bytes from a pseudo-terminal; none at its end, which Linux reports as an error."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def draw() -> str:
    """The picture as SVG."""
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    with tempfile.TemporaryDirectory() as folder:
        for number, command in enumerate(COMMANDS):
            if number:
                console.print()
            # A shell would continue a long command on the next lines, as Rich does here.
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")), overflow="fold")
            output = run_in_terminal(command, Path(folder)).strip("\n")
            console.print(Text.from_ansi(output), soft_wrap=True)
    picture = console.export_svg(title="rnnsent", code_format=SVG_FORMAT, unique_id="terminal")
    return re.sub(r"[ \t]+$", "", picture, flags=re.MULTILINE)


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
