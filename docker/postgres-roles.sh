#!/bin/sh
# Run by the postgres image when the database is made: the roles of the portal, as pikassos/embedded/postgres.py makes
# them. The owner migrates; the application reads and writes rows and owns nothing, so that logs can be append-only; the
# post does the same and does not see the sealed boxes; reports only read, and nobody signs in as them. What each may is
# said by `manage.py rights`. Run again on a database made before, by hand, it adds what is missing:
#   docker compose exec postgres sh /docker-entrypoint-initdb.d/postgres-roles.sh
set -eu
: "${OWNER_PASSWORD:?the password of pikassos_owner is missing}"
: "${APP_PASSWORD:?the password of pikassos_app is missing}"
: "${POST_PASSWORD:?the password of pikassos_post is missing}"

# Passwords go in by the environment, not by arguments that others on the machine could list.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname template1 <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv post_password POST_PASSWORD
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['pikassos_owner', 'pikassos_app', 'pikassos_post', 'pikassos_reports']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE pikassos_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE pikassos_app LOGIN PASSWORD :'app_password';
ALTER ROLE pikassos_post LOGIN PASSWORD :'post_password';
ALTER ROLE pikassos_reports NOLOGIN;
GRANT pikassos_reports TO pikassos_app;
ALTER DEFAULT PRIVILEGES FOR ROLE pikassos_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pikassos_app;
ALTER DEFAULT PRIVILEGES FOR ROLE pikassos_owner GRANT USAGE, SELECT ON SEQUENCES TO pikassos_app;
SQL
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
SELECT 'CREATE DATABASE pikassos OWNER pikassos_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'pikassos') \gexec
REVOKE ALL ON DATABASE pikassos FROM PUBLIC;
GRANT CONNECT ON DATABASE pikassos TO pikassos_app, pikassos_post;
SQL
