"""python-twitter's calls beyond the specification; what was changed is changed back."""

from unwanted import STRANGER, gathered, unwanted


def further(api, picture):
    """What each call gave, by a name."""
    parts = (people, blocked_and_muted, statuses, messages, lists, site)
    return {"chunked": chunked(api, picture), **gathered(parts, api)}


def people(api):
    shown = api.ShowFriendship(source_screen_name="alice", target_screen_name="bob")["relationship"]
    found = api.LookupFriendship(screen_name=["bob"])
    return {
        "friendship": [shown["source"]["following"], shown["target"]["followed_by"]],
        "relations": [[one.name, one.connections["following"]] for one in found],
        "renamed": [api.UpdateProfile(name=name).name for name in ("Alice P. Example", "Alice Example")],
        "incoming": api.IncomingFriendship(),
    }


def blocked_and_muted(api):
    return unwanted(
        api.GetUser(screen_name=STRANGER).id,
        blocked=(api.CreateBlock, api.GetBlocksIDs, api.DestroyBlock),
        muted=(api.CreateMute, api.GetMutesIDs, api.DestroyMute),
    )


def statuses(api):
    status = api.GetUserTimeline(count=1)[0]
    page = api.GetUserTimeline(count=50)
    boosted = next(one.retweeted_status for one in page if one.retweeted_status)
    return {
        "several": [one.id for one in api.GetStatuses([status.id, 1])] == [status.id],
        "mapped": api.GetStatuses([status.id, 1], map=True)[1],
        "embedded": api.GetStatusOembed(status.id)["html"],
        "boosts": "alice" in {one.user.screen_name for one in api.GetRetweets(boosted.id)},
        "boosters": api.GetRetweeters(boosted.id),
        "mine": [one.user.screen_name for one in api.GetRetweetsOfMe()],
    }


def messages(api):
    api.PostDirectMessage("A message to be deleted", screen_name="carol")
    sent, carol = api.GetSentDirectMessages(count=1)[0], api.GetUser(screen_name="carol").id
    api.DestroyDirectMessage(sent.id)
    left = {one.id for one in api.GetSentDirectMessages(count=5)}
    return {"sent": [sent.text, sent.recipient_id == carol], "deleted": sent.id not in left}


def lists(api):
    made = api.CreateList("Python's list")
    api.CreateListsMember(list_id=made.id, screen_name="bob")
    seen = {
        "members": [one.screen_name for one in api.GetListMembers(list_id=made.id)],
        "of the list": {one.user.screen_name for one in api.GetListTimeline(list_id=made.id, count=5)} == {"bob"},
        "all lists": sorted(one.name for one in api.GetListsList()),
        "subscribed": [one.name for one in api.GetSubscriptions()],
        "memberships": [one.name for one in api.GetMemberships(screen_name="alice")],
    }
    api.DestroyList(list_id=made.id)
    return {**seen, "lists left": sorted(one.name for one in api.GetLists())}


def chunked(api, picture):
    return api.PostUpdate("Uploaded in parts by python-twitter", media=[api.UploadMediaChunked(picture)])._json


def site(api):
    api.InitializeRateLimit()
    api.tweet_mode = "extended"
    status = api.GetUserTimeline(count=1)[0]
    api.tweet_mode = "compatibility"
    return {
        "limit": api.CheckRateLimit(f"{api.base_url}/statuses/home_timeline.json").limit,
        "trends": [trend.name for trend in api.GetTrendsCurrent()],
        "configuration": api.GetHelpConfiguration()["photo_size_limit"],
        "full text": status.full_text,
        "suggestions": len(api.GetUserSuggestionCategories()),
    }
