"""Static files under names that carry their hash, compressed once at collection."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Scripts of libraries that are always wanted together come as one file, so that a page asks for less.
BUNDLES = {"accounts/passkeys.js": ["mfa/js/webauthn-json.js", "mfa/js/webauthn.js", "account/js/onload.js"]}


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a file that only a library's own page misses does not stop the collection."""

    manifest_strict = False

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            for name, parts in BUNDLES.items():
                texts = [Path(finders.find(part)).read_text(encoding="utf-8") for part in parts]
                self.delete(name)
                self.save(name, ContentFile("\n;\n".join(texts)))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)
