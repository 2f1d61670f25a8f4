# The private PostgreSQL cluster: made by initdb in the data directory, reached through a Unix socket only, so it needs
# no port and no password, and nobody but its owner and root can reach it.

pg_bin() {
    local dir
    dir=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
    [[ -n $dir ]] || die "PostgreSQL is not installed; ./haven setup installs it"
    printf '%s' "$dir"
}

# PostgreSQL refuses root.
as_postgres() {
    if [[ $(id -u) == 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

# Where a running cluster listens, from its own pid file; fails when it is not running.
database_socket_dir() {
    local pid_file=$1/postgres/postmaster.pid
    [[ -f $pid_file ]] && kill -0 "$(head -1 "$pid_file")" 2>/dev/null && sed -n 5p "$pid_file"
}

database_url() { printf 'postgresql:///haven?host=%s&user=haven' "$1"; }

make_cluster() {
    local data=$1 log
    log=$data/logs/initdb.log
    step "making a private PostgreSQL cluster in $data/postgres"
    mkdir -p "$data/postgres"
    if [[ $(id -u) == 0 ]]; then chown postgres:postgres "$data/postgres"; fi
    chmod 700 "$data/postgres"
    as_postgres test -x "$data/postgres" ||
        die "the postgres user cannot reach $data: give --data a directory whose parents it may enter (chmod o+x)"
    as_postgres "$(pg_bin)/initdb" -D "$data/postgres" -U haven -A trust -E UTF8 --locale=C.UTF-8 >"$log" 2>&1 ||
        die "initdb failed; $log says why"
    cat >>"$data/postgres/postgresql.conf" <<'CONF'
listen_addresses = ''
timezone = 'UTC'
log_timezone = 'UTC'
default_toast_compression = 'lz4'
wal_compression = 'lz4'
CONF
    # The schema has pg_cron make partitions where it is there (server/store/migrations/V0015).
    local version
    version=$(basename "$(dirname "$(pg_bin)")")
    if [[ -e /usr/share/postgresql/$version/extension/pg_cron.control ]]; then
        cat >>"$data/postgres/postgresql.conf" <<'CONF'
shared_preload_libraries = 'pg_cron'
cron.database_name = 'haven'
cron.use_background_workers = on
CONF
    fi
    chown --reference="$data/postgres" "$data/postgres/postgresql.conf"
}

# start_database DATA: leaves DATABASE_SOCKET set. A cluster that runs already is used as it is.
start_database() {
    local data=$1
    DATABASE_SOCKET=$(database_socket_dir "$data") && return 0
    mkdir -p "$data/logs"
    [[ -f $data/postgres/PG_VERSION ]] || make_cluster "$data"
    DATABASE_SOCKET=$(mktemp -d "${TMPDIR:-/tmp}/haven-pg.XXXXXX")
    on_exit "rm -rf '$DATABASE_SOCKET'"
    if [[ $(id -u) == 0 ]]; then chown postgres:postgres "$DATABASE_SOCKET"; fi
    # setpriv sets the death signal after it has changed the user, so it survives; SIGINT is PostgreSQL's fast stop.
    local -a become=(setpriv --pdeathsig INT)
    if [[ $(id -u) == 0 ]]; then become+=(--reuid=postgres --regid=postgres --init-groups); fi
    "${become[@]}" "$(pg_bin)/postgres" -D "$data/postgres" -k "$DATABASE_SOCKET" \
        >>"$data/logs/postgres.log" 2>&1 </dev/null &
    STARTED_PIDS+=($!)
    STARTED_NAMES+=(postgres)
    wait_for 30 "PostgreSQL (log: $data/logs/postgres.log)" "$(pg_bin)/pg_isready" -q -h "$DATABASE_SOCKET"
    psql_haven -d postgres -qtAc "SELECT 1 FROM pg_database WHERE datname = 'haven'" | grep -q 1 ||
        psql_haven -d postgres -qc 'CREATE DATABASE haven'
}

# psql on the private cluster.
psql_haven() { psql -X -h "$DATABASE_SOCKET" -U haven "$@"; }
