"""A conversation: one holder, one log.

`state` the states and the transition table (pure) · `events` the facts (pure) · `log` hold and record, the only way
a conversation changes · `append` the message path · `queries` reads.
"""
