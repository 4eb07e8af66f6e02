"""SVG to PNG off the event loop, each picture once: kept by its content, the least used going first.

Painting that fails is no answer that fails: the picture is left out and one line says so in the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import struct
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from bot.charts.font import FILES

logger = logging.getLogger(__name__)
MOST_KEPT = 256  # pictures of some 40 kB: ten megabytes
ZOOM = 2.0  # sharp on a phone


class Painter:
    """``async with Painter() as painter``. One process paints; it starts with the first picture."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[bytes | None]] = {}
        # One thread waits for the pipe; the loop's own threads stay free for others.
        self._thread = ThreadPoolExecutor(1, "painter")
        self._easel: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Painter:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the painting process; safe to call twice."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._easel is not None:
            self._drop()

    async def png(self, svg: str) -> bytes | None:
        """The picture, or None where it could not be painted. Asked for twice at once, it is painted once."""
        key = hashlib.sha256(svg.encode()).hexdigest()
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        going = self._under_way.get(key)
        if going is None:
            going = asyncio.get_running_loop().run_in_executor(self._thread, self._painted, svg)
            self._under_way[key] = going
            going.add_done_callback(lambda _: self._under_way.pop(key, None))
        png = await asyncio.shield(going)
        if png is not None:
            self._kept[key] = png
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return png

    def _painted(self, svg: str) -> bytes | None:
        """In the painter's thread. A process that has died is started again once."""
        for _ in range(2):
            try:
                png = self._asked(svg.encode())
            except (OSError, struct.error):
                self._drop()
                continue
            if png:
                return png
            break
        logger.error("a chart could not be painted")
        return None

    def _asked(self, svg: bytes) -> bytes:
        easel = self._easel = self._easel or self._started()
        assert easel.stdin is not None
        assert easel.stdout is not None
        easel.stdin.write(struct.pack(">I", len(svg)) + svg)
        easel.stdin.flush()
        size: int = struct.unpack(">I", easel.stdout.read(4))[0]
        png = easel.stdout.read(size)
        if len(png) < size:
            raise OSError("the painting process ended")
        return png

    def _started(self) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("easel.py")
        # -P: the script's folder is not searched for modules
        command = [sys.executable, "-P", str(script), str(ZOOM), *(str(file) for file in FILES.values())]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _drop(self) -> None:
        easel, self._easel = self._easel, None
        if easel is None:
            return
        for pipe in (easel.stdin, easel.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            easel.wait(2)
        except subprocess.TimeoutExpired:
            easel.kill()
            easel.wait()
