"""One signed call to the server without the courier's process: for what is run once, while the services stand still."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import urllib3

from kiosk import codec
from kiosk.courier.loopback import why_not
from kiosk.identity import Signer, signed_by
from kiosk.parcels import answer_bytes, request_bytes

ANSWER_S: Final = 20.0


class NoAnswer(Exception):
    """Nothing that counts came back; says why."""


class Direct(msgspec.Struct, frozen=True):
    """`server`: its address. `ca_file`: of a certificate that the system does not know; may be empty."""

    server: str
    ca_file: str = ""

    def call(
        self, call: str, body: msgspec.Struct, answer: Any, kiosk: str, signer: Signer, server_key: str = ""
    ) -> Any:
        """The answer, of type `answer`. Its signature must be of `server_key`, or of the key that it names itself.

        Raises NoAnswer."""
        if why := why_not(kiosk, self.server):
            raise NoAnswer(why)
        text = codec.encode(body)
        signature = signer.sign(request_bytes(call, text))
        headers = {"Kiosk-Id": kiosk, "Kiosk-Signature": signature, "Content-Type": "application/json"}
        url = f"{self.server.rstrip('/')}/v1/{call}"
        try:
            with urllib3.PoolManager(ca_certs=self.ca_file or None) as pool:
                came = pool.request("POST", url, body=text, headers=headers, timeout=ANSWER_S, retries=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(
                f"{url} can not be reached ({error}). Check the network and the address"
            ) from error
        if came.status != 200:
            raise NoAnswer(f"{url} answered {came.status}: {came.data[:200].decode('utf-8', 'replace')}")
        try:
            said = codec.decode(came.data, answer)
        except codec.Malformed as error:
            raise NoAnswer(f"{url} does not speak this protocol: {error}") from error
        key = server_key or getattr(said, "server_key", "")
        if not signed_by(key, answer_bytes(signature, came.data), came.headers.get("Server-Signature", "")):
            raise NoAnswer(f"{url}: the answer is not signed by the server's key; it does not count")
        return said
