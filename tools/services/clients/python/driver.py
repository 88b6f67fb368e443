"""kafka-python, driven over standard input and output: a line of JSON for each request and each answer; ClientDriver.java lists the operations.

Requests run at the same time, each on a thread. Speaks to kafka-python 2.0 (Debian's) and 3.
"""

import json
import logging
import os
import sys
import threading
import time
import types

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import KafkaConnectionError
from kafka.structs import OffsetAndMetadata

logging.disable(logging.CRITICAL)

READ_SECONDS_MAX = 30
NEWEST = int(kafka.__version__.split(".", 1)[0]) >= 3


def connect(request):
    connection = request["connection"]
    sasl, tls = connection.get("sasl"), connection.get("tls")
    settings = {"bootstrap_servers": connection["bootstrap"], "reconnect_backoff_ms": 50, "reconnect_backoff_max_ms": 500}
    base = "PLAINTEXT" if tls is None else "SSL"
    settings["security_protocol"] = base if sasl is None else "SASL_" + base
    if sasl is not None:
        settings.update(
            sasl_mechanism=sasl["mechanism"], sasl_plain_username=sasl["user"], sasl_plain_password=sasl["password"]
        )
    if tls is not None:
        settings.update(ssl_cafile=tls["ca"], ssl_certfile=tls.get("cert"), ssl_keyfile=tls.get("key"))
    return settings


def codec_of(request):
    codec = request.get("codec", "none")
    return None if codec == "none" else codec


def producer_of(request, **more):
    return KafkaProducer(acks="all", linger_ms=5, retries=20, compression_type=codec_of(request), **connect(request), **more)


def consumer_of(request, **more):
    settings = dict(auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=100, metadata_max_age_ms=1000)
    if request.get("committed"):
        settings["isolation_level"] = "read_committed"
    return KafkaConsumer(**settings, **connect(request), **more)


def produce(request):
    producer = producer_of(request)
    partitions = request.get("partitions", 1)
    sent = [
        producer.send(request["topic"], value.encode(), partition=index % partitions)
        for index, value in enumerate(request["values"])
    ]
    for one in sent:
        one.get(timeout=20)
    producer.close()
    return True


def produce_slowly(request):
    producer = producer_of(request)
    acknowledged = []
    for value in request["values"]:
        producer.send(request["topic"], value.encode(), partition=0).get(timeout=20)
        acknowledged.append(value)
        time.sleep(request["everyMs"] / 1000)
    producer.close()
    return acknowledged


def read(request):
    consumer = consumer_of(request, group_id=None)
    partition = TopicPartition(request["topic"], 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    values = []
    deadline = time.monotonic() + READ_SECONDS_MAX
    while request["until"] not in values:
        if time.monotonic() > deadline:
            raise RuntimeError("read %r and no %s" % (values, request["until"]))
        for records in consumer.poll(timeout_ms=200).values():
            values.extend(record.value.decode() for record in records)
    consumer.close()
    return values


class Member(threading.Thread):
    """A consumer on its own thread: it may be used by no other."""

    def __init__(self, request):
        super().__init__(daemon=True)
        session = request["sessionMs"]
        self.consumer = consumer_of(
            request,
            group_id=request["group"],
            session_timeout_ms=session,
            heartbeat_interval_ms=session // 6,
            max_poll_interval_ms=60000,
        )
        self.topic = request["topic"]
        self.values, self.partitions, self.wish, self.failure = [], [], None, None
        self.changed = threading.Condition()

    def run(self):
        try:
            self.consumer.subscribe([self.topic])
            while not self.step():
                pass
        except Exception as error:
            with self.changed:
                self.failure, self.wish = error, None
                self.changed.notify_all()

    def step(self):
        """Reads on and does what is wished; true when it has left."""
        try:
            # A join that ends between two polls is forgotten and begun anew (3.0): on a busy machine, in pieces of 500 ms, for ever.
            found = self.consumer.poll(timeout_ms=500 if self.partitions else 2000)
            with self.changed:
                for records in found.values():
                    self.values.extend(record.value.decode() for record in records)
                self.partitions = sorted(one.partition for one in self.consumer.assignment())
                if self.wish == "commit":
                    self.consumer.commit()
                left = self.wish == "leave"
                if left:
                    self.consumer.close()
                self.wish = None
                self.changed.notify_all()
                return left
        except KafkaConnectionError:
            # Of a broker that is being started again any call may still say so; the next one finds it.
            time.sleep(0.1)
            return False

    def seen(self):
        with self.changed:
            if self.failure is not None:
                raise self.failure
            return {"partitions": self.partitions, "values": list(self.values)}

    def ask(self, wish):
        with self.changed:
            self.wish = wish
            while self.wish is not None:
                self.changed.wait()
            if self.failure is not None:
                raise self.failure
        return True


members = {}
writers = {}


def join(request):
    member = Member(request)
    members[request["member"]] = member
    member.start()
    return True


class Writer:
    def __init__(self, request):
        self.producer = producer_of(request, transactional_id=request["transactionalId"])
        self.producer.init_transactions()
        self.open = False

    def begin(self):
        if not self.open:
            self.producer.begin_transaction()
        self.open = True

    def send(self, request):
        self.begin()
        for value in request["values"]:
            self.producer.send(request["topic"], value.encode(), partition=0).get(timeout=20)
        return True

    def send_offset(self, request):
        self.begin()
        offset = OffsetAndMetadata(request["offset"], "", -1)
        self.producer.send_offsets_to_transaction({TopicPartition(request["topic"], 0): offset}, request["group"])
        return True

    def end(self, commit):
        if commit:
            self.producer.commit_transaction()
        else:
            self.producer.abort_transaction()
        self.open = False
        return True


def begin(request):
    writers[request["writer"]] = Writer(request)
    return True


def administer(request):
    patience = {"bootstrap_timeout_ms": 3000} if NEWEST else {}
    admin = KafkaAdminClient(request_timeout_ms=15000, **patience, **connect(request))
    try:
        return ADMINISTRATION[request["op"]](admin, types.SimpleNamespace(**request))
    finally:
        admin.close()


def create_topic(admin, request):
    topic = NewTopic(request.topic, request.partitions, 1, topic_configs=getattr(request, "configs", {}))
    admin.create_topics([topic])
    return True


def describe_topic(admin, request):
    return len(admin.describe_topics([request.topic])[0]["partitions"])


def add_partitions(admin, request):
    wanted = NewPartitions(total_count=request.partitions)
    admin.create_partitions({request.topic: wanted})
    return True


def alter_config(admin, request):
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, request.topic, {request.key: request.value})])
    return True


def describe_config(admin, request):
    topic = [ConfigResource(ConfigResourceType.TOPIC, request.topic)]
    found = admin.describe_configs(topic, config_filter="all") if NEWEST else admin.describe_configs(topic)
    if NEWEST:
        (configs,) = found["topic"].values()
        return {name: row["value"] if isinstance(row, dict) else row for name, row in configs.items()}
    return {row[0]: row[1] for response in found for resource in response.resources for row in resource[4]}


def delete_records(admin, request):
    admin.delete_records({TopicPartition(request.topic, 0): request.before})
    return True


def delete_topic(admin, request):
    admin.delete_topics([request.topic])
    return True


def list_groups(admin, request):
    if NEWEST:
        return [row["group_id"] if isinstance(row, dict) else row[0] for row in admin.list_groups()]
    return [row[0] for row in admin.list_consumer_groups()]


def describe_group(admin, request):
    if NEWEST:
        found = admin.describe_groups([request.group])
        row = found[request.group] if isinstance(found, dict) else found[0]
        return {"state": row["group_state"], "members": len(row["members"])}
    (row,) = admin.describe_consumer_groups([request.group])
    return {"state": row.state, "members": len(row.members)}


def group_offsets(admin, request):
    found = admin.list_group_offsets([request.group])[request.group] if NEWEST else admin.list_consumer_group_offsets(request.group)
    return {"%s-%d" % (one.topic, one.partition): row.offset for one, row in found.items()}


def delete_group(admin, request):
    if NEWEST:
        admin.delete_groups([request.group])
        return True
    for _, error in admin.delete_consumer_groups([request.group]):
        if error.errno != 0:
            raise error
    return True


ADMINISTRATION = {
    "createTopic": create_topic,
    "listTopics": lambda admin, request: list(admin.list_topics()),
    "describeTopic": describe_topic,
    "addPartitions": add_partitions,
    "alterConfig": alter_config,
    "describeConfig": describe_config,
    "deleteRecords": delete_records,
    "deleteTopic": delete_topic,
    "listGroups": list_groups,
    "describeGroup": describe_group,
    "groupOffsets": group_offsets,
    "deleteGroup": delete_group,
}

OPERATIONS = {
    "produce": produce,
    "produceSlowly": produce_slowly,
    "read": read,
    "join": join,
    "member": lambda request: members[request["member"]].seen(),
    "commit": lambda request: members[request["member"]].ask("commit"),
    "leave": lambda request: members[request["member"]].ask("leave"),
    "begin": begin,
    "send": lambda request: writers[request["writer"]].send(request),
    "sendOffset": lambda request: writers[request["writer"]].send_offset(request),
    "end": lambda request: writers[request["writer"]].end(request["commit"]),
}

printing = threading.Lock()


def answer(request):
    reply = {"id": request["id"]}
    try:
        reply["result"] = OPERATIONS.get(request["op"], administer)(request)
    except BaseException as error:
        reply["error"] = "%s: %s" % (type(error).__name__, error)
    with printing:
        print(json.dumps(reply), flush=True)


for line in sys.stdin:
    threading.Thread(target=answer, args=(json.loads(line),), daemon=True).start()
# Threads of the clients would keep it.
os._exit(0)
