"""Asks a real Apache for the answers to requests.txt and writes answers.tsv.

    python3 record.py APACHE MODULES

APACHE is the program, MODULES the folder of its modules (Debian: /usr/sbin/apache2 /usr/lib/apache2/modules).
"""

import http.client
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
PORT = 8099
MODULES = "mpm_event authz_core authz_host access_compat alias dir headers mime negotiation rewrite proxy proxy_http".split()
FILES = """index.php index.html file.txt a.log a.log.txt about.html secret.sql secret.sql.txt x.env .env web.config dir/index.html
sub/A.LOG sub/.env sub/composer.json blog/index.php public/index.php public/dir/index.html list.php article.php profile.php""".split()


def samples():
    name = None
    for line in (HERE / "requests.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        if " " in line:
            yield name, line
        else:
            name = line


def start(apache, modules, folder, name):
    www = folder / "www"
    for file in FILES:
        (www / file).parent.mkdir(parents=True, exist_ok=True)
        (www / file).write_text(file)
    text = (HERE / name).read_text()
    if name.endswith(".conf"):
        sites = text.replace("*:8080", f"*:{PORT}").replace("/srv/www", str(www))
    else:
        (www / ".htaccess").write_text(text)
        sites = f"DocumentRoot {www}"
    conf = f"""ServerRoot {folder}
Listen 127.0.0.1:{PORT}
ServerName localhost
PidFile {folder}/pid
ErrorLog {folder}/error.log
{"".join(f"LoadModule {module}_module {modules}/mod_{module}.so{chr(10)}" for module in MODULES)}
TypesConfig /dev/null
DirectoryIndex index.php index.html
<Directory {www}>
    AllowOverride All
    Options FollowSymLinks
    Require all granted
</Directory>
Header always set X-Final "expr=%{{REQUEST_URI}}?%{{QUERY_STRING}}"
{sites}
"""
    (folder / "apache.conf").write_text(conf)
    return subprocess.Popen([apache, "-X", "-f", str(folder / "apache.conf")])


def ask(line):
    request, *headers = line.split(" | ")
    method, target = request.split(" ")
    headers = dict(header.split(": ", 1) for header in headers)
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": "example.com", "Content-Length": "0", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    final = answer.getheader("X-Final") if answer.status in (200, 404) else None
    return str(answer.status), answer.getheader("Location") or "-", final or "-"


def answers(apache, modules, name, lines):
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    running = start(apache, modules, folder, name)
    try:
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).connect()
                break
            except OSError:
                time.sleep(0.02)
        for line in lines:
            answer = ask(line)
            if running.poll() is not None:
                sys.exit(f"{name}: Apache ended")
            yield "\t".join([name, line, *answer])
    finally:
        running.terminate()
        running.wait()
        shutil.rmtree(folder)


def main():
    rows = []
    for name, lines in itertools.groupby(samples(), key=lambda sample: sample[0]):
        rows.extend(answers(sys.argv[1], sys.argv[2], name, [line for _, line in lines]))
    (HERE / "answers.tsv").write_text("\n".join(rows) + "\n")


main()
