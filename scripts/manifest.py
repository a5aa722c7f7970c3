"""Write the manifest of checkpoints that were put together or changed by hand: `python scripts/manifest.py FOLDER...`.

Each is read and checked as a whole first, so that nothing broken is listed as right.
"""

import sys
from pathlib import Path

from rnnsent.model.checkpoint import FILES, Checkpoint
from rnnsent.model.manifest import MANIFEST, write_manifest

for folder in map(Path, sys.argv[1:]):
    (folder / MANIFEST).unlink(missing_ok=True)
    Checkpoint.read(folder).verify()
    write_manifest(folder, FILES)
    print(f"{folder / MANIFEST} written")
