# The portal for production. Nothing in the image is secret, and nothing in it runs as root.
# PYTHON_IMAGE may name a mirror's copy or a digest.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/production.txt /tmp/production.txt
RUN /opt/venv/bin/pip install --require-hashes --no-input -r /tmp/production.txt
WORKDIR /srv/pikassos
COPY . .
# Settings refuse to start half-configured: these values serve this one step and reach nothing.
RUN SECRET_KEY=only-for-collecting-static-files-and-compiling-catalogues-0123456789 \
    SITE_URL=https://portal.example.org EMAIL_URL=smtp://mail.example.org:25 \
    DATABASE_URL=postgresql:///build REDIS_URL=redis://build/0 STATIC_ROOT=/srv/static \
    sh -c '/opt/venv/bin/python manage.py catalogues && /opt/venv/bin/python manage.py collectstatic --noinput'
RUN /opt/venv/bin/python -m compileall -q .

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=pikassos.settings STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
RUN groupadd --system --gid 10001 pikassos \
    && useradd --system --uid 10001 --gid pikassos --home-dir /nonexistent --shell /usr/sbin/nologin pikassos \
    && install -d -o pikassos -g pikassos -m 0700 /srv/media /srv/beat /srv/keys \
    && install -d -o pikassos -g pikassos -m 0700 /srv/keys/link /srv/keys/box /srv/keys/caseload
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/pikassos /srv/pikassos
WORKDIR /srv/pikassos
USER 10001:10001
EXPOSE 8000
# The access log is the proxy's to keep or not; here it would hold who searched for what. The logger keeps secrets of
# links and clients' addresses out of what is said when something goes wrong, too.
CMD ["gunicorn", "pikassos.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--graceful-timeout", "20", \
     "--logger-class", "pikassos.access_log.AccessLog"]
