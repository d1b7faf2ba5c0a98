"""Messages to real receivers on loopback: what they say, how they are signed, tried again, refused, given up."""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bellwether.bus import InlineBus, Ledger
from bellwether.contracts import (
    INCIDENTS,
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryDue,
    FleetEntry,
    Impact,
    Incident,
    IncidentChanged,
    Model,
    Rule,
    TimelineEntry,
    fact_id,
)
from bellwether.drift.notify import CHANNELS, Failed
from bellwether.drift.notify.address import is_public, resolve
from bellwether.drift.notifying import CAUSE_WAITS, Notifying
from bellwether.errors import NotReady, Unavailable
from bellwether.settings import Notify, Work
from bellwether.storage import causes
from bellwether.storage.collections import ALERTS, MODELS, OPS, REPORTS, VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.months import note_month
from bellwether.storage.sqlite import SqliteStore
from tests.integration.drift.receivers import HttpReceiver, MailReceiver, http_receiver, mail_receiver
from tests.scenarios import scenario

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "not-a-real-secret"
KINDS = ("webhook", "slack", "teams")
NASTY = 'in<script>come & "co", *bold* [x](y)'


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as receiver:
        yield receiver


class World:
    """An open incident, a store, and the two handlers."""

    def __init__(self, path: Path) -> None:
        self.store = SqliteStore(path)
        self.time = NOW
        self.settings = Notify(
            allow_private=True, public_url="https://bellwether.example", timeout_seconds=5, smtp_starttls=False
        )
        since = NOW - timedelta(days=2)
        alert = Alert(
            key="k1", rule="drift", family="drift", features=(NASTY,), status="act", since=since, seen_at=since,
            last_at=since, sentence=f"{NASTY} moved.",
        )  # fmt: skip
        self.incident = Incident(
            id=fact_id(since, "incident", "credit"), pk="credit", model="credit", group="credit|drift", family="drift",
            state="open", status="act", title=f"The data has drifted: {NASTY}", sentence=f"{NASTY} moved.", since=since,
            seen_at=since, opened_at=NOW, alerts=(alert,), next_step="Look at the run.", updated_at=NOW,
            impact=Impact(batches=2, rows=2000, share=0.37, money=41_234.0, currency="EUR"),
            timeline=(TimelineEntry(at=NOW, change="opened", text="Opened.", trigger="t"),),
        )  # fmt: skip
        self.keep(self.incident)
        entry = FleetEntry(
            id="credit", pk="fleet", model="credit", status="act", aspects={}, sentence="x", spark=(1.0, None, 8.0),
            assessed_at=NOW,
        )  # fmt: skip
        self.store.put(VIEWS, dump(entry))

    def keep(self, incident: Incident) -> None:
        self.incident = incident
        self.store.put(ALERTS, dump(incident))
        self.store.put(VIEWS, dump(incident.model_copy(update={"pk": INCIDENTS})))

    @property
    def notifying(self) -> Notifying:
        return Notifying(OwnedDocuments(self.store, "drift"), self.settings, lambda: self.time)

    def channel(self, kind: str, **more: Any) -> Channel:
        id = fact_id(NOW, "channel", kind, str(more))
        given = {"id": id, "pk": "channels", "name": "ops", "kind": kind, "created_at": NOW, "created_by": "ann"}
        channel = Channel.model_validate(given | more)
        self.store.put(OPS, dump(channel))
        return channel

    def due(self, number: int = 0) -> list[DeliveryDue]:
        event = IncidentChanged(model="credit", subject=f"{self.incident.id}|{number}", occurred_at=NOW)
        return [one for one in self.notifying.notify(event) if isinstance(one, DeliveryDue)]

    def deliver(self, channel: Channel) -> None:
        subject = f"{self.incident.id}|0|{channel.id}"
        assert list(self.notifying.deliver(DeliveryDue(model="credit", subject=subject, occurred_at=NOW))) == []

    def log(self, channel: Channel) -> list[Delivery]:
        return [parse(Delivery, doc) for doc in self.store.query(ALERTS, f"deliveries|{channel.id}").docs]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "documents.db")


def target(kind: str, http: HttpReceiver) -> dict[str, Any]:
    return {"url": f"{http.url}/hook?x=1", "secret": SECRET if kind == "webhook" else None}


def test_every_kind_of_channel_has_an_adapter() -> None:
    assert {one.kind for one in CHANNELS} == set(get_args(ChannelKind))


def test_a_webhook_can_be_verified_by_its_receiver(world: World, http: HttpReceiver) -> None:
    channel = world.channel("webhook", **target("webhook", http))
    world.deliver(channel)
    (got,) = http.posted
    assert got.path == "/hook?x=1"
    (delivery,) = world.log(channel)
    assert (delivery.state, delivery.delivered_at) == ("delivered", NOW)
    assert got.headers["X-Bellwether-Delivery"] == delivery.id
    signed = f"{delivery.id}.{int(NOW.timestamp())}.".encode() + got.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert got.headers["X-Bellwether-Timestamp"] == str(int(NOW.timestamp()))
    assert got.headers["X-Bellwether-Signature"] == f"v1={expected}"
    said = json.loads(got.body)
    assert (said["change"], said["model"], said["status"], said["keys"]) == ("opened", "credit", "act", ["k1"])
    assert said["link"] == f"https://bellwether.example/incidents/{world.incident.id}"
    assert said["facts"]["Impact"] == ("about EUR 41,000, 37 % of what drives the decisions, 2 batches of 2,000 rows")
    assert said["facts"]["Next step"] == "Look at the run."


def test_what_likely_caused_it_is_told_once_the_graph_knows(world: World, http: HttpReceiver) -> None:
    made = scenario(77, "few_rows")
    first = made.points[-1].batch
    (alert,) = world.incident.alerts
    world.keep(world.incident.model_copy(update={"alerts": (alert.model_copy(update={"first_batch": first}),)}))
    channel = world.channel("webhook", **target("webhook", http))
    with pytest.raises(NotReady, match="does not know yet"):
        world.deliver(channel)
    assert http.posted == []
    for graph, nodes, edges in made.graphs():
        GraphWriter(world.store).write(graph, nodes, edges)
    for point in made.points:
        note_month(world.store, made.points[0].model, point.batch)
        world.store.put(REPORTS, dump(point))
    world.deliver(channel)
    told = json.loads(http.posted[0].body)["facts"]["Likely cause"]
    assert told == f"{causes.of_incident(world.store, world.incident)[0].sentence} (strong evidence)"


def test_a_message_waits_for_the_graph_only_so_long(world: World, http: HttpReceiver) -> None:
    (alert,) = world.incident.alerts
    world.keep(world.incident.model_copy(update={"alerts": (alert.model_copy(update={"first_batch": "gone"}),)}))
    world.time = NOW + CAUSE_WAITS
    world.deliver(world.channel("webhook", **target("webhook", http)))
    assert "Likely cause" not in json.loads(http.posted[0].body)["facts"]


def test_slack_gets_blocks_whose_text_is_escaped(world: World, http: HttpReceiver) -> None:
    world.deliver(world.channel("slack", **target("slack", http)))
    said = json.loads(http.posted[0].body)
    assert said["blocks"][0]["type"] == "header"
    shown = json.dumps([said["text"], *(block for block in said["blocks"] if block["type"] == "section")])
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "▂·█" in json.dumps(said, ensure_ascii=False)


def test_teams_gets_an_adaptive_card(world: World, http: HttpReceiver) -> None:
    world.deliver(world.channel("teams", **target("teams", http)))
    (attachment,) = json.loads(http.posted[0].body)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["actions"][0]["type"]) == ("AdaptiveCard", "Action.OpenUrl")
    facts = next(one for one in card["body"] if one["type"] == "FactSet")["facts"]
    assert {"title": "Model", "value": "credit"} in facts
    assert "\\*bold\\* \\[x\\]\\(y\\)" in card["body"][0]["text"]


def test_mail_says_the_same_as_text_and_as_a_table(world: World, mail: MailReceiver) -> None:
    world.settings = world.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": mail.port})
    channel = world.channel("email", addresses=("a@example.org", "b@example.org"))
    world.deliver(channel)
    (to, message) = mail.mails[0]
    assert to == ["a@example.org", "b@example.org"]
    assert str(message["Subject"]).startswith("[Bellwether] ▲ Act: credit: The data has drifted")
    assert message["X-Bellwether-Delivery"] == world.log(channel)[0].id
    text = message.get_body(("plain",))
    table = message.get_body(("html",))
    assert text is not None
    assert table is not None
    assert "Impact: about EUR 41,000" in text.get_content()
    html = table.get_content()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<svg" not in html
    mail.refuse = True
    with pytest.raises(Unavailable):
        world.deliver(world.channel("email", addresses=("c@example.org",)))


def test_mail_without_a_server_says_what_to_set(world: World) -> None:
    channel = world.channel("email", addresses=("a@example.org",))
    with pytest.raises(Unavailable):
        world.deliver(channel)
    assert "BELLWETHER_NOTIFY__SMTP_HOST" in (world.log(channel)[0].attempts[0].error or "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_is_tried_again_under_the_same_id_until_it_is_taken(
    world: World, http: HttpReceiver, kind: str
) -> None:
    http.answers = [500, 302]
    channel = world.channel(kind, **target(kind, http))
    for _ in range(2):
        with pytest.raises(Unavailable):
            world.deliver(channel)
    world.deliver(channel)
    world.deliver(channel)  # a repeat after success sends nothing
    assert len(http.posted) == 3
    (delivery,) = world.log(channel)
    assert delivery.state == "delivered"
    assert [attempt.error for attempt in delivery.attempts] == [
        "the receiver answered 500", "the receiver answered 302", None,
    ]  # fmt: skip
    if kind == "webhook":
        assert len({got.headers["X-Bellwether-Delivery"] for got in http.posted}) == 1


def test_after_five_tries_it_is_given_up(world: World, http: HttpReceiver) -> None:
    http.answers = [500] * 9
    channel = world.channel("webhook", **target("webhook", http))
    for _ in range(4):
        with pytest.raises(Unavailable):
            world.deliver(channel)
    world.deliver(channel)
    world.deliver(channel)
    assert (world.log(channel)[0].state, len(http.posted)) == ("failed", 5)


def test_a_receiver_that_does_not_answer_is_left(world: World, http: HttpReceiver) -> None:
    http.pause_s = 3.0
    world.settings = world.settings.model_copy(update={"timeout_seconds": 0.2})
    channel = world.channel("webhook", **target("webhook", http))
    with pytest.raises(Unavailable, match="TimeoutError"):
        world.deliver(channel)


def test_a_redirect_leads_nowhere(world: World, http: HttpReceiver) -> None:
    with http_receiver() as other:
        http.answers, http.headers = [307], {"Location": other.url}
        with pytest.raises(Unavailable):
            world.deliver(world.channel("webhook", **target("webhook", http)))
        assert other.posted == []


# -- where messages may go


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::",
     "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
     "224.0.0.1", "255.255.255.255", "ff02::1", "192.0.2.1"],
)  # fmt: skip
def test_private_addresses_are_none_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_a_channel_reaches_nothing_private_unless_settings_allow(world: World, http: HttpReceiver, host: str) -> None:
    world.settings = world.settings.model_copy(update={"allow_private": False})
    port = http.url.rpartition(":")[2]
    for scheme in ("http", "https"):
        channel = world.channel("webhook", url=f"{scheme}://{host}:{port}/x", secret=SECRET)
        with pytest.raises(Unavailable):
            world.deliver(channel)
        error = world.log(channel)[0].attempts[0].error or ""
        assert "private" in error.lower() or "https" in error or "resolved" in error
        assert port not in error
    assert http.posted == []


def test_a_name_is_resolved_once_and_connected_to_as_it_was_checked() -> None:
    assert resolve("127.0.0.1", 80, allow_private=True) == "127.0.0.1"
    with pytest.raises(Failed, match="private"):
        resolve("localhost", 80, allow_private=False)
    with pytest.raises(Failed, match="resolved"):
        resolve("nothing.invalid", 80, allow_private=True)


def test_a_certificate_nobody_vouches_for_is_refused(world: World, tmp_path: Path) -> None:
    with http_receiver(_self_signed(tmp_path)) as receiver:
        with pytest.raises(Unavailable, match="SSLCertVerificationError"):
            world.deliver(world.channel("webhook", url=receiver.url, secret=SECRET))
        assert receiver.posted == []


def test_an_address_that_hangs_up_or_is_not_there_fails(world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        channel = world.channel("webhook", url=f"http://127.0.0.1:{closed.getsockname()[1]}", secret=SECRET)
        with pytest.raises(Unavailable, match="ConnectionRefusedError"):
            world.deliver(channel)


# -- who is told, and of what


def test_channels_hear_of_their_models_and_rules_may_name_some(world: World) -> None:
    every = world.channel("slack", url="https://a.example/x")
    mine = world.channel("slack", url="https://b.example/x", models=("credit",))
    world.channel("slack", url="https://c.example/x", models=("other",))
    world.channel("slack", url="https://d.example/x", enabled=False)
    assert {one.subject.rpartition("|")[2] for one in world.due()} == {every.id, mine.id}
    rule = Rule(
        id="credit~drift", pk="rules", rule="drift", model="credit", channels=(mine.id,), updated_at=NOW,
        updated_by="ann",
    )  # fmt: skip
    world.store.put(OPS, dump(rule))
    assert [one.subject.rpartition("|")[2] for one in world.due()] == [mine.id]


def test_an_escalation_goes_to_the_second_owner_of_the_tier_alone_and_so_does_its_end(world: World) -> None:
    owner = world.channel("slack", url="https://a.example/x")
    second = world.channel("slack", url="https://b.example/x", hears="escalations", tiers=(1,))
    world.channel("slack", url="https://c.example/x", hears="escalations", tiers=(2, 3))
    world.channel("slack", url="https://d.example/x", hears="escalations", models=("other",))
    model = Model(pk="credit", name="credit", task="binary", tier=1, created_at=NOW, updated_at=NOW)
    world.store.put(MODELS, dump(model))
    told = [
        TimelineEntry.model_validate({"at": NOW, "change": change, "text": "x", "trigger": change})
        for change in ("opened", "escalated", "resolved")
    ]
    world.keep(world.incident.model_copy(update={"timeline": tuple(told), "escalated_at": NOW}))
    heard = [{one.subject.rpartition("|")[2] for one in world.due(number)} for number in range(3)]
    assert heard == [{owner.id}, {second.id}, {owner.id, second.id}]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (["opened"], True),
        (["opened", "cleared"], False),
        (["opened", "resolved"], True),
        (["opened", "muted"], False),
        (["opened", "muted", "joined"], False),
        (["opened", "muted", "rearmed"], True),
        (["opened", "muted", "rearmed", "joined"], True),
        (["opened", "reminder"], True),
    ],
)
def test_what_is_expected_is_not_told(world: World, entries: list[str], told: bool) -> None:
    world.channel("slack", url="https://a.example/x")
    timeline = tuple(
        TimelineEntry.model_validate({"at": NOW + timedelta(hours=n), "change": change, "text": "x", "trigger": str(n)})
        for n, change in enumerate(entries)
    )
    world.keep(world.incident.model_copy(update={"timeline": timeline}))
    assert bool(world.due(len(entries) - 1)) == told


def test_opened_into_an_expected_change_nothing_is_told(world: World) -> None:
    world.channel("slack", url="https://a.example/x")
    entry = world.incident.timeline[0]
    quiet = entry.model_copy(update={"change": "muted"})
    world.keep(world.incident.model_copy(update={"timeline": (entry, quiet)}))
    assert world.due(0) == []


def test_a_test_message_is_logged_under_the_id_the_caller_got(world: World, http: HttpReceiver) -> None:
    channel = world.channel("webhook", **target("webhook", http))
    id = fact_id(NOW, "delivery", "test")
    event = DeliveryDue(model="channel-test", subject=f"test~{id}|{channel.id}", occurred_at=NOW)
    assert list(world.notifying.deliver(event)) == []
    assert [(one.id, one.change, one.state) for one in world.log(channel)] == [(id, "test", "delivered")]


def test_over_the_bus_every_channel_gets_it_though_one_is_down(world: World, http: HttpReceiver) -> None:
    good = world.channel("webhook", **target("webhook", http))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        bad = world.channel("slack", url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        ledger = Ledger(world.store, Work(), lambda: world.time)
        handlers = {"drift.notify": world.notifying.notify, "drift.deliver": world.notifying.deliver}
        bus = InlineBus(ledger, handlers)
        bus.publish([IncidentChanged(model="credit", subject=f"{world.incident.id}|0", occurred_at=NOW)])
    assert len(http.posted) == 1
    assert (world.log(good)[0].state, world.log(bad)[0].state) == ("delivered", "waiting")
    (waiting,) = ledger.undone("drift")
    assert (waiting.handler, waiting.retries) == ("drift.deliver", 1)


# -- digests


def digests(world: World) -> list[DeliveryDue]:
    return [one for one in world.notifying.due() if isinstance(one, DeliveryDue)]


def test_a_daily_digest_is_sent_once_and_silent_when_nothing_changed(world: World, http: HttpReceiver) -> None:
    channel = world.channel("webhook", **target("webhook", http), digest="daily")
    world.time = NOW.replace(hour=5)
    assert digests(world) == []
    world.time = NOW + timedelta(days=1)
    (event,) = digests(world)
    list(world.notifying.deliver(event))
    said = json.loads(http.posted[0].body)
    assert (said["change"], said["sentence"]) == ("digest", "1 new, 0 over, 0 still open.")
    assert said["sections"][0]["title"] == "New"
    assert digests(world) == []
    world.time = NOW + timedelta(days=3)
    (quiet,) = digests(world)
    list(world.notifying.deliver(quiet))
    assert len(http.posted) == 1
    assert [one.state for one in world.log(channel)] == ["delivered", "silent"]
    assert digests(world) == []


def test_a_weekly_digest_says_when_all_is_fine(world: World, http: HttpReceiver) -> None:
    world.channel("webhook", **target("webhook", http), digest="weekly")
    world.store.delete(VIEWS, INCIDENTS, world.incident.id)
    entry = parse(FleetEntry, world.store.get(VIEWS, "fleet", "credit") or {}).model_copy(update={"status": "fine"})
    world.store.put(VIEWS, dump(entry))
    world.time = NOW + timedelta(days=1)
    assert digests(world) == []
    world.time = NOW + timedelta(days=7)
    (event,) = digests(world)
    list(world.notifying.deliver(event))
    said = json.loads(http.posted[0].body)
    assert (said["title"], said["sentence"], said["status"]) == ("The week in 1 model", "All fine.", "fine")


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
