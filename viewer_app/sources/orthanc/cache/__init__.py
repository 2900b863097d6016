"""What a server has sent, kept on this computer: a study opened once opens without the server.

    <cache folder>/orthanc/<server and user>/<study>/listing.json          what the server lists, and when
                                                    /<series>.headers.json  headers of images that are not here
                                                    /files.jsonl            size, digests and mark of every file
                                                    /<instance>.dcm         the files themselves

Folders are for their owner alone (0700, files 0600). Every name is a digest or an ID of Orthanc's form. Several
programs may use a folder at once: files appear whole by a rename, and what the list of files does not
confirm, byte for byte, is fetched again. They are written a moment after they came (`behind`).
"""

from viewer_app.sources.orthanc.cache.cache import Cache, user_cache
from viewer_app.sources.orthanc.cache.records import KeptFile, KeptListing
from viewer_app.sources.orthanc.cache.shelf import Shelf
from viewer_app.sources.orthanc.cache.studies import KeptStudy, kept_study

__all__ = ["Cache", "KeptFile", "KeptListing", "KeptStudy", "Shelf", "kept_study", "user_cache"]
