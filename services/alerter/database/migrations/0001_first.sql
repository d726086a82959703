-- Times are integers: microseconds since 1970 in UTC. Records are contracts as the codec writes them.

-- The next offset to read in each partition of the topic that has this id.
CREATE TABLE positions (
  topic       TEXT NOT NULL,
  "partition" INTEGER NOT NULL,
  topic_id    TEXT NOT NULL,
  "offset"    INTEGER NOT NULL,
  PRIMARY KEY (topic, "partition")
) STRICT, WITHOUT ROWID;

-- What the classifier saw in each story, for explain and for the next content of the story.
CREATE TABLE readings (
  story_id TEXT PRIMARY KEY,
  url      TEXT NOT NULL,
  read_at  INTEGER NOT NULL,
  record   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_by_url ON readings (url);
CREATE INDEX readings_by_age ON readings (read_at);

-- The newest snapshot of each event. opened_seq places it on the page, newest first.
CREATE TABLE events (
  event_id    TEXT PRIMARY KEY,
  opened_seq  INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL,
  type        TEXT NOT NULL,
  stage       TEXT NOT NULL,
  record      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_opening ON events (opened_seq);

-- Reports as they belong to events: what tracking folds.
CREATE TABLE sightings (
  report_id TEXT PRIMARY KEY,
  story_id  TEXT NOT NULL,
  event_id  TEXT NOT NULL,
  told_at   INTEGER NOT NULL,
  record    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_story ON sightings (story_id);
CREATE INDEX sightings_by_event ON sightings (event_id, told_at);

-- Which events of a type a company is in: where tracking looks for the event of a report.
CREATE TABLE event_companies (
  type         TEXT NOT NULL,
  company_id   TEXT NOT NULL,
  event_id     TEXT NOT NULL,
  last_told_at INTEGER NOT NULL,
  PRIMARY KEY (type, company_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_companies_by_event ON event_companies (event_id);

-- The append-only history. AUTOINCREMENT: a sequence number is never used twice.
CREATE TABLE event_changes (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  kind     TEXT NOT NULL,
  record   TEXT NOT NULL
) STRICT;
CREATE INDEX event_changes_by_event ON event_changes (event_id, seq);
CREATE INDEX event_changes_by_age ON event_changes (at);

CREATE TABLE alerts (
  alert_id        TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  change_seq      INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  record          TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_by_event ON alerts (event_id, subscription_id, change_seq);
CREATE INDEX alerts_by_age ON alerts (at);

-- state: see DeliveryState. lease_until is set while it is being sent.
CREATE TABLE deliveries (
  delivery_id TEXT PRIMARY KEY,
  channel_id  TEXT NOT NULL,
  kind        TEXT NOT NULL,
  state       TEXT NOT NULL,
  planned_at  INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  lease_until INTEGER,
  place       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX deliveries_by_place ON deliveries (place);
CREATE INDEX deliveries_waiting ON deliveries (channel_id, state, place)
  WHERE state IN ('held', 'due', 'sending', 'unknown');
CREATE INDEX deliveries_by_age ON deliveries (planned_at);

CREATE TABLE delivery_alerts (
  delivery_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  alert_id    TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_alerts_by_alert ON delivery_alerts (alert_id);

CREATE TABLE attempts (
  delivery_id TEXT NOT NULL,
  number      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  status      INTEGER,
  reason      TEXT NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_age ON attempts (at);

-- A channel that is not simply usable: paused until a time (NULL: until its configuration changes)
-- or disabled by what it answered.
CREATE TABLE channel_states (
  channel_id   TEXT PRIMARY KEY,
  state        TEXT NOT NULL,
  reason       TEXT NOT NULL,
  since        INTEGER NOT NULL,
  until        INTEGER
) STRICT, WITHOUT ROWID;
