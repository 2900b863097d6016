"""The benchmarks: `python3 dev.py bench [NAME]`. A new one is a function and a line in the table."""

from __future__ import annotations

import sys

from tests.bench import headers, loading
from tests.bench.harness import Benchmark, main

BENCHMARKS: dict[str, Benchmark] = {
    "headers": headers.headers_300,
    "headers-2000": headers.headers_2000,
    "volume": loading.volume,
    "first-image": loading.first_image,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], BENCHMARKS))
