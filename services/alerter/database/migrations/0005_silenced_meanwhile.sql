-- Why an alert is not to be told, where somebody said so while its message was being sent: should that
-- not arrive, it is not tried again.
ALTER TABLE delivery_alerts ADD COLUMN silenced TEXT NOT NULL DEFAULT '';

-- Nothing asks for reports by when they were told: retention goes by when they were read.
DROP INDEX sightings_by_age;
