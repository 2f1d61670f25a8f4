# Writes haven/web_files.hpp from server/web/files. -DFILES= -DTEMPLATE= -DHEADER=
# A page's own file has two lines, an empty one, and what stands in its <main>; the rest is the template's.
file(READ ${TEMPLATE} template)
set(entries "")
foreach(file ${FILES})
    cmake_path(GET file FILENAME name)
    file(READ ${file} text)
    if(name MATCHES "^(.*)\\.html$")
        set(page "${CMAKE_MATCH_1}")
        if(NOT text MATCHES "^title: ([a-z_]+) ([^\n]+)\nscript: ([^\n]+)\n\n(.+)$")
            message(FATAL_ERROR "${file}: begin with \"title: KEY WORDS\", \"script: FILE\" and an empty line")
        endif()
        set(title_key "${CMAKE_MATCH_1}")
        set(title "${CMAKE_MATCH_2}")
        set(script "${CMAKE_MATCH_3}")
        set(main "${CMAKE_MATCH_4}")
        string(CONFIGURE "${template}" text @ONLY)
    endif()
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
