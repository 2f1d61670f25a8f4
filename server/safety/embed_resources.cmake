# Writes haven/crisis_resources.hpp from a JSON file. -DFILE= -DHEADER=
file(READ ${FILE} text)
# Compilers bound the length of one literal: pieces of 8 000 characters, which follow each other.
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces "\n        R\"haven(${piece})haven\"")
    math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${HEADER} "// Made from assets/crisis_resources.json by server/safety/embed_resources.cmake.
#pragma once

#include <string_view>

namespace haven::safety {

/// What is offered to a person in a crisis, as JSON.
[[nodiscard]] constexpr std::string_view crisis_resources() {
    return ${pieces};
}

} // namespace haven::safety
")
