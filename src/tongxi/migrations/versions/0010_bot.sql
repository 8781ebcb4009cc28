-- The bot's settings: one draft that everybody edits, and what each published version is about.
-- The published versions are rows 'bot' of `configuration`.

alter table configuration
  add column note          text not null default '',
  add column restored_from int;                                   -- this version says again what that one said

create table bot_draft (
  id            boolean primary key default true check (id),      -- one row
  value         jsonb not null,                                   -- tongxi.configuration.bot.BotSettings
  based_on      int not null,                                     -- published version it was begun from
  revision      int not null default 1,                           -- rises with each save: the last one never wins unseen
  author_id     uuid references app_user on delete set null,
  updated_at    timestamptz not null
);

-- What the bot decided lately, for the figures beside each rule.
create index log_entry_bot_decisions on log_entry (at) where actor = 'bot' and data ? 'decision';
