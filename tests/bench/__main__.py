"""The benchmarks: `python3 dev.py bench [NAME]`. A new one is a function and a line in the table."""

from __future__ import annotations

import sys

from tests.bench import compressed, growing, headers, interaction, kinds, loading, memory, orthanc, sampling, studies
from tests.bench.harness import Benchmark, main

BENCHMARKS: dict[str, Benchmark] = {
    **headers.BENCHMARKS,
    **loading.BENCHMARKS,
    **compressed.BENCHMARKS,
    **memory.BENCHMARKS,
    **sampling.BENCHMARKS,
    **interaction.BENCHMARKS,
    **growing.BENCHMARKS,
    **kinds.BENCHMARKS,
    **orthanc.BENCHMARKS,
    **studies.BENCHMARKS,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], BENCHMARKS))
