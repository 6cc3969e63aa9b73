"""`python -m rollout_tui` is `rollout-tui`."""

import sys

from rollout_tui.cli import main

sys.exit(main())
