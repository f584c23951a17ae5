"""`python -m pikassos.embedded`: the whole portal, its own servers included, until Ctrl-C."""

import argparse
import os
import sys

from pikassos.embedded import processes
from pikassos.embedded.preparation import CHECKOUT
from pikassos.embedded.supervisor import Supervisor


def port(text):
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port: give a number from 1024 to 65535, such as PORT=8001")
    return int(text)


def main():
    parser = argparse.ArgumentParser(prog="python -m pikassos.embedded", description=__doc__)
    parser.add_argument("--port", type=port, default=os.environ.get("PORT") or "8000")
    parser.add_argument("--host", default=os.environ.get("LISTEN") or None, help="default: this machine alone")
    parser.add_argument("--data", default=CHECKOUT / "var", help="the folder of databases, logs and files")
    options = parser.parse_args()
    if os.environ.get("MAKELEVEL"):
        processes.follow_parent()  # make may be killed too, and then nobody else would tell us
    return Supervisor(options.data, options.port, options.host).run()


if __name__ == "__main__":
    sys.exit(main())
