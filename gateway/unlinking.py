"""Taking an account out of the gateway with everything kept for it: `oldbird unlink`, and the page."""

from __future__ import annotations

from gateway.oauth.consumers import Consumers
from gateway.photos import PLACES, RECORDS
from gateway.stores.store import AccountRecord, Store
from gateway.vault import Vault

STEP = 1000


async def unlink(store: Store, vault: Vault, account: AccountRecord) -> bool:
    """Remove the account, its logins and granted tokens, the consumers it made, and all its records; False when it is
    gone already. Running processes refuse its logins from their next request on; web sessions end.

    The integers of posts stay, others share them. The backend's own token is not revoked: only who has a login's secret
    can. Interrupted, it can be asked for again. Raises StoreDown.
    """
    await Consumers(store, vault).forget(account.id)
    photos = tuple(await store.records(account.id, RECORDS))
    for start in range(0, len(photos), STEP):
        await store.drop_records(PLACES, RECORDS, photos[start : start + STEP])
    return await store.remove_account(account.id)
