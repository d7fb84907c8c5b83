"""Runs the scenario and the verifications with Stripe's own client for Python.

drive.py scenario URL KEY SCENARIO.json     prints [{name, answer | error}]
drive.py verify DELIVERIES.json             prints [true | why it was refused]
"""

import json
import sys
from decimal import Decimal

import stripe


def at(value, path):
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def filled(value, saved):
    if isinstance(value, str) and value.startswith("$"):
        return saved[value[1:]]
    if isinstance(value, list):
        return [filled(entry, saved) for entry in value]
    if isinstance(value, dict):
        return {key: filled(inner, saved) for key, inner in value.items()}
    return value


def plain(value):
    """The answer as JSON knows it: no objects of the library's, no decimals."""
    if isinstance(value, stripe.StripeObject):
        value = value.to_dict()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return str(value) if isinstance(value, Decimal) else value


def scenario(url, key, path):
    client = stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=0)
    saved, said = {}, []
    for step in json.load(open(path, encoding="utf-8"))["steps"]:
        *names, method = step["call"].split(".")
        resource = client.v1
        for name in names:
            resource = getattr(resource, name)
        options = {"idempotency_key": step["key"]} if "key" in step else {}
        arguments = filled(step.get("ids", []), saved)
        keywords = {"options": options}
        if "params" in step:
            keywords["params"] = filled(step["params"], saved)
        try:
            answer = plain(getattr(resource, method)(*arguments, **keywords))
        except stripe.StripeError as error:
            raw = error.json_body["error"]
            said.append({"name": step["name"], "error": {"status": error.http_status, **{
                key: raw.get(key) for key in ("type", "code", "param", "decline_code", "message")}}})
            continue
        for name, source in step.get("save", {}).items():
            saved[name] = at(answer, source)
        said.append({"name": step["name"], "answer": answer})
    return said


def verify(path):
    said = []
    for delivery in json.load(open(path, encoding="utf-8")):
        try:
            event = stripe.Webhook.construct_event(delivery["body"], delivery["signature"], delivery["secret"])
            said.append(event.id.startswith("evt_"))
        except stripe.SignatureVerificationError as error:
            said.append(type(error).__name__)
    return said


task, *rest = sys.argv[1:]
print(json.dumps(verify(*rest) if task == "verify" else scenario(*rest)))
