"""Write the manifest of checkpoints that were assembled or edited by hand: `python scripts/manifest.py FOLDER...`.

Each checkpoint is read and verified first, so that the manifest of a broken one is not written.
"""

import sys
from pathlib import Path

from rnnsent.checkpoint.checkpoint import FILES, Checkpoint
from rnnsent.checkpoint.manifest import MANIFEST, write_manifest

for folder in map(Path, sys.argv[1:]):
    (folder / MANIFEST).unlink(missing_ok=True)
    Checkpoint.read(folder).verify()
    write_manifest(folder, FILES)
    print(f"wrote {folder / MANIFEST}")
