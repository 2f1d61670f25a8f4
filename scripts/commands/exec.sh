# usage: ./haven exec -- CMD [ARG...]
#
# Runs any command inside Haven's platform, in the current directory.

command_exec() {
    [[ ${1:-} == -- ]] && shift
    (($# > 0)) || die "exec needs a command: ./haven exec -- CMD"
    share_compiler_cache
    trap - EXIT
    exec "$@"
}
