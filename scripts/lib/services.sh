# Starting the parts: the server, an account for the demo, and the scripted headset (Monado and the hands that drive it).

# start_server BIN DATA [server options...]: leaves SERVER_URL set.
start_server() {
    local bin=$1 data=$2 ready
    shift 2
    ready=$(mktemp -u "${TMPDIR:-/tmp}/haven-ready.XXXXXX")
    on_exit "rm -f '$ready'"
    mkdir -p "$data/objects" "$data/logs"
    start server "$data/logs/server.log" "$bin/haven-server" --database-url "$(database_url "$DATABASE_SOCKET")" \
        --data-dir "$data" --listen-port 0 --metrics-port 0 --port-file "$ready" "$@"
    wait_for 30 "the server (log: $data/logs/server.log)" test -s "$ready"
    SERVER_URL=http://127.0.0.1:$(cut -d' ' -f1 "$ready")
}

# json_value NAME: the value of a member at the top of the JSON object on standard input.
json_value() { python3 -c 'import json,sys; v=json.load(sys.stdin).get(sys.argv[1]); print("" if v is None else v)' "$1"; }

# A user of the demo's own, whose password stays in its data directory; prints nothing, writes the token to FILE.
demo_token() {
    local bin=$1 data=$2 file=$3 email password body
    if [[ ! -f $data/demo-user.json ]]; then
        email=demo-$RANDOM$RANDOM@haven.invalid
        password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
        (umask 077 && printf '{"email":"%s","password":"%s"}' "$email" "$password" >"$data/demo-user.json")
        body=$(sed 's/}$/,"consent_data_processing":true,"consent_motion_trace":true}/' "$data/demo-user.json")
        api POST /v1/users "$body" >/dev/null
        "$bin/haven-server" verify-email "$email" --database-url "$(database_url "$DATABASE_SOCKET")" >/dev/null ||
            die "the account of the demo could not be made"
    fi
    (umask 077 && api POST /v1/auth/tokens "$(cat "$data/demo-user.json")" | json_value access_token >"$file")
    [[ -s $file ]] || die "the server gave no token; its log: $data/logs/server.log"
}

# api METHOD PATH BODY: the answer's body; dies with the server's words when it is an error.
api() {
    printf '%s' "$3" | curl -sS --max-time 20 --fail-with-body -X "$1" -H 'Content-Type: application/json' \
        --data-binary @- "$SERVER_URL$2" || die "$1 $2 failed"
}

# A runtime the user chose or installed for a headset; Monado's package alone is no headset.
active_runtime() {
    local file
    if [[ -n ${XR_RUNTIME_JSON:-} ]]; then
        printf '%s' "$XR_RUNTIME_JSON"
        return
    fi
    for file in "${XDG_CONFIG_HOME:-$HOME/.config}" /etc/xdg /etc; do
        file=$file/openxr/1/active_runtime.json
        if [[ -e $file && $(readlink -f "$file") != */openxr_monado.json ]]; then
            printf '%s' "$file"
            return
        fi
    done
    return 1
}

# start_scripted_headset DATA: Monado with its remote driver, in a place of its own, listening on HEADSET_PORT.
start_scripted_headset() {
    local data=$1 place
    place=$(mktemp -d "${TMPDIR:-/tmp}/haven-xr.XXXXXX")
    on_exit "rm -rf '$place'"
    HEADSET_PORT=$(free_port)
    mkdir -p "$place/home/.config/monado" "$place/run"
    chmod 700 "$place/run"
    printf '{"active":"remote","remote":{"version":0,"port":%s,"view_count":2}}' "$HEADSET_PORT" \
        >"$place/home/.config/monado/config_v0.json"
    export XDG_RUNTIME_DIR=$place/run XR_RUNTIME_JSON=/usr/share/openxr/1/openxr_monado.json
    start monado "$data/logs/monado.log" env HOME="$place/home" XRT_NO_STDIN=1 P_OVERRIDE_ACTIVE_CONFIG=remote \
        XRT_COMPOSITOR_NULL=1 monado-service
    wait_for 20 "Monado (log: $data/logs/monado.log)" test -S "$XDG_RUNTIME_DIR/monado_comp_ipc"
    # As a headset's own runtime does: before the programs that ask it, where the system allows that.
    chrt --all-tasks --rr --pid 3 "${STARTED_PIDS[-1]}" >/dev/null 2>&1 || true
}
