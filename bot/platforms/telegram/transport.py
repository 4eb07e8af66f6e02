"""How requests travel: the library's own transport walks all its connections for every request, this one does not. It
also says of a failure whether the request can have arrived, which decides whether it may be made again.
"""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

SECONDS = 20.0  # to wait for an answer: a send that takes long is still one send, better awaited than made twice
CONNECT = 5.0
POOL = 30.0

# Nothing came back, not a word: no connection was to be had, or it was cut before the answer began.
_UNSENT = (
    aiohttp.ClientOSError,
    aiohttp.ClientConnectionResetError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerDisconnectedError,
)


class Unsent(NetworkError):
    """The request never arrived, or was dropped without a word: it may be made again."""


class Transport(BaseRequest):
    """Over aiohttp, which Discord's library brings along."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._through: dict[str, str | None] = {}
        self._headers = {"Content-Type": "application/x-www-form-urlencoded"}

    @property
    def read_timeout(self) -> float | None:
        return SECONDS

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections), headers={"User-Agent": self.USER_AGENT}
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _proxy(self, url: str) -> str | None:
        """As the environment says, looked up once for a server."""
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0]
        if host not in self._through:
            self._through[host] = None if proxy_bypass(host) else getproxies().get(scheme)
        return self._through[host]

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        await self.initialize()
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(
            total=None, connect=POOL, sock_connect=CONNECT, sock_read=_seconds(read_timeout, SECONDS)
        )
        form, answered = _form(request_data), False
        try:
            async with self._session.request(
                method,
                url,
                data=form,
                timeout=timeout,
                headers=self._headers if isinstance(form, bytes) else None,
                proxy=self._proxy(url),
            ) as response:
                answered = True
                return response.status, await response.read()
        except _UNSENT as error:
            # The address, which holds the token, is in none of these messages.
            raise (NetworkError if answered else Unsent)(type(error).__name__) from error
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error


def _seconds(given: object, default: float) -> float | None:
    return float(given) if isinstance(given, int | float) else None if given is None else default


def _form(data: RequestData | None) -> aiohttp.FormData | bytes | None:
    if data is None:
        return None
    if not data.contains_files:
        # Long texts in many alphabets: yarl writes them in C.
        return URL.build(query=data.json_parameters).raw_query_string.encode()
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
