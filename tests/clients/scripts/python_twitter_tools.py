"""Python Twitter Tools over Basic: paths without /1, nameless multipart parts, ids in the path and in parameters."""

from pathlib import Path

from journey import travel
from twitter import Twitter, TwitterHTTPError, UserPassAuth


class Calls:
    """What the library has, with either kind of login."""

    def login(self):
        return self.api.account.verify_credentials()

    def post(self, text, parent):
        return self.api.statuses.update(status=text, **({"in_reply_to_status_id": parent} if parent else {}))

    def home(self, window):
        return self.api.statuses.home_timeline(**window)

    def mentions(self):
        return self.api.statuses.mentions()

    def show(self, id):
        return self.api.statuses.show(id=id)

    def favourite(self, id):
        return self.api.favorites.create(_id=id)

    def unfavourite(self, id):
        return self.api.favorites.destroy(id=id)

    def favourites(self):
        return self.api.favorites()

    def boost(self, id):
        return self.api.statuses.retweet(id=id)

    def picture(self, text, path):
        """A part without file name whose bytes are base64 (the library's form of `media[]`)."""
        return self.api.statuses.update_with_media(**{"status": text, "media[]": Path(path).read_bytes()})

    def upload(self, text, path):
        """A part without file name, raw bytes; then the id as text."""
        media = self.api.media.upload(media=Path(path).read_bytes())
        return self.api.statuses.update(status=text, media_ids=media["media_id_string"])

    def search(self, query):
        return self.api.users.search(q=query)

    def find(self, query):
        return self.api.search(q=query)

    def message(self, name, text):
        return self.api.direct_messages.new(user=name, text=text)

    def inbox(self):
        return self.api.direct_messages(count=50)

    def follow(self, name):
        return self.api.friendships.create(screen_name=name)

    def unfollow(self, name):
        return self.api.friendships.destroy(screen_name=name)

    def followers(self):
        return self.api.statuses.followers()

    def follower_ids(self):
        return self.api.followers.ids(cursor=-1)["ids"]

    def delete(self, id):
        return self.api.statuses.destroy(id=id)

    def gone(self, id):
        try:
            return self.api.statuses.show(id=id)
        except TwitterHTTPError as error:
            return {"code": error.e.code, "body": error.response_data}

    def extras(self):
        show = self.api.friendships.show(source_screen_name="alice", target_screen_name="dave")
        limits = self.api.application.rate_limit_status(resources="statuses,users")["resources"]
        return {
            "looked_up": [user["screen_name"] for user in self.api.users.lookup(screen_name="bob,carol")],
            "show": show,
            "limits": limits["statuses"]["/statuses/home_timeline"],
            "lists": [one["name"] for one in self.api.lists.ownerships()["lists"]],
            "members": self.members(),
        }

    def members(self):
        """Of a list by its name."""
        page = self.api.lists.members(slug="friends", owner_screen_name="alice", cursor=-1)
        return sorted(user["screen_name"] for user in page["users"])


class Client(Calls):
    def __init__(self, facts):
        domain = facts["base_url"].removeprefix("http://")
        self.api = Twitter(
            auth=UserPassAuth(facts["user"], facts["password"]), domain=domain, api_version="api", secure=False
        )


if __name__ == "__main__":
    travel(Client)
