"""The documents: their commands are run."""
