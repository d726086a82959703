-- Whether some of its channel's people have it and others cannot be reached for now: it holds up nothing.
ALTER TABLE deliveries ADD COLUMN is_partial INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_partly_reached ON deliveries (channel_id) WHERE is_partial AND state = 'due';

-- Who has an alert, or a message without alerts, that others of a mail channel wait for.
CREATE TABLE reached (
  channel_id TEXT NOT NULL,
  part       TEXT NOT NULL,
  address    TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (channel_id, part, address)
) STRICT, WITHOUT ROWID;
