"""A client-to-server ActivityPub server of the embedded dialect, written from reference/activitypub-c2s.md section 4.

`world` keeps documents, `views` writes them out, `verbs` does what activities ask for, `delivery` takes them to people
here and on another instance, `oauth`, `uploads` and `routes` are the HTTP side, `strange` breaks things on purpose.
"""
