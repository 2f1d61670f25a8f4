# Writes openapi_text() and openapi_json() from the merged description of the API. -DYAML= -DJSON= -DSOURCE=
file(READ ${YAML} yaml)
file(READ ${JSON} json)
# Compilers bound the length of one literal: pieces of 16 000 bytes, which follow each other.
function(literal text out)
    string(LENGTH "${text}" length)
    set(pieces "")
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 16000 piece)
        string(APPEND pieces "\nR\"haven_text(${piece})haven_text\"")
        math(EXPR at "${at} + 16000")
    endwhile()
    set(${out} "${pieces}" PARENT_SCOPE)
endfunction()
literal("${yaml}" yaml)
literal("${json}" json)
file(WRITE ${SOURCE} "// Made from net/api/openapi.yaml and its parts by server/http/embed_openapi.cmake.
#include \"server/http/openapi_text.hpp\"

#include <string_view>

namespace haven::http {

std::string_view openapi_text() { return ${yaml}; }
std::string_view openapi_json() { return ${json}; }

} // namespace haven::http
")
