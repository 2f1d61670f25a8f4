#pragma once

#include <string_view>

namespace haven::http {

/// net/api/openapi.yaml, as it was when this binary was built.
[[nodiscard]] std::string_view openapi_text();

} // namespace haven::http
