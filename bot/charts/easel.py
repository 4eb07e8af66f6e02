"""The process that paints: SVG in, PNG out, over a pipe, until the pipe closes. Run as a file, never imported.

A process of its own, because the drawing library holds the interpreter for as long as it paints (a tenth of a second):
in a thread it would hold up every other answer.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys

import resvg_py


def main() -> None:
    # The one who started us says when it is over, by closing the pipe: a Ctrl-C meant for all must not cut a picture.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)  # answers go before pictures
    zoom, fonts = float(sys.argv[1]), sys.argv[2:]
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    while head := incoming.read(4):
        svg = incoming.read(struct.unpack(">I", head)[0]).decode()
        try:
            png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts, zoom=zoom)
        except ValueError:
            png = b""  # a picture that cannot be painted is none; the words of the answer stand without it
        outgoing.write(struct.pack(">I", len(png)) + png)
        outgoing.flush()


if __name__ == "__main__":
    main()
