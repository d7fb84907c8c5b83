#!/usr/bin/env python3
"""Measures Portico's pages beside the bare server of bench/src, in one run.

Called by scripts/bench, which builds. Here: starts sandbox, Portico with its demo and
the bare server on one kind of database; signs in; lets wrk load each page at 1, 8 and
64 connections, the two servers in turn; reads CPU time of each server's process tree
from /proc; and writes the medians to bench/RESULTS.md.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGES = {"sign-in": "/sign-in", "billing": "/o/acme/settings/billing"}
CPU_BAR = 0.25  # of the bare server's requests per CPU-second, at least
BYTES_BAR = 150_000  # for the first page of somebody signed in, at most
BUSY_BAR = 0.15  # cores that others may use before a run is measured again


def process_tree(root):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            children.setdefault(int(parent), []).append(int(entry))
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def cpu_seconds(root):
    """User and system time of a process, of all below it, and of those already gone."""
    total = 0
    for pid in process_tree(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(f) for f in fields[11:15])
    return total / TICKS


def machine_busy_seconds():
    fields = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


class Server:
    """A program with its log; stopped at the end, whatever happens."""

    running = []

    def __init__(self, name, arguments, env, ready, folder):
        self.log = folder / f"{name}.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                list(map(str, arguments)), env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        Server.running.append(self)
        until = time.monotonic() + 30
        while not answers(ready):
            if self.process.poll() is not None or time.monotonic() > until:
                sys.exit(f"portico: {name} did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    @property
    def pid(self):
        return self.process.pid

    @classmethod
    def stop_all(cls):
        for server in reversed(cls.running):
            server.process.terminate()
        for server in cls.running:
            try:
                server.process.wait(10)
            except subprocess.TimeoutExpired:
                server.process.kill()
        cls.running.clear()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def sign_in(base, email, password):
    """As the form does it. Gives the Cookie header."""
    form = urllib.parse.urlencode({"email": email, "password": password, "next": ""}).encode()
    request = urllib.request.Request(
        f"{base}/api/auth/sign-in",
        form,
        {"Accept": "text/html", "Origin": base, "Sec-Fetch-Site": "same-origin", "Referer": f"{base}/sign-in"},
    )
    try:
        reply = urllib.request.build_opener(NoRedirect).open(request)
    except urllib.error.HTTPError as error:
        reply = error
    cookies = [value.split(";", 1)[0] for value in reply.headers.get_all("Set-Cookie") or []]
    if reply.status not in (302, 303) or not cookies:
        sys.exit(f"portico: the owner could not sign in: {reply.status} {reply.headers.get('Location')}")
    return "; ".join(cookies)


def page_size(url, cookie):
    reply = urllib.request.build_opener(NoRedirect).open(urllib.request.Request(url, headers={"Cookie": cookie}))
    body = reply.read()
    if reply.status != 200:
        sys.exit(f"portico: {url} answers {reply.status}")
    return len(body)


def wrk(url, cookie, connections, seconds):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", ROOT / "bench/report.lua"]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    done = subprocess.run([*map(str, command), url], capture_output=True, text=True, check=True)
    return json.loads([line for line in done.stderr.splitlines() if line.startswith("{")][-1])


def measure(server, url, cookie, connections, seconds):
    """One run; again (twice at most) when others on the machine were busy meanwhile."""
    for _ in range(3):
        ours = [os.getpid(), *(s.pid for s in Server.running)]
        busy, own = machine_busy_seconds(), sum(map(cpu_seconds, ours))
        cpu, began = cpu_seconds(server.pid), time.monotonic()
        run = wrk(url, cookie, connections, seconds)
        cpu, wall = cpu_seconds(server.pid) - cpu, time.monotonic() - began
        # The wrk that just ended counts as ours: a child that was waited for.
        others = (machine_busy_seconds() - busy - (sum(map(cpu_seconds, ours)) - own)) / wall
        if others <= BUSY_BAR:
            break
    if run["errors"]:
        sys.exit(f"portico: {url} gave {run['errors']} errors under load: {server.log.read_text(errors='replace')[-1000:]}")
    return {
        "per_second": run["requests"] / (run["duration"] / 1e6),
        "p50": run["p50"] / 1000,
        "p99": run["p99"] / 1000,
        "cpu_ms": cpu / run["requests"] * 1000,
        "others": max(0.0, others),
    }


def median(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def loaded_bytes(base, cookie):
    """What a browser transfers for the first signed-in page, everything it loads included."""
    done = subprocess.run(
        ["node", ROOT / "bench/loaded-bytes.mjs", base + PAGES["billing"], cookie], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"portico: counting what a browser loads failed: {done.stderr.strip()[-1000:]}")
    return json.loads(done.stdout)


def start_servers(programs, bare, database, folder):
    """Portico and the bare server on two fresh databases of one kind."""
    portico_port, stripe_port, bare_port = free_port(), free_port(), free_port()
    base = f"http://127.0.0.1:{portico_port}"
    stripe = f"http://127.0.0.1:{stripe_port}"
    if database == "sqlite":
        urls = [f"sqlite://{folder}/{name}.db?mode=rwc" for name in ("portico", "bare")]
    else:
        url = subprocess.check_output([ROOT / "scripts/postgres", "url", folder / "postgres"], text=True).strip()
        for name in ("portico", "bare"):
            psql(url, f"CREATE DATABASE bench_{name}")
        urls = [url.rsplit("/", 1)[0] + f"/bench_{name}" for name in ("portico", "bare")]
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = env | {
        "PORTICO_LOG": "warn",
        "LEPTOS_SITE_ADDR": f"127.0.0.1:{portico_port}",
        "PORTICO_ENV": "development",
        "PORTICO_BASE_URL": base,
        "PORTICO_DATABASE_URL": urls[0],
        "PORTICO_METRICS_ADDR": f"127.0.0.1:{free_port()}",
        "PORTICO_STRIPE_SECRET_KEY": "sk_test_sandbox",
        "PORTICO_STRIPE_WEBHOOK_SECRETS": "whsec_sandbox",
        "PORTICO_STRIPE_API_URL": stripe,
    }
    Server("sandbox", [programs / "sandbox", "--addr", f"127.0.0.1:{stripe_port}"], env, f"{stripe}/_sandbox/requests", folder)
    for command in ("migrate", "seed-demo"):
        subprocess.run([programs / "portico", command], env=settings, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    portico = Server("portico", [programs / "portico", "serve"], settings, f"{base}/readyz", folder)
    cookie = sign_in(base, "owner@acme.test", "correct horse battery staple")
    sizes = {name: page_size(base + path, cookie if name == "billing" else "") for name, path in PAGES.items()}
    bare_base = f"http://127.0.0.1:{bare_port}"
    bare_server = Server(
        "bare",
        [bare, f"127.0.0.1:{bare_port}", urls[1], *(f"{name}={size}" for name, size in sizes.items())],
        env,
        f"{bare_base}/healthz",
        folder,
    )
    return base, cookie, sizes, portico, bare_base, bare_server


def psql(url, statement):
    programs = subprocess.check_output([ROOT / "scripts/postgres", "programs"], text=True).strip()
    subprocess.run([Path(programs) / "psql", "-q", url, "-c", statement], check=True)


def bench_database(options, database, folder):
    base, cookie, sizes, portico, bare_base, bare = start_servers(options.programs, options.bare, database, folder)
    rows = []
    for name, path in PAGES.items():
        ours = (portico, base + path, cookie if name == "billing" else "")
        theirs = (bare, f"{bare_base}/{name}", "")
        for server in (ours, theirs):
            measure(*server, 8, 2)  # warm
        for connections in options.connections:
            pairs = []
            for _ in range(options.repeat):
                pairs.append([measure(*server, connections, options.seconds) for server in (ours, theirs)])
            portico_run, bare_run = (median(runs) for runs in zip(*pairs))
            row = {
                "database": database, "page": path, "bytes": sizes[name], "connections": connections,
                "portico": portico_run, "bare": bare_run, "ratio": bare_run["cpu_ms"] / portico_run["cpu_ms"],
            }
            rows.append(row)
            print(
                f"{database:8} {path:26} {connections:3} connections: {portico_run['per_second']:8.0f} /s, "
                f"p50 {portico_run['p50']:.2f} ms, p99 {portico_run['p99']:.2f} ms, {portico_run['cpu_ms']:.3f} CPU-ms; "
                f"bare {bare_run['per_second']:8.0f} /s, {bare_run['cpu_ms']:.3f} CPU-ms; ratio {row['ratio']:.2f}",
                flush=True,
            )
    loaded = loaded_bytes(base, cookie) if database == "sqlite" or options.databases == ["postgres"] else None
    Server.stop_all()
    return rows, loaded


def write_results(options, rows, loaded):
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    worst = min(row["ratio"] for row in rows)
    lines = [
        "# What a page costs",
        "",
        "Written by `make bench`. Portico's release build and a bare axum server that answers with one row of the",
        "same size read from the same kind of database, loaded by wrk in turn, in one run, on one machine.",
        f"Medians of {options.repeat} runs of {options.seconds} s. CPU is the server's own process tree, from /proc;",
        "PostgreSQL's is not in it.",
        "",
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores, {cpu.group(1) if cpu else platform.machine()}, "
        f"commit {subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=ROOT, capture_output=True, text=True).stdout.strip() or 'unknown'}.",
        "",
        "| figure | value | bar | |",
        "|---|---|---|---|",
        f"| requests per CPU-second, of the bare server's, at the worst | {worst:.0%} | at least {CPU_BAR:.0%} | {'holds' if worst >= CPU_BAR else 'MISSED'} |",
        f"| bytes for the first signed-in page | {loaded['bytes'] / 1000:.0f} kB in {loaded['requests']} requests | at most {BYTES_BAR // 1000} kB | {'holds' if loaded['bytes'] <= BYTES_BAR else 'MISSED'} |",
        "",
        "| database | page | bytes | connections | requests/s | p50 ms | p99 ms | CPU-ms/request | bare: requests/s | p50 ms | p99 ms | CPU-ms/request | ratio per CPU-second | cores busy with other things |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        p, b = row["portico"], row["bare"]
        lines.append(
            f"| {row['database']} | `{row['page']}` | {row['bytes']} | {row['connections']} "
            f"| {p['per_second']:.0f} | {p['p50']:.2f} | {p['p99']:.2f} | {p['cpu_ms']:.3f} "
            f"| {b['per_second']:.0f} | {b['p50']:.2f} | {b['p99']:.2f} | {b['cpu_ms']:.3f} "
            f"| {row['ratio']:.2f} | {max(p['others'], b['others']):.2f} |"
        )
    lines += ["", "What the browser loads for the first signed-in page, compressed, headers included:", "", "| what | bytes |", "|---|---:|"]
    lines += [f"| `{item['path']}` | {item['bytes']} |" for item in loaded["items"]]
    (ROOT / "bench/RESULTS.md").write_text("\n".join(lines) + "\n")
    return worst >= CPU_BAR and loaded["bytes"] <= BYTES_BAR


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=Path, required=True, help="folder with portico, sandbox and site/")
    parser.add_argument("--bare", type=Path, required=True, help="the bare server")
    parser.add_argument("--databases", default="sqlite,postgres", type=lambda s: s.split(","))
    parser.add_argument("--connections", default="1,8,64", type=lambda s: list(map(int, s.split(","))))
    parser.add_argument("--seconds", default=8, type=int)
    parser.add_argument("--repeat", default=3, type=int)
    options = parser.parse_args()
    rows, loaded = [], None
    for database in options.databases:
        folder = Path(tempfile.mkdtemp(prefix="portico-bench-"))
        os.chmod(folder, 0o755)
        try:
            if database == "postgres":
                subprocess.run([ROOT / "scripts/postgres", "start", folder / "postgres"], check=True)
            measured, bytes_loaded = bench_database(options, database, folder)
            rows += measured
            loaded = loaded or bytes_loaded
        finally:
            Server.stop_all()
            if database == "postgres":
                subprocess.run([ROOT / "scripts/postgres", "stop", folder / "postgres"], check=False)
            shutil.rmtree(folder, ignore_errors=True)
    good = write_results(options, rows, loaded)
    print(f"\nfirst signed-in page: {loaded['bytes'] / 1000:.1f} kB in {loaded['requests']} requests")
    print("written: bench/RESULTS.md; " + ("both bars hold" if good else "A BAR IS MISSED"))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
