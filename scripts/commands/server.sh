# usage: ./haven server [--data DIR] [--preset PRESET] [haven-server's own options]
#
# The private database and the server in the foreground, until Ctrl-C. haven-server --help lists its own options; a
# database of your own goes in --database-url (then no private one is started).

command_server() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    source "$HAVEN_ROOT_DIR/scripts/lib/database.sh"
    local data preset=release
    data=$(default_data_dir)
    while :; do
        case ${1:-} in
            --data) data=$(realpath -m "${2:?--data needs a directory}") && shift 2 ;;
            --preset) preset=${2:?--preset needs a name} && shift 2 ;;
            *) break ;;
        esac
    done
    build_preset "$preset" haven-server
    mkdir -p "$data/objects" "$data/logs"
    local -a options=(--data-dir "$data")
    if [[ " $* " != *" --database-url"* ]]; then
        start_database "$data"
        options+=(--database-url "$(database_url "$DATABASE_SOCKET")")
    fi
    "$HAVEN_ROOT_DIR/build/$preset/bin/haven-server" "${options[@]}" "$@" &
    STARTED_PIDS+=($!)
    STARTED_NAMES+=(server)
    wait "$!"
}
