#pragma once

#include "tests/attack/api_document.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>
#include <yyjson.h>

/// Values made from schemas, valid ones and ones that break a rule. From a seed: the same again for
/// the same seed.
namespace haven::test {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    /// 0 to `bound` - 1.
    [[nodiscard]] std::size_t below(std::size_t bound);
    [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }
    template <typename Items>
    [[nodiscard]] const auto& pick(const Items& items) {
        return items[below(items.size())];
    }
    /// A UUIDv7 that has not come before.
    [[nodiscard]] std::string id();
    /// A number that has not come before.
    [[nodiscard]] std::uint64_t next() { return ++counted_; }

  private:
    std::mt19937_64 engine_;
    std::uint64_t counted_ = 0;
};

/// JSON that can be changed and written, also where it is none.
struct JsonNode {
    enum class Kind : std::uint8_t { literal, array, object };
    Kind kind = Kind::literal;
    std::string literal;            ///< as it is written
    std::vector<std::string> names; ///< of an object's members
    std::vector<JsonNode> children;

    [[nodiscard]] std::string text() const;
};

[[nodiscard]] JsonNode literal(std::string text);
/// With quotes; what is no ASCII is copied.
[[nodiscard]] std::string quoted(std::string_view text);

/// What the values speak of.
struct Subject {
    std::string canary; ///< stands in each text that has room for it
    /// The id to be written for a member of this name.
    std::function<std::string(std::string_view name)> id_of;
    std::function<std::string()> email;
};

/// What an answer to a body must be.
enum class Expected : std::uint8_t {
    anything,
    refused,   ///< it breaks a rule of the document: no success
    malformed, ///< it is no JSON: no success, and no 422
};

struct Mutated {
    std::string text;
    Expected expected = Expected::anything;
    bool of_the_whole = false; ///< what is wrong is the body itself: its pointer is ""
};

class ValueMaker {
  public:
    ValueMaker(const ApiDocument& document, Dice& dice) : document_(document), dice_(dice) {}

    /// A value that the schema takes.
    [[nodiscard]] JsonNode make(yyjson_val* schema, std::string_view name, const Subject& subject);
    /// The value with one thing changed.
    [[nodiscard]] Mutated mutate(JsonNode value, yyjson_val* schema);
    /// A parameter's text.
    [[nodiscard]] std::string make_text(const ApiParameter& parameter, const Subject& subject);
    /// The same of one that may stand several times.
    [[nodiscard]] std::vector<std::string> make_texts(const ApiParameter& parameter,
                                                      const Subject& subject);

  private:
    struct Site {
        JsonNode* node;
        FlatSchema schema;
    };

    [[nodiscard]] JsonNode make_object(const FlatSchema& schema, const Subject& subject);
    [[nodiscard]] JsonNode make_array(const FlatSchema& schema, std::string_view name,
                                      const Subject& subject);
    [[nodiscard]] std::string make_string(const FlatSchema& schema, std::string_view name,
                                          const Subject& subject);
    [[nodiscard]] std::string make_formatted(const FlatSchema& schema, std::string_view name,
                                             const Subject& subject);
    [[nodiscard]] std::string make_number(const FlatSchema& schema, bool whole);
    [[nodiscard]] std::string of_pattern(const FlatSchema& schema);
    void collect(std::vector<Site>& sites, JsonNode& node, yyjson_val* schema) const;
    /// Changes the site so that it breaks its schema; false where there is no way.
    [[nodiscard]] bool break_site(Site& site);
    [[nodiscard]] bool break_object(Site& site);
    [[nodiscard]] bool break_string(Site& site);
    [[nodiscard]] Mutated break_text(const std::string& text);

    const ApiDocument& document_;
    Dice& dice_;
};

} // namespace haven::test
