# usage: ./haven psql [--data DIR] [psql's own options]
#
# psql on the private database cluster. When the cluster is not running it is started, and stopped afterwards.
# --data DIR names the data directory (the demo prints its own).

command_psql() {
    source "$HAVEN_ROOT_DIR/scripts/lib/database.sh"
    local data
    data=$(default_data_dir)
    if [[ ${1:-} == --data ]]; then data=$(realpath -m "${2:?--data needs a directory}") && shift 2; fi
    [[ -f $data/postgres/PG_VERSION ]] || die "no database in $data yet: ./haven server or ./haven demo makes one"
    start_database "$data"
    psql_haven -d haven "$@"
}
