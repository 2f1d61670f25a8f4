# usage: ./haven tidy [FILE...]
#
# clang-tidy with the checks of .clang-tidy over every source file, or over those named. Warnings are errors.

command_tidy() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    build_preset dev
    cd "$HAVEN_ROOT_DIR"
    local -a files=("$@")
    if ((${#files[@]} == 0)); then
        mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.cpp')
    fi
    step "clang-tidy over ${#files[@]} files"
    printf '%s\0' "${files[@]}" |
        xargs -0 -P 2 -n 1 sh -c 'clang-tidy-19 --quiet -p build/dev "$1" 2>/dev/null || { echo "tidy: $1" >&2; exit 1; }' _ ||
        die "clang-tidy has something to say; see above"
    step "clang-tidy is content"
}
