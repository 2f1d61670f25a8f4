# usage: ./haven test [--only LABEL]... [--preset PRESET] [--filter REGEX] [--list]
#
# Builds, then runs the whole suite. --only takes a label and may be repeated: unit, integration, e2e, golden, style; and
# two_servers, which the whole leaves out: integration again, its requests going to two servers on one database in turn.
# Only what these need is built. --filter takes a regular expression of test names.
# --preset asan runs it all under the sanitizers of memory. --preset tsan runs unit, integration and e2e, where threads are,
# under that of threads; what it finds in the graphics driver and in other people's libraries is told apart in
# tests/support/races.txt.
# Real parts everywhere: PostgreSQL, the OpenXR runtime Monado and a software Vulkan device are started by the tests.

command_test() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    local preset=dev filter='' list=0
    local -a labels=() targets=()
    while (($# > 0)); do
        case $1 in
            --only) labels+=("${2:?--only needs a label}") && shift 2 ;;
            --preset) preset=${2:?--preset needs a name} && shift 2 ;;
            --filter) filter=${2:?--filter needs a regular expression} && shift 2 ;;
            --list) list=1 && shift ;;
            *) die "test knows no option '$1'; ./haven test --help" ;;
        esac
    done
    [[ $preset != tsan || ${labels[*]} ]] || labels=(unit integration e2e)
    local label
    for label in "${labels[@]}"; do
        case $label in
            unit | integration | e2e | golden | style) targets+=("tests_$label") ;;
            two_servers) targets+=(tests_integration) ;;
            *) die "there is no label '$label'; there are unit, integration, e2e, golden, style, two_servers" ;;
        esac
    done
    build_preset "$preset" "${targets[@]}"
    local -a ctest=(ctest --test-dir "$HAVEN_ROOT_DIR/build/$preset" --output-on-failure --no-tests=error -j 2)
    if [[ ${labels[*]} ]]; then
        ctest+=(-L "^($(IFS='|' && echo "${labels[*]}"))\$")
    else
        ctest+=(-LE '^two_servers$')
    fi
    [[ -z $filter ]] || ctest+=(-R "$filter")
    ((list == 0)) || ctest+=(-N)
    export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
    export TSAN_OPTIONS=suppressions=$HAVEN_ROOT_DIR/tests/support/races.txt:second_deadlock_stack=1
    "${ctest[@]}"
}
