-- Language models, their purposes and what they cost.

create table model_provider (
  id              uuid primary key,
  name            text not null,
  preset          text not null,                                  -- code of tongxi/llm/presets.json
  kind            text not null check (kind in ('openai_compatible','anthropic')),
  url             text not null,
  key_sealed      text,                                           -- scope model_provider:<id>:key; never given out
  key_last4       text not null default '',
  is_inside       boolean not null default false,                 -- in the operator's own network
  models          jsonb not null default '[]',                    -- [{name, input, output, currency}], price per million tokens
  quirks          jsonb not null default '{}',
  timeout_seconds float8 not null default 30,
  first_seconds   float8 not null default 20,
  idle_seconds    float8 not null default 20,
  retries         int not null default 1,
  is_active       boolean not null default true,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
create unique index model_provider_name on model_provider (lower(name));

create table model_call (                                         -- numbers and codes; no text of anybody
  id              uuid primary key,
  at              timestamptz not null,
  purpose         text not null,
  provider_id     uuid not null,                                  -- no reference: the record outlives the provider
  provider        text not null,
  model           text not null,
  conversation_id uuid references conversation on delete set null,
  rung            int not null,                                   -- place in the order of engines, 0 first
  tries           int not null,
  outcome         text not null,                                  -- ok, or why not
  ms              int not null,
  first_ms        int,                                            -- to the first piece of a stream
  input_tokens    int not null default 0,
  output_tokens   int not null default 0,
  cost            numeric(14,6),                                  -- null: the model has no price
  currency        text not null default '',
  spent           numeric(14,6) not null default 0,               -- the cost in the currency of the budget
  is_masked       boolean not null default false,
  prompt_version  int not null default 0
);
create index model_call_at on model_call (at);
create index model_call_conversation on model_call (conversation_id) where conversation_id is not null;

create table bakeoff_run (
  id              uuid primary key,
  state           text not null default 'running' check (state in ('running','done','failed','cancelled')),
  engines         jsonb not null,                                 -- ["none", "<provider>:<model>", …]
  source          jsonb not null,                                 -- where the questions come from, how many, whose labels
  k               int not null check (k between 1 and 16),
  done            int not null default 0,                         -- questions × engines × k asked
  total           int not null default 0,
  result          jsonb,                                          -- tongxi.bakeoff.report.Table
  error           text not null default '',                       -- code
  started_by      uuid references app_user on delete set null,
  created_at      timestamptz not null default now(),
  beat_at         timestamptz not null default now(),             -- the running process is alive
  ended_at        timestamptz
);
create index bakeoff_run_created on bakeoff_run (created_at desc);

-- What came of each question of a run in which the engines said different things, for people to judge.
create table bakeoff_question (
  id              uuid primary key,
  run_id          uuid not null references bakeoff_run on delete cascade,
  place           int not null,                                   -- in the order they were asked
  name            text not null,                                  -- the question's id
  language        text not null,
  conversation_id uuid references conversation on delete cascade, -- whose question it is; null: of a file
  seq             bigint,                                         -- the bot's reply to it
  text            text not null,                                  -- of a file's; a customer's words stay with his message
  outcomes        jsonb not null,                                 -- engine → its runs
  answers         jsonb not null,                                 -- what the engines said first, each thing once
  pair            text,                                           -- hash of question and answers; null: nothing to judge
  unique (run_id, place)
);
create index bakeoff_question_pair on bakeoff_question (pair) where pair is not null;
create index bakeoff_question_conversation on bakeoff_question (conversation_id) where conversation_id is not null;

create table bakeoff_judgement (
  question_id     uuid not null references bakeoff_question on delete cascade,
  user_id         uuid not null references app_user on delete cascade,
  pair            text not null,
  shown           int[] not null,                                 -- places in answers, in the order they were shown
  right_ones      int[],                                          -- places of those that are right; null: skipped
  at              timestamptz not null,
  primary key (question_id, user_id),
  unique (pair, user_id)                                          -- nobody judges the same answers twice
);
create index bakeoff_judgement_user on bakeoff_judgement (user_id);
