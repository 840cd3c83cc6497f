"""A bot for Lendbook, written from docs/protocol.md and nothing else. Copy what you need of it.

It registers, waits until cash has come, follows the market and its own bids, bids and cancels, and goes on where
it was when its connection is cut. In the end it holds what it knows against what HTTP says.

    pip install websockets msgpack
    BASE_URL=http://127.0.0.1:8080 python3 bot.py

Python 3.9 or later. What happens is told on standard output, one JSON object a line.
"""

import asyncio
import json
import os
import random
import secrets
import sys
import time
import urllib.request
import uuid

import msgpack
import websockets

# Several gateways, separated by commas: any of them serves all.
BASE_URLS = os.environ.get("BASE_URL", "http://127.0.0.1:8080").split(",")
SUBPROTOCOL = os.environ.get("SUBPROTOCOL", "lendbook.v1.msgpack")
BIDS = int(os.environ.get("BIDS", "50"))

BACKOFF_SECONDS_MAX = 5
PRIVATE = ("cash", "bids")


def tell(at, **facts):
    print(json.dumps({"at": at, **facts}), flush=True)


def new_key():
    """A UUIDv7: 48 bits of milliseconds, the version, 12 random bits, the variant, 62 random bits."""
    ms = time.time_ns() // 1_000_000
    bits = ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))


class Refused(Exception):
    """The gateway says no. `kind` is the class of the refusal: all that a program needs to act on."""

    def __init__(self, refusal):
        super().__init__(f"{refusal['code']}: {refusal['en']}")
        self.code = refusal["code"]
        self.kind = refusal["class"]
        self.wait_seconds = refusal.get("retryAfterMs", 1_000) / 1_000


class ConnectionLost(Exception):
    """There will be no reply: what came of the request is not known."""


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────


def http(method, path, body=None, token=None):
    """One request to the first gateway that answers at all."""
    headers = {"content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    for base_url in BASE_URLS:
        request = urllib.request.Request(base_url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error)["error"]) from None
        except OSError as error:
            lost = error
    raise ConnectionLost(str(lost))


# ── Channels ─────────────────────────────────────────────────────────────────────────────────────


class Channel:
    """What is known of one channel, and as of which sequence. A subclass says what its frames mean."""

    def __init__(self):
        self.epoch = None
        self.seq = None
        self.is_following = False
        self.parts = []

    def since(self):
        """Where to go on from. Before the first snapshot is whole there is no such place."""
        return {} if self.seq is None else {"since": self.seq, "epoch": self.epoch}

    def on_frame(self, frame):
        """Returns False when something was missed, and the channel has to be asked for again."""
        if frame["t"] == "snapshot":
            self.on_snapshot(frame)
            return True
        if not self.is_following:
            return True
        if frame["epoch"] != self.epoch or frame["prev"] != self.seq:
            return False
        self.seq = frame["seq"]
        self.change(frame["d"])
        return True

    def on_snapshot(self, frame):
        """It replaces all that is known. A large one comes in parts, and counts once it is whole."""
        if frame.get("part", 1) == 1:
            self.parts = []
        self.parts.append(frame["d"])
        if len(self.parts) < frame.get("parts", 1):
            return
        self.epoch, self.seq, self.is_following = frame["epoch"], frame["seq"], True
        self.replace(self.parts)
        self.parts = []


class Cash(Channel):
    now = {"availableMinor": 0, "heldMinor": 0}

    def replace(self, parts):
        self.now = parts[0]

    def change(self, delta):
        self.now = delta


class OpenBids(Channel):
    """By id. A delta has each bid that changed whole, also as it ends."""

    rows = {}

    def replace(self, parts):
        self.rows = {row["bidId"]: row for part in parts for row in part["bids"]}

    def change(self, delta):
        for row in delta["bids"]:
            if row["status"] == "open":
                self.rows[row["bidId"]] = row
            else:
                self.rows.pop(row["bidId"], None)


class Market(Channel):
    """All listings, by id. A delta has of each what changed; one that was not there before comes whole."""

    rows = {}

    def replace(self, parts):
        self.rows = {row["listingId"]: row for part in parts for row in part["listings"]}

    def change(self, delta):
        for row in delta["listings"]:
            self.rows.setdefault(row["listingId"], {}).update(row)
        for listing_id in delta["removed"]:
            self.rows.pop(listing_id, None)


# ── The connection ───────────────────────────────────────────────────────────────────────────────


class Connection:
    """Stays connected: to the next gateway when one has gone, with the session and the channels it had."""

    def __init__(self, token):
        self.token = token
        self.channels = {"market": Market(), "cash": Cash(), "bids": OpenBids()}
        self.settled = 0
        self.resumed = []
        self.is_ready = asyncio.Event()
        self.changed = asyncio.Event()
        self._socket = None
        self._replies = {}
        self._next_id = 0

    async def run(self):
        attempt = 0
        while True:
            url = BASE_URLS[attempt % len(BASE_URLS)].replace("http", "ws", 1) + "/v1/ws"
            try:
                async with websockets.connect(url, subprotocols=[SUBPROTOCOL], max_size=None) as socket:
                    await self._serve(socket)
            except (OSError, websockets.WebSocketException):
                pass
            self._lose()
            attempt += 1
            # Not all at once, when a gateway with many callers has gone.
            await asyncio.sleep(random.random() * min(BACKOFF_SECONDS_MAX, 0.1 * 2**attempt))

    async def _serve(self, socket):
        self._socket = socket
        beginning = asyncio.create_task(self._begin())
        try:
            async for data in socket:
                self._on_frame(json.loads(data) if isinstance(data, str) else msgpack.unpackb(data))
        finally:
            beginning.cancel()

    async def _begin(self):
        try:
            await self.ask("logon", {"token": self.token})
            await self._subscribe(self.channels)
            self.is_ready.set()
        except ConnectionLost:
            pass

    def _lose(self):
        self._socket = None
        self.is_ready.clear()
        for channel in self.channels.values():
            channel.is_following = False
        replies, self._replies = self._replies, {}
        for reply in replies.values():
            if not reply.done():
                reply.set_exception(ConnectionLost())

    async def _subscribe(self, names):
        asked = []
        for name in names:
            # What still comes belongs to an older subscription.
            self.channels[name].is_following = False
            asked.append({"channel": name, **self.channels[name].since()})
        await self.ask("subscribe", {"channels": asked})

    def _on_frame(self, frame):
        kind = frame["t"]
        if kind == "reply":
            self._on_reply(frame)
        elif kind in ("snapshot", "delta"):
            if not self.channels[frame["ch"]].on_frame(frame):
                asyncio.ensure_future(self._subscribe([frame["ch"]]))
        elif kind == "heartbeat":
            self.settled = frame["settled"]
        self.changed.set()

    def _on_reply(self, frame):
        if frame["ok"]:
            # At once, not when whoever waits for the reply has its turn: the frames right behind it count.
            for told in frame["r"].get("channels", []) if isinstance(frame["r"], dict) else []:
                if isinstance(told, dict):
                    self._on_subscribed(told)
        reply = self._replies.pop(frame["id"], None)
        if reply is None or reply.done():
            return
        if frame["ok"]:
            reply.set_result(frame["r"])
        else:
            reply.set_exception(Refused(frame["e"]))

    def _on_subscribed(self, told):
        """Either exactly the deltas after `since` follow, or a snapshot does."""
        channel = self.channels[told["channel"]]
        channel.is_following = told["recovered"]
        if channel.seq is not None:
            self.resumed.append({"channel": told["channel"], "recovered": told["recovered"]})

    async def ask(self, op, p, ack=None):
        """Sends a request and waits for its reply. Raises Refused or ConnectionLost."""
        socket = self._socket
        if socket is None:
            raise ConnectionLost()
        self._next_id += 1
        frame = {"id": self._next_id, "op": op, "p": p}
        if ack is not None:
            frame["ack"] = ack
        reply = self._replies[frame["id"]] = asyncio.get_running_loop().create_future()
        data = json.dumps(frame) if SUBPROTOCOL.endswith("json") else msgpack.packb(frame)
        try:
            await socket.send(data)
        except websockets.ConnectionClosed:
            # Whoever reads hears of it too, and gives this request up with all others.
            pass
        return await reply

    async def command(self, op, p, ack="durable"):
        """Carried out once, however often it has to be sent: its key says that it is the same."""
        while True:
            await self.is_ready.wait()
            try:
                return await self.ask(op, p, ack)
            except ConnectionLost:
                pass
            except Refused as refused:
                if refused.kind not in ("retry-same-key", "retry-after"):
                    raise
                await asyncio.sleep(refused.wait_seconds)

    async def until(self, what, is_so):
        """Waits until something that comes over the connection makes it so."""
        deadline = time.monotonic() + 60
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(what)
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), 5)
            except asyncio.TimeoutError:
                pass


# ── What the bot does ────────────────────────────────────────────────────────────────────────────


def register():
    email = f"bot-{secrets.token_hex(8)}@example.org"
    password = secrets.token_urlsafe(18)
    return http("POST", "/v1/persons", {"email": email, "password": password, "name": "Bot"})


def pick_listing(market):
    """The open listing that pays most."""
    rows = [row for row in market.rows.values() if row["status"] == "open"]
    return max(rows, key=lambda row: row["ratePpm"], default=None)


async def trade(connection):
    """Returns the keys of its bids with the answers they got."""
    cash, market = connection.channels["cash"], connection.channels["market"]
    await connection.until("cash has come", lambda: cash.now["availableMinor"] > 0)
    await connection.until("a listing is open", lambda: pick_listing(market) is not None)
    listing = pick_listing(market)

    def bid():
        terms = {"amountMinor": listing["minBidMinor"], "ratePpm": listing["ratePpm"]}
        return {"key": new_key(), "listingId": listing["listingId"], **terms}

    first = await connection.command("bid.place", bid())
    bid_id = first["answer"]["bidId"]
    cancelled = await connection.command("bid.cancel", {"key": new_key(), "bidId": bid_id})
    tell("cancelled", bidId=bid_id, releasedMinor=cancelled["answer"]["releasedMinor"])

    answers = {}
    for _ in range(BIDS):
        asked = bid()
        reply = await connection.command("bid.place", asked)
        answers[asked["key"]] = reply["answer"]
        tell("bid", bidId=reply["answer"]["bidId"], isRepeated=reply.get("isRepeated", False))
        await asyncio.sleep(0.05)
    return answers


async def compare(connection, token, answers):
    """What HTTP says differently, in words; nothing when all is well."""
    cash, bids = connection.channels["cash"], connection.channels["bids"]
    ids = {answer["bidId"] for answer in answers.values()}
    await connection.until("all bids are shown", lambda: ids == set(bids.rows))
    # Bids by HTTP are as settled.
    await connection.until("all is settled", lambda: connection.settled >= bids.seq)
    differences = []
    told = http("GET", "/v1/bids?status=open&limit=500", token=token)["bids"]
    if {row["bidId"]: row for row in told} != bids.rows:
        differences.append(f"bids: {told} by HTTP, {list(bids.rows.values())} on the channel")
    told = http("GET", "/v1/cash", token=token)
    if any(told[name] != amount for name, amount in cash.now.items()):
        differences.append(f"cash: {told} by HTTP, {cash.now} on the channel")
    for key, answer in list(answers.items())[:: max(1, len(answers) // 10)]:
        told = http("GET", f"/v1/outcomes/{key}", token=token)["answer"]
        if told != answer:
            differences.append(f"outcome of {key}: {told}, the reply was {answer}")
    return differences


async def main():
    session = register()
    tell("registered", accountId=session["accountId"])
    connection = Connection(session["token"])
    running = asyncio.create_task(connection.run())
    answers = await trade(connection)
    differences = await compare(connection, session["token"], answers)
    running.cancel()
    http("DELETE", "/v1/sessions", token=session["token"])
    tell("done", bids=len(answers), resumed=connection.resumed, differences=differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
