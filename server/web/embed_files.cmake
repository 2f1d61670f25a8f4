# Writes haven/web_files.hpp from server/web/files. -DFILES= -DHEADER=
set(entries "")
foreach(file ${FILES})
    cmake_path(GET file FILENAME name)
    file(READ ${file} text)
    string(SHA256 hash "${text}")
    string(SUBSTRING "${hash}" 0 32 hash)
    string(APPEND entries "    File{.name = \"${name}\", .etag = \"\\\"${hash}\\\"\", .text = R\"haven(${text})haven\"},\n")
endforeach()
file(WRITE ${HEADER} "// Made from server/web/files by server/web/embed_files.cmake.
#pragma once

#include <array>
#include <string_view>

namespace haven::web {

struct File {
    std::string_view name; ///< link.html
    std::string_view etag; ///< with its quotes
    std::string_view text;
};

inline constexpr auto files = std::to_array<File>({
${entries}});

} // namespace haven::web
")
