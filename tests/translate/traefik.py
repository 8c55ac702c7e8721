"""Says whether Traefik takes the configuration of a folder: Traefik has no checker, so it runs for a moment.

    python3 traefik.py TRAEFIK FOLDER

It takes it when there is no error in the log and the API says of every part that it is enabled. The namespace around this
is the caller's; the API is at a port of it that no configuration listens at.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def parts(what):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:18080/api/http/{what}?per_page=1000", timeout=2) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return []


def main():
    traefik, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        static, log = pathlib.Path(scratch, "static.yaml"), pathlib.Path(scratch, "log")
        own = "api:\n  insecure: true\nlog:\n  level: INFO\n  noColor: true\n"
        dynamic = (folder / "dynamic.yaml").read_text()
        for name in re.findall('usersFile: "(.*?)"', dynamic):
            (folder / name).write_text("someone:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n")
        points = "entryPoints:\n  traefik:\n    address: \"127.0.0.1:18080\"\n"
        static.write_text(re.sub("(?m)^entryPoints:.*\n", points, (folder / "traefik.yaml").read_text()) + own)
        wanted = "rule:" in dynamic
        with log.open("wb") as out:
            running = subprocess.Popen([traefik, "--configFile", static], cwd=folder, stdout=out, stderr=out)
        problems = ["it was not ready in time"]
        end = time.monotonic() + 10
        while time.monotonic() < end:
            errors = [line for line in log.read_text().splitlines() if " ERR " in line]
            routers = [router for router in parts("routers") if router["provider"] != "internal"]
            if errors or running.poll() is not None or (routers if wanted else parts("services")):
                every = [part for what in ("routers", "services", "middlewares") for part in parts(what)]
                problems = errors + [str(part) for part in every if part["status"] != "enabled"]
                problems += [] if routers or not wanted else ["no router", log.read_text()]
                break
            time.sleep(0.02)
        running.kill()
        running.wait()
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
