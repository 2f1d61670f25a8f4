# usage: ./haven build [dev|release|asan|tsan] [TARGET...]
#
# Configures when needed and builds into build/PRESET; the programs are in build/PRESET/bin. Without a preset: dev.

# build_preset PRESET [TARGET...]
build_preset() {
    local preset=$1 lock
    shift
    mkdir -p "$HAVEN_ROOT_DIR/build"
    export CCACHE_DIR=${CCACHE_DIR:-$(cache_dir)/ccache} CCACHE_BASEDIR=$HAVEN_ROOT_DIR CCACHE_NOHASHDIR=1
    # One build at a time in a build folder: ninja does not lock its own log.
    exec {lock}>"$HAVEN_ROOT_DIR/build/$preset.lock"
    if ! flock -n "$lock"; then
        step "waiting for another build of $preset"
        flock "$lock"
    fi
    local build=$HAVEN_ROOT_DIR/build/$preset
    if [[ ! -f $build/build.ninja ]]; then
        step "configuring build/$preset"
        cmake -S "$HAVEN_ROOT_DIR" --preset "$preset" >"$build.configure.log" 2>&1 {lock}>&- ||
            { tail -40 "$build.configure.log" >&2; die "cmake could not configure; see above"; }
    fi
    # Quiet when there is nothing to do.
    if ! ninja -C "$build" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
        step "building $preset"
        NINJA_STATUS='[%f/%t] ' ninja -C "$build" "$@" {lock}>&- >&2 || die "the build failed; see above"
    fi
    exec {lock}>&-
}

command_build() {
    local preset=dev
    case ${1:-} in dev | release | asan | tsan) preset=$1 && shift ;; esac
    build_preset "$preset" "$@"
    step "built: $HAVEN_ROOT_DIR/build/$preset/bin"
}
