"""People at work: `service` what an agent can do with a conversation, `briefing` what he reads on taking over,
`wrap_up` the paperwork, `presence` who is at his desk.
"""
