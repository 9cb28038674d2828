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


class Client(Calls):
    def __init__(self, facts):
        domain = facts["base_url"].removeprefix("http://")
        self.api = Twitter(
            auth=UserPassAuth(facts["user"], facts["password"]), domain=domain, api_version="api", secure=False
        )


if __name__ == "__main__":
    travel(Client)
