#!/usr/bin/env python3
"""A receiver of webhooks on 127.0.0.1, for tests: it keeps each message and says whether its signature is good.

usage: webhook_sink.py DIR --port-file FILE

DIR/secrets: "whsec_..." a line, those it knows; DIR/answer: the status to answer (204), or "redirect", "long", "hold": none,
until the sender goes.
Each message becomes a line of DIR/messages: JSON {"id", "type", "body", "good": how many of its signatures are of a secret
it knows}."""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import time


def signatures_that_are_good(directory, headers, body):
    secrets = directory / "secrets"
    known = set()
    for line in secrets.read_text().split() if secrets.exists() else []:
        key = base64.b64decode(line.removeprefix("whsec_"))
        signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
        known.add("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return 0
    return sum(any(hmac.compare_digest(one, other) for other in known)
               for one in headers["webhook-signature"].split())


def handler_for(directory):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message = {"id": self.headers["webhook-id"], "path": self.path, "body": body.decode(),
                       "type": json.loads(body)["type"],
                       "good": signatures_that_are_good(directory, self.headers, body)}
            with (directory / "messages").open("a") as log:
                log.write(json.dumps(message) + "\n")
            answer = directory / "answer"
            said = answer.read_text().strip() if answer.exists() else "204"
            if said == "hold":
                self.rfile.read(1)
            elif said == "redirect":
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
            elif said == "long":
                self.send_response(200)
                self.end_headers()
                try:
                    for _ in range(1024):
                        self.wfile.write(b"x" * 65536)
                except OSError:
                    pass
            else:
                self.send_response(int(said))
                self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--port-file", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_for(arguments.directory))
    whole = arguments.port_file.with_suffix(".new")
    whole.write_text(str(server.server_address[1]))
    whole.rename(arguments.port_file)
    server.serve_forever()


main()
