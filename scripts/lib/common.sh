# What every command shares: messages, places, free ports, and stopping what was started.

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[2m[%s]\033[0m %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die() {
    printf 'haven: %s\n' "$*" >&2
    exit 1
}

# The leading comment of a command's file is its help.
command_help() {
    awk '/^#/ { sub(/^# ?/, ""); print; next } { exit }' "$HAVEN_ROOT_DIR/scripts/commands/$1.sh"
}

user_home() { getent passwd "$(id -u)" | cut -d: -f6; }
# What one checkout or build folder has compiled, the others need not.
share_compiler_cache() {
    export CCACHE_DIR=${CCACHE_DIR:-$(cache_dir)/ccache} CCACHE_BASEDIR=$HAVEN_ROOT_DIR CCACHE_NOHASHDIR=1
}

cache_dir() { printf '%s' "${HAVEN_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-$(user_home)}/.cache}/haven}"; }

# Root keeps its data where the postgres user can reach it; a user keeps it at home.
default_data_dir() {
    if [[ $(id -u) == 0 ]]; then
        printf '%s' "${HAVEN_DATA_DIR:-/var/lib/haven}"
    else
        printf '%s' "${HAVEN_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/haven}"
    fi
}

# What was started here, in order; stopped in reverse by stop_all, which runs on every way out.
declare -a STARTED_PIDS=() STARTED_NAMES=() CLEANUPS=()

# start NAME LOGFILE CMD...: in the background, dying with this script even when it is killed.
start() {
    local name=$1 log=$2
    shift 2
    setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 </dev/null &
    STARTED_PIDS+=($!)
    STARTED_NAMES+=("$name")
}

on_exit() { CLEANUPS+=("$*"); }

stop_pid() {
    local pid=$1 tries
    kill -TERM "$pid" 2>/dev/null || return 0
    for ((tries = 0; tries < 100; ++tries)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

stop_all() {
    local status=$? i
    trap - EXIT
    trap '' INT TERM
    for ((i = ${#STARTED_PIDS[@]} - 1; i >= 0; --i)); do stop_pid "${STARTED_PIDS[i]}"; done
    for ((i = ${#CLEANUPS[@]} - 1; i >= 0; --i)); do eval "${CLEANUPS[i]}" || true; done
    exit "$status"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# wait_for SECONDS WHAT CMD...: until CMD succeeds; the reason when it never does.
wait_for() {
    local seconds=$1 what=$2 end
    shift 2
    end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || die "$what was not ready after $seconds s"
        sleep 0.05
    done
}

# A TCP port nothing listens on, below the kernel's ephemeral range so that no client takes it meanwhile.
free_port() {
    local port tries
    for ((tries = 0; tries < 200; ++tries)); do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            printf '%s' "$port"
            return
        fi
    done
    die "no free TCP port between 20000 and 32000"
}
