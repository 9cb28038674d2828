"""OAuth 1.0a: clients that sign their requests (RFC 5849; reference/wire-statuses-users.md 1.8, clients.md 3.2).

    parameters  what a request says, wherever it says it        signatures  is it signed as it should be, and once only
    consumers   the programs that may ask for access            grants      request tokens, and a person's yes or no
    access      requests signed with an access token            provider    the two token calls, and xAuth

Access tokens are logins like any other (`LoginRecord.kind` "oauth"): listed, marked as used, revoked with them.
"""
