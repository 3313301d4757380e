#!/usr/bin/env python3
"""readback.py BASE_URL: every user of a SCIM endpoint, one JSON object a line, sorted by userName.

{"userName", "id", "active", "externalId", "roles": {variable: value}}; what is not set is null or absent.
The token is $SCIMDECK_PEER_TOKEN, else "peer-token".
"""

import json
import sys

import scim


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    for user in sorted(scim.users(sys.argv[1]), key=lambda user: (user["userName"].lower(), user["id"])):
        roles = {name: value for name, value in sorted((user.get(scim.ROLE) or {}).items()) if value is not None}
        line = {name: user.get(name) for name in ("userName", "id", "active", "externalId")}
        print(json.dumps({**line, "roles": roles}, ensure_ascii=False))


if __name__ == "__main__":
    main()
