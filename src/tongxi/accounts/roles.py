"""Who may do what: one table. Pure. Source: docs/reference/roles.md.

A role is one job: nobody is administrator and auditor at once, and an account has exactly one role.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is here for."""

    OWNER = "owner"
    """Answers for the installation. Also works as a supervisor: a shop of one person is its owner."""
    ADMIN = "admin"
    """Sets the system up; reads no conversation."""
    SUPERVISOR = "supervisor"
    """Leads agents: sees all conversations, steps in."""
    EDITOR = "editor"
    """Writes and publishes knowledge."""
    AGENT = "agent"
    """Talks to customers."""
    AUDITOR = "auditor"
    """Reads settings, accounts, the audit log and what conversations there were; changes nothing."""


class Permission(StrEnum):
    """One thing a route may need."""

    LIST_CONVERSATIONS = "conversations.list"
    """That conversations exist, their state and times; without READ_CONVERSATIONS no text and no subject."""
    READ_CONVERSATIONS = "conversations.read"
    """Texts, briefing, contact, orders, attachments: of those one holds, of the queues, of the bot."""
    READ_ALL_CONVERSATIONS = "conversations.read_all"
    """Also those other agents hold."""
    ANSWER = "conversations.answer"
    """Claim, reply, note, transfer, give back, end, wrap up, follow up: as the holder."""
    TAKE_OVER = "conversations.take_over"
    """Claim from another agent."""
    WATCH_OVERVIEW = "overview.read"
    """Live figures."""
    SEE_TEAM = "team.read"
    """Names, presence and load of colleagues; queues, skills and names of inboxes."""
    READ_KNOWLEDGE = "knowledge.read"
    PROPOSE_KNOWLEDGE = "knowledge.propose"
    """Write and change drafts."""
    PUBLISH_KNOWLEDGE = "knowledge.publish"
    """Publish, unpublish, archive, import, change what is published."""
    TEACH_INTENTS = "intents.write"
    """Intents, their examples, the starter pack."""
    READ_CONFIGURATION = "configuration.read"
    CONFIGURE_QUEUES = "queues.write"
    """Queues and skills."""
    CONFIGURE_INBOXES = "inboxes.write"
    """Inboxes, embedding, identity keys."""
    CONFIGURE_CONNECTORS = "connectors.write"
    """Connectors, their secrets and tools; which internal systems may be reached."""
    CONFIGURE_MODELS = "models.write"
    """Providers, keys, orders of engines, budgets; bake-offs."""
    CONFIGURE_BOT = "bot.write"
    """The bot's settings: draft, publish, restore."""
    READ_USERS = "users.read"
    MANAGE_USERS = "users.write"
    """Accounts, roles, invitations; the owner's only with MANAGE_OWNERS."""
    MANAGE_OWNERS = "owners.write"
    READ_AUDIT = "audit.read"


_EVERYBODY: Final = frozenset({Permission.SEE_TEAM, Permission.READ_KNOWLEDGE})

_AGENT: Final = _EVERYBODY | {
    Permission.LIST_CONVERSATIONS,
    Permission.READ_CONVERSATIONS,
    Permission.ANSWER,
    Permission.PROPOSE_KNOWLEDGE,
}

_SUPERVISOR: Final = _AGENT | {
    Permission.READ_ALL_CONVERSATIONS,
    Permission.TAKE_OVER,
    Permission.WATCH_OVERVIEW,
    Permission.PUBLISH_KNOWLEDGE,
    Permission.READ_CONFIGURATION,
    Permission.CONFIGURE_QUEUES,
}

_ADMIN: Final = _EVERYBODY | {
    Permission.WATCH_OVERVIEW,
    Permission.PROPOSE_KNOWLEDGE,
    Permission.PUBLISH_KNOWLEDGE,
    Permission.TEACH_INTENTS,
    Permission.READ_CONFIGURATION,
    Permission.CONFIGURE_QUEUES,
    Permission.CONFIGURE_INBOXES,
    Permission.CONFIGURE_CONNECTORS,
    Permission.CONFIGURE_MODELS,
    Permission.CONFIGURE_BOT,
    Permission.READ_USERS,
    Permission.MANAGE_USERS,
}

MAY: Final[dict[Role, frozenset[Permission]]] = {
    Role.OWNER: _SUPERVISOR | _ADMIN | {Permission.MANAGE_OWNERS, Permission.READ_AUDIT},
    Role.ADMIN: _ADMIN,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.EDITOR: _EVERYBODY | {Permission.PROPOSE_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE, Permission.TEACH_INTENTS},
    Role.AGENT: _AGENT,
    Role.AUDITOR: _EVERYBODY
    | {
        Permission.LIST_CONVERSATIONS,
        Permission.WATCH_OVERVIEW,
        Permission.READ_CONFIGURATION,
        Permission.READ_USERS,
        Permission.READ_AUDIT,
    },
}
"""Role → what it may."""


def may(role: Role | str, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission in MAY[Role(role)]


def may_grant(granter: Role | str, role: Role | str) -> bool:
    """Whether `granter` may give, take away or act on accounts with `role`."""
    needed = Permission.MANAGE_OWNERS if Role(role) is Role.OWNER else Permission.MANAGE_USERS
    return may(granter, needed)
