"""Great Expectations, fenced in: nothing outside this room imports it, not even for types.

It takes three seconds to import, so only judging imports this room.
"""
