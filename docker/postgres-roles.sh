#!/bin/sh
# Run once by the postgres image when the database is made: the two roles of the portal. The owner migrates; the
# application reads and writes rows and owns nothing, so that logs can be append-only. As pikassos/embedded/postgres.py.
set -eu
: "${OWNER_PASSWORD:?the password of pikassos_owner is missing}"
: "${APP_PASSWORD:?the password of pikassos_app is missing}"

# Passwords go in by the environment, not by arguments that others on the machine could list.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname template1 <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE pikassos_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE pikassos_app LOGIN PASSWORD :'app_password';
ALTER DEFAULT PRIVILEGES FOR ROLE pikassos_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pikassos_app;
ALTER DEFAULT PRIVILEGES FOR ROLE pikassos_owner GRANT USAGE, SELECT ON SEQUENCES TO pikassos_app;
SQL
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE DATABASE pikassos OWNER pikassos_owner;
REVOKE ALL ON DATABASE pikassos FROM PUBLIC;
GRANT CONNECT ON DATABASE pikassos TO pikassos_app;
SQL
