-- What a channel shows of an event: root is the channel's own handle of the first message, which the
-- delivery made, last that of the newest. stage and shown are what the root says now: shown is a hash of
-- it, so that an edit that changes nothing is none, shown_seq the newest change that it takes in, edited_at
-- when. A channel that is configured otherwise (a hash of it) does not know these handles.
CREATE TABLE threads (
  channel_id  TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  configured  TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  root        TEXT NOT NULL,
  last        TEXT NOT NULL,
  stage       TEXT NOT NULL,
  shown       TEXT NOT NULL,
  shown_seq   INTEGER NOT NULL,
  edited_at   INTEGER NOT NULL,
  PRIMARY KEY (channel_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_event ON threads (event_id);

-- Subscriptions made by API, page or command line, as JSON with the keys of subscriptions.yml; those
-- of files are not here.
CREATE TABLE subscriptions (
  subscription_id TEXT PRIMARY KEY,
  changed_at      INTEGER NOT NULL,
  record          BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What is searched: each term with the events whose stories have it. A row may outlive its story.
CREATE TABLE event_terms (
  term       TEXT NOT NULL,
  opened_seq INTEGER NOT NULL,
  PRIMARY KEY (term, opened_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_terms_by_event ON event_terms (opened_seq);

-- What is not told for a while. An empty column matches all; an end is required.
CREATE TABLE mutes (
  mute_id         TEXT PRIMARY KEY,
  company_id      TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  channel_id      TEXT NOT NULL,
  ends_at         INTEGER NOT NULL,
  who             TEXT NOT NULL,
  why             TEXT NOT NULL,
  created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Somebody has seen an event at a stage: repeats of it stop, a new stage is told.
CREATE TABLE acknowledgements (
  event_id TEXT NOT NULL,
  stage    TEXT NOT NULL,
  who      TEXT NOT NULL,
  note     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (event_id, stage)
) STRICT, WITHOUT ROWID;

-- Addresses that asked for no more mail. They outrank every file.
CREATE TABLE suppressed_addresses (
  address    TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  since      INTEGER NOT NULL,
  why        TEXT NOT NULL,
  PRIMARY KEY (address, channel_id)
) STRICT, WITHOUT ROWID;

-- Secrets that kabar made for itself, such as what signs the links in mails and feeds.
CREATE TABLE keys (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Companies whose older stories are to be read again, and those for which it is done.
CREATE TABLE rereadings (
  company_id TEXT PRIMARY KEY,
  asked_at   INTEGER NOT NULL,
  done_at    INTEGER
) STRICT, WITHOUT ROWID;

-- An alert that waits for its time in spite of a digest or quiet hours.
ALTER TABLE gathered ADD COLUMN is_urgent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX gathered_by_alert ON gathered (alert_id);

-- How a channel fares that does not take messages: since when, and until when it wants to be left alone.
CREATE TABLE channel_outages (
  channel_id TEXT PRIMARY KEY,
  since      INTEGER NOT NULL,
  not_before INTEGER
) STRICT, WITHOUT ROWID;

-- When a digest that says so once a week has to be looked at next.
CREATE TABLE proofs_of_life (
  subscription_id TEXT NOT NULL,
  channel_id      TEXT NOT NULL,
  next_at         INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, channel_id)
) STRICT, WITHOUT ROWID;

-- Rows are appended in the order in which they come, and only a narrow index holds their random ids: an
-- index of whole records dirties a page, and one behind it, with every row.

ALTER TABLE readings RENAME TO old_readings;
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
) STRICT;
INSERT INTO readings SELECT * FROM old_readings ORDER BY read_at;
DROP TABLE old_readings;
CREATE INDEX readings_by_url ON readings (url);
CREATE INDEX readings_by_age ON readings (read_at);

ALTER TABLE sightings RENAME TO old_sightings;
CREATE TABLE sightings (
  story_id  TEXT NOT NULL,
  report_id TEXT NOT NULL,
  event_id  TEXT,
  told_at   INTEGER NOT NULL,
  record    BLOB NOT NULL,
  PRIMARY KEY (story_id, report_id)
) STRICT;
INSERT INTO sightings SELECT * FROM old_sightings ORDER BY told_at;
DROP TABLE old_sightings;
CREATE INDEX sightings_by_event ON sightings (event_id, told_at);
CREATE INDEX sightings_by_age ON sightings (told_at);

-- How an event stands is what its newest change, changed_seq, says: it is written once.
ALTER TABLE events RENAME TO old_events;
CREATE TABLE events (
  opened_seq  INTEGER PRIMARY KEY,
  event_id    TEXT NOT NULL UNIQUE,
  changed_seq INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL,
  type        TEXT NOT NULL,
  stage       TEXT NOT NULL,
  merged_into TEXT
) STRICT;
INSERT INTO events
  SELECT opened_seq, event_id, changed_seq, changed_at, type, stage, merged_into FROM old_events
  ORDER BY opened_seq;
DROP TABLE old_events;
CREATE INDEX events_by_age ON events (changed_at);

-- Every event with the record of its newest change.
CREATE VIEW newest_changes AS
  SELECT events.*, event_changes.record FROM events JOIN event_changes ON seq = changed_seq;

ALTER TABLE alerts RENAME TO old_alerts;
CREATE TABLE alerts (
  alert_id        TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  event_id        TEXT NOT NULL,
  change_seq      INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  record          BLOB NOT NULL
) STRICT;
INSERT INTO alerts SELECT * FROM old_alerts ORDER BY at, change_seq;
DROP TABLE old_alerts;
CREATE INDEX alerts_by_event ON alerts (event_id, subscription_id, change_seq);
CREATE INDEX alerts_by_age ON alerts (at);
CREATE INDEX alerts_by_subscription ON alerts (subscription_id, at);

-- subscription_id is where a delivery without alerts belongs to (a proof of life, a notice), and
-- stands_in_for which one it stands in for (a fallback). Until held_until quiet hours held it when it was
-- planned: next_at moves on with every try. fallback_to stands in for it when it was not sent by
-- fallback_at. is_plain: to be sent as plain text, since the channel refused the form.
ALTER TABLE deliveries RENAME TO old_deliveries;
CREATE TABLE deliveries (
  place           INTEGER PRIMARY KEY,
  delivery_id     TEXT NOT NULL UNIQUE,
  channel_id      TEXT NOT NULL,
  kind            TEXT NOT NULL,
  state           TEXT NOT NULL,
  planned_at      INTEGER NOT NULL,
  next_at         INTEGER NOT NULL,
  failures        INTEGER NOT NULL,
  note            TEXT NOT NULL,
  subscription_id TEXT NOT NULL DEFAULT '',
  stands_in_for   TEXT NOT NULL DEFAULT '',
  held_until      INTEGER,
  fallback_to     TEXT NOT NULL DEFAULT '',
  fallback_at     INTEGER,
  is_plain        INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO deliveries
  (place, delivery_id, channel_id, kind, state, planned_at, next_at, failures, note)
  SELECT place, delivery_id, channel_id, kind, state, planned_at, next_at, failures, note
  FROM old_deliveries ORDER BY place;
DROP TABLE old_deliveries;
CREATE INDEX deliveries_that_wait ON deliveries (channel_id, place)
  WHERE state IN ('held', 'due', 'sending', 'unknown');
-- What is unknown and held until somebody decides holds nobody up.
CREATE INDEX deliveries_that_fail ON deliveries (channel_id, place)
  WHERE failures > 0 AND state IN ('due', 'sending');
CREATE INDEX deliveries_by_age ON deliveries (planned_at);
CREATE INDEX deliveries_with_fallback ON deliveries (fallback_at) WHERE fallback_at IS NOT NULL;
