"""Answers that nothing may keep, frame or hand on: addresses here may hold a token."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

COOKIE = "__Host-shouwang"
"""A cookie of this name is taken by a browser only over TLS, from this host and for all paths."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def answer(status: int, content: Mapping[str, object] | None = None) -> Response:
    """Make an answer; without content it is empty."""
    if content is None:
        return Response(b"", status, _HEADERS, "text/plain")
    return JSONResponse(content, status, _HEADERS)


def with_session(response: Response, token: str, *, cookie: str = COOKIE) -> Response:
    """Let a browser keep a session's token where no script and no other site can use it."""
    response.set_cookie(cookie, token, path="/", secure=True, httponly=True, samesite="strict")
    return response


def without_session(response: Response) -> Response:
    """Let a browser forget a session's token."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return response
