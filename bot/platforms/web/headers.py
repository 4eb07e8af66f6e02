"""What every response says to a browser: nothing but our own scripts and styles, nothing sent on, nobody's frame."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


_ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": _written(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FRAMING = _written({**_POLICY, "script-src": "'none'", "connect-src": "'none'", "frame-ancestors": "*"})
HTTPS_ONLY = "max-age=31536000"


def secured(response: web.StreamResponse, *, https: bool) -> None:
    """Adds what the response does not say itself. ``https``: the page's public address begins so."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if response.headers["Content-Security-Policy"] == _FRAMING:
        del response.headers["X-Frame-Options"]  # the old header knows no "everybody"
    if https:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    # Neither the library's name nor its version is anybody's business.
    response.headers["Server"] = "smallprint"


def framed(response: web.StreamResponse) -> web.StreamResponse:
    """A page that others may show within theirs: it runs no script at all."""
    response.headers["Content-Security-Policy"] = _FRAMING
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def shared(response: web.StreamResponse) -> web.StreamResponse:
    """What programs on other people's pages may read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
