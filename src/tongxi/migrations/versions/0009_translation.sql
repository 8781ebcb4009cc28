-- Glossary and translated messages.

-- A translation stands in its message: content.translation = {language, text} or {language, failed}; so erasing a message
-- erases it too.
create table glossary_term (
  id              uuid primary key,
  source_language text not null,
  target_language text not null,
  source          text not null check (source <> ''),
  target          text not null check (target <> ''),
  updated_at      timestamptz not null default now(),
  check (source_language <> target_language)
);
create unique index glossary_term_once on glossary_term (source_language, target_language, lower(source));

create table translator (                                          -- one row: the outside service and its sealed key
  one             boolean primary key default true check (one),
  key_sealed      text,
  key_last4       text not null default ''
);
