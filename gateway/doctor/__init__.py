"""`oldbird doctor`: looks at everything a gateway needs, changes nothing, and says what to do.

    findings   what is found, and running checks within their time
    local      settings, files, key, store: needs no running gateway and no network
    looking    a store opened for reading only
    servers    the linked backends and the clock
    front      the way from a client to the gateway: address, certificate, proxy
    client     what a client sees who signs in

It has no token of anybody. What it sends through the base URL is signed with the server key (`gateway.echo`), or, when
an app password is handed to it, sent as a client would.
"""
