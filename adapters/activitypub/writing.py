"""The writing half of an ActivityPub backend: activities posted to the own outbox (activitypub-c2s section 8).

Every change goes the same way, so that lists show it with the answer and no activity is read back twice:

    sent = await self.link.client.send(activity)            # Sent(id, document); Unsupported where it was swallowed
    done = await self.link.completed(activity, sent)        # with the server's ids, the object embedded
    await self.link.mirror.wrote(done)                      # in all lists at once; the next sync knows it by its id
    return await self.shown(native)                         # hub.Entry of the object (of a boost: of the Announce)

`self.link` (`adapters.activitypub.link.Link`) is what all sessions of the account share:

    .facts      Facts: actor, followers, upload_url, upload ("wiki", "pleroma", ""), whole (an Update replaces),
                collections (lists live on the server, and can be addressed), capabilities
    .client     Client: send(activity), posted(url, content, headers), document(id), own(url)
    .library    Library: documents(ids), document(id, seconds=0) read anew, people(ids), person(id)
    .mirror     Mirror: wrote(activity), activity_of(verb, object) -> id of the own activity to undo, or ""
    .lists      Lists: groups kept here where the server has no collections (put, drop, all)

`self.known(native)` is the document of a status, of a boost that of the original; `self.now()` the date to send.
What was sent and got no answer raises OutcomeUnknown; `own_newest` reads the outbox anew, which settles it.
"""

from __future__ import annotations

from adapters.activitypub.posting import Posting
from adapters.activitypub.reacting import Reacting
from adapters.activitypub.relating import Relating


class Writing(Posting, Reacting, Relating):
    """Changes as one account: own posts, reactions, groups, files, profile, contacts."""
