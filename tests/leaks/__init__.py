"""Who may see what: restricted posts, every way to ask for them, and what counts as having seen one."""
