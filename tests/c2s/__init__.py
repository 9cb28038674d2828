"""Client-to-server ActivityPub servers for the tests: a real one (bovine) and our own of the other dialect."""
