# usage: ./haven bench [NAME] [options of the benchmark]
#
# Benchmarks, built with the release preset; each prints its figures next to the requirement they answer.
# Without a name: what there is. Names: strokes, trace, ingest, platform, render, gpu-cost (what a frame costs on a GPU, without one),
# fuzz (requests made from the API's description), flood (other routes while log-ins come in a flood).

command_bench() {
    source "$HAVEN_ROOT_DIR/scripts/commands/build.sh"
    if (($# == 0)); then
        command_help bench
        return 0
    fi
    local name=$1
    shift
    build_preset release "bench-$name"
    "$HAVEN_ROOT_DIR/build/release/bin/bench-$name" "$@"
}
