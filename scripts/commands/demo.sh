# usage: ./haven demo [--headless] [--environment ID] [--script FILE] [--seconds N] [--data DIR] [--preset PRESET]
#
# The main job in one command: starts a private PostgreSQL, the server and a headset, stands the person in a place, draws
# with both hands, and prints what was stored, read back from the database. Ends with status 0 only if it is all there.
#
# The headset is the machine's OpenXR runtime; where there is none (or with --headless) it is Monado with a scripted
# person: head, hands and triggers follow a file of assets/scripts.
#
#   --headless         no window, and always the scripted headset
#   --environment ID   the place: cozy_cabin (default)
#   --script FILE      the scripted person's motion (default: assets/scripts/demo.json)
#   --seconds N        how long to draw (default: the script's length)
#   --data DIR         where database, pictures and logs are kept (default: demo in the data directory; a second demo at
#                      the same time takes demo-2)
#   --preset PRESET    the build to use (default: dev)

# Leaves DATA set to a directory this run alone uses.
claim_data_dir() {
    local wanted=$1 n lock
    for n in '' -2 -3 -4 -5 -6 -7 -8; do
        DATA=${wanted:-$(default_data_dir)/demo}$n
        mkdir -p "$DATA/logs" || die "cannot make the data directory $DATA"
        exec {lock}>"$DATA/lock"
        if flock -n "$lock"; then return 0; fi
        exec {lock}>&-
        [[ -z $wanted ]] || die "$DATA is in use by another run: give another --data"
    done
    die "eight demos run already in $(default_data_dir)"
}

parse_demo_options() {
    HEADLESS=0 ENVIRONMENT=cozy_cabin SCRIPT=$HAVEN_ROOT_DIR/assets/scripts/demo.json DRAW_SECONDS='' WANTED_DATA='' PRESET=dev
    while (($# > 0)); do
        case $1 in
            --headless) HEADLESS=1 && shift && continue ;;
            --environment | --script | --seconds | --data | --preset) [[ -n ${2:-} ]] || die "$1 needs a value" ;;
            *) die "demo knows no option '$1'; ./haven demo --help" ;;
        esac
        case $1 in
            --environment) ENVIRONMENT=$2 ;;
            --script) SCRIPT=$(realpath -m "$2") ;;
            --seconds) DRAW_SECONDS=$2 ;;
            --data) WANTED_DATA=$(realpath -m "$2") ;;
            --preset) PRESET=$2 ;;
        esac
        shift 2
    done
    [[ -f $SCRIPT ]] || die "no motion script at $SCRIPT"
    [[ -f $HAVEN_ROOT_DIR/assets/environments/$ENVIRONMENT.json ]] ||
        die "no environment '$ENVIRONMENT'; there are: $(basename -s .json "$HAVEN_ROOT_DIR"/assets/environments/*.json | paste -sd' ')"
    [[ -z $DRAW_SECONDS || $DRAW_SECONDS =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "--seconds needs a number, not '$DRAW_SECONDS'"
}

# The headset: leaves CLIENT_SECONDS and, for the scripted one, the hands moving.
start_headset() {
    local bin=$1 seconds
    seconds=${DRAW_SECONDS:-$(sed -n 's/^ *"seconds": *\([0-9.]*\),*/\1/p' "$SCRIPT" | head -1)}
    if ((HEADLESS == 0)) && active_runtime >/dev/null; then
        step "headset: $(active_runtime)"
        CLIENT_SECONDS=${DRAW_SECONDS:-900}
        return 0
    fi
    step "headset: Monado with the scripted person of ${SCRIPT#"$HAVEN_ROOT_DIR"/}"
    start_scripted_headset "$DATA"
    rm -f "$DATA/drawing-may-begin"
    start hands "$DATA/logs/hands.log" "$bin/haven-drive" --port "$HEADSET_PORT" --script "$SCRIPT" --loop \
        --start-when-file "$DATA/drawing-may-begin"
    CLIENT_SECONDS=$seconds
}

run_client() {
    local bin=$1
    local -a options=(--server "$SERVER_URL" --token-file "$DATA/token" --environment "$ENVIRONMENT" --data "$DATA/client"
        --assets "$HAVEN_ROOT_DIR/assets" --seconds "$CLIENT_SECONDS" --summary "$DATA/summary.json"
        --ready-file "$DATA/drawing-may-begin")
    if ((HEADLESS == 1)) || [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
        options+=(--no-mirror)
    elif [[ -n ${HEADSET_PORT:-} ]]; then
        options+=(--eye-size 640x640) # Monado suggests 320 x 240 without a headset: too coarse for a window
    fi
    rm -f "$DATA/summary.json"
    "$bin/haven-xr" "${options[@]}" 2> >(tee "$DATA/logs/client.log" | grep --line-buffered -E ' (info progress|warning|error)' >&2) ||
        die "the client ended with an error; its log: $DATA/logs/client.log"
}

# Reads the rows back and compares them with what the client says it drew.
report() {
    local drawing
    drawing=$(json_value drawing_id <"$DATA/summary.json")
    echo
    echo "Stored, as read back from PostgreSQL:"
    psql_haven -d haven -qtA -v ON_ERROR_STOP=1 -v drawing_id="$drawing" -f "$HAVEN_ROOT_DIR/scripts/sql/demo_report.sql" ||
        die "the rows could not be read back"
    local verdict
    verdict=$(psql_haven -d haven -qtA -v ON_ERROR_STOP=1 -v drawing_id="$drawing" \
        -v left="$(json_value strokes_left <"$DATA/summary.json")" \
        -v right="$(json_value strokes_right <"$DATA/summary.json")" -f "$HAVEN_ROOT_DIR/scripts/sql/demo_check.sql")
    [[ -z $verdict ]] || die "what was stored is not what was drawn: $verdict"
    echo
    echo "See it: ./haven psql --data $DATA"
    echo "Pictures of the drawing: $DATA/objects"
}

command_demo() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    source "$HAVEN_ROOT_DIR/scripts/lib/database.sh"
    source "$HAVEN_ROOT_DIR/scripts/lib/services.sh"
    parse_demo_options "$@"
    build_preset "$PRESET" haven-xr haven-server haven-drive
    local bin=$HAVEN_ROOT_DIR/build/$PRESET/bin
    claim_data_dir "$WANTED_DATA"
    step "database and server in $DATA"
    start_database "$DATA"
    start_server "$bin" "$DATA" --token-lifetime-seconds 43200 # the client refreshes none
    demo_token "$bin" "$DATA" "$DATA/token"
    on_exit "rm -f '$DATA/token' '$DATA/drawing-may-begin'"
    start_headset "$bin"
    step "drawing for $CLIENT_SECONDS s in $ENVIRONMENT"
    run_client "$bin"
    report
}
