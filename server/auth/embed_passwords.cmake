# Writes haven/common_passwords.hpp from a sorted list, one password a line. -DFILE= -DHEADER=
file(STRINGS ${FILE} passwords ENCODING UTF-8)
list(SORT passwords) # by bytes: the reader searches by halves
list(LENGTH passwords count)
set(lines "")
foreach(password IN LISTS passwords)
    string(APPEND lines "    R\"haven(${password})haven\",\n")
endforeach()
file(WRITE ${HEADER} "// Made from assets/common_passwords.txt by server/auth/embed_passwords.cmake.
#pragma once

#include <array>
#include <string_view>

namespace haven::auth {

inline constexpr std::array<std::string_view, ${count}> common_passwords{
${lines}};

} // namespace haven::auth
")
