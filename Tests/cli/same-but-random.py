"""Whether a text differs from another only in lines in which that one differs from a second run of its program.

same-but-random.py RUN AGAIN TEXT: exits 1 if not. A checksum of something random is a line of its own in charts.
"""

import sys

run, again, text = ([line for line in open(name, errors="surrogateescape")] for name in sys.argv[1:4])
if len(run) != len(text) or len(again) != len(run):
    sys.exit(1)
sys.exit(any(one != other and one == second for one, second, other in zip(run, again, text)))
