#!/usr/bin/env python3
"""Measures webhook deliveries beside a bare handler that verifies and inserts, in one run.

Called by scripts/bench. On each kind of database three servers: Portico with 10 000 events stored, Portico
with 1 000 000, and the bare server of bench/src; bench/src/bin/deliveries.rs delivers signed events to them in
turn. Writes bench/WEBHOOKS.md.
"""

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT, Server, free_port, psql

SHARE_BAR = 0.5  # of what the bare handler accepts, at least
P99_BAR = 5.0  # times the bare handler's p99, at most, at a steady rate
STORED_BAR = 1.2  # as slow with a million stored as with ten thousand, at most
STEADY = 200  # deliveries a second
CONNECTIONS = 16
FEW, MANY = 10_000, 1_000_000

COLUMNS = "id, kind, livemode, api_version, customer, claimed_org, created_at, received_at, body, state, reason, ended_at"
IN_POSTGRES = (
    "INSERT INTO billing_events ({columns}) SELECT 'evt_' || substr(md5(i::text), 1, 24), 'invoice.paid', false, "
    "'2026-09-30.endive', 'cus_old' || (i % 500), NULL, 1795219200000, 1795219200000 + i, "
    "convert_to(repeat('x', 1000), 'UTF8'), 'applied', NULL, 1795219200000 + i FROM generate_series(1, {count}) i"
)
IN_SQLITE = (
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {count}) "
    "INSERT INTO billing_events ({columns}) SELECT 'evt_' || lower(hex(randomblob(12))), 'invoice.paid', 0, "
    "'2026-09-30.endive', 'cus_old' || (i % 500), NULL, 1795219200000, 1795219200000 + i, zeroblob(1000), "
    "'applied', NULL, 1795219200000 + i FROM c"
)


def store_events(database, url, folder, name, count):
    if database == "postgres":
        psql(url, IN_POSTGRES.format(columns=COLUMNS, count=count))
        psql(url, "VACUUM ANALYZE billing_events")
    else:
        with sqlite3.connect(folder / f"{name}.db") as db:
            db.execute(IN_SQLITE.format(columns=COLUMNS, count=count))
        with sqlite3.connect(folder / f"{name}.db") as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def database_url(database, folder, name):
    if database == "sqlite":
        return f"sqlite://{folder}/{name}.db?mode=rwc"
    url = subprocess.check_output([ROOT / "scripts/postgres", "url", folder / "postgres"], text=True).strip()
    psql(url, f"CREATE DATABASE bench_{name}")
    return url.rsplit("/", 1)[0] + f"/bench_{name}"


def portico(options, database, folder, name, stored, arguments=("--no-worker",)):
    url, port = database_url(database, folder, name), free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ} | {
        "PORTICO_LOG": "warn",
        "LEPTOS_SITE_ADDR": f"127.0.0.1:{port}",
        "PORTICO_ENV": "development",
        "PORTICO_BASE_URL": base,
        "PORTICO_DATABASE_URL": url,
        "PORTICO_METRICS_ADDR": f"127.0.0.1:{free_port()}",
        "PORTICO_STRIPE_SECRET_KEY": "sk_test_sandbox",
        "PORTICO_STRIPE_WEBHOOK_SECRETS": "whsec_sandbox",
        # Nobody is there: nothing but storing is measured.
        "PORTICO_STRIPE_API_URL": "http://127.0.0.1:9",
    }
    subprocess.run([options.programs / "portico", "migrate"], env=settings, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    if stored:
        store_events(database, url, folder, name, stored)
    Server(name, [options.programs / "portico", "serve", *arguments], settings, f"{base}/readyz", folder)
    return f"{base}/webhooks/stripe"


def bare(options, database, folder):
    port = free_port()
    address = f"127.0.0.1:{port}"
    env = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    Server("bare", [options.bare / "bench", address, database_url(database, folder, "bare")], env, f"http://{address}/healthz", folder)
    return f"http://{address}/webhook"


class Deliveries:
    def __init__(self, options):
        self.options, self.round = options, 0

    def to(self, url, rate=None):
        self.round += 1
        command = [self.options.bare / "deliveries", url, self.options.seconds, CONNECTIONS, f"r{self.round}_{os.getpid()}"]
        if rate:
            command.append(rate)
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"portico: delivering to {url} failed: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout)


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def bench_database(options, database, folder):
    few = portico(options, database, folder, "few", FEW)
    many = portico(options, database, folder, "many", MANY)
    beside = bare(options, database, folder)
    deliveries, rows = Deliveries(options), {}
    for url in (few, many, beside):
        deliveries.to(url)  # warm
    pairs = [[deliveries.to(url) for url in (few, many, beside)] for _ in range(options.repeat)]
    for place, name in enumerate(("few", "many", "bare")):
        runs = [pair[place] for pair in pairs]
        rows[name] = {key: median(runs, key) for key in ("per_second", "p50", "p99")}
    steady = [[deliveries.to(url, STEADY) for url in (few, beside)] for _ in range(options.repeat)]
    for place, name in enumerate(("few", "bare")):
        rows[name]["steady"] = {key: median([pair[place] for pair in steady], key) for key in ("per_second", "p50", "p99")}
    Server.stop_all()
    return rows


def report(options, measured):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    lines = [
        "# What a webhook delivery costs",
        "",
        "Written by `make bench`. Signed events of 3 kB, each new, delivered over "
        f"{CONNECTIONS} connections to Portico's release build (`serve --no-worker`: storing is measured, and nothing else) "
        "and to a bare axum handler that verifies the signature and inserts a row, on the same kind of database, in one run.",
        f"Medians of {options.repeat} runs of {options.seconds} s. The PostgreSQL used here runs without durability.",
        "",
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {os.cpu_count()} cores, commit {commit or 'unknown'}.",
        "",
        "| database | figure | value | bar | |",
        "|---|---|---:|---|---|",
    ]
    is_good = True
    for database, rows in measured.items():
        share = rows["few"]["per_second"] / rows["bare"]["per_second"]
        slower = rows["few"]["per_second"] / rows["many"]["per_second"]
        tail = rows["few"]["steady"]["p99"] / rows["bare"]["steady"]["p99"]
        for figure, value, bar, holds in (
            ("accepted per second, of the bare handler's", share, f"at least {SHARE_BAR}", share >= SHARE_BAR),
            (f"p99 at {STEADY} a second, times the bare handler's", tail, f"at most {P99_BAR:.0f}", tail <= P99_BAR),
            (f"with {MANY:,} events stored, times as slow as with {FEW:,}", slower, f"under {STORED_BAR}", slower < STORED_BAR),
        ):
            is_good &= holds
            lines.append(f"| {database} | {figure} | {value:.2f} | {bar} | {'holds' if holds else 'MISSED'} |")
    lines += ["", "| database | server | accepted/s | p50 ms | p99 ms | " f"at {STEADY}/s: p50 ms | p99 ms |", "|---|---|---:|---:|---:|---:|---:|"]
    names = {"few": f"Portico, {FEW:,} stored", "many": f"Portico, {MANY:,} stored", "bare": "bare handler"}
    for database, rows in measured.items():
        for name, row in rows.items():
            steady = row.get("steady")
            at_rate = f"{steady['p50']:.2f} | {steady['p99']:.2f}" if steady else "|"
            lines.append(f"| {database} | {names[name]} | {row['per_second']:.0f} | {row['p50']:.2f} | {row['p99']:.2f} | {at_rate} |")
    (ROOT / "bench/WEBHOOKS.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    return is_good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=Path, required=True, help="folder with portico")
    parser.add_argument("--bare", type=Path, required=True, help="folder with bench and deliveries")
    parser.add_argument("--databases", default="sqlite,postgres", type=lambda s: s.split(","))
    parser.add_argument("--seconds", default=5, type=int)
    parser.add_argument("--repeat", default=3, type=int)
    options = parser.parse_args()
    measured = {}
    for database in options.databases:
        folder = Path(tempfile.mkdtemp(prefix="portico-bench-"))
        os.chmod(folder, 0o755)
        try:
            if database == "postgres":
                subprocess.run([ROOT / "scripts/postgres", "start", folder / "postgres"], check=True)
            measured[database] = bench_database(options, database, folder)
        finally:
            Server.stop_all()
            if database == "postgres":
                subprocess.run([ROOT / "scripts/postgres", "stop", folder / "postgres"], check=False)
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if report(options, measured) else 1)


if __name__ == "__main__":
    main()
