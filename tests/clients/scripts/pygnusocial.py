"""The gnusocial library over Basic: fixed /api/, ids in the path, pictures inside statuses/update."""

from pathlib import Path

import requests
from gnusocial import (
    accounts,
    blocks,
    config,
    direct_messages,
    friendships,
    groups,
    media,
    statuses,
    timelines,
    users,
)
from journey import travel


class Client:
    def __init__(self, facts):
        self.server = facts["base_url"]
        self.auth = (facts["user"], facts["password"])

    def login(self):
        return accounts.verify_credentials(self.server, auth=self.auth)

    def post(self, text, parent):
        data = {"status": text, "source": "pygnusocial", "in_reply_to_status_id": parent}
        return statuses.update(self.server, auth=self.auth, data=data)

    def home(self, window):
        return timelines.home(self.server, auth=self.auth, params=window)

    def mentions(self):
        return timelines.replies(self.server, auth=self.auth)

    def show(self, id):
        return statuses.show(self.server, id, auth=self.auth)

    def favourite(self, id):
        return statuses.favorite(self.server, id, auth=self.auth)

    def unfavourite(self, id):
        return statuses.unfavorite(self.server, id, auth=self.auth)

    def favourites(self):
        return statuses.favorites(self.server, auth=self.auth)

    def boost(self, id):
        return statuses.repeat(self.server, id, auth=self.auth)

    def picture(self, text, path):
        with Path(path).open("rb") as file:
            return statuses.update(self.server, auth=self.auth, data={"status": text}, files={"media": file})

    def upload(self, text, path):
        with Path(path).open("rb") as file:
            stored = media.upload(self.server, auth=self.auth, files={"media": file})
        data = {"status": text, "media_ids": stored["media_id"]}
        return statuses.update(self.server, auth=self.auth, data=data)

    def message(self, name, text):
        return direct_messages.new(self.server, auth=self.auth, data={"screen_name": name, "text": text})

    def inbox(self):
        return direct_messages.received(self.server, auth=self.auth, params={"count": 50})

    def follow(self, name):
        return friendships.create(self.server, auth=self.auth, data={"screen_name": name})

    def unfollow(self, name):
        return friendships.destroy(self.server, auth=self.auth, data={"screen_name": name})

    def followers(self):
        return users.followers(self.server, auth=self.auth)

    def follower_ids(self):
        return users.followers_ids(self.server, auth=self.auth, params={"cursor": "-1"})["ids"]

    def delete(self, id):
        return statuses.destroy(self.server, id, auth=self.auth)

    def gone(self, id):
        """The library hides the status number: what it saw and what was sent beside it."""
        body = statuses.show(self.server, id, auth=self.auth)
        url = f"{self.server}/api/statuses/show/{id}.json"
        return {"code": requests.get(url, auth=self.auth, timeout=30).status_code, "body": body}

    def extras(self):
        """A thread, what stands between people, groups, and a call without credentials."""
        signed = {"auth": self.auth}
        page = timelines.user(self.server, params={"screen_name": "alice", "count": 200}, **signed)
        thread = next(status for status in page if status["text"].startswith("Alice's first"))
        pair = {"user_a": "alice", "user_b": "bob"}
        two = {"source_screen_name": "alice", "target_screen_name": "dave"}
        dave = {"screen_name": "dave"}
        return {
            "conversation": statuses.conversation(self.server, thread["id"], **signed),
            "exists": friendships.exists(self.server, params=pair, **signed),
            "show": friendships.show(self.server, params=two, **signed),
            "blocked": blocks.create(self.server, data=dave, **signed)["screen_name"],
            "unblocked": blocks.destroy(self.server, data=dave, **signed)["screen_name"],
            "sent": direct_messages.sent(self.server, **signed),
            "groups": groups.user_groups(self.server, **signed),
            "public": len(timelines.public(self.server, params={"count": 3}, **signed)),
            "friends": [
                users.show(self.server, params={"user_id": id}, **signed)["screen_name"]
                for id in users.friends_ids(self.server, params={"cursor": "-1"}, **signed)["ids"]
            ],
            "limit": config.config(self.server)["site"]["textlimit"],
        }


travel(Client)
