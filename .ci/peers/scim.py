"""A few lines of HTTP and SCIM for readback.py and preload.py: the standard library only, nothing of scimdeck."""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

ROLE = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


def token():
    return os.environ.get("SCIMDECK_PEER_TOKEN", "peer-token")


def call(method, base, path, query=None, body=None):
    url = base.rstrip("/") + path + ("?" + urllib.parse.urlencode(query) if query else "")
    request = urllib.request.Request(url, method=method)
    request.add_header("Authorization", "Bearer " + token())
    request.add_header("Accept", "application/scim+json")
    if body is not None:
        request.add_header("Content-Type", "application/scim+json")
        request.data = json.dumps(body).encode()
    try:
        with OPENER.open(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (OSError, ValueError) as error:
        fail(f"{method} {path}: {error}")


def users(base):
    """All users."""
    return everything(base, "/Users")


def everything(base, path):
    """All of a collection, each id once, page by page, until nothing new comes. Without index pages, by cursor
    (RFC 9865)."""
    found, place, cursors = {}, {"startIndex": 1}, False
    while True:
        status, page = call("GET", base, path, {**place, "count": 100})
        if status == 501 and not cursors:
            place, cursors = {}, True
            continue
        if status != 200 or not isinstance(page, dict):
            fail(f"GET {path} answered {status}: {page}")
        rows = page.get("Resources") or []
        new = [row for row in rows if row["id"] not in found]
        found.update((row["id"], row) for row in new)
        place = {"cursor": page.get("nextCursor")} if cursors else {"startIndex": place["startIndex"] + len(rows)}
        over = cursors and not page.get("nextCursor")
        if over or not new or ("totalResults" in page and len(found) >= page["totalResults"]):
            return list(found.values())
