-- The circuit breaker: how many suppressing verdicts are usual, the waves that went far above it, and the
-- suppressions that wait for a person's word because of one.
--
--   verdict_key ── verdict_count      wave ──┬── hold ── address
--                                            └── event.wave

-- Of an event: the wave that it belongs to, below 0 when a person discarded it; 0 = none, or a person said
-- that the wave was real. An event with a wave counts towards no suppression.
ALTER TABLE event ADD COLUMN wave INTEGER NOT NULL DEFAULT 0;
CREATE INDEX event_by_wave ON event (wave, address_id) WHERE wave <> 0;

CREATE TABLE verdict_key (
  id   INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,  -- word: 'provider', 'text'
  name TEXT NOT NULL,     -- the provider, or the normalised text
  UNIQUE (kind, name)
) STRICT;

-- A slot is ten minutes: the time of the verdicts divided by 600.
CREATE TABLE verdict_count (
  key_id     INTEGER NOT NULL REFERENCES verdict_key (id),
  slot       INTEGER NOT NULL,
  usual      INTEGER NOT NULL,
  in_wave    INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  PRIMARY KEY (key_id, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE wave (
  id         INTEGER PRIMARY KEY,
  kind       INTEGER NOT NULL,  -- word
  state      INTEGER NOT NULL,  -- word
  first_at   INTEGER NOT NULL,
  last_at    INTEGER NOT NULL,
  tripped_at INTEGER NOT NULL,
  told_at    INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  count      INTEGER NOT NULL,
  bound      INTEGER NOT NULL,
  usual      INTEGER NOT NULL,
  name       TEXT NOT NULL,
  sample     TEXT NOT NULL
) STRICT;
CREATE INDEX wave_by_name ON wave (kind, name);

-- The columns from reason on are those of suppression.
CREATE TABLE hold (
  wave_id    INTEGER NOT NULL REFERENCES wave (id),
  address_id INTEGER NOT NULL REFERENCES address (id),
  at         INTEGER NOT NULL,
  reason     INTEGER NOT NULL,  -- word
  confidence INTEGER NOT NULL,  -- word
  status     INTEGER NOT NULL,  -- word
  vendor     INTEGER NOT NULL,  -- word
  rule       INTEGER NOT NULL,  -- word
  source     INTEGER NOT NULL,  -- word
  scope      INTEGER NOT NULL,  -- word
  mailbox    INTEGER NOT NULL,  -- word
  count      INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  event_id   INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  diagnostic TEXT NOT NULL,
  note       TEXT NOT NULL,
  provider   INTEGER NOT NULL,  -- word
  batch      INTEGER NOT NULL,  -- word
  PRIMARY KEY (wave_id, address_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_by_address ON hold (address_id);
