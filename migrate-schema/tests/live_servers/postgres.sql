CREATE SCHEMA audit
;
CREATE EXTENSION pgcrypto
;
CREATE TYPE mood AS ENUM ('sad', 'ok')
;
ALTER TYPE mood ADD VALUE 'glad' BEFORE 'ok'
;
CREATE DOMAIN email AS varchar(200) DEFAULT 'x@y' CHECK (VALUE LIKE '%@%')
;
CREATE TYPE point3 AS (x int, y int)
;
CREATE TYPE span AS RANGE (subtype = int4)
;
CREATE SEQUENCE numbers START 10 INCREMENT BY 2
;
CREATE FUNCTION twice(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a * 2 $$
;
CREATE TABLE users (id serial PRIMARY KEY, mail email NOT NULL, name varchar(50) COLLATE "C", m mood DEFAULT 'ok' NOT NULL,
  made timestamptz NOT NULL DEFAULT now(), n int8 DEFAULT nextval('numbers'), double_n int GENERATED ALWAYS AS (twice(3)) STORED,
  tags text[] DEFAULT '{}', CHECK (n BETWEEN 1 AND 1000), CONSTRAINT named CHECK (name IN ('a','b') OR name LIKE 'c%'),
  UNIQUE (mail, name))
;
COMMENT ON TABLE users IS 'those who''s'
;
COMMENT ON COLUMN users.name IS 'called'
;
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  body text, during int4range, EXCLUDE USING gist (during WITH &&))
;
ALTER TABLE posts ADD CONSTRAINT late FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID
;
CREATE TABLE audit.log (at date NOT NULL, what text) PARTITION BY RANGE (at)
;
CREATE TABLE audit.log_1 PARTITION OF audit.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
;
CREATE TABLE audit.log_d PARTITION OF audit.log DEFAULT
;
CREATE INDEX log_at ON audit.log (at)
;
CREATE INDEX posts_body ON posts USING gin (to_tsvector('english', body))
;
CREATE UNIQUE INDEX users_lower ON users (lower(name) DESC NULLS LAST) WHERE m <> 'sad'
;
CREATE INDEX users_inc ON users (mail varchar_pattern_ops) INCLUDE (name)
;
COMMENT ON INDEX users_inc IS 'included'
;
CREATE VIEW v AS SELECT u.id, count(*) AS c FROM users u LEFT JOIN posts p ON p.user_id = u.id WHERE u.m IN ('ok','glad') GROUP BY 1
;
CREATE MATERIALIZED VIEW mv AS SELECT * FROM v WHERE c > 1
;
CREATE INDEX mv_i ON mv (c)
;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := trim(NEW.body); RETURN NEW; END $$
;
CREATE TRIGGER touching BEFORE INSERT OR UPDATE OF body ON posts FOR EACH ROW WHEN (NEW.body IS NOT NULL) EXECUTE PROCEDURE touch()
;
CREATE FUNCTION those(m mood) RETURNS SETOF users LANGUAGE sql STABLE AS $$ SELECT * FROM users u WHERE u.m = $1 $$
;
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')
;
CREATE FUNCTION views() RETURNS SETOF v LANGUAGE sql AS $$ SELECT * FROM v $$
;
