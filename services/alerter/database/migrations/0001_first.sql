-- Times are integers: microseconds since 1970 in UTC. Records are contracts as the codec writes them.

-- The next offset to read in each partition of the topic that has this id.
CREATE TABLE positions (
  topic       TEXT NOT NULL,
  "partition" INTEGER NOT NULL,
  topic_id    TEXT NOT NULL,
  "offset"    INTEGER NOT NULL,
  PRIMARY KEY (topic, "partition")
) STRICT, WITHOUT ROWID;

-- The reading of each story that holds: what the classifier saw, and what tells a repeat from news.
-- revised_at and position are its rank.
CREATE TABLE readings (
  story_id       TEXT PRIMARY KEY,
  url            TEXT NOT NULL,
  read_at        INTEGER NOT NULL,
  revised_at     INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  content_hash   TEXT NOT NULL,
  rules_hash     TEXT NOT NULL,
  watchlist_hash TEXT NOT NULL,
  record         BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_by_url ON readings (url);
CREATE INDEX readings_by_age ON readings (read_at);

-- The newest snapshot of each event. opened_seq places it on the page, newest first; what was merged
-- into another event is not shown there.
CREATE TABLE events (
  event_id    TEXT PRIMARY KEY,
  opened_seq  INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL,
  type        TEXT NOT NULL,
  stage       TEXT NOT NULL,
  merged_into TEXT,
  record      BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_opening ON events (opened_seq);
CREATE INDEX events_by_age ON events (changed_at);

-- Reports as they belong to events: what tracking folds. Without an event a background report waits.
CREATE TABLE sightings (
  story_id  TEXT NOT NULL,
  report_id TEXT NOT NULL,
  event_id  TEXT,
  told_at   INTEGER NOT NULL,
  record    BLOB NOT NULL,
  PRIMARY KEY (story_id, report_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_event ON sightings (event_id, told_at);
CREATE INDEX sightings_by_age ON sightings (told_at);

-- Where tracking looks for the event of a report: the companies that main reports of an event name,
-- and from when to when. A row may outlive its reports; it never says less than they do.
CREATE TABLE event_companies (
  type          TEXT NOT NULL,
  company_id    TEXT NOT NULL,
  event_id      TEXT NOT NULL,
  first_told_at INTEGER NOT NULL,
  last_told_at  INTEGER NOT NULL,
  PRIMARY KEY (type, company_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_companies_by_event ON event_companies (event_id);

-- The same for background reports that wait for an event.
CREATE TABLE waiting_companies (
  type       TEXT NOT NULL,
  company_id TEXT NOT NULL,
  told_at    INTEGER NOT NULL,
  story_id   TEXT NOT NULL,
  report_id  TEXT NOT NULL,
  PRIMARY KEY (type, company_id, told_at, story_id, report_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_companies_by_report ON waiting_companies (story_id, report_id);

-- The append-only history. AUTOINCREMENT: a sequence number is never used twice.
CREATE TABLE event_changes (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  kind     TEXT NOT NULL,
  record   BLOB NOT NULL
) STRICT;
CREATE INDEX event_changes_by_event ON event_changes (event_id, seq);
CREATE INDEX event_changes_by_age ON event_changes (at);

CREATE TABLE alerts (
  alert_id        TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  change_seq      INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  record          BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_by_event ON alerts (event_id, subscription_id, change_seq);
CREATE INDEX alerts_by_age ON alerts (at);

-- state: see DeliveryState. place is the order in which they were planned. next_at is when it may be
-- tried or, while it is being sent, when its lease runs out.
CREATE TABLE deliveries (
  delivery_id TEXT PRIMARY KEY,
  place       INTEGER NOT NULL,
  channel_id  TEXT NOT NULL,
  kind        TEXT NOT NULL,
  state       TEXT NOT NULL,
  planned_at  INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  failures    INTEGER NOT NULL,
  note        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_by_place ON deliveries (place);
CREATE INDEX deliveries_that_wait ON deliveries (channel_id, place)
  WHERE state IN ('held', 'due', 'sending', 'unknown');
CREATE INDEX deliveries_by_age ON deliveries (planned_at);

CREATE TABLE delivery_alerts (
  delivery_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  alert_id    TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_alerts_by_alert ON delivery_alerts (alert_id);

-- Alerts that wait for the message that will carry them: a burst, a digest, a summary.
CREATE TABLE gathered (
  alert_id        TEXT NOT NULL,
  channel_id      TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  kind            TEXT NOT NULL,
  gathered_at     INTEGER NOT NULL,
  closes_at       INTEGER NOT NULL,
  note            TEXT NOT NULL,
  PRIMARY KEY (channel_id, alert_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  delivery_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  status      INTEGER,
  reason      TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_age ON attempts (at);

-- A channel to which nothing goes for now: paused by a wrong key, disabled by its own answer. It is
-- usable again when its configuration changes, which `configured` is a hash of.
CREATE TABLE channel_states (
  channel_id TEXT PRIMARY KEY,
  state      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  since      INTEGER NOT NULL,
  configured TEXT NOT NULL
) STRICT, WITHOUT ROWID;
