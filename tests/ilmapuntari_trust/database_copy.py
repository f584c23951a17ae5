"""All that somebody sees who holds the whole database: rows with their versions, dead ones, sequences, statistics."""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

HIDDEN = ("ctid", "xmin", "xmax")


@dataclass
class Copy:
    """One moment of a database."""

    rows: dict = field(default_factory=dict)  # table → rows, each {column: value}, the hidden columns among them
    pages: dict = field(default_factory=dict)  # table → line pointers with their raw bytes, the dead ones among them
    sequences: dict = field(default_factory=dict)
    writes: dict = field(default_factory=dict)  # table → (inserted, updated, deleted) since the server started


def copy_of(url):
    """As the superuser, who reads pages and not only rows."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        tables = [
            row["relname"]
            for row in connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        ]
        copy = Copy()
        for table in sorted(tables):
            copy.rows[table] = rows_of(connection, table)
            copy.pages[table] = pages_of(connection, table)
        for row in connection.execute("SELECT sequencename, last_value FROM pg_sequences"):
            copy.sequences[row["sequencename"]] = row["last_value"]
        connection.execute("SELECT pg_stat_force_next_flush()")
        for row in connection.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"):
            copy.writes[row["relname"]] = (row["n_tup_ins"], row["n_tup_upd"], row["n_tup_del"])
        return copy


def rows_of(connection, table):
    statement = sql.SQL("SELECT ctid::text, xmin::text, xmax::text, * FROM {}")
    rows = connection.execute(statement.format(sql.Identifier(table))).fetchall()
    # A list or an object of JSON cannot stand in a set; its text can.
    return [
        {name: str(value) if isinstance(value, dict | list) else value for name, value in row.items()} for row in rows
    ]


def pages_of(connection, table):
    statement = (
        "SELECT page, lp, lp_flags, t_xmin::text, t_xmax::text, t_ctid::text, t_data"
        " FROM generate_series(0, pg_relation_size(%(table)s::regclass) / 8192 - 1) AS page,"
        " LATERAL heap_page_items(get_raw_page(%(table)s::text, page::int))"
    )
    return connection.execute(statement, {"table": f"public.{table}"}).fetchall()


def visible(row):
    """The row as everybody sees it."""
    return tuple((column, value) for column, value in row.items() if column not in HIDDEN)


@dataclass
class Difference:
    """What one copy has and another has not."""

    changed: dict  # table → [(row before, row after)], where exactly the one was replaced by the other
    tables: set  # tables with any other row
    sequences: set
    writes: dict  # table → how many (inserted, updated, deleted)


def difference(before, after):
    tables, changed = set(), {}
    for table in before.rows.keys() | after.rows.keys():
        old, new = ({tuple(row.items()) for row in copy.rows.get(table, [])} for copy in (before, after))
        if old != new:
            tables.add(table)
            changed[table] = list(zip(map(dict, old - new), map(dict, new - old), strict=False))
            if len(old - new) != len(new - old):
                changed[table].append((None, None))
    moved = {name for name, value in after.sequences.items() if before.sequences.get(name) != value}
    writes = {}
    for table, count in after.writes.items():
        then = before.writes.get(table, (0, 0, 0))
        if count != then:
            writes[table] = tuple(new - old for new, old in zip(count, then, strict=True))
    return Difference(changed, tables, moved, writes)


def written_between(url, start, end):
    """The relations whose pages the write-ahead log touches between two of its places."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
        return {
            name
            for (name,) in connection.execute(
                "SELECT DISTINCT coalesce(relname, 'relation ' || wal.relfilenode)"
                " FROM pg_get_wal_block_info(%s, %s) AS wal"
                " LEFT JOIN pg_class AS class ON pg_relation_filenode(class.oid) = wal.relfilenode",
                [start, end],
            )
        }


def wal_position(url):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()[0]
