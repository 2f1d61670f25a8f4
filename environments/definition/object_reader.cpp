#include "environments/definition/object_reader.hpp"

#include "renderer/scene/scene.hpp"

#include <yyjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven::environments {
namespace {

std::string escaped(std::string_view token) {
    std::string out;
    for (const char c : token) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    if (text.size() != 7 || text.front() != '#') {
        return std::nullopt;
    }
    std::uint32_t rgb = 0;
    const auto* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data() + 1, end, rgb, 16);
    return result.ec == std::errc{} && result.ptr == end ? std::optional(rgb) : std::nullopt;
}

} // namespace

void Reading::fail(std::string pointer, std::string detail) {
    if (!fault) {
        fault = Fault{.pointer = std::move(pointer), .detail = std::move(detail)};
    }
}

ObjectReader::ObjectReader(yyjson_val* object, std::string pointer, Reading& reading)
    : object_(object), pointer_(std::move(pointer)), reading_(&reading) {
    if (object_ != nullptr && !yyjson_is_obj(object_)) {
        reading_->fail(
            pointer_, std::format("expected an object, found a {}", yyjson_get_type_desc(object_)));
        object_ = nullptr;
    }
}

void ObjectReader::fail(std::string_view name, std::string detail) {
    reading_->fail(std::format("{}/{}", pointer_, escaped(name)), std::move(detail));
}

bool ObjectReader::has(std::string_view name) const {
    return yyjson_obj_getn(object_, name.data(), name.size()) != nullptr;
}

bool ObjectReader::is_number(std::string_view name) const {
    return yyjson_is_num(yyjson_obj_getn(object_, name.data(), name.size()));
}

yyjson_val* ObjectReader::member(std::string_view name, bool required) {
    asked_.emplace_back(name);
    yyjson_val* value = yyjson_obj_getn(object_, name.data(), name.size());
    if (value == nullptr && required && object_ != nullptr) {
        fail(name, "is missing");
    }
    return value;
}

float ObjectReader::number(std::string_view name, Range range, std::optional<float> fallback) {
    yyjson_val* value = member(name, !fallback);
    if (value == nullptr) {
        return fallback.value_or(range.low);
    }
    if (!yyjson_is_num(value)) {
        fail(name, std::format("expected a number, found a {}", yyjson_get_type_desc(value)));
        return range.low;
    }
    const double read = yyjson_get_num(value);
    if (read < range.low || read > range.high) {
        fail(name, std::format("{} is not between {} and {}", read, range.low, range.high));
        return range.low;
    }
    return static_cast<float>(read);
}

int ObjectReader::count(std::string_view name, int low, int high, std::optional<int> fallback) {
    yyjson_val* value = member(name, !fallback);
    if (value == nullptr) {
        return fallback.value_or(low);
    }
    if (!yyjson_is_int(value)) {
        fail(name, std::format("expected a whole number, found a {}", yyjson_get_type_desc(value)));
        return low;
    }
    const double read = yyjson_get_num(value);
    if (read < low || read > high) {
        fail(name, std::format("{} is not between {} and {}", read, low, high));
        return low;
    }
    return static_cast<int>(read);
}

bool ObjectReader::flag(std::string_view name, std::optional<bool> fallback) {
    yyjson_val* value = member(name, !fallback);
    if (value == nullptr) {
        return fallback.value_or(false);
    }
    if (!yyjson_is_bool(value)) {
        fail(name, std::format("expected true or false, found a {}", yyjson_get_type_desc(value)));
    }
    return yyjson_get_bool(value);
}

std::string ObjectReader::text(std::string_view name, std::size_t length_max) {
    yyjson_val* value = member(name, true);
    if (value == nullptr) {
        return {};
    }
    if (!yyjson_is_str(value)) {
        fail(name, std::format("expected text, found a {}", yyjson_get_type_desc(value)));
        return {};
    }
    if (yyjson_get_len(value) == 0 || yyjson_get_len(value) > length_max) {
        fail(name, std::format("expected 1 to {} characters, found {}", length_max,
                               yyjson_get_len(value)));
        return {};
    }
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

std::size_t ObjectReader::choice(std::string_view name, std::span<const std::string_view> choices) {
    const std::string found = text(name, 50);
    const auto at = std::ranges::find(choices, found);
    if (at != choices.end()) {
        return static_cast<std::size_t>(at - choices.begin());
    }
    std::string known;
    for (const std::string_view choice : choices) {
        known += known.empty() ? "" : ", ";
        known += choice;
    }
    fail(name, std::format("\"{}\" is none of: {}", found, known));
    return 0;
}

std::array<float, 3> ObjectReader::numbers(std::string_view name, std::size_t count, Range range,
                                           std::array<float, 3> fallback, bool required) {
    yyjson_val* value = member(name, required);
    if (value == nullptr) {
        return fallback;
    }
    if (!yyjson_is_arr(value) || yyjson_arr_size(value) != count) {
        fail(name, yyjson_is_arr(value)
                       ? std::format("expected {} numbers, found {}", count, yyjson_arr_size(value))
                       : std::format("expected an array of {} numbers, found a {}", count,
                                     yyjson_get_type_desc(value)));
        return fallback;
    }
    std::array<float, 3> read = fallback;
    for (std::size_t i = 0; i < count; ++i) {
        yyjson_val* element = yyjson_arr_get(value, i);
        const double one = yyjson_get_num(element);
        if (!yyjson_is_num(element) || one < range.low || one > range.high) {
            reading_->fail(
                std::format("{}/{}/{}", pointer_, escaped(name), i),
                std::format("expected a number between {} and {}", range.low, range.high));
            return fallback;
        }
        read.at(i) = static_cast<float>(one);
    }
    return read;
}

glm::vec2 ObjectReader::vec2(std::string_view name, Range range,
                             std::optional<glm::vec2> fallback) {
    const glm::vec2 otherwise = fallback.value_or(glm::vec2(range.low));
    const auto read = numbers(name, 2, range, {otherwise.x, otherwise.y, 0.0F}, !fallback);
    return {read[0], read[1]};
}

glm::vec3 ObjectReader::vec3(std::string_view name, Range range,
                             std::optional<glm::vec3> fallback) {
    const glm::vec3 otherwise = fallback.value_or(glm::vec3(range.low));
    const auto read = numbers(name, 3, range, {otherwise.x, otherwise.y, otherwise.z}, !fallback);
    return {read[0], read[1], read[2]};
}

glm::vec3 ObjectReader::colour(std::string_view name, std::string_view fallback) {
    std::string written(fallback);
    if (fallback.empty() || has(name)) {
        written = text(name, 50);
    } else {
        asked_.emplace_back(name);
    }
    return colour_of(written, std::format("{}/{}", pointer_, escaped(name)));
}

glm::vec3 ObjectReader::colour_of(std::string_view written, const std::string& pointer) {
    if (const auto rgb = parse_hex(written)) {
        return scene::from_hex(*rgb);
    }
    const auto named = reading_->palette.find(written);
    if (named == reading_->palette.end()) {
        reading_->fail(
            pointer, std::format("\"{}\" is neither #rrggbb nor a colour of the palette", written));
        return glm::vec3(0.5F);
    }
    return named->second;
}

std::vector<glm::vec3> ObjectReader::colours(std::string_view name, std::size_t most) {
    yyjson_val* value = member(name, true);
    if (value == nullptr) {
        return {glm::vec3(0.5F)};
    }
    const std::size_t size = yyjson_arr_size(value);
    if (size < 1 || size > most) {
        fail(name, std::format("expected an array of 1 to {} colours", most));
        return {glm::vec3(0.5F)};
    }
    std::vector<glm::vec3> read;
    for (std::size_t i = 0; i < size; ++i) {
        const char* written = yyjson_get_str(yyjson_arr_get(value, i));
        read.push_back(colour_of(written == nullptr ? "" : written,
                                 std::format("{}/{}/{}", pointer_, escaped(name), i)));
    }
    return read;
}

ObjectReader ObjectReader::object(std::string_view name) {
    return {member(name, true), std::format("{}/{}", pointer_, escaped(name)), *reading_};
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view name, std::size_t most) {
    std::vector<ObjectReader> readers;
    yyjson_val* value = member(name, true);
    if (value == nullptr) {
        return readers;
    }
    if (!yyjson_is_arr(value) || yyjson_arr_size(value) > most) {
        fail(name, std::format("expected an array of at most {} objects", most));
        return readers;
    }
    for (std::size_t i = 0; i < yyjson_arr_size(value); ++i) {
        readers.emplace_back(yyjson_arr_get(value, i),
                             std::format("{}/{}/{}", pointer_, escaped(name), i), *reading_);
    }
    return readers;
}

std::vector<std::string> ObjectReader::names() const {
    std::vector<std::string> found;
    yyjson_obj_iter iterator;
    yyjson_obj_iter_init(object_, &iterator);
    while (yyjson_val* key = yyjson_obj_iter_next(&iterator)) {
        found.emplace_back(yyjson_get_str(key), yyjson_get_len(key));
    }
    return found;
}

std::string ObjectReader::raw(std::string_view name) {
    yyjson_val* value = member(name, true);
    if (value == nullptr) {
        return "null";
    }
    std::size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> written(
        yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &length), &std::free);
    return written == nullptr ? "null" : std::string(written.get(), length);
}

void ObjectReader::finish() {
    std::vector<std::string> seen;
    for (const std::string& name : names()) {
        if (std::ranges::find(asked_, name) == asked_.end()) {
            fail(name, "is not known here");
        }
        if (std::ranges::find(seen, name) != seen.end()) {
            fail(name, "appears twice");
        }
        seen.push_back(name);
    }
}

bool is_id(std::string_view text) {
    constexpr std::size_t length_max = 50;
    if (text.empty() || text.size() > length_max || text.front() < 'a' || text.front() > 'z' ||
        text.back() == '_') {
        return false;
    }
    char before = ' ';
    for (const char c : text) {
        const bool letter = c >= 'a' && c <= 'z';
        const bool digit = c >= '0' && c <= '9';
        if ((!letter && !digit && c != '_') || (c == '_' && before == '_')) {
            return false;
        }
        before = c;
    }
    return true;
}

} // namespace haven::environments
