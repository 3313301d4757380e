"""An invitation from the mail to the collaborators list, in a browser without JavaScript.

Starts the sandbox and chromedriver, each on a free port, and ends both. Python's standard library only.
"""

import base64
import email
import email.policy
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROLE = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole"
PASSWORD = "a password for trying"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# No proxy: everything here is on this machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """An answer that is an error."""


def ask(method, url, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with OPENER.open(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{method} {url}: {error.code} {error.read().decode(errors='replace')[:500]}") from None


def same(what, there, wanted):
    if there != wanted:
        raise SystemExit(f"{what}: {there!r}, not {wanted!r}")
    print(f"ok: {what}: {there}")


class Browser:
    def __init__(self, driver):
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"],
            "prefs": {"profile.managed_default_content_settings.javascript": 2},
        }
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        session = ask("POST", f"{driver}/session", wanted)["value"]["sessionId"]
        self.at = f"{driver}/session/{session}"

    def go(self, url):
        ask("POST", f"{self.at}/url", {"url": url})

    def find(self, css):
        found = ask("POST", f"{self.at}/element", {"using": "css selector", "value": css})
        return f"{self.at}/element/{found['value'][ELEMENT]}"

    def text(self, css):
        return ask("GET", self.find(css) + "/text")["value"]

    def type(self, css, text):
        ask("POST", self.find(css) + "/value", {"text": text})

    def click(self, css, heading):
        """Without scripts the driver does not know that a click leads to another page: it is waited for here."""
        ask("POST", self.find(css) + "/click", {})
        deadline, there = time.monotonic() + 30, None
        while there != heading:
            if time.monotonic() > deadline:
                raise SystemExit(f"after {css}: {there!r}, not {heading!r}")
            time.sleep(0.05)
            try:
                there = self.text("h1")
            except Refused:  # the page before is gone, the next one is not there yet
                there = None
        print(f"ok: after {css}: {heading}")

    def title(self):
        return ask("GET", f"{self.at}/title")["value"]

    def picture(self, path):
        Path(path).write_bytes(base64.b64decode(ask("GET", f"{self.at}/screenshot")["value"]))

    def close(self):
        ask("DELETE", self.at)


def read_mail(folder, subject):
    """The link in the plain text part of the mail with this subject; the mail is taken away."""
    for path in Path(folder).glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if mail["Subject"] != subject:
            continue
        text = mail.get_body(("plain",)).get_content()
        kinds = [part.get_content_type() for part in mail.iter_parts()]
        path.unlink()
        return mail["To"], kinds, re.search(r"^http://\S+", text, re.M).group(0)
    raise SystemExit(f"there is no mail {subject!r} in {folder}")


def story(said, browser):
    scim, origin = said["base_url"], said["base_url"].removesuffix("/scim/v2")
    token = Path(said["token_file"]).read_text().strip()
    admin = Path(said["activity_token_file"]).read_text().strip()

    browser.go("data:text/html,<title>off</title><script>document.title='on'</script>")
    same("JavaScript", browser.title(), "off")

    user = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ROLE],
        "userName": "ana@example.com",
        "name": {"givenName": "Ana", "familyName": "Ruiz <script>"},
        "active": True,
        ROLE: {"workato_role": "Analyst"},
    }
    made = ask("POST", f"{scim}/Users", user, token)
    to, kinds, link = read_mail(said["mail_dir"], "You are invited to join Sandbox")
    same("the mail's address", to, '"Ana Ruiz <script>" <ana@example.com>')
    same("the mail's parts", kinds, ["text/plain", "text/html"])
    browser.go(link)
    same("the invitation", browser.text("h1"), "Join Sandbox")
    if picture := os.environ.get("SCIMDECK_PICTURE"):
        browser.picture(picture)
    browser.type("input[name=password]", PASSWORD)
    browser.click("#accept", "You are in")
    browser.go(link)
    same("the link a second time", browser.text("h1"), "Invitation already accepted")
    same("active over SCIM", ask("GET", f"{scim}/Users/{made['id']}", None, token)["active"], True)
    members = ask("GET", f"{origin}/api/members", None, admin)["data"]
    same("the members", [(m["email"], m["state"]) for m in members], [("ana@example.com", "active")])

    browser.go(f"{origin}/login")
    browser.type("input[name=email]", "ana@example.com")
    browser.type("input[name=password]", PASSWORD)
    browser.click("#sign-in", "Sandbox")
    same("signed in", browser.text("li"), "dev: Analyst, may read, run, edit, create")
    user[ROLE]["workato_role"] = "Operator"
    ask("PUT", f"{scim}/Users/{made['id']}", user, token)
    browser.go(f"{origin}/workspace")
    same("the next page after a role change", browser.text("li"), "dev: Operator, may read, run")
    user["active"] = False
    ask("PUT", f"{scim}/Users/{made['id']}", user, token)
    browser.go(f"{origin}/workspace")
    same("the next page after a deactivation", browser.text("h1"), "Access ended")

    elsewhere = {**user, "userName": "bo@example.com", "name": {"givenName": "Bo"}, "active": True}
    ask("POST", f"{origin}/sandbox/elsewhere", {"userName": "bo@example.com"})
    ask("POST", f"{scim}/Users", elsewhere, token)
    browser.go(read_mail(said["mail_dir"], "You are invited to join Sandbox")[2])
    same("an address known elsewhere", browser.text("h1"), "Sign in")
    browser.click("#forgot", "Reset your password")
    browser.type("input[name=email]", "bo@example.com")
    browser.click("#send", "Look into your mail")
    browser.go(read_mail(said["mail_dir"], "Reset your password")[2])
    browser.type("input[name=password]", PASSWORD)
    browser.click("#set", "Password set")
    browser.click("#go-on", "Sign in")
    browser.type("input[name=email]", "bo@example.com")
    browser.type("input[name=password]", PASSWORD)
    browser.click("#sign-in", "Sandbox")
    members = ask("GET", f"{origin}/api/members", None, admin)["data"]
    same("the members", [m["state"] for m in members], ["no access", "active"])


def main():
    with tempfile.TemporaryDirectory() as folder:
        token = str(Path(folder, "token"))
        args = [sys.argv[1], "--json", "sandbox", "--listen", "127.0.0.1:0", "--token-file", token]
        sandbox = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
        driver = None
        try:
            said, line = "", "-"
            while line and not said.rstrip().endswith("}"):
                line = sandbox.stdout.readline()
                said += line
            driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
            port = None
            while port is None:
                line = driver.stdout.readline()
                if not line:
                    raise SystemExit("chromedriver did not start")
                port = re.search(r"successfully on port (\d+)", line)
            browser = Browser(f"http://127.0.0.1:{port.group(1)}")
            try:
                story(json.loads(said), browser)
            finally:
                browser.close()
        finally:
            for process in (driver, sandbox):
                if process is not None:
                    process.terminate()
                    process.wait(timeout=30)
    print("an invitation was accepted in a browser without JavaScript")


main()
