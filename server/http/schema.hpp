#pragma once

#include "net/api/records.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

struct yyjson_val;

/// JSON Schema (2020-12) as OpenAPI 3.1 has it, as far as this API's description uses it. What is
/// not known here is an error when the schema is read, never passed over.
namespace haven::http {

/// What a pattern is ever held against, in bytes: std::regex needs stack in proportion.
inline constexpr std::size_t pattern_subject_max = 1024;

/// One schema, read. Objects, arrays and values are told apart by `types`.
struct Schema {
    enum Type : std::uint8_t {
        null = 1,
        boolean = 2,
        integer = 4,
        number = 8 | integer,
        string = 16,
        array = 32,
        object = 64,
        any = 127,
    };
    enum class Format : std::uint8_t { none, uuid, date_time, date, email };

    std::uint8_t types = any;
    std::vector<std::string> values; ///< enum or const of strings; empty: any
    std::optional<bool> flag;        ///< const of a boolean
    Format format = Format::none;
    std::optional<std::size_t> length_min;
    std::optional<std::size_t> length_max;
    std::optional<std::regex> pattern;
    std::string pattern_text;
    std::optional<double> least;
    std::optional<double> most;
    std::optional<std::size_t> items_min;
    std::optional<std::size_t> items_max;
    bool items_unique = false;
    std::shared_ptr<const Schema> items;
    std::map<std::string, std::shared_ptr<const Schema>, std::less<>> properties;
    std::vector<std::string> required;
    bool closed = false; ///< other members are refused
};

/// Reads schemas of one document, following "$ref": "#/...". The document must outlive it.
class SchemaReader {
  public:
    explicit SchemaReader(yyjson_val* document) : document_(document) {}
    /// The error names the keyword or reference, and where it stands.
    [[nodiscard]] std::expected<std::shared_ptr<const Schema>, std::string>
    read(yyjson_val* schema, std::string_view where);
    /// What a "$ref" points to, or `value` itself. Null where it points nowhere.
    [[nodiscard]] yyjson_val* resolve(yyjson_val* value) const;

  private:
    std::expected<void, std::string> add(Schema& schema, yyjson_val* from, std::string_view where,
                                         int depth);
    std::expected<void, std::string> add_keyword(Schema& schema, std::string_view keyword,
                                                 yyjson_val* value, std::string_view where,
                                                 int depth);
    std::expected<std::shared_ptr<const Schema>, std::string>
    read_below(yyjson_val* schema, std::string_view where, int depth);

    yyjson_val* document_;
};

/// A request's body against its schema: what is wrong with it, each with its pointer; empty when
/// nothing is. Bodies are RFC 8259 in UTF-8, at most api::json_depth_max deep and without U+0000.
[[nodiscard]] std::vector<api::BodyError> check_body(const Schema& schema, std::string_view body);

/// A parameter's text against its schema. What is wrong with it ("must be ..."), or nothing.
[[nodiscard]] std::optional<std::string> check_text(const Schema& schema, std::string_view text);

} // namespace haven::http
