"""urllib with its Basic handler, which sends credentials only after a 401 with a challenge; calls without extension."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from journey import travel


class Client:
    def __init__(self, facts):
        self.base = facts["base_url"] + "/api/"
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, facts["base_url"], facts["user"], facts["password"])
        handler = urllib.request.HTTPBasicAuthHandler(passwords)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)

    def ask(self, call, fields=None, **options):
        data = urllib.parse.urlencode(fields).encode() if isinstance(fields, dict) else fields
        request = urllib.request.Request(self.base + call, data, **options)
        with self.opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def login(self):
        return self.ask("account/verify_credentials")

    def post(self, text, parent):
        return self.ask("statuses/update", {"status": text, "in_reply_to_status_id": parent or ""})

    def home(self, window):
        return self.ask(f"statuses/home_timeline?{urllib.parse.urlencode(window)}")

    def mentions(self):
        return self.ask("statuses/replies")

    def show(self, id):
        return self.ask(f"statuses/show/{id}")

    def favourite(self, id):
        return self.ask(f"favorites/create/{id}", b"")

    def unfavourite(self, id):
        return self.ask("favorites/destroy", {"id": id})

    def favourites(self):
        return self.ask("favorites")

    def boost(self, id):
        return self.ask(f"statuses/retweet?id={id}", b"")

    def picture(self, text, path):
        """A form written by hand: `Content-Disposition: file` first, no line end after the last boundary."""
        picture = Path(path).read_bytes()
        body = b'--x\r\nContent-Disposition: file; name="media"; filename="a \\"b\\".png"\r\n\r\n' + picture
        body += b'\r\n--x\r\nContent-Disposition: form-data; name="status"\r\n\r\n' + text.encode() + b"\r\n--x--"
        return self.ask("statuses/update", body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    def search(self, query):
        return self.ask(f"users/search?q={query}")

    def find(self, query):
        return self.ask(f"search?{urllib.parse.urlencode({'q': query})}")

    def message(self, name, text):
        return self.ask("direct_messages/new", {"user": name, "text": text})

    def inbox(self):
        return self.ask("direct_messages?getText=plain&count=50")

    def follow(self, name):
        return self.ask(f"friendships/create?screen_name={name}", b"")

    def unfollow(self, name):
        return self.ask(f"friendships/destroy/{name}", method="DELETE")

    def followers(self):
        return self.ask("statuses/followers")

    def follower_ids(self):
        return self.ask("followers/ids")

    def delete(self, id):
        return self.ask("statuses/destroy", {"id": id})

    def gone(self, id):
        try:
            return self.ask(f"statuses/show/{id}")
        except urllib.error.HTTPError as error:
            return {"code": error.code, "body": json.load(error)}


travel(Client)
