"""tweepy's calls beyond the specification; what was changed is changed back."""

from unwanted import STRANGER, gathered, unwanted


def further(api, picture):
    """What each call gave, by a name."""
    parts = (people, blocked_and_muted, statuses, boosts, messages, lists, searches, site)
    return {"chunked": chunked(api, picture), **gathered(parts, api)}


def people(api):
    found = api.lookup_friendships(screen_name=["bob", STRANGER])
    source, target = api.get_friendship(source_screen_name="alice", target_screen_name="bob")
    renamed = [api.update_profile(name=name).name for name in ("Alice T. Example", "Alice Example")]
    return {
        "relations": {one.screen_name: [one.is_following, one.is_followed_by, one.no_relationship] for one in found},
        "friendship": [source.following, target.followed_by],
        "renamed": renamed,
        "incoming": api.incoming_friendships(),
        "no retweets": api.no_retweets_friendships(),
        "updated": api.update_friendship(screen_name="bob", retweets=True)[1].screen_name,
    }


def blocked_and_muted(api):
    return unwanted(
        api.get_user(screen_name=STRANGER).id,
        blocked=(api.create_block, api.get_blocked_ids, api.destroy_block),
        muted=(api.create_mute, api.get_muted_ids, api.destroy_mute),
    )


def statuses(api):
    status = api.user_timeline(count=1)[0]
    return {
        "several": [one.id for one in api.lookup_statuses([status.id, 1])] == [status.id],
        "full text": api.get_status(status.id, tweet_mode="extended").full_text == status.text,
        "embedded": api.get_oembed(status.external_url)["html"],
    }


def boosts(api):
    """Of one's own post, which is gone afterwards."""
    made = api.update_status("Boosted and not")
    boosted = api.retweet(made.id)
    seen = {
        "boosts": [one.retweeted_status.id == made.id for one in api.get_retweets(made.id)],
        "boosters": api.get_retweeter_ids(made.id),
        "mine": sorted({one.user.screen_name for one in api.get_retweets_of_me()}),
        "unboosted": api.unretweet(made.id).retweeted,
    }
    api.destroy_status(made.id)
    return {**seen, "apart": boosted.id != made.id}


def messages(api):
    sent = api.send_direct_message(api.get_user(screen_name="carol").id, "A message to be deleted")
    shown = api.get_direct_message(sent.id)
    api.delete_direct_message(sent.id)
    return {
        "shown": shown.message_create["message_data"]["text"],
        "deleted": sent.id not in {one.id for one in api.get_direct_messages(count=50)},
    }


def lists(api):
    made = api.create_list("Tweepy's list")
    api.add_list_member(list_id=made.id, screen_name="bob")
    seen = {
        "members": [one.screen_name for one in api.get_list_members(list_id=made.id)],
        "of the list": {one.user.screen_name for one in api.list_timeline(list_id=made.id, count=5)} == {"bob"},
        "renamed list": api.update_list(list_id=made.id, name="Their list").name,
    }
    api.destroy_list(list_id=made.id)
    return {**seen, "lists left": sorted(one.name for one in api.get_lists())}


def searches(api):
    made = api.create_saved_search("#topic1")
    kept = [one.query for one in api.get_saved_searches()]
    api.destroy_saved_search(made.id)
    return {"searches": [kept, api.get_saved_searches()]}


def chunked(api, picture):
    media = api.chunked_upload(picture, file_type="image/png", media_category="tweet_image")
    return api.update_status("Uploaded in parts by tweepy", media_ids=[media.media_id])._json


def site(api):
    return {
        "limits": api.rate_limit_status()["resources"]["statuses"]["/statuses/home_timeline"],
        "settings": api.get_settings()["screen_name"],
        "languages": [one["code"] for one in api.supported_languages()],
        "places": [one["woeid"] for one in api.available_trends()],
        "trends": api.get_place_trends(1)[0]["locations"][0]["woeid"],
    }
