"""The table of roles: what must never be in it."""

from tongxi.accounts.roles import MAY, Permission, Role, may, may_grant

CHANGES = {
    Permission.ANSWER, Permission.TAKE_OVER, Permission.PROPOSE_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE,
    Permission.CONFIGURE_QUEUES, Permission.CONFIGURE_INBOXES, Permission.CONFIGURE_CONNECTORS,
    Permission.CONFIGURE_MODELS, Permission.TEACH_INTENTS, Permission.MANAGE_USERS, Permission.MANAGE_OWNERS,
}  # fmt: skip


def test_every_role_has_a_row() -> None:
    assert set(MAY) == set(Role)


def test_every_permission_is_somebodys() -> None:
    assert set().union(*MAY.values()) == set(Permission)


def test_an_auditor_changes_nothing() -> None:
    assert not MAY[Role.AUDITOR] & CHANGES


def test_admins_auditors_and_editors_read_no_conversation() -> None:
    for role in (Role.ADMIN, Role.AUDITOR, Role.EDITOR):
        assert not may(role, Permission.READ_CONVERSATIONS)


def test_nobody_who_sets_the_system_up_reads_the_audit_log_but_the_owner() -> None:
    readers = {role for role in Role if may(role, Permission.READ_AUDIT)}
    assert readers == {Role.OWNER, Role.AUDITOR}


def test_whoever_reads_texts_also_sees_the_list() -> None:
    for role in Role:
        assert not may(role, Permission.READ_CONVERSATIONS) or may(role, Permission.LIST_CONVERSATIONS)
        assert not may(role, Permission.ANSWER) or may(role, Permission.READ_CONVERSATIONS)


def test_only_owners_make_owners() -> None:
    assert [role for role in Role if may_grant(role, Role.OWNER)] == [Role.OWNER]
    assert [role for role in Role if may_grant(role, Role.AGENT)] == [Role.OWNER, Role.ADMIN]
