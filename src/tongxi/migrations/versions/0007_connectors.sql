-- Connectors to other systems, set on screen.

create table connector (
  id            uuid primary key,
  kind          text not null check (kind in ('http','mcp','shopify','woocommerce')),
  name          text not null unique,                              -- starts the names of its tools: crm__points
  title         text not null,                                     -- what people call the system
  settings      jsonb not null default '{}',                       -- tongxi.connectors.kinds
  secret        text not null default '',                          -- sealed for connector:<id>; never given out
  secret_hint   text not null default '',                          -- its last characters
  tools         jsonb not null default '{}',                       -- tool → allowed, effect, contact argument, public
  discovered    jsonb not null default '[]',                       -- tools as the system itself described them
  enabled       boolean not null default true,
  version       int not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  updated_by    uuid references app_user on delete set null
);
