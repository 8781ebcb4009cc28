-- More kinds of knowledge: sources that are read again, validity from a day on.

create table knowledge_source (                                     -- a page or site that is read again and again
  id            uuid primary key,
  url           text not null unique,
  scope         text not null check (scope in ('page','site','sitemap')),
  language      text not null default '',                          -- '' is recognised page by page
  collection    text not null default '',
  audience      text not null default 'everyone' check (audience in ('everyone','agents')),
  publish       boolean not null default true,
  max_pages     int not null default 100,
  every_hours   int not null default 0,                            -- 0: only when asked
  state         text not null default 'waiting' check (state in ('waiting','running','done','failed')),
  due_at        timestamptz,                                       -- when it is read next; null: when asked
  started_at    timestamptz,
  finished_at   timestamptz,
  report        jsonb not null default '{}',                       -- counts and pages left out, with the reason
  created_by    uuid references app_user on delete set null,
  created_at    timestamptz not null default now()
);
create index knowledge_source_due on knowledge_source (due_at) where due_at is not null;

alter table article
  add column valid_from date,
  add column source_id uuid references knowledge_source on delete set null,
  add column imported bytea;                                       -- digest of what was imported last
create index article_source on article (source_id) where source_id is not null;

-- Sentence vectors of published texts, from a configured endpoint; without one the table stays empty.
create table text_vector (
  model         text not null,                                     -- address and name of the model
  digest        bytea not null,                                    -- of the text
  tries         int not null default 0,                            -- times the endpoint refused this very text
  due_at        timestamptz not null default now(),                -- when it is asked for, while there is no vector
  stored_at     timestamptz,
  primary key (model, digest)
);
-- pgvector where it can be had; else bytes (float32, little endian), and the process compares: the column's type tells.
do $$
begin
  create extension if not exists vector;
exception when others then
  raise notice 'without pgvector: %', sqlerrm;
end $$;
do $$
begin
  execute 'alter table text_vector add column vector '
    || case when to_regtype('vector') is null then 'bytea' else 'vector' end;
end $$;

-- Pictures, videos and files that stand in articles; the body names them, `![text](media:<id> "caption")`.
create table media (
  id            uuid primary key,
  digest        bytea not null unique,                             -- of the file as it came: the same one is kept once
  name          text not null,
  mime          text not null,
  size          bigint not null,                                   -- as it is kept
  width         int,
  height        int,
  path          text not null,                                     -- below the data folder
  source        text not null default '',                          -- address it was fetched from, last
  created_by    uuid references app_user on delete set null,
  kept_at       timestamptz not null default now()                 -- when it came, last
);
create index media_source on media (source) where source <> '';
create index media_created_by on media (created_by, kept_at);
create table article_media (                                       -- what a version of an article refers to
  article_id    uuid not null,
  version       int not null,
  media_id      uuid not null references media,
  primary key (article_id, version, media_id),
  foreign key (article_id, version) references article_version on delete cascade
);
create index article_media_media on article_media (media_id);
