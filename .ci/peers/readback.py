#!/usr/bin/env python3
"""readback.py BASE_URL [groups]: every user of a SCIM endpoint, one JSON object a line, sorted by userName; or every
group, sorted by displayName.

{"displayName", "id", "members": [id]} for a group, and for a user
{"userName", "id", "active", "externalId", "roles": {variable: value}}; what is not set is null or absent.
The token is $SCIMDECK_PEER_TOKEN, else "peer-token".
"""

import json
import sys

import scim


def main():
    if len(sys.argv) == 3 and sys.argv[2] == "groups":
        for group in sorted(scim.everything(sys.argv[1], "/Groups"), key=lambda group: group["displayName"]):
            # Lists may leave members out: each group is read by itself.
            status, group = scim.call("GET", sys.argv[1], "/Groups/" + group["id"])
            if status != 200:
                scim.fail(f"GET /Groups answered {status}: {group}")
            members = sorted(member["value"] for member in group.get("members") or [])
            print(json.dumps({"displayName": group["displayName"], "id": group["id"], "members": members}))
        return
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    for user in sorted(scim.users(sys.argv[1]), key=lambda user: (user["userName"].lower(), user["id"])):
        roles = {name: value for name, value in sorted((user.get(scim.ROLE) or {}).items()) if value is not None}
        line = {name: user.get(name) for name in ("userName", "id", "active", "externalId")}
        print(json.dumps({**line, "roles": roles}, ensure_ascii=False))


if __name__ == "__main__":
    main()
