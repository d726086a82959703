-- `#` and its code is the term of a country, by which its events are found.
INSERT OR IGNORE INTO event_terms
  SELECT '#' || country.value, opened_seq
  FROM newest_changes, json_each(CAST(record AS TEXT), '$.event.countries') AS country
  WHERE merged_into IS NULL
    -- Those without any term are still to be indexed as a whole.
    AND EXISTS (SELECT 1 FROM event_terms WHERE event_terms.opened_seq = newest_changes.opened_seq);

-- Of the deliveries without alerts, those of a subscription.
CREATE INDEX deliveries_of_subscription ON deliveries (subscription_id) WHERE subscription_id <> '';
CREATE INDEX deliveries_suppressed ON deliveries (planned_at) WHERE state = 'suppressed';
