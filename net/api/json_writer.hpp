#pragma once

#include "net/api/json_rules.hpp"
#include "net/api/records.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::api::detail {

/// Writes JSON objects. Borrows every string until text() was called.
class Writer {
  public:
    Writer();

    template <typename T, typename Rule>
    void member(std::string_view key, const T& value, const Rule& rule,
                Presence /*presence*/ = Presence::required) {
        add(key, write(value, rule));
    }
    template <typename T, typename Rule>
    void member(std::string_view key, const std::optional<T>& value, const Rule& rule) {
        if (value) {
            add(key, write(*value, rule));
        }
    }

    /// Members from here to end_item() are those of a new object in the array `key`.
    void begin_array(std::string_view key);
    void begin_item();
    void end_items();

    [[nodiscard]] std::string text() const;

  private:
    struct FreeDocument {
        void operator()(yyjson_mut_doc* document) const { yyjson_mut_doc_free(document); }
    };

    void add(std::string_view key, yyjson_mut_val* value);
    [[nodiscard]] yyjson_mut_val* write(const std::string& value, const Text& rule);
    [[nodiscard]] yyjson_mut_val* write(const std::string& value, const OneOf& rule);
    [[nodiscard]] yyjson_mut_val* write(const std::string& value, RawObject rule);
    [[nodiscard]] yyjson_mut_val* write(const std::string& value, const Texts& rule);
    [[nodiscard]] yyjson_mut_val* write(std::int64_t value, const Range& rule);
    [[nodiscard]] yyjson_mut_val* write(TimeUs value, Moment rule);
    [[nodiscard]] yyjson_mut_val* write(const Uuid& value, Id rule);
    [[nodiscard]] yyjson_mut_val* write(bool value, const Flag& rule);

    std::unique_ptr<yyjson_mut_doc, FreeDocument> document_;
    yyjson_mut_val* root_;
    yyjson_mut_val* object_;
    yyjson_mut_val* array_ = nullptr;
};

} // namespace haven::api::detail
