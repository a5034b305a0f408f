"""Code scanners on one contract: camera frames, serial scanners, and what simulates them."""
