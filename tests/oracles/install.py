"""Installs the real programs that tests compare with into target/oracles, once.

Test binaries may run at the same time: the first takes the lock and installs, the others wait for it. The stamp is the
list of requirements that was installed, so a changed list is installed again.
"""

import fcntl
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WANTED = HERE / "requirements.txt"


def main() -> int:
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "target" / "oracles"
    target.mkdir(parents=True, exist_ok=True)
    stamp = target / "installed.txt"
    with open(target / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == WANTED.read_text():
            return 0
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        code = subprocess.call([*pip, "--target", str(target), "-r", str(WANTED)])
        if code == 0:
            stamp.write_text(WANTED.read_text())
        return code


if __name__ == "__main__":
    sys.exit(main())
