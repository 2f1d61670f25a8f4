#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct yyjson_mut_doc;
struct yyjson_mut_val;

/// A JSON object whose members are read, set and taken away; numbers stay as they are spelled. For
/// bodies that were held against the API's description already, and for what the database answered.
/// Pure.
namespace haven::http {

class JsonMembers {
  public:
    /// An object without members.
    JsonMembers();
    /// Throws std::invalid_argument where it is no object.
    explicit JsonMembers(std::string_view json);

    /// Nothing where the member is not there, or null, or no string.
    [[nodiscard]] std::optional<std::string> text(const char* key) const;
    [[nodiscard]] std::optional<bool> flag(const char* key) const;
    [[nodiscard]] std::optional<std::int64_t> number(const char* key) const;
    void set(const char* key, std::string_view text);
    void set_flag(const char* key, bool flag);
    void set_number(const char* key, std::int64_t number);
    void remove(const char* key);
    [[nodiscard]] std::string json() const;

  private:
    struct FreeDocument {
        void operator()(yyjson_mut_doc* document) const;
    };
    [[nodiscard]] yyjson_mut_val* value(const char* key) const;
    void put(const char* key, yyjson_mut_val* value);

    std::unique_ptr<yyjson_mut_doc, FreeDocument> document_;
};

} // namespace haven::http
