"""IdentiCurse's statusnet library over Basic: reads by POST, ids in path and body, no pictures."""

from journey import travel
from python2 import load

statusnet = load("statusnet")


class Client:
    def __init__(self, facts):
        """Asks help/test, account/verify_credentials and statusnet/config, and raises unless all three are usable."""
        self.api = statusnet.StatusNet(facts["base_url"] + "/api", facts["user"], facts["password"])

    def login(self):
        return self.api.users_show(screen_name="alice")

    def post(self, text, parent):
        return self.api.statuses_update(text, source="IdentiCurse", in_reply_to_status_id=parent or 0)

    def home(self, window):
        return self.api.statuses_home_timeline(**window)

    def mentions(self):
        return self.api.statuses_mentions(count=20)

    def show(self, id):
        return self.api.statuses_show(id)

    def favourite(self, id):
        return self.api.favorites_create(id)

    def unfavourite(self, id):
        return self.api.favorites_destroy(id)

    def favourites(self):
        return self.api.favorites()

    def boost(self, id):
        return self.api.statuses_retweet(id, source="IdentiCurse")

    def find(self, query):
        return self.api.search(query, count=50)

    def message(self, name, text):
        """Sends user_id=0 beside the name."""
        return self.api.direct_messages_new(name, 0, text, source="IdentiCurse")

    def inbox(self):
        return self.api.direct_messages(count=50)

    def follow(self, name):
        return self.api.friendships_create(screen_name=name)

    def unfollow(self, name):
        return self.api.friendships_destroy(screen_name=name)

    def followers(self):
        return self.api.statuses_followers(user_id=0, screen_name="alice")

    def follower_ids(self):
        """Sends user_id=0 beside the name."""
        found = self.api.followers_ids(0, "alice", cursor=-1)
        return found["ids"]

    def delete(self, id):
        return self.api.statuses_destroy(id)

    def gone(self, id):
        try:
            return self.api.statuses_show(id)
        except statusnet.StatusNetError as error:
            return {"code": error.errcode, "body": {"error": error.details}}

    def extras(self):
        page = self.api.statuses_user_timeline(screen_name="alice", count=200)
        thread = next(status for status in page if status["text"].startswith("Alice's first"))
        return {
            "limit": self.api.length_limit,
            "zone": self.api.tz,
            "left": self.api.account_rate_limit_status(),
            "conversation": self.api.statusnet_conversation(thread["id"]),
            "tag": self.api.statusnet_tags_timeline("topic2", count=5),
            "groups": self.api.statusnet_groups_list(screen_name="alice"),
            "exists": self.api.friendships_exists("alice", "bob"),
            "show": self.api.friendships_show(source_screen_name="alice", target_screen_name="dave"),
            "blocked": self.api.blocks_create(screen_name="dave")["screen_name"],
            "unblocked": self.api.blocks_destroy(screen_name="dave")["screen_name"],
            "boosted": self.api.statuses_retweets_of_me(count=5),
            "sent": self.api.direct_messages_sent(count=5),
            "version": self.api.statusnet_version(),
        }


travel(Client)
