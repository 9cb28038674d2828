"""Somebody is blocked and muted for a while."""

STRANGER = "dave"


def unwanted(stranger, **calls):
    """What the lists held meanwhile and afterwards; each of `calls` is the three that create, list and destroy."""
    seen = {"stranger": stranger}
    for what, (create, ids, destroy) in calls.items():
        create(user_id=stranger)
        during = ids()
        destroy(user_id=stranger)
        seen[what] = [during, ids()]
    return seen


def gathered(parts, api):
    """What all parts saw, by the names they gave it."""
    return {key: value for part in parts for key, value in part(api).items()}
