#!/usr/bin/env python3
"""A mail server that keeps what it takes, for the tests: aiosmtpd, with some addresses that behave badly.

Each message becomes N.eml in the directory, and N.envelope: who, to whom, with which options. The name of a
recipient says what happens to it: refused@ is refused for good, later@ and full@ (in the middle) the first time,
broken@ sees the line cut in the middle of the message, slow@ waits there for ever: both the first time.
"""
import argparse
import asyncio
import os
import ssl
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self, directory):
        self.directory = directory
        self.seen = {}
        self.taken = 0

    def first(self, address):
        self.seen[address] = self.seen.get(address, 0) + 1
        return self.seen[address] == 1

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 5.1.1 No such mailbox"
        if name == "later" and self.first(address):
            return "451 4.7.1 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        name = address.split("@")[0]
        if name == "full" and self.first(address):
            return "452 4.2.2 Mailbox full"
        if name == "broken" and self.first(address):
            server.transport.abort()
            return "250 OK"
        if name == "slow" and self.first(address):
            (self.directory / "waits").write_text("")
            await asyncio.Event().wait()
        self.taken += 1
        stem = self.directory / f"{self.taken}"
        said = [envelope.mail_from, *envelope.rcpt_tos, *envelope.mail_options,
                "TLS" if server.transport.get_extra_info("ssl_object") else "clear", str(session.authenticated), session.host_name or ""]
        stem.with_suffix(".envelope").write_text("\n".join(said) + "\n")
        half = stem.with_suffix(".half")
        half.write_bytes(envelope.content)
        os.rename(half, stem.with_suffix(".eml"))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = mechanism in ("LOGIN", "PLAIN") and (data.login, data.password) == (b"haven", b"secret-of-smtp")
    return AuthResult(success=good, handled=False)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--auth", action="store_true")
    args = parser.parse_args()
    context = None
    if args.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.certificate, args.key)
    starttls = args.tls == "starttls"
    options = {"hostname": "sink", "enable_SMTPUTF8": True, "tls_context": context if starttls else None,
               "require_starttls": starttls, "auth_require_tls": False, "auth_required": args.auth,
               "authenticator": authenticate if args.auth else None}
    sink = Sink(args.directory)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, **options), "127.0.0.1", 0, ssl=None if starttls else context)
    half = args.port_file.with_suffix(".half")
    half.write_text(str(server.sockets[0].getsockname()[1]))
    half.rename(args.port_file)
    await server.serve_forever()


asyncio.run(main())
