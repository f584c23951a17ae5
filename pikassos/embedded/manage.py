"""`python -m pikassos.embedded.manage …`: a command of manage.py in the running portal of this checkout."""

import json
import os
import subprocess
import sys

from pikassos.embedded.preparation import CHECKOUT
from pikassos.embedded.supervisor import ENVIRONMENT

DATA = CHECKOUT / "var"


def main():
    try:
        running = json.loads((DATA / ENVIRONMENT).read_text())
    except OSError:
        sys.exit("The portal is not running from this checkout: start it with make run.")
    return subprocess.run(
        [sys.executable, "manage.py", *sys.argv[1:]], cwd=CHECKOUT, env=os.environ | running, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
