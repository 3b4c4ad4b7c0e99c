"""`make bench`: throughput, latency and cost of the real processes, as ratios of one run."""
