-- The deliveries that are to be tried again: they hold up those behind them in their channel.
CREATE INDEX deliveries_that_fail ON deliveries (channel_id, place)
  WHERE failures > 0 AND state IN ('due', 'sending', 'unknown');
