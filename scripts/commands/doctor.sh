# usage: ./haven doctor [--data DIR]
#
# What was found of platform, OpenXR runtime, GPU, sound, database, ports and disk; for what is missing, how to mend it.
# Ends with status 1 when something Haven cannot do without is missing.

found() { printf '  ok    %-10s %s\n' "$1" "$2"; }
odd() { printf '  note  %-10s %s\n        %-10s -> %s\n' "$1" "$2" '' "$3"; }
missing() {
    printf '  FAIL  %-10s %s\n        %-10s -> %s\n' "$1" "$2" '' "$3"
    DOCTOR_STATUS=1
}

examine_platform() {
    # shellcheck disable=SC1091
    found platform "$(source /etc/os-release && echo "$PRETTY_NAME")$([[ ${HAVEN_INSIDE:-} == 1 ]] && echo ', inside its own root')"
    found compiler "$(g++ --version | head -1), $(cmake --version | head -1)"
}

examine_runtime() {
    if active_runtime >/dev/null; then
        found runtime "$(active_runtime)"
    elif [[ ${HAVEN_INSIDE:-} == 1 ]]; then
        odd runtime "a real headset is out of reach from the inner root" "use Debian 13 for a headset; demo and tests use Monado's scripted one"
    else
        odd runtime "no active OpenXR runtime" "start Monado, WiVRn or SteamVR and make it active; demo and tests use Monado's scripted headset"
    fi
    if command -v monado-service >/dev/null; then
        found monado "$(monado-service --version 2>/dev/null | head -1 || true)$(dpkg-query -W -f ' ${Version}' monado-service)"
    else
        missing monado "not installed" "./haven setup"
    fi
}

examine_gpu() {
    local devices
    devices=$(vulkaninfo --summary 2>/dev/null | sed -n 's/^\s*deviceName\s*= //p' | paste -sd';' || true)
    if [[ -z $devices ]]; then
        missing gpu "no Vulkan device" "install your GPU's Vulkan driver, or mesa-vulkan-drivers for software rendering"
    elif [[ $devices == *llvmpipe* && $devices != *';'* ]]; then
        odd gpu "$devices: rendering in software" "install your GPU's Vulkan driver for a real headset"
    else
        found gpu "$devices"
    fi
}

examine_sound() {
    if compgen -G '/dev/snd/pcm*p' >/dev/null || [[ -S ${XDG_RUNTIME_DIR:-/nowhere}/pulse/native ]]; then
        found sound "a playback device is present"
    else
        odd sound "no sound card" "everything else works without; plug one in and start again"
    fi
}

examine_database() {
    local data=$1 socket
    found postgres "$("$(pg_bin)/postgres" --version)"
    if socket=$(database_socket_dir "$data"); then
        found cluster "running for $data (socket in $socket)"
    elif [[ -f $data/postgres/PG_VERSION ]]; then
        found cluster "$data/postgres, stopped"
    else
        found cluster "none in $data yet; demo and server make one"
    fi
}

examine_place() {
    local data=$1 free_mb
    while [[ ! -d $data ]]; do data=$(dirname "$data"); done
    free_mb=$(df -Pm "$data" | awk 'NR == 2 { print $4 }')
    if ((free_mb < 1024)); then
        missing disk "$free_mb MB free at $data" "free some space, or give --data another disk"
    else
        found disk "$free_mb MB free at $data"
    fi
    found ports "$(free_port) is free; servers take free ports unless told one"
    if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
        found display "${DISPLAY:-$WAYLAND_DISPLAY}"
    else
        odd display "none" "the desktop mirror needs one; --headless and --no-mirror do without"
    fi
}

command_doctor() {
    source "$HAVEN_ROOT_DIR/scripts/lib/database.sh"
    source "$HAVEN_ROOT_DIR/scripts/lib/services.sh"
    local data
    data=$(default_data_dir)
    if [[ ${1:-} == --data ]]; then data=$(realpath -m "${2:?--data needs a directory}"); fi
    DOCTOR_STATUS=0
    examine_platform
    examine_runtime
    examine_gpu
    examine_sound
    examine_database "$data"
    examine_place "$data"
    return "$DOCTOR_STATUS"
}
