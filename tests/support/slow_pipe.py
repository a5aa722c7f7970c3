"""A pipe whose writer waits for its reader."""

import contextlib
import fcntl
import io
import os
import termios
import threading
import time
from array import array
from collections.abc import Iterator


@contextlib.contextmanager
def open_slow_pipe(data: bytes, piece_size: int) -> Iterator[io.TextIOBase]:
    """The reading end of a pipe on which the data arrive in pieces."""
    reader, writer = os.pipe()
    is_closed = threading.Event()
    thread = threading.Thread(target=write_pieces, args=(writer, data, piece_size, is_closed))
    thread.start()
    try:
        with os.fdopen(reader) as stream:
            yield stream
    finally:
        is_closed.set()
        thread.join()


def write_pieces(descriptor: int, data: bytes, size: int, is_closed: threading.Event) -> None:
    """Write each piece once the one before it is read, so that the reader sees the same pieces every time."""
    waiting = array("i", [0])
    with contextlib.suppress(OSError), os.fdopen(descriptor, "wb", buffering=0) as pipe:
        for start in range(0, len(data), size):
            pipe.write(data[start : start + size])
            while not is_closed.is_set() and not fcntl.ioctl(descriptor, termios.FIONREAD, waiting) and waiting[0]:
                time.sleep(0)
