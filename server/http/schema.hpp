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
#include <unordered_map>
#include <utility>
#include <vector>

struct yyjson_val;

/// JSON Schema (2020-12) as OpenAPI 3.1 has it, as far as this API's description uses it. What is
/// not known here is an error when the schema is read, never passed over.
namespace haven::http {

/// What a pattern is ever held against, in bytes: std::regex needs stack in proportion.
inline constexpr std::size_t pattern_subject_max = 1024;

struct Pattern {
    std::string text;
    std::regex expression;
};

/// One schema, read. Null pointers and empty lists: the keyword is not there.
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
    enum class Format : std::uint8_t {
        none,
        uuid,
        date_time,
        date,
        email,
        idn_email,
        name,
        json_pointer,
        uri_reference,
    };

    bool never = false; ///< the schema `false`
    std::uint8_t types = any;
    std::vector<std::string> values; ///< enum or const: each value in its one spelling
    Format format = Format::none;
    std::optional<std::size_t> length_min;
    std::optional<std::size_t> length_max;
    std::optional<Pattern> pattern;
    std::optional<double> least;
    std::optional<double> most;
    std::optional<double> above; ///< exclusiveMinimum
    std::optional<double> below; ///< exclusiveMaximum
    std::optional<std::size_t> items_min;
    std::optional<std::size_t> items_max;
    bool items_unique = false;
    std::vector<const Schema*> first_items; ///< prefixItems
    const Schema* items = nullptr;
    std::optional<std::size_t> members_min;
    std::optional<std::size_t> members_max;
    std::map<std::string, const Schema*, std::less<>> properties;
    std::vector<std::pair<Pattern, const Schema*>> properties_like; ///< patternProperties
    const Schema* names = nullptr;                                  ///< propertyNames
    const Schema* others = nullptr;                                 ///< additionalProperties
    const Schema* unevaluated = nullptr;                            ///< unevaluatedProperties
    std::vector<std::string> required;
    std::vector<const Schema*> all_of; ///< also what $ref points to
    std::vector<const Schema*> any_of;
    std::vector<const Schema*> one_of;
    const Schema* excluded = nullptr; ///< not
};

/// Keeps schemas where they are.
using SchemaPool = std::vector<std::unique_ptr<const Schema>>;

/// Reads schemas of one document, following "$ref": "#/...". The document was read with
/// YYJSON_READ_NUMBER_AS_RAW and outlives the reader.
class SchemaReader {
  public:
    /// Whose patterns come without a maxLength says so.
    enum class Patterns : std::uint8_t { bounded, unbounded };

    explicit SchemaReader(yyjson_val* document, Patterns patterns = Patterns::bounded)
        : document_(document), patterns_(patterns) {}
    /// The error names the keyword or reference, and where it stands. The schema lives in the pool.
    [[nodiscard]] std::expected<const Schema*, std::string> read(yyjson_val* schema,
                                                                 std::string_view where);
    /// What a "$ref" points to, or `value` itself. Null where it points nowhere.
    [[nodiscard]] yyjson_val* resolve(yyjson_val* value) const;
    /// All that was read; call it last.
    [[nodiscard]] SchemaPool take_pool() { return std::move(pool_); }

  private:
    using Done = std::expected<void, std::string>;

    [[nodiscard]] yyjson_val* target_of(std::string_view reference) const;
    Done add(Schema& schema, yyjson_val* from, std::string_view where);
    Done add_keyword(Schema& schema, std::string_view keyword, yyjson_val* value,
                     std::string_view where);
    std::expected<bool, std::string> add_below(Schema& schema, std::string_view keyword,
                                               yyjson_val* value, std::string_view where);
    Done read_into(const Schema*& out, yyjson_val* value, std::string_view where);
    Done read_list(std::vector<const Schema*>& out, yyjson_val* value, std::string_view where);
    Done read_properties(Schema& schema, yyjson_val* value, std::string_view where);
    Done read_properties_like(Schema& schema, yyjson_val* value, std::string_view where);

    yyjson_val* document_;
    Patterns patterns_;
    SchemaPool pool_;
    std::unordered_map<yyjson_val*, const Schema*> known_;
};

/// A body, in its one spelling (net/api/json.hpp), against its schema: the body with its
/// times and ids in one spelling too, or what is wrong with it, each with its pointer. Whole
/// numbers beyond 64 bits are refused where a schema wants an integer.
[[nodiscard]] std::expected<std::string, std::vector<api::BodyError>>
check_body(const Schema& schema, std::string_view body);

/// A parameter's text against its schema: its one spelling, or what is wrong with it ("must be
/// ...").
[[nodiscard]] std::expected<std::string, std::string> check_text(const Schema& schema,
                                                                 std::string_view text);

/// The types that a value may have by all that a schema says.
[[nodiscard]] std::uint8_t types_of(const Schema& schema);

} // namespace haven::http
