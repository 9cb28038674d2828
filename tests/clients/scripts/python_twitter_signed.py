"""python-twitter: /1.1 by `base_url`, PascalCase calls, header signatures by requests-oauthlib.

The library takes finished tokens; how to get them is a script beside it, with requests-oauthlib, as here.
"""

from urllib.parse import parse_qs

import twitter
from journey import asked, event_of, travel
from python_twitter_further import further
from requests_oauthlib import OAuth1Session


class Client:
    def __init__(self, facts):
        self.path = facts["picture"]
        self.ways = {}
        for way, callback in (("pin", "oob"), ("callback", facts["callback"])):
            token = signed_in(facts, callback)
            self.api = twitter.Api(
                *facts["consumer"], token["oauth_token"], token["oauth_token_secret"],
                base_url=f"{facts['base_url']}/1.1", upload_url=f"{facts['base_url']}/1.1", cache=None,
            )  # fmt: skip
            self.ways[way] = self.login()

    def login(self):
        return self.api.VerifyCredentials()._json

    def post(self, text, parent):
        return self.api.PostUpdate(text, in_reply_to_status_id=parent)._json

    def home(self, window):
        return [status._json for status in self.api.GetHomeTimeline(**window)]

    def mentions(self):
        return [status._json for status in self.api.GetMentions()]

    def show(self, id):
        return self.api.GetStatus(id)._json

    def favourite(self, id):
        return self.api.CreateFavorite(status_id=id)._json

    def unfavourite(self, id):
        return self.api.DestroyFavorite(status_id=id)._json

    def favourites(self):
        return [status._json for status in self.api.GetFavorites()]

    def boost(self, id):
        return self.api.PostRetweet(id)._json

    def picture(self, text, path):
        """Uploaded by the library first; then `media_ids` in the query and in the body."""
        return self.api.PostUpdate(text, media=path)._json

    def upload(self, text, path):
        media = self.api.UploadMediaSimple(path)
        return self.api.PostUpdate(text, media=[media])._json

    def search(self, query):
        return [user._json for user in self.api.GetUsersSearch(query)]

    def find(self, query):
        return [status._json for status in self.api.GetSearch(query)]

    def message(self, name, text):
        """Sent as an event; what is received is asked for in the old form."""
        return event_of(self.api.PostDirectMessage(text, screen_name=name)._json["event"])

    def inbox(self):
        return self.api.GetDirectMessages(count=50, return_json=True)

    def follow(self, name):
        return self.api.CreateFriendship(screen_name=name)._json

    def unfollow(self, name):
        return self.api.DestroyFriendship(screen_name=name)._json

    def followers(self):
        return [user._json for user in self.api.GetFollowers()]

    def follower_ids(self):
        return self.api.GetFollowerIDs()

    def delete(self, id):
        return self.api.DestroyStatus(id)._json

    def gone(self, id):
        """Of a reply that is an error the library keeps the text alone."""
        try:
            return self.api.GetStatus(id)._json
        except twitter.TwitterError as error:
            return {"body": {"error": error.message}}

    def extras(self):
        return {
            "looked_up": [user.screen_name for user in self.api.UsersLookup(screen_name=["bob", "carol"])],
            "own": [status.user.screen_name for status in self.api.GetUserTimeline(count=2)],
            "friends": sorted(user.screen_name for user in self.api.GetFriends()),
            "lists": [one.name for one in self.api.GetLists()],
            "ids": sorted(self.api.GetFriendIDs()),
            **further(self.api, self.path),
        }


def signed_in(facts, callback):
    base = f"{facts['base_url']}/oauth"
    with OAuth1Session(*facts["consumer"], callback_uri=callback) as session:
        asking = session.fetch_request_token(f"{base}/request_token")
        answer = asked(session.authorization_url(f"{base}/authorize"))
    verifier = answer if callback == "oob" else parse_qs(answer)["oauth_verifier"][0]
    own = (asking["oauth_token"], asking["oauth_token_secret"])
    with OAuth1Session(*facts["consumer"], *own, verifier=verifier) as session:
        return session.fetch_access_token(f"{base}/access_token")


travel(Client)
