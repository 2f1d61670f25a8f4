#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::test {

/// The value at a JSON pointer as compact JSON; a string without its quotes; empty where there is
/// none.
inline std::string json_at(std::string_view body, std::string_view pointer) {
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(body.data(), body.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free);
    yyjson_val* value = yyjson_doc_ptr_getn(document.get(), pointer.data(), pointer.size());
    if (value == nullptr) {
        return {};
    }
    if (yyjson_is_str(value)) {
        return {yyjson_get_str(value), yyjson_get_len(value)};
    }
    std::size_t size = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &size), &std::free);
    return {text.get(), size};
}

} // namespace haven::test
