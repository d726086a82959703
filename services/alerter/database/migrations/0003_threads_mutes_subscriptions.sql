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
CREATE INDEX alerts_by_subscription ON alerts (subscription_id, at);

-- What is searched: each term with the events whose stories have it. A row may outlive its story.
CREATE TABLE event_terms (
  term     TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (term, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_terms_by_event ON event_terms (event_id);

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

-- Where a delivery without alerts belongs to (a proof of life, a notice), and which one it stands in
-- for (a fallback).
ALTER TABLE deliveries ADD COLUMN subscription_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN stands_in_for TEXT NOT NULL DEFAULT '';

-- Until when quiet hours held a delivery when it was planned: next_at moves on with every try.
ALTER TABLE deliveries ADD COLUMN held_until INTEGER;

-- When a fallback channel stands in for a delivery that was not sent by then, and which channel that is.
ALTER TABLE deliveries ADD COLUMN fallback_to TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN fallback_at INTEGER;
-- 1: to be sent as plain text, since the channel refused the form.
ALTER TABLE deliveries ADD COLUMN is_plain INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_with_fallback ON deliveries (fallback_at) WHERE fallback_at IS NOT NULL;

-- What is unknown and held until somebody decides holds nobody up.
DROP INDEX deliveries_that_fail;
CREATE INDEX deliveries_that_fail ON deliveries (channel_id, place)
  WHERE failures > 0 AND state IN ('due', 'sending');

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
