#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_json_rules.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

template <typename T>
using Read = std::expected<T, InkError>;

constexpr std::size_t members_max = 64; ///< of an object, those that are not known included

std::unexpected<InkError> fault(std::string pointer, std::string detail) {
    return std::unexpected{InkError{.pointer = std::move(pointer), .detail = std::move(detail)}};
}

std::string below(std::string_view pointer, std::string_view name) {
    std::string result{pointer};
    result += '/';
    for (const char c : name) { // RFC 6901, section 3
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

std::string below(std::string_view pointer, std::size_t index) {
    return below(pointer, std::to_string(index));
}

std::string quoted(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string result{"\""};
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (code < 0x20) {
            result += "\\u00";
            result += hex[code >> 4U];
            result += hex[code & 0xFU];
        } else {
            result += c;
        }
    }
    return result + '"';
}

/// An object's members, each name once; those not in `known` are kept as text.
struct Members {
    std::map<std::string_view, element> known;
    std::string extra_json;
};

Read<Members> read_members(const element& object, std::string_view pointer,
                           std::initializer_list<std::string_view> known) {
    simdjson::dom::object fields;
    if (object.get(fields) != simdjson::SUCCESS) {
        return fault(std::string{pointer}, "must be an object");
    }
    Members members;
    std::vector<std::string_view> seen;
    for (const auto& [name, value] : fields) {
        if (std::ranges::contains(seen, name)) {
            return fault(below(pointer, name), "appears twice");
        }
        if (seen.size() == members_max) {
            return fault(std::string{pointer},
                         "has more than " + std::to_string(members_max) + " members");
        }
        seen.push_back(name);
        if (std::ranges::contains(known, name)) {
            members.known.emplace(name, value);
        } else {
            members.extra_json += members.extra_json.empty() ? "" : ",";
            members.extra_json += quoted(name) + ':' + simdjson::minify(value);
        }
    }
    return members;
}

Read<element> member(const Members& members, std::string_view pointer, std::string_view name) {
    const auto found = members.known.find(name);
    if (found == members.known.end()) {
        return fault(below(pointer, name), "is missing");
    }
    return found->second;
}

Read<std::string_view> read_string(const Members& members, std::string_view pointer,
                                   std::string_view name) {
    const auto value = member(members, pointer, name);
    if (!value) {
        return std::unexpected{value.error()};
    }
    std::string_view text;
    if (value->get(text) != simdjson::SUCCESS) {
        return fault(below(pointer, name), "must be a string");
    }
    return text;
}

/// Of 4, and of 4.0 and 40e-1, which are the same number.
std::optional<std::int64_t> whole_number(const element& value) {
    std::int64_t number = 0;
    if (value.get(number) == simdjson::SUCCESS) {
        return number;
    }
    constexpr double exact_max = 9007199254740992.0; // 2^53: no column comes near
    double real = 0.0;
    if (value.type() == element_type::DOUBLE && value.get(real) == simdjson::SUCCESS &&
        std::abs(real) <= exact_max && real == std::trunc(real)) {
        return static_cast<std::int64_t>(real);
    }
    return std::nullopt;
}

std::string range_text(std::int64_t low, std::int64_t high) {
    return "must be an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

Read<std::int64_t> read_integer(const Members& members, std::string_view pointer,
                                std::string_view name, std::int64_t low, std::int64_t high) {
    const auto value = member(members, pointer, name);
    if (!value) {
        return std::unexpected{value.error()};
    }
    const std::optional<std::int64_t> number = whole_number(*value);
    if (!number || *number < low || *number > high) {
        return fault(below(pointer, name), range_text(low, high));
    }
    return *number;
}

Read<simdjson::dom::array> read_array(const Members& members, std::string_view pointer,
                                      std::string_view name) {
    const auto value = member(members, pointer, name);
    if (!value) {
        return std::unexpected{value.error()};
    }
    simdjson::dom::array array;
    if (value->get(array) != simdjson::SUCCESS) {
        return fault(below(pointer, name), "must be an array");
    }
    return array;
}

Read<Uuid> read_uuid(const Members& members, std::string_view pointer, std::string_view name) {
    const auto text = read_string(members, pointer, name);
    if (!text) {
        return std::unexpected{text.error()};
    }
    const auto id = parse_uuid(*text);
    if (!id) {
        return fault(below(pointer, name), "must be a UUID");
    }
    return *id;
}

Read<std::vector<std::int64_t>> read_column(const Members& members, std::string_view pointer,
                                            const ink::Column& column) {
    const auto array = read_array(members, pointer, column.name);
    if (!array) {
        return std::unexpected{array.error()};
    }
    std::vector<std::int64_t> values;
    values.reserve(array->size());
    std::int64_t last = 0;
    for (const element item : *array) {
        const auto here = [&] { return below(below(pointer, column.name), values.size()); };
        const std::optional<std::int64_t> read = whole_number(item);
        if (!read) {
            return fault(here(), "must be an integer");
        }
        std::int64_t number = *read;
        if (column.coding == ink::Coding::deltas) {
            const std::int64_t low = column.stands_low(values.empty());
            if (number < low || number > column.stands_high()) {
                return fault(here(), range_text(low, column.stands_high()));
            }
            number += last;
        }
        if (number < column.low || number > column.high) {
            return fault(here(), "leads to " + std::to_string(number) + ", which is not within " +
                                     std::to_string(column.low) + " and " +
                                     std::to_string(column.high));
        }
        values.push_back(number);
        last = number;
    }
    if (values.empty()) {
        return fault(below(pointer, column.name), "must have a value for each point, at least one");
    }
    return values;
}

Read<std::vector<StrokePoint>> read_points(const Members& members, std::string_view pointer) {
    std::vector<StrokePoint> points;
    for (std::size_t i = 0; i < ink::columns.size(); ++i) {
        const auto values = read_column(members, pointer, ink::columns[i]);
        if (!values) {
            return std::unexpected{values.error()};
        }
        if (i == 0) {
            points.resize(values->size());
        }
        if (values->size() != points.size()) {
            return fault(below(pointer, ink::columns[i].name),
                         "has " + std::to_string(values->size()) + " values where t_ms has " +
                             std::to_string(points.size()));
        }
        for (std::size_t j = 0; j < points.size(); ++j) {
            ink::put(points[j], i, (*values)[j]);
        }
    }
    return points;
}

Read<glm::vec3> read_colour(const Members& members, std::string_view pointer) {
    const auto array = read_array(members, pointer, "colour");
    if (!array) {
        return std::unexpected{array.error()};
    }
    const std::string here = below(pointer, "colour");
    if (array->size() != 3) {
        return fault(here, "must have three values: red, green, blue");
    }
    glm::vec3 colour{0.0F};
    int channel = 0;
    for (const element item : *array) {
        double value = 0.0;
        if (!item.is_number() || item.get(value) != simdjson::SUCCESS ||
            !(value >= 0.0 && value <= 1.0)) {
            return fault(below(here, static_cast<std::size_t>(channel)),
                         "must be a number from 0 to 1");
        }
        colour[channel++] = static_cast<float>(value);
    }
    return colour;
}

Read<StrokeEnd> read_end(const Members& members, std::string_view pointer) {
    const auto text = read_string(members, pointer, "end");
    if (!text) {
        return std::unexpected{text.error()};
    }
    for (const StrokeEnd end : {StrokeEnd::released, StrokeEnd::tracking_lost, StrokeEnd::jump,
                                StrokeEnd::paused, StrokeEnd::drawing_ended}) {
        if (*text == to_string(end)) {
            return end;
        }
    }
    return fault(below(pointer, "end"),
                 "must be released, tracking_lost, jump, paused or drawing_ended");
}

Read<std::optional<std::int64_t>> read_removed(const Members& members, std::string_view pointer,
                                               std::int64_t version) {
    if (!members.known.contains("removed_ms")) {
        return std::nullopt;
    }
    if (version == ink_version_all_there) {
        return fault(below(pointer, "removed_ms"), "is not in a document of version 1");
    }
    return read_integer(members, pointer, "removed_ms", 0, InkLimits::removed_ms_max);
}

Read<Stroke> read_stroke(const element& object, std::string_view pointer, Hand hand,
                         std::int64_t version) {
    auto members = read_members(object, pointer,
                                {"id", "derived_from", "colour", "width_um", "end", "removed_ms",
                                 "t_ms", "x", "y", "z", "pressure"});
    if (!members) {
        return std::unexpected{members.error()};
    }
    Stroke stroke;
    stroke.hand = hand;
    stroke.extra_json = std::move(members->extra_json);
    const auto into = [](auto& target, auto&& read) -> std::optional<InkError> {
        if (!read) {
            return read.error();
        }
        target = std::move(*read);
        return std::nullopt;
    };
    std::int64_t width_um = 0;
    std::optional<InkError> error = into(stroke.id, read_uuid(*members, pointer, "id"));
    if (!error && members->known.contains("derived_from")) {
        error = into(stroke.derived_from, read_uuid(*members, pointer, "derived_from"));
    }
    if (!error) {
        error = into(stroke.brush.colour_linear, read_colour(*members, pointer));
    }
    if (!error) {
        error =
            into(width_um, read_integer(*members, pointer, "width_um", 1, InkLimits::width_um_max));
    }
    if (!error) {
        error = into(stroke.end, read_end(*members, pointer));
    }
    if (!error) {
        error = into(stroke.removed_ms, read_removed(*members, pointer, version));
    }
    if (!error) {
        error = into(stroke.points, read_points(*members, pointer));
    }
    if (error) {
        return std::unexpected{std::move(*error)};
    }
    stroke.brush.width_m = ink::width_of(width_um);
    return stroke;
}

Read<std::vector<Stroke>> read_strokes(const Members& members, Hand hand, std::int64_t version) {
    const auto array = read_array(members, "", "strokes");
    if (!array) {
        return std::unexpected{array.error()};
    }
    std::vector<Stroke> strokes;
    std::size_t points = 0;
    for (const element item : *array) {
        const std::string here = below("/strokes", strokes.size());
        if (strokes.size() == InkLimits::strokes_max) {
            return fault("/strokes",
                         "has more than " + std::to_string(InkLimits::strokes_max) + " strokes");
        }
        auto stroke = read_stroke(item, here, hand, version);
        if (!stroke) {
            return std::unexpected{stroke.error()};
        }
        points += stroke->points.size();
        if (points > InkLimits::points_max) {
            return fault(here, "brings the document to more than " +
                                   std::to_string(InkLimits::points_max) + " points");
        }
        strokes.push_back(std::move(*stroke));
    }
    if (auto error = ink::check_ids(strokes)) {
        return std::unexpected{std::move(*error)};
    }
    return strokes;
}

/// The document's version.
Read<std::int64_t> read_format(const Members& members) {
    const auto format = read_string(members, "", "format");
    if (!format) {
        return std::unexpected{format.error()};
    }
    if (*format != "haven.ink") {
        return fault("/format", "must be haven.ink");
    }
    const auto version = read_integer(members, "", "version", 1, INT64_MAX);
    if (version && *version > ink_version) {
        return fault("/version", "version " + std::to_string(*version) +
                                     " is newer than this program reads, which is " +
                                     std::to_string(ink_version));
    }
    return version;
}

} // namespace

std::optional<InkError> ink::check_ids(std::span<const Stroke> strokes) {
    std::map<Uuid, std::size_t> places;
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        const auto [earlier, added] = places.emplace(strokes[i].id, i);
        if (!added) {
            return InkError{.pointer = below(below("/strokes", i), "id"),
                            .detail = "is the id of stroke " + std::to_string(earlier->second) +
                                      " already"};
        }
    }
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        if (!strokes[i].derived_from) {
            continue;
        }
        const auto source = places.find(*strokes[i].derived_from);
        if (source == places.end() || strokes[source->second].derived_from) {
            return InkError{.pointer = below(below("/strokes", i), "derived_from"),
                            .detail = "must be the id of a stroke in this document that is not "
                                      "derived itself"};
        }
    }
    return std::nullopt;
}

std::expected<InkDocument, InkError> decode_ink(std::string_view json, std::optional<Hand> hand) {
    if (json.size() > InkLimits::bytes_max) {
        return fault("", "is longer than " + std::to_string(InkLimits::bytes_max) + " bytes");
    }
    simdjson::dom::parser parser;
    element root;
    auto code = parser.allocate(std::max<std::size_t>(json.size(), 64), InkLimits::depth_max);
    if (code == simdjson::SUCCESS) {
        code = parser.parse(json.data(), json.size(), true).get(root);
    }
    if (code != simdjson::SUCCESS) {
        return fault("", std::string{"is not readable JSON: "} + simdjson::error_message(code));
    }
    auto members = read_members(root, "", {"format", "version", "hand", "strokes"});
    if (!members) {
        return std::unexpected{members.error()};
    }
    const auto version = read_format(*members);
    if (!version) {
        return std::unexpected{version.error()};
    }
    const auto hand_name = read_string(*members, "", "hand");
    if (!hand_name) {
        return std::unexpected{hand_name.error()};
    }
    InkDocument document;
    document.hand = *hand_name == "right" ? Hand::right : Hand::left;
    if (*hand_name != to_string(document.hand) || (hand && *hand != document.hand)) {
        return fault("/hand",
                     hand ? "must be " + std::string{to_string(*hand)} : "must be left or right");
    }
    auto strokes = read_strokes(*members, document.hand, *version);
    if (!strokes) {
        return std::unexpected{strokes.error()};
    }
    document.strokes = std::move(*strokes);
    document.extra_json = std::move(members->extra_json);
    return document;
}

} // namespace haven
