"""The campaigns: `python3 dev.py campaign [NAME [N]] [--seed SEED]`. A new one is a function and a line below."""

from __future__ import annotations

import sys

from tests.campaign import measuring, store
from tests.campaign.fuzz import fuzz
from tests.campaign.harness import Campaign, main
from tests.campaign.hostile import hostile
from tests.campaign.monkey import monkey

CAMPAIGNS: dict[str, Campaign] = {
    "kill": store.kill,
    "bit-rot": store.bit_rot,
    "fuzz": fuzz,
    "hostile": hostile,
    "monkey": monkey,
    "lengths": measuring.lengths,
    "regions": measuring.regions,
    "volumes": measuring.volumes,
    "changes": measuring.changes,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], CAMPAIGNS))
