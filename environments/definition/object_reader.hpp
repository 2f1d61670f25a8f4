#pragma once
// Reading a definition so that every fault has an address: each member is asked for by name, with
// its type and range, and what nobody asked for is refused.

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct yyjson_val;

namespace haven::environments {

struct Fault {
    std::string pointer; ///< RFC 6901
    std::string detail;
};

/// What is shared by all readers of one document: the first fault found, and the palette. After a
/// fault the readers go on with harmless values; the caller looks at `fault` before it builds.
struct Reading {
    std::optional<Fault> fault;
    std::map<std::string, glm::vec3, std::less<>> palette; ///< linear

    void fail(std::string pointer, std::string detail);
};

struct Range {
    float low = 0.0F;
    float high = 1.0F;
};

/// One JSON object. Members without a fallback are required. `finish` when all were asked for.
class ObjectReader {
  public:
    ObjectReader(yyjson_val* object, std::string pointer, Reading& reading);

    [[nodiscard]] float number(std::string_view name, Range range,
                               std::optional<float> fallback = {});
    [[nodiscard]] int count(std::string_view name, int low, int high,
                            std::optional<int> fallback = {});
    [[nodiscard]] bool flag(std::string_view name, std::optional<bool> fallback = {});
    [[nodiscard]] std::string text(std::string_view name, std::size_t length_max);
    /// One of `choices`; its place among them.
    [[nodiscard]] std::size_t choice(std::string_view name,
                                     std::span<const std::string_view> choices);
    [[nodiscard]] glm::vec2 vec2(std::string_view name, Range range,
                                 std::optional<glm::vec2> fallback = {});
    [[nodiscard]] glm::vec3 vec3(std::string_view name, Range range,
                                 std::optional<glm::vec3> fallback = {});
    /// "#rrggbb" or a name from the palette; linear.
    [[nodiscard]] glm::vec3 colour(std::string_view name, std::string_view fallback = {});
    /// One to `most` of them.
    [[nodiscard]] std::vector<glm::vec3> colours(std::string_view name, std::size_t most);
    [[nodiscard]] ObjectReader object(std::string_view name);
    [[nodiscard]] std::vector<ObjectReader> objects(std::string_view name, std::size_t most);
    /// The names of an object's members, for objects that are dictionaries.
    [[nodiscard]] std::vector<std::string> names() const;
    /// The member as it stands, as JSON text.
    [[nodiscard]] std::string raw(std::string_view name);
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool is_number(std::string_view name) const;

    void fail(std::string_view name, std::string detail);
    void finish();

    [[nodiscard]] const std::string& pointer() const { return pointer_; }
    [[nodiscard]] Reading& reading() { return *reading_; }

  private:
    [[nodiscard]] yyjson_val* member(std::string_view name, bool required);
    [[nodiscard]] glm::vec3 colour_of(std::string_view written, const std::string& pointer);
    [[nodiscard]] std::array<float, 3> numbers(std::string_view name, std::size_t count,
                                               Range range, std::array<float, 3> fallback,
                                               bool required);

    yyjson_val* object_; ///< null after a fault: every member then gives a harmless value
    std::string pointer_;
    Reading* reading_; ///< never null
    std::vector<std::string> asked_;
};

/// snake_case: a letter, then letters, digits and single underscores; at most 50 characters.
[[nodiscard]] bool is_id(std::string_view text);

} // namespace haven::environments
