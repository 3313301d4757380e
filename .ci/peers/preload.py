#!/usr/bin/env python3
"""preload.py BASE_URL < ACCOUNTS: makes accounts on a SCIM endpoint before a test.

One JSON object a line: {"userName", "externalId", "active", "givenName", "familyName", "displayName", "roles"}; only
userName is needed. Prints {"userName", "id"} for each. With --case, every second userName is written in upper case,
as systems do that compare without case. The token is $SCIMDECK_PEER_TOKEN, else "peer-token".
"""

import json
import sys

import scim


def resource(account):
    name = account["userName"]
    body = {"schemas": [scim.USER], "userName": name, "active": account.get("active", True)}
    body["emails"] = [{"value": name, "type": "work", "primary": True}]
    names = {part: account[part] for part in ("givenName", "familyName") if part in account}
    if names:
        body["name"] = names
    body.update({part: account[part] for part in ("externalId", "displayName") if part in account})
    if account.get("roles"):
        body["schemas"].append(scim.ROLE)
        body[scim.ROLE] = account["roles"]
    return body


def main():
    arguments = [a for a in sys.argv[1:] if a != "--case"]
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    accounts = [json.loads(line) for line in sys.stdin if line.strip()]
    for number, account in enumerate(accounts):
        if "--case" in sys.argv and number % 2 == 1:
            account["userName"] = account["userName"].upper()
        status, answer = scim.call("POST", arguments[0], "/Users", body=resource(account))
        if status != 201:
            scim.fail(f"POST of {account['userName']} answered {status}: {answer}")
        print(json.dumps({"userName": account["userName"], "id": answer["id"]}))


if __name__ == "__main__":
    main()
