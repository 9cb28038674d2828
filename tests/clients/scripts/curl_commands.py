"""curl as in the specification's example: -u, -d, -F, PUT and DELETE."""

import json
import subprocess

from journey import travel


class Client:
    def __init__(self, facts):
        self.base = facts["base_url"] + "/api/"
        self.user = f"{facts['user']}:{facts['password']}"

    def curl(self, *arguments):
        command = ["curl", "-q", "--silent", "--show-error", "--max-time", "30", "-u", self.user, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def ask(self, call, *arguments):
        return json.loads(self.curl(*arguments, self.base + call))

    def login(self):
        return self.ask("account/verify_credentials.json")

    def post(self, text, parent):
        """A post by -d, an answer by PUT."""
        if parent is None:
            return self.ask("statuses/update.json", "--data-urlencode", f"status={text}")
        fields = ["--data-urlencode", f"status={text}", "-d", f"in_reply_to_status_id={parent}"]
        return self.ask("statuses/update.json", "-X", "PUT", *fields)

    def home(self, window):
        query = "&".join(f"{key}={value}" for key, value in window.items())
        return self.ask(f"statuses/home_timeline.json?{query}")

    def mentions(self):
        return self.ask("statuses/mentions")

    def show(self, id):
        return self.ask(f"statuses/show.json?id={id}")

    def favourite(self, id):
        return self.ask("favorites/create.json", "-d", f"id={id}")

    def unfavourite(self, id):
        return self.ask(f"favorites/destroy.json?id={id}", "-X", "DELETE")

    def favourites(self):
        return self.ask("favorites.json")

    def boost(self, id):
        return self.ask(f"statuses/retweet/{id}.json", "-X", "POST")

    def picture(self, text, path):
        return self.ask("statuses/update_with_media.json", "-F", f"status={text}", "-F", f"media[]=@{path}")

    def upload(self, text, path):
        media = self.ask("media/upload.json", "-F", f"media=@{path}")
        return self.ask("statuses/update.json", "-d", f"status={text}", "-d", f"media_ids={media['media_id']}")

    def search(self, query):
        return self.ask("users/search.json", "-G", "-d", f"q={query}")

    def find(self, query):
        return self.ask("search.json", "-G", "--data-urlencode", f"q={query}")

    def message(self, name, text):
        fields = ["-d", f"screen_name={name}", "--data-urlencode", f"text={text}"]
        return self.ask("direct_messages/new.json", *fields)

    def inbox(self):
        return self.ask("direct_messages.json?count=50&getText=plain")

    def follow(self, name):
        return self.ask(f"friendships/create/{name}.json", "-X", "POST")

    def unfollow(self, name):
        return self.ask("friendships/destroy.json", "-d", f"screen_name={name}")

    def followers(self):
        return self.ask("statuses/followers.json")

    def follower_ids(self):
        return self.ask("followers/ids.json")

    def delete(self, id):
        return self.ask(f"statuses/destroy.json?id={id}", "-X", "DELETE")

    def gone(self, id):
        answer = self.curl("-w", "\n%{http_code}", f"{self.base}statuses/show/{id}.json")
        body, _, code = answer.rpartition(b"\n")
        return {"code": int(code), "body": json.loads(body)}

    def extras(self):
        """XML, HEAD, and a JSON document."""
        xml = self.curl("-i", f"{self.base}statuses/home_timeline.xml?count=2").decode()
        event = {
            "type": "message_create",
            "message_create": {
                "target": {"recipient_id": self.ask("users/show.json?screen_name=bob")["id_str"]},
                "message_data": {"text": "An event from curl"},
            },
        }
        json_of = ["-H", "Content-Type: application/json", "--data-binary"]
        sent = self.ask("direct_messages/events/new.json", *json_of, json.dumps({"event": event}))
        return {"xml": xml, "head": self.curl("-I", f"{self.base}help/test.json").decode(), "event": sent["event"]}


travel(Client)
