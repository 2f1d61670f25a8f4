# usage: ./haven format [--check]
#
# Formats every C++ file in place with clang-format; --check only says which differ.

command_format() {
    cd "$HAVEN_ROOT_DIR"
    local -a mode=(-i)
    [[ ${1:-} != --check ]] || mode=(--dry-run -Werror)
    git ls-files -z --cached --others --exclude-standard '*.cpp' '*.hpp' | xargs -0 -r clang-format-19 "${mode[@]}"
}
