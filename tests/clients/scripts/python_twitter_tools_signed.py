"""Python Twitter Tools with OAuth: every parameter, signature included, in the query of a GET or the body of a POST."""

from urllib.parse import parse_qs

from journey import asked, travel
from python_twitter_tools import Calls
from twitter import OAuth, Twitter


class Client(Calls):
    def __init__(self, facts):
        self.domain, self.consumer = facts["base_url"].removeprefix("https://"), facts["consumer"]
        self.ways = {}
        for way, token in (
            ("pin", self.by_page("oob")),
            ("callback", self.by_page(facts["callback"])),
            ("xauth", self.by_password(facts["user"], facts["password"])),
        ):
            self.api = Twitter(auth=OAuth(*token, *self.consumer), domain=self.domain, api_version="1.1")
            self.ways[way] = self.login()

    def tokens(self, *own):
        """The token calls: no version, no format, form-encoded replies."""
        return Twitter(auth=OAuth(*(own or ("", "")), *self.consumer), domain=self.domain, format="", api_version=None)

    def by_page(self, callback):
        asking = pair(self.tokens().oauth.request_token(oauth_callback=callback))
        answer = asked(f"https://{self.domain}/oauth/authorize?oauth_token={asking[0]}")
        verifier = answer if callback == "oob" else parse_qs(answer)["oauth_verifier"][0]
        return pair(self.tokens(*asking).oauth.access_token(oauth_verifier=verifier))

    def by_password(self, user, password):
        given = {"x_auth_mode": "client_auth", "x_auth_username": user, "x_auth_password": password}
        return pair(self.tokens().oauth.access_token(_method="POST", **given))


def pair(reply):
    """Token and secret of a reply."""
    told = {name: values[0] for name, values in parse_qs(str(reply)).items()}
    return told["oauth_token"], told["oauth_token_secret"]


travel(Client)
