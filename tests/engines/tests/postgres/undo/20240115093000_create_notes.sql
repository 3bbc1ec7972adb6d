CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT DEFAULT '
-- @UNDO
');
/* the marker
-- @UNDO
does not count here */
-- @UNDO
DROP TABLE notes;
