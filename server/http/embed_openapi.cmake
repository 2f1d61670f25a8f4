# Writes openapi_text() from the API's description. -DFILE= -DSOURCE=
file(READ ${FILE} text)
file(WRITE ${SOURCE} "// Made from net/api/openapi.yaml by server/http/embed_openapi.cmake.
#include \"server/http/openapi_text.hpp\"

#include <string_view>

namespace haven::http {

std::string_view openapi_text() { return R\"haven_yaml(${text})haven_yaml\"; }

} // namespace haven::http
")
