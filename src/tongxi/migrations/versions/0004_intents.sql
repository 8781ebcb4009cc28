-- Intents, their example questions and what they were trained on.

create table intent (
  id            uuid primary key,
  code          text not null unique,                              -- topic code; stable
  name_zh       text not null default '',
  name_en       text not null default '',
  about_zh      text not null default '',
  about_en      text not null default '',
  kind          text not null default 'question' check (kind in ('question','task','complaint','chitchat')),
  domain        text not null default '',                          -- group it is listed under
  enabled       boolean not null default true,
  article       text not null default '',                          -- slug, without language, of the entry that answers it
  flow          text not null default '',                          -- name of the flow that carries it out
  source        text not null default 'operator' check (source in ('starter','operator')),
  updated_by    uuid references app_user on delete set null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
create index intent_domain on intent (domain, code);

create table intent_example (
  id            uuid primary key,
  intent_id     uuid not null references intent on delete cascade,
  text          text not null,
  language      text not null check (language in ('zh','en')),
  source        text not null check (source in ('starter','operator','confirmed')),
  conversation_id uuid references conversation on delete set null, -- where a confirmed one was said
  added_by      uuid references app_user on delete set null,
  added_at      timestamptz not null default now(),
  removed_at    timestamptz                                        -- kept, so that what a model was trained on can be told
);
create unique index intent_example_once on intent_example (intent_id, md5(text)) where removed_at is null;
create index intent_example_conversation on intent_example (conversation_id) where conversation_id is not null;

create table intent_state (                                         -- one row; rises with every change
  id            boolean primary key default true check (id),
  revision      bigint not null default 0
);
insert into intent_state default values;

create table intent_model (                                         -- what was learnt, for every process
  fingerprint   text primary key,
  started_at    timestamptz not null,
  trained_at    timestamptz,
  data          bytea,                                             -- tongxi.intents.model.IntentModel.dump
  figures       jsonb not null default '{}',
  error         text not null default ''
);
