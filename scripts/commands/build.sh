# usage: ./haven build [dev|release|asan|tsan] [TARGET...]
#
# Configures when needed and builds into build/PRESET; the programs are in build/PRESET/bin. Without a preset: dev.

# show_build PRESET: what ninja says, on a terminal as one line that changes; nothing when nothing is built. (A dry run
# cannot tell beforehand: it stops where ninja would look for new files first.)
show_build() {
    local preset=$1 line begun='' changing=''
    while IFS= read -r line; do
        case $line in
            'ninja: Entering directory'* | *'Re-checking globbed directories...' | 'ninja: no work to do.') continue ;;
        esac
        [[ $begun ]] || step "building $preset"
        begun=1
        if [[ -t 2 && $line == '['* ]]; then
            printf '\r\033[K%s' "${line:0:${COLUMNS:-80}-1}" >&2
            changing=1
        else
            [[ $changing ]] && printf '\n' >&2
            changing=''
            printf '%s\n' "$line" >&2
        fi
    done
    [[ ! $changing ]] || printf '\n' >&2
}

# build_preset PRESET [TARGET...]
build_preset() {
    local preset=$1 lock
    shift
    mkdir -p "$HAVEN_ROOT_DIR/build"
    share_compiler_cache
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
    NINJA_STATUS='[%f/%t] ' CLICOLOR_FORCE=$([[ -t 2 ]] && echo 1 || echo 0) ninja -C "$build" "$@" 2>&1 {lock}>&- |
        show_build "$preset" {lock}>&- || die "the build failed; see above"
    exec {lock}>&-
}

command_build() {
    local preset=dev
    case ${1:-} in dev | release | asan | tsan) preset=$1 && shift ;; esac
    build_preset "$preset" "$@"
    step "built: $HAVEN_ROOT_DIR/build/$preset/bin"
}
