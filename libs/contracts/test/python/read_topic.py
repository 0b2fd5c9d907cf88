"""Reads a whole Slipstream topic with nothing but an Avro library and a Kafka client; one JSON line per record.

    python read_topic.py BROKERS TOPIC LOCK_FILE

Shows all that a reader in another language needs: the Confluent header, the schemas of avro/lock.json, and the rule
that a journal record counts only if it lies at the offset its writer expected.
"""

import io
import json
import struct
import sys

from fastavro import parse_schema, schemaless_reader
from kafka import KafkaConsumer, TopicPartition


def counts(record):
    """A journal record counts only if it lies at its `at`; records of other topics have no `at` and always count."""
    at = dict(record.headers).get("at")
    return at is None or int(at) == record.offset


def decoded(value, schemas):
    """A value in the Confluent wire format: zero byte, schema id (4 bytes, big endian), Avro binary."""
    if value is None:
        return None, None  # a tombstone of a compacted topic
    magic, schema_id = struct.unpack(">bI", value[:5])
    if magic != 0:
        raise ValueError(f"magic byte {magic}, expected 0")
    name, schema = schemas[schema_id]
    return name, schemaless_reader(io.BytesIO(value[5:]), schema)


def plain(value):
    """What JSON has no word for: bytes become {"hex": ...}, times milliseconds again."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def without_logical_types(schema):
    """Times as the numbers they are on the wire."""
    if isinstance(schema, dict):
        return {key: without_logical_types(inner) for key, inner in schema.items() if key != "logicalType"}
    return [without_logical_types(inner) for inner in schema] if isinstance(schema, list) else schema


def main(brokers, topic, lock_file):
    with open(lock_file, encoding="utf-8") as file:
        lock = json.load(file)
    schemas = {e["id"]: (e["name"], parse_schema(without_logical_types(e["schema"]), _write_hint=False)) for e in lock}

    consumer = KafkaConsumer(bootstrap_servers=brokers.split(","), enable_auto_commit=False)
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(partition) < ends[partition] for partition in partitions):
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                name, value = decoded(record.value, schemas)
                line = {
                    "partition": record.partition,
                    "offset": record.offset,
                    "key": record.key and record.key.decode("utf-8"),
                    "counts": counts(record),
                    "type": name,
                    "value": plain(value),
                }
                print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(*sys.argv[1:])
