"""tweepy: always https, always /1.1, every parameter of a POST in the query; header signatures by requests-oauthlib.

Its addresses of the three steps are fixed, in one method; that is all that differs here from its own handler.
"""

from urllib.parse import parse_qs

import tweepy
from journey import asked, event_of, travel
from tweepy_further import further


class Client:
    def __init__(self, facts):
        self.path = facts["picture"]
        self.host = facts["base_url"].removeprefix("https://")
        base = facts["base_url"]

        class Handler(tweepy.OAuth1UserHandler):
            def _get_oauth_url(self, endpoint):
                return f"{base}/oauth/{endpoint}"

        self.ways = {}
        for way, callback in (("pin", "oob"), ("callback", facts["callback"])):
            handler = Handler(*facts["consumer"], callback=callback)
            answer = asked(handler.get_authorization_url(signin_with_twitter=way == "callback"))
            verifier = parse_qs(answer)["oauth_verifier"][0] if way == "callback" else answer
            token = handler.get_access_token(verifier)
            auth = tweepy.OAuth1UserHandler(*facts["consumer"], *token)
            self.api = tweepy.API(auth, host=self.host, upload_host=self.host)
            self.ways[way] = self.login()

    def login(self):
        return self.api.verify_credentials()._json

    def post(self, text, parent):
        return self.api.update_status(text, in_reply_to_status_id=parent)._json

    def home(self, window):
        return [status._json for status in self.api.home_timeline(**window)]

    def mentions(self):
        return [status._json for status in self.api.mentions_timeline()]

    def show(self, id):
        return self.api.get_status(id)._json

    def favourite(self, id):
        return self.api.create_favorite(id)._json

    def unfavourite(self, id):
        return self.api.destroy_favorite(id)._json

    def favourites(self):
        return [status._json for status in self.api.get_favorites()]

    def boost(self, id):
        return self.api.retweet(id)._json

    def picture(self, text, path):
        return self.api.update_status_with_media(text, path)._json

    def upload(self, text, path):
        media = self.api.simple_upload(path)
        self.api.create_media_metadata(media.media_id, "A green picture")
        return self.api.update_status(text, media_ids=[media.media_id])._json

    def search(self, query):
        return [user._json for user in self.api.search_users(query)]

    def find(self, query):
        return [status._json for status in self.api.search_tweets(query)]

    def message(self, name, text):
        """To a number; the reply is an event."""
        return flat(self.api.send_direct_message(self.api.get_user(screen_name=name).id, text))

    def inbox(self):
        return [flat(message) for message in self.api.get_direct_messages(count=50)]

    def follow(self, name):
        return self.api.create_friendship(screen_name=name)._json

    def unfollow(self, name):
        return self.api.destroy_friendship(screen_name=name)._json

    def followers(self):
        return [user._json for user in self.api.get_followers()]

    def follower_ids(self):
        return self.api.get_follower_ids()

    def delete(self, id):
        return self.api.destroy_status(id)._json

    def gone(self, id):
        try:
            return self.api.get_status(id)._json
        except tweepy.HTTPException as error:
            return {"code": error.response.status_code, "body": error.response.json()}

    def extras(self):
        return {
            "looked_up": [user.screen_name for user in self.api.lookup_users(screen_name=["bob", "carol"])],
            "own": [status.user.screen_name for status in self.api.user_timeline(count=2)],
            "friends": sorted(user.screen_name for user in tweepy.Cursor(self.api.get_friends).items()),
            "lists": [one.name for one in self.api.get_list_ownerships()],
            "paged": [status.id for status in tweepy.Cursor(self.api.home_timeline, count=4).items(12)],
            **further(self.api, self.path),
        }


def flat(message):
    """What the library keeps of an event has its fields as attributes."""
    return event_of({"id": message.id, "message_create": message.message_create})


travel(Client)
