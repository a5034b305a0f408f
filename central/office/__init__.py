"""The room for people: pages, users, permissions; owner of the schema that the dock writes to."""
