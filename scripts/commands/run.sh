# usage: ./haven run [--preset PRESET] [haven-xr's own options]
#
# The client against the active OpenXR runtime; haven-xr --help lists its options. Without a headset: --desktop.
# `./haven run link`, `unlink` and `outbox` are haven-xr's own commands.

command_run() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    source "$HAVEN_ROOT_DIR/scripts/lib/services.sh"
    local preset=release
    if [[ ${1:-} == --preset ]]; then preset=${2:?--preset needs a name} && shift 2; fi
    build_preset "$preset" haven-xr
    case ${1:-} in
        link | unlink | outbox) # neither a headset nor a place
            "$HAVEN_ROOT_DIR/build/$preset/bin/haven-xr" "$@"
            return
            ;;
    esac
    if [[ ${HAVEN_INSIDE:-} == 1 && " $* " != *" --desktop "* && " $* " != *" --replay"* ]] && ! active_runtime >/dev/null; then
        die "this machine is not Debian 13, so Haven runs inside a root of its own and cannot reach a headset's runtime.
  On Debian 13 ./haven run uses the active runtime. Here: ./haven run --desktop (mouse and keyboard) or ./haven demo"
    fi
    "$HAVEN_ROOT_DIR/build/$preset/bin/haven-xr" --assets "$HAVEN_ROOT_DIR/assets" "$@"
}
