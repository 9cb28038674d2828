"""requests with requests-oauthlib: any address, so those of the specification; header, query and body signatures.

xAuth is three parameters more in a signed request for the access token.
"""

from pathlib import Path

from journey import asked, travel
from requests_oauthlib import OAuth1Session


class Client:
    def __init__(self, facts):
        self.base, self.consumer = facts["base_url"], facts["consumer"]
        self.ways = {}
        for way, token in (
            ("pin", self.by_pin()),
            ("callback", self.by_callback(facts["callback"])),
            ("xauth", self.by_password(facts["user"], facts["password"])),
        ):
            self.web = OAuth1Session(*self.consumer, token["oauth_token"], token["oauth_token_secret"])
            self.token = token
            self.ways[way] = self.login()

    def by_pin(self):
        with OAuth1Session(*self.consumer, callback_uri="oob") as session:
            session.fetch_request_token(f"{self.base}/api/oauth/request_token")
            verifier = asked(session.authorization_url(f"{self.base}/api/oauth/authorize"))
            return session.fetch_access_token(f"{self.base}/api/oauth/access_token", verifier=verifier)

    def by_callback(self, callback):
        """As web applications do it: the address that the browser was sent back to is handed to the library."""
        with OAuth1Session(*self.consumer, callback_uri=callback, signature_type="query") as session:
            session.fetch_request_token(f"{self.base}/oauth/request_token")
            came = asked(session.authorization_url(f"{self.base}/oauth/authorize"))
            session.parse_authorization_response(f"{callback}?{came}")
            return session.fetch_access_token(f"{self.base}/oauth/access_token")

    def by_password(self, user, password):
        with OAuth1Session(*self.consumer, signature_type="body") as session:
            given = {"x_auth_mode": "client_auth", "x_auth_username": user, "x_auth_password": password}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return session._fetch_token(f"{self.base}/oauth/access_token", data=given, headers=headers)

    def ask(self, verb, path, **given):
        reply = self.web.request(verb, f"{self.base}/api/{path}.json", **given)
        reply.raise_for_status()
        return reply.json()

    def login(self):
        return self.ask("GET", "account/verify_credentials")

    def post(self, text, parent):
        return self.ask("POST", "statuses/update", data={"status": text, "in_reply_to_status_id": parent or ""})

    def home(self, window):
        return self.ask("GET", "statuses/home_timeline", params=window)

    def mentions(self):
        return self.ask("GET", "statuses/mentions")

    def show(self, id):
        return self.ask("GET", f"statuses/show/{id}")

    def favourite(self, id):
        return self.ask("POST", f"favorites/create/{id}")

    def unfavourite(self, id):
        return self.ask("POST", "favorites/destroy", data={"id": id})

    def favourites(self):
        return self.ask("GET", "favorites")

    def boost(self, id):
        return self.ask("POST", f"statuses/retweet/{id}")

    def picture(self, text, path):
        """Of multipart only the address is signed."""
        file = {"media": ("green.png", Path(path).read_bytes(), "image/png")}
        return self.ask("POST", "statuses/update", data={"status": text}, files=file)

    def upload(self, text, path):
        media = self.ask("POST", "media/upload", files={"media": Path(path).read_bytes()})
        return self.ask("POST", "statuses/update", data={"status": text, "media_ids": media["media_id_string"]})

    def search(self, query):
        return self.ask("GET", "users/search", params={"q": query})

    def find(self, query):
        return self.ask("GET", "search", params={"q": query})

    def message(self, name, text):
        return self.ask("POST", "direct_messages/new", data={"screen_name": name, "text": text})

    def inbox(self):
        return self.ask("GET", "direct_messages", params={"count": 50, "getText": "plain"})

    def follow(self, name):
        return self.ask("POST", "friendships/create", params={"screen_name": name})

    def unfollow(self, name):
        return self.ask("DELETE", f"friendships/destroy/{name}")

    def followers(self):
        return self.ask("GET", "statuses/followers")

    def follower_ids(self):
        return self.ask("GET", "followers/ids")

    def delete(self, id):
        return self.ask("POST", f"statuses/destroy/{id}")

    def gone(self, id):
        reply = self.web.get(f"{self.base}/api/statuses/show/{id}.json")
        return {"code": reply.status_code, "body": reply.json()}

    def extras(self):
        """The same call signed in each place and by each method that has no certificate; and what nobody signed."""
        own = (self.token["oauth_token"], self.token["oauth_token_secret"])
        codes = {}
        for place in ("auth_header", "query", "body"):
            for method in ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"):
                with OAuth1Session(*self.consumer, *own, signature_type=place, signature_method=method) as session:
                    verb, data = ("POST", {"count": "1"}) if place == "body" else ("GET", None)
                    reply = session.request(verb, f"{self.base}/api/statuses/home_timeline.json", data=data)
                codes[f"{place} {method}"] = reply.status_code
        with OAuth1Session(self.consumer[0], "wrong", *own) as session:
            codes["wrong secret"] = session.get(f"{self.base}/api/statuses/home_timeline.json").status_code
        return codes


travel(Client)
