-- The first schema. Reviewed SQL; never edited after release: later changes are files of their own.

create table installation (
  id           boolean primary key default true check (id),      -- one row
  name         text not null default 'Tongxi',
  history_id   uuid not null,                                     -- changes when a backup is restored: clients resync
  created_at   timestamptz not null default now()
);

-- ── people who work here ────────────────────────────────────────────────────────────────────────────
create table app_user (
  id            uuid primary key,
  email         text not null,
  name          text not null,
  password_hash text,
  role          text not null check (role in ('owner','admin','supervisor','editor','agent','auditor')),
  title         text not null default '',                         -- shown to customers, e.g. 售后专席
  locale        text not null default 'zh',
  theme         text not null default 'system',
  is_active     boolean not null default true,
  capacity      int not null default 5 check (capacity between 0 and 500),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
create unique index app_user_email on app_user (lower(email));

create table user_session (
  token_hash    bytea primary key,
  user_id       uuid not null references app_user on delete cascade,
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz not null default now(),
  expires_at    timestamptz not null,
  ip            text not null default '',
  user_agent    text not null default ''
);
create index user_session_user on user_session (user_id);

create table login_failure (
  key           text primary key,                                 -- account or address
  failures      int not null,
  last_at       timestamptz not null,
  locked_until  timestamptz
);

create table invitation (
  id            uuid primary key,
  token_hash    bytea not null unique,
  email         text not null,
  role          text not null,
  invited_by    uuid references app_user on delete set null,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  accepted_at   timestamptz
);

create table skill (
  code          text primary key,
  name          text not null
);
create table user_skill (
  user_id       uuid not null references app_user on delete cascade,
  skill         text not null references skill on delete cascade,
  level         int not null default 1 check (level between 1 and 5),
  primary key (user_id, skill)
);

create table queue (
  id            uuid primary key,
  name          text not null,
  skill         text references skill,                            -- who may take from it; null: everyone
  promise       interval not null default interval '30 minutes',  -- told when nobody is on duty
  assignment    text not null default 'auto' check (assignment in ('auto','pull')),  -- given out, or taken by agents
  is_default    boolean not null default false,
  position      int not null default 0,
  created_at    timestamptz not null default now()
);
create unique index queue_one_default on queue (is_default) where is_default;
create index queue_skill on queue (skill);
create table queue_member (                                       -- no rows for a queue: all agents are members
  queue_id      uuid not null references queue on delete cascade,
  user_id       uuid not null references app_user on delete cascade,
  primary key (queue_id, user_id)
);
create index queue_member_user on queue_member (user_id);

create table presence (
  user_id       uuid primary key references app_user on delete cascade,
  state         text not null default 'away' check (state in ('online','break','away')),
  reason        text not null default '',
  since         timestamptz not null default now(),
  leased_until  timestamptz not null default 'epoch'              -- database time; renewed while a socket is open
);

-- ── channels and customers ──────────────────────────────────────────────────────────────────────────
create table inbox (
  id            uuid primary key,
  key           text not null unique,                             -- public, in the embed snippet
  name          text not null,
  channel       text not null default 'web',
  queue_id      uuid references queue,
  settings      jsonb not null default '{}',                      -- tongxi.configuration.InboxSettings
  identity_keys jsonb not null default '[]',                      -- [{id, secret (sealed), created_at}], newest first, two active
  is_active     boolean not null default true,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
create index inbox_queue on inbox (queue_id);

create table contact (
  id            uuid primary key,
  name          text not null default '',
  email         text,
  phone         text,
  external_id   text,                                             -- the shop's own id, only ever from a verified identity
  is_verified   boolean not null default false,
  tier          text not null default '',
  locale        text not null default '',
  attributes    jsonb not null default '{}',
  browsing_opt_out boolean not null default false,
  merged_into   uuid references contact,
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz not null default now()
);
create unique index contact_external on contact (external_id) where external_id is not null;
create index contact_name on contact (lower(name) text_pattern_ops);
create index contact_merged_into on contact (merged_into) where merged_into is not null;

create table visitor_session (
  token_hash    bytea primary key,
  id            uuid not null unique,
  contact_id    uuid not null references contact on delete cascade,
  inbox_id      uuid not null references inbox on delete cascade,
  is_verified   boolean not null default false,                   -- this session proved the identity
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  revoked_at    timestamptz
);
create index visitor_session_contact on visitor_session (contact_id);
create index visitor_session_inbox on visitor_session (inbox_id);

create table page_view (
  id            bigint generated always as identity primary key,
  contact_id    uuid not null references contact on delete cascade,
  url           text not null,
  title         text not null default '',
  referrer      text not null default '',
  at            timestamptz not null default now()
);
create index page_view_contact on page_view (contact_id, at desc);

-- ── the conversation: one row, one log ──────────────────────────────────────────────────────────────
create table conversation (
  id             uuid primary key,
  number         bigint generated always as identity (start with 10001) unique,
  inbox_id       uuid not null references inbox,
  contact_id     uuid not null references contact,
  session_id     uuid,                                            -- visitor session that opened it (merge rule)
  state          text not null default 'bot' check (state in ('bot','queued','active','wrap_up','closed')),
  epoch          int not null default 1,                          -- rises with every change of holder
  holder_id      uuid references app_user,                        -- the agent, in active and wrap_up
  queue_id       uuid references queue,
  seq            bigint not null default 0,                       -- last log entry
  public_seq     bigint not null default 0,                       -- last entry the customer can see
  customer_seq   bigint not null default 0,                       -- last customer message
  answered_seq   bigint not null default 0,                       -- customer messages up to here are answered
  customer_read_seq bigint not null default 0,
  agent_read_seq bigint not null default 0,
  responsible    text check (responsible in ('bot','queue','agent','customer')),
  next_action_at timestamptz,                                     -- when `responsible` is overdue
  waiting_since  timestamptz,                                     -- oldest unanswered customer message
  queued_at      timestamptz,                                     -- kept when a conversation goes back to the front
  priority       int not null default 0,                          -- higher first
  promised_at    timestamptz,                                     -- the wait told to the customer
  episode        int not null default 1,
  language       text not null default 'zh',
  subject        text not null default '',                        -- topic code or intent, not customer text
  mood           smallint not null default 0,                     -- -3 … 2, last signal
  bot            jsonb not null default '{}',                     -- flow position, slots, clarifications (tongxi.bot.memory)
  slots          jsonb not null default '{}',                     -- known facts {code: {value, seq, verified}}
  tags           text[] not null default '{}',
  unread         int not null default 0,                          -- customer messages the agents have not read
  last_by        text not null default '',
  last_text      text not null default '',                        -- preview ≤ 120 characters; erased with the text
  last_at        timestamptz,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),              -- last entry; no index, see below
  changed_at     timestamptz not null default now(),              -- last change of state or holder
  constraint open_has_owner check (state in ('closed') or (responsible is not null and next_action_at is not null)),
  constraint agent_holds check ((state in ('active','wrap_up')) = (holder_id is not null))
) with (fillfactor = 80);
-- A message updates this row and no index: none may hold a column the message path writes (next_action_at, updated_at,
-- last_at …), so that PostgreSQL updates in place (HOT). The sweeper walks the open rows, which are few.
create index conversation_open on conversation (id) where state <> 'closed';
create index conversation_contact on conversation (contact_id, created_at desc);
create index conversation_holder on conversation (holder_id, state) where holder_id is not null;
create index conversation_queue on conversation (priority desc, queued_at) where state = 'queued';
create index conversation_state on conversation (state, changed_at desc, id desc);
create index conversation_changed on conversation (changed_at desc, id desc);
create index conversation_inbox on conversation (inbox_id, changed_at desc, id desc);
create index conversation_queue_id on conversation (queue_id);

create table message (
  id              uuid primary key,
  conversation_id uuid not null references conversation on delete cascade,
  seq             bigint not null,
  sender          text not null check (sender in ('customer','bot','agent','system')),
  author_id       uuid not null,                                  -- contact, user, or the nil id
  client_id       text not null,
  is_note         boolean not null default false,
  text            text not null,
  content         jsonb not null default '{}',
  at              timestamptz not null,
  erased_at       timestamptz,
  unique (conversation_id, sender, author_id, client_id),
  unique (conversation_id, seq)
);

create table log_entry (
  conversation_id uuid not null references conversation on delete cascade,
  seq             bigint not null,
  type            text not null,
  at              timestamptz not null,
  actor           text not null,                                  -- customer | bot | agent | system
  actor_id        uuid,
  data            jsonb not null default '{}',                    -- ids, codes, numbers; never customer text
  primary key (conversation_id, seq)
);

-- Who held it when: the seat strip, reasons and waits of a list are read without walking the whole log.
create index log_entry_moves on log_entry (conversation_id, seq)
  where type in ('started','handed_off','assigned','claimed','given_back','ended','wrapped_up','reopened');
create index log_entry_departures on log_entry (at) where type in ('assigned','claimed');

create table episode (
  conversation_id uuid not null references conversation on delete cascade,
  episode         int not null,
  opened_at       timestamptz not null,
  ended_at        timestamptz,
  ended_by        text,
  disposition     text,
  outcome         text,
  summary         text,
  tags            text[] not null default '{}',
  hard_case       boolean not null default false,
  worth_writing   boolean not null default false,
  wrapped_up_by   uuid references app_user,
  wrapped_up_at   timestamptz,
  primary key (conversation_id, episode)
);

create table rating (
  conversation_id uuid not null references conversation on delete cascade,
  episode         int not null,
  resolved        boolean,
  csat            smallint check (csat between 1 and 5),
  reasons         text[] not null default '{}',
  comment         text not null default '',
  skipped         boolean not null default false,
  at              timestamptz not null default now(),
  primary key (conversation_id, episode)
);

create table answer_feedback (
  conversation_id uuid not null references conversation on delete cascade,
  seq             bigint not null,
  helpful         boolean not null,
  at              timestamptz not null default now(),
  primary key (conversation_id, seq)
);

create table attachment (
  id              uuid primary key,
  inbox_id        uuid references inbox,
  conversation_id uuid references conversation on delete cascade,  -- set when a message carries it
  contact_id      uuid references contact on delete cascade,       -- uploader, if a customer
  user_id         uuid references app_user,                        -- uploader, if an agent
  name            text not null,
  mime            text not null,
  size            bigint not null,
  width           int,
  height          int,
  sha256          bytea not null,
  path            text not null,                                   -- below the data folder
  created_at      timestamptz not null default now()
);
create index attachment_conversation on attachment (conversation_id);
create index attachment_contact on attachment (contact_id);

create table follow_up (
  id              uuid primary key,
  number          bigint generated always as identity (start with 2001) unique,
  conversation_id uuid not null references conversation on delete cascade,
  contact_id      uuid not null references contact on delete cascade,
  kind            text not null check (kind in ('message','callback')),
  reason          text not null,                                   -- code: off_hours, asked, abandoned …
  phone           text not null default '',
  email           text not null default '',
  promised_at     timestamptz not null,
  state           text not null default 'open' check (state in ('open','done')),
  assignee_id     uuid references app_user,
  created_at      timestamptz not null default now(),
  done_at         timestamptz
);
create index follow_up_open on follow_up (promised_at) where state = 'open';
create index follow_up_conversation on follow_up (conversation_id);
create index follow_up_contact on follow_up (contact_id);

-- ── knowledge: one base for bot and agents ──────────────────────────────────────────────────────────
create table article (
  id            uuid primary key,
  slug          text unique,                                       -- stable id of an imported entry
  language      text not null,
  title         text not null,
  body          text not null,                                     -- Markdown subset
  questions     text[] not null default '{}',                      -- example phrasings
  intent        text not null default '',
  audience      text not null default 'everyone' check (audience in ('everyone','agents')),
  status        text not null default 'draft' check (status in ('draft','published','archived')),
  version       int not null default 1,
  source        text not null default '',                          -- file name or URL
  collection    text not null default '',
  valid_until   date,
  created_by    uuid references app_user on delete set null,
  updated_by    uuid references app_user on delete set null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  published_at  timestamptz
);
create index article_status on article (status, language);
create index article_collection on article (collection);

create table article_version (
  article_id    uuid not null references article on delete cascade,
  version       int not null,
  title         text not null,
  body          text not null,
  questions     text[] not null default '{}',
  author_id     uuid references app_user on delete set null,
  at            timestamptz not null default now(),
  published     boolean not null default false,
  primary key (article_id, version)
);

create table configuration (                                       -- what the business sets, versioned
  name          text not null,
  version       int not null,
  value         jsonb not null,
  author_id     uuid references app_user on delete set null,
  at            timestamptz not null default now(),
  primary key (name, version)
);

create table audit_entry (
  seq           bigint generated always as identity primary key,
  at            timestamptz not null default now(),
  actor_id      uuid,
  action        text not null,
  subject       text not null default '',
  data          jsonb not null default '{}',
  ip            text not null default ''
);
