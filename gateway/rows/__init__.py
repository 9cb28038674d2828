"""The rows of the endpoint table, one module for a family of calls."""
