#pragma once

#include <memory>
#include <string_view>
#include <yyjson.h>

/// yyjson's values as this room reads them: numbers as they are spelled.
namespace haven::http {

using JsonDocument = std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)>;

/// Null where the text is not JSON.
[[nodiscard]] inline JsonDocument read_json(std::string_view json) {
    return {yyjson_read(json.data(), json.size(), YYJSON_READ_NUMBER_AS_RAW), &yyjson_doc_free};
}

/// Empty where the value is no string.
[[nodiscard]] inline std::string_view text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

/// Empty where the value is no number.
[[nodiscard]] inline std::string_view number_of(yyjson_val* value) {
    return yyjson_is_raw(value) ? std::string_view(yyjson_get_raw(value), yyjson_get_len(value))
                                : std::string_view();
}

} // namespace haven::http
