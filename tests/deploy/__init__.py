"""What `deploy/` holds, and running the gateway as operators do."""
