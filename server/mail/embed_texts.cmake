# Writes haven/mail_texts.hpp from assets/mail/LANGUAGE.txt. -DFILES= -DHEADER=
set(entries "")
foreach(file ${FILES})
    cmake_path(GET file STEM language)
    file(READ ${file} text)
    string(APPEND entries "    Language{.name = \"${language}\", .text = R\"haven(${text})haven\"},\n")
endforeach()
file(WRITE ${HEADER} "// Made from assets/mail by server/mail/embed_texts.cmake.
#pragma once

#include <array>
#include <string_view>

namespace haven::mail {

struct Language {
    std::string_view name; ///< en
    std::string_view text; ///< as assets/mail has it
};

inline constexpr auto languages = std::to_array<Language>({
${entries}});

} // namespace haven::mail
")
