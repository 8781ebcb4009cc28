"""People who work here: accounts, sign-in, sessions, invitations, and what each role may do."""

from tongxi.accounts.roles import Permission, Role, may

__all__ = ["Permission", "Role", "may"]
