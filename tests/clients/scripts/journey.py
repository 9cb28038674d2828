"""What every client does, in this order. A script gives `travel` an object with the calls its library has.

Facts come as one line of JSON on standard input: base_url, user, password, name (of the client), number (of a stream
post that no other client touches), picture (path of a PNG file); for those that sign: consumer (key, secret), callback.
Each step is one JSON line on standard output: step, value. After the step `page` a person has seen the page that is its
value, and a line on standard input says what she was told to type, or what her browser was sent back with. After the
step `look` a line says that somebody has looked at the server behind the gateway; its value names what was seen.
"""

import json
import sys

PAGE = 200
STRANGER = "dave"
"""Somebody who is not followed, before and after."""


def told(name, value):
    """One step, for whoever reads them."""
    print(json.dumps({"step": name, "value": value}), flush=True)


def asked(page):
    """The person's answer to a page."""
    told("page", page)
    return sys.stdin.readline().strip()


def looked(what):
    """Have somebody look at the server now: what comes next hides it."""
    told("look", what)
    sys.stdin.readline()


def event_of(event):
    """The message in an event, by the names that messages have."""
    made = event["message_create"]
    people = {"sender_id": int(made["sender_id"]), "recipient_id": int(made["target"]["recipient_id"])}
    return {"id": int(event["id"]), "text": made["message_data"]["text"], **people}


def travel(make):
    """Log in with `make(facts)`, then take every step the client has a call for.

    Those that sign have been let in by then, in each of the ways their library has: `ways` is who they were each time.
    """
    facts = json.loads(sys.stdin.readline())
    client = make(facts)
    for way, user in getattr(client, "ways", {}).items():
        told(way, user)
    name, number = facts["name"], facts["number"]

    def step(name, call, *arguments):
        value = getattr(client, call)(*arguments) if hasattr(client, call) else None
        if value is not None:
            told(name, value)
        return value

    step("login", "login")
    post = step("post", "post", f"Hello from {name} \u00e4\U0001f99c <&>", None)
    mentions = step("mentions", "mentions")
    ping = next(status for status in mentions if "one more mention" in status["text"])
    step("reply", "post", f"@bob reply from {name}", ping["id"])

    step("home", "home", {"count": 3})
    step("newer", "home", {"since_id": post["id"]})
    step("older", "home", {"max_id": post["id"], "count": 5})
    step("below", "home", {"max_id": post["id"] - 1, "count": 5})
    stream = {status["text"][:21]: status["id"] for status in client.home({"count": PAGE})}
    liked, unliked = (stream[f"Stream post number {n:02}"] for n in (number, number + 1))

    step("show", "show", liked)
    step("favourite", "favourite", liked)
    step("favourites", "favourites")
    client.favourite(unliked)
    step("unfavourite", "unfavourite", unliked)
    step("boost", "boost", liked)
    step("picture", "picture", f"Picture from {name}", facts["picture"])
    step("upload", "upload", f"Uploaded from {name}", facts["picture"])
    step("search", "search", "bob")
    step("find", "find", "#topic1")
    step("followers", "followers")
    step("follower_ids", "follower_ids")
    step("follow", "follow", STRANGER)
    looked("after follow")
    step("unfollow", "unfollow", STRANGER)
    looked("after unfollow")
    step("message", "message", "bob", f"Message from {name} \u00e4\U0001f99c")
    step("inbox", "inbox")

    doomed = client.post(f"Doomed post from {name}", None)
    told("doomed", doomed)
    step("delete", "delete", doomed["id"])
    step("gone", "gone", doomed["id"])
    step("extras", "extras")
