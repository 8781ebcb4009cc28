-- Labelled answers and the certificates made of them. A group is "<topic>.<language>".

-- Everything that is fixed before the first label is seen; never changed afterwards but for its state.
create table calibration_plan (
  id            uuid primary key,
  topic_group   text not null,
  alpha         float8 not null check (alpha > 0 and alpha < 1),   -- promised share of wrong answers
  delta         float8 not null check (delta > 0 and delta < 1),   -- chance that the promise is wrong
  grid          float8[] not null,                                 -- thresholds, strict → loose
  starts        int not null,
  n             int not null,                                      -- answers drawn
  eligible      int not null,                                      -- answers they were drawn from
  rubric        text not null,
  versions      jsonb not null,                                    -- hashes: knowledge, score, policy, model
  digest        text not null,
  state         text not null default 'labelling' check (state in ('labelling','certified','failed','void')),
  reason        text not null default '',                          -- code, when void
  author_id     uuid references app_user on delete set null,
  fixed_at      timestamptz not null,
  closed_at     timestamptz
);
create unique index calibration_plan_open on calibration_plan (topic_group) where state = 'labelling';
create index calibration_plan_group on calibration_plan (topic_group, fixed_at desc);

create function calibration_plan_is_fixed() returns trigger language plpgsql as $$
begin
  if (new.topic_group, new.alpha, new.delta, new.grid, new.starts, new.n, new.eligible, new.rubric, new.versions,
      new.digest, new.fixed_at)
     is distinct from
     (old.topic_group, old.alpha, old.delta, old.grid, old.starts, old.n, old.eligible, old.rubric, old.versions,
      old.digest, old.fixed_at) then
    raise exception 'a calibration plan is fixed before the first label';
  end if;
  return new;
end $$;
create trigger calibration_plan_is_fixed before update on calibration_plan
  for each row execute function calibration_plan_is_fixed();

create table calibration_certificate (
  id            uuid primary key,
  plan_id       uuid not null unique references calibration_plan,
  topic_group   text not null,
  alpha         float8 not null,
  delta         float8 not null,
  n             int not null,                                      -- audited answers at the threshold
  wrong         int not null,
  threshold     float8,                                            -- null: none passed, answers are a person's
  bound         float8,                                            -- Clopper–Pearson, one-sided
  coverage      float8 not null,                                   -- share of the drawn answers that would be given
  kappa         float8,                                            -- null: undefined
  planted       int not null default 0,                            -- planted errors, and how many raters let pass
  overlooked    int not null default 0,
  passed        float8[] not null default '{}',                    -- all certified thresholds
  curve         jsonb not null,
  versions      jsonb not null,
  audit_rate    float8 not null check (audit_rate between 0 and 1),
  issued_by     uuid references app_user on delete set null,
  issued_at     timestamptz not null,
  expires_at    timestamptz not null
);
create index calibration_certificate_group on calibration_certificate (topic_group, issued_at desc);

-- An answer that people judge: drawn for a plan, planted among those, or drawn to watch a certificate.
create table calibration_sample (
  id              uuid primary key,
  kind            text not null check (kind in ('plan','planted','audit')),
  plan_id         uuid references calibration_plan on delete cascade,
  certificate_id  uuid references calibration_certificate on delete cascade,
  topic_group     text not null,
  conversation_id uuid references conversation on delete set null, -- null: erased
  seq             bigint not null,                                 -- log entry with the decision
  article_id      uuid,                                            -- the article that is or would be quoted
  was_sent        boolean not null,                                -- the bot said it; else it would have at the loosest threshold
  score           float8 not null,
  raters          int not null check (raters between 1 and 2),
  verdict         text check (verdict in ('right','incomplete','wrong')),
  missing         int not null,                                    -- labels still needed; 0 when settled
  place           bigint generated always as identity,             -- order of the draw
  drawn_at        timestamptz not null,
  settled_at      timestamptz,
  constraint one_home check ((plan_id is null) <> (certificate_id is null))
);
create unique index calibration_sample_plan on calibration_sample (plan_id, kind, conversation_id);
create unique index calibration_sample_audit on calibration_sample (certificate_id, conversation_id);
create index calibration_sample_open on calibration_sample (place) where missing > 0;
create index calibration_sample_entry on calibration_sample (conversation_id, seq);

create table calibration_label (
  sample_id     uuid not null references calibration_sample on delete cascade,
  user_id       uuid not null references app_user on delete cascade,
  verdict       text not null check (verdict in ('right','incomplete','wrong')),
  via           text not null check (via in ('queue','thread','file')),
  at            timestamptz not null,
  primary key (sample_id, user_id)
);
create index calibration_label_user on calibration_label (user_id, at desc);

-- What agents think of answers nobody drew: orders the work, proves nothing.
create table answer_verdict (
  conversation_id uuid not null references conversation on delete cascade,
  seq             bigint not null,
  user_id         uuid not null references app_user on delete cascade,
  verdict         text not null check (verdict in ('right','incomplete','wrong')),
  at              timestamptz not null,
  primary key (conversation_id, seq, user_id)
);

create table calibration_alarm (
  id             uuid primary key,
  certificate_id uuid not null references calibration_certificate on delete cascade,
  topic_group    text not null,
  at             timestamptz not null,
  audits         int not null,
  wrong          int not null,
  evidence       float8 not null,                                  -- winnings of the bet; the alarm is at 1/delta
  from_threshold float8 not null,
  to_threshold   float8,                                           -- null: stopped answering in this group
  seen_by        uuid references app_user on delete set null,
  seen_at        timestamptz
);
create index calibration_alarm_certificate on calibration_alarm (certificate_id, at);

-- What an answer could be drawn from: bot decisions with what stood behind them.
create index log_entry_promise on log_entry (((data->'decision'->'promise'->>'group')), at)
  where data->'decision'->'promise' is not null;
