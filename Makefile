# The two commands are `make run` and `make test`; `make help` lists the rest.

export PORT PYTHON
python := .venv/bin/python
uv := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)
# Settings refuse to start half-configured; these are for looking at the code, and reach nothing.
strict := env -u LOOSE -u DEMONSTRATION SECRET_KEY=$$($(python) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	SITE_URL=https://portal.example.org ALLOWED_HOSTS=portal.example.org EMAIL_URL=smtp://mail.example.org:25 \
	'DATABASE_URL=postgresql:///nowhere?host=/nonexistent' \
	'REDIS_URL=unix:///nonexistent/redis.sock?db=0'

.DEFAULT_GOAL := help
.PHONY: help run test lint bench messages requirements environment test-environment
.NOTPARALLEL:

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '%-20s %s\n' "$$name" "$$what"; done
	@echo "PORT=8001 chooses the port of make run, PYTHON=python3.12 the Python of the environment."

run: environment ## start the whole portal with demonstration data (Ctrl-C stops it)
	@exec $(python) -m pikassos.embedded

test: lint ## run every check: lint, unit and browser tests
	@chromium=$$($(python) -m pikassos.embedded.browser) && export PIKASSOS_CHROMIUM="$$chromium" && \
		$(python) -m pytest -n 2 --dist worksteal -m "not cluster" && $(python) -m pytest -m cluster

lint: test-environment ## check the code's form, its layers and the production settings
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	.venv/bin/lint-imports
	@echo "manage.py check --deploy, makemigrations --check (with production's settings)"
	@$(strict) $(python) manage.py check --deploy --fail-level WARNING
	@$(strict) $(python) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

bench: environment ## measure requests per second against an empty view
	@exec $(python) -m pikassos.embedded.bench

messages: test-environment ## collect the texts to translate into locale/
	@$(strict) $(python) manage.py messages

requirements: test-environment ## compile requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest)
	$(uv) pyproject.toml -o requirements/production.txt
	$(uv) --extra embedded -c requirements/production.txt pyproject.toml -o requirements/run.txt
	$(uv) --extra embedded --extra test -c requirements/run.txt pyproject.toml -o requirements/test.txt

environment:
	@bin/bootstrap run

test-environment:
	@bin/bootstrap test
