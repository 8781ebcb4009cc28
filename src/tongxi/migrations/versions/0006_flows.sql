-- Flows as versioned data and what they did.

-- The operator's own versions; a flow without a row is the shipped one, switched on.
create table flow (
  name          text primary key check (name ~ '^[a-z][a-z0-9_]{1,39}$'),
  is_enabled    boolean not null default true,
  live_version  int,                                              -- null: as shipped (or, without a shipped one, none)
  updated_at    timestamptz not null default now(),
  updated_by    uuid references app_user on delete set null
);
create index flow_updated_by on flow (updated_by) where updated_by is not null;

create table flow_version (
  name          text not null references flow on delete cascade,
  version       int not null,
  status        text not null check (status in ('draft','published','archived')),
  source        text not null check (length(source) <= 200000),   -- YAML
  note          text not null default '',
  created_at    timestamptz not null default now(),
  created_by    uuid references app_user on delete set null,
  published_at  timestamptz,
  primary key (name, version)
);
create unique index flow_version_draft on flow_version (name) where status = 'draft';
create index flow_version_created_by on flow_version (created_by) where created_by is not null;

-- One write a customer agreed to. No customer data: arguments stay with the conversation until it is carried out.
create table flow_write (
  key             text primary key,                               -- idempotency key
  conversation_id uuid not null references conversation on delete cascade,
  flow            text not null,
  version         int not null default 0,
  step            text not null,
  tool            text not null,
  state           text not null default 'pending' check (state in ('pending','done','refused','unknown','failed')),
  reason          text not null default '',
  confirmed_seq   bigint not null,                                -- the customer's message with the yes
  confirmed_at    timestamptz not null default now(),
  done_at         timestamptz
);
create index flow_write_conversation on flow_write (conversation_id);
create index flow_write_open on flow_write (confirmed_at) where state in ('pending','unknown');

-- The runs of a flow, newest first.
create index log_entry_flow on log_entry (((data->'decision'->'flow'->>'name')), at)
  where data->'decision'->'flow' is not null;
