#pragma once

#include <string_view>

namespace haven::http {

/// The description of the API, net/api/openapi.yaml and its parts in one, as it was when this
/// binary was built.
[[nodiscard]] std::string_view openapi_text();
/// The same as JSON.
[[nodiscard]] std::string_view openapi_json();

} // namespace haven::http
