"""Python Twitter Tools with OAuth: every parameter, signature included, in the query of a GET or the body of a POST."""

from urllib.parse import parse_qs

from journey import asked, event_of, travel
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

    def find(self, query):
        return self.api.search.tweets(q=query)["statuses"]

    def message(self, name, text):
        """As an event: a JSON document, the signature in the query."""
        target = {"recipient_id": self.api.users.show(screen_name=name)["id_str"]}
        made = {"target": target, "message_data": {"text": text}}
        event = {"type": "message_create", "message_create": made}
        return event_of(self.api.direct_messages.events.new(_json={"event": event})["event"])

    def inbox(self):
        return [event_of(one) for one in self.api.direct_messages.events.list(count=50)["events"]]

    def extras(self):
        (trends,) = self.api.trends.place(_id=1)
        return {**super().extras(), "trends": trends["locations"][0]["woeid"]}

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
