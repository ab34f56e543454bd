"""Answers to what never reaches the application: whole HTTP responses, after which the connection ends."""

import json

from gateway.frontends.http.app import HEADERS
from gateway.frontends.http.problems import MEDIA_TYPE


def refusal(status: str, detail: str = "", **more: str) -> bytes:
    """`status` as in `400 Bad Request`. `more` is said besides, in the document."""
    code, _, phrase = status.partition(" ")
    document = {"title": phrase, "status": int(code), "detail": detail or phrase, **more}
    body = f"{json.dumps(document)}\n".encode()
    headers = {**HEADERS, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
    if code == "503":
        headers["Retry-After"] = "1"
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
