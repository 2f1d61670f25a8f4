#pragma once

#include "net/api/utf8.hpp"

#include <yyjson.h>

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven {

/// One JSON object being written, key by key. Keys must be literals. What runtimes and drivers say
/// is made fit here, whatever it is: one bad name must not cost all the rest.
class JsonText {
  public:
    JsonText()
        : document_(yyjson_mut_doc_new(nullptr), &yyjson_mut_doc_free),
          object_(yyjson_mut_obj(document_.get())) {
        yyjson_mut_doc_set_root(document_.get(), object_);
    }

    /// An object inside this one; lives as long as this.
    [[nodiscard]] JsonText nested(const char* key) const {
        return {document_, yyjson_mut_obj_add_obj(document_.get(), object_, key)};
    }
    void add(const char* key, std::string_view text) const {
        const std::string fit = api::made_utf8(text);
        yyjson_mut_obj_add_strncpy(document_.get(), object_, key, fit.data(), fit.size());
    }
    void add(const char* key, std::int64_t value) const {
        yyjson_mut_obj_add_sint(document_.get(), object_, key, value);
    }
    void add(const char* key, std::uint64_t value) const {
        yyjson_mut_obj_add_uint(document_.get(), object_, key, value);
    }
    void add(const char* key, double value) const {
        if (std::isfinite(value)) {
            yyjson_mut_obj_add_real(document_.get(), object_, key, value);
        } else {
            add_null(key);
        }
    }
    void add(const char* key, bool value) const {
        yyjson_mut_obj_add_bool(document_.get(), object_, key, value);
    }
    void add_null(const char* key) const { yyjson_mut_obj_add_null(document_.get(), object_, key); }
    /// One more object at the end of the list `key`.
    [[nodiscard]] JsonText item_of(const char* key) const {
        yyjson_mut_val* list = yyjson_mut_obj_get(object_, key);
        if (list == nullptr) {
            list = yyjson_mut_obj_add_arr(document_.get(), object_, key);
        }
        return {document_, yyjson_mut_arr_add_obj(document_.get(), list)};
    }
    /// `json` as it stands.
    void add_raw(const char* key, const std::string& json) const {
        yyjson_mut_obj_add_val(document_.get(), object_, key,
                               yyjson_mut_rawncpy(document_.get(), json.data(), json.size()));
    }
    void add_empty_list(const char* key) const {
        yyjson_mut_obj_add_arr(document_.get(), object_, key);
    }
    template <typename T>
    void add(const char* key, const std::optional<T>& value) const {
        if (value) {
            add(key, *value);
        } else {
            add_null(key);
        }
    }
    [[nodiscard]] std::string written() const {
        std::size_t size = 0;
        const std::unique_ptr<char, decltype(&std::free)> text(
            yyjson_mut_write(document_.get(), 0, &size), &std::free);
        assert(text != nullptr);
        return {text.get(), size};
    }

  private:
    // Shared: nested objects are written into the one document.
    JsonText(std::shared_ptr<yyjson_mut_doc> document, yyjson_mut_val* object)
        : document_(std::move(document)), object_(object) {}

    std::shared_ptr<yyjson_mut_doc> document_;
    yyjson_mut_val* object_;
};

} // namespace haven
