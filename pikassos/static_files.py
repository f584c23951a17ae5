"""Static files under names that carry their hash, compressed once at collection."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a file that only a library's own page misses does not stop the collection."""

    manifest_strict = False
