#include "tests/attack/made_values.hpp"

#include "tests/attack/api_document.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <format>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

constexpr std::size_t long_text_max = 3000;

/// Patterns of the document, each with a text that it takes. One that is not here is an error: the
/// maker has to learn it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> patterns{{
    {"^[a-z0-9_]+$", "sprint"},
    {"^[A-Za-z0-9-]+$", "en-GB"},
    {"^[0-9a-f]{64}$", "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"},
    {R"(^[^\x00-\x1f\x7f]*$)", "Ada"},
    {"^[A-Za-z0-9._-]+$", "v2.0"},
    {R"(^(/|/[!-.0-\[\]-~][!-~]*|https://[!-~]+)$)", "/sessions"},
    {"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-v[1-9][0-9]{0,4}$", "TJ-EX-SPRINT-v1"},
    {"^[a-z][a-z0-9_-]*$", "web-site"},
    {"^([01][0-9]|2[0-3]):[0-5][0-9]$", "08:30"},
    {"^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", "WDJB-MJHT"},
    {"^[0-9]{6}$", "287082"},
    {"^sha-256=:[A-Za-z0-9+/]{43}=:$", "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"},
}};

std::string type_of(const JsonNode& node) {
    if (node.kind != JsonNode::Kind::literal) {
        return node.kind == JsonNode::Kind::object ? "object" : "array";
    }
    return node.literal.starts_with('"') ? "string" : "other";
}

} // namespace

std::size_t Dice::below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
}

std::string Dice::id() {
    constexpr std::uint64_t begin_ms = 1'795'341'600'000; // 2026-11-22T10:00:00Z
    const std::uint64_t low = engine_();
    return std::format("{:08x}-{:04x}-7{:03x}-a{:03x}-{:012x}", (begin_ms + next()) >> 16U,
                       (begin_ms + counted_) & 0xFFFFU, low >> 52U, (low >> 40U) & 0xFFFU,
                       low & 0xFFFF'FFFF'FFFFU);
}

JsonNode literal(std::string text) {
    JsonNode node;
    node.literal = std::move(text);
    return node;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

std::string JsonNode::text() const {
    if (kind == Kind::literal) {
        return literal;
    }
    std::string out = kind == Kind::object ? "{" : "[";
    for (std::size_t i = 0; i < children.size(); ++i) {
        out += i == 0 ? "" : ",";
        out += kind == Kind::object ? quoted(names[i]) + ":" : "";
        out += children[i].text();
    }
    return out + (kind == Kind::object ? "}" : "]");
}

JsonNode ValueMaker::make(yyjson_val* schema, std::string_view name, const Subject& subject) {
    const FlatSchema flat = document_.flat(schema);
    const bool nullable = flat.types.contains("null") && flat.values.empty();
    if (nullable && dice_.one_in(8)) {
        return literal("null");
    }
    if (!flat.values.empty()) {
        return literal(dice_.pick(flat.values));
    }
    if (flat.types.contains("object") || !flat.properties.empty()) {
        return make_object(flat, subject);
    }
    if (flat.types.contains("array")) {
        return make_array(flat, name, subject);
    }
    if (flat.types.contains("integer") || flat.types.contains("number")) {
        return literal(make_number(flat, flat.types.contains("integer")));
    }
    if (flat.types.contains("boolean")) {
        return literal(dice_.one_in(2) ? "true" : "false");
    }
    return literal(quoted(make_string(flat, name, subject)));
}

JsonNode ValueMaker::make_object(const FlatSchema& schema, const Subject& subject) {
    JsonNode object;
    object.kind = JsonNode::Kind::object;
    for (const auto& [name, property] : schema.properties) {
        if (schema.required.contains(name) || dice_.one_in(2)) {
            object.names.push_back(name);
            object.children.push_back(make(property, name, subject));
        }
    }
    if (schema.properties.empty()) {
        object.names.emplace_back("note");
        object.children.push_back(literal(quoted(subject.canary)));
    }
    return object;
}

JsonNode ValueMaker::make_array(const FlatSchema& schema, std::string_view name,
                                const Subject& subject) {
    JsonNode array;
    array.kind = JsonNode::Kind::array;
    const std::size_t least = schema.items_min.value_or(0);
    const std::size_t count =
        std::min(least + dice_.below(3), schema.items_max.value_or(least + 3));
    for (std::size_t i = 0; i < count && schema.items != nullptr; ++i) {
        JsonNode item = make(schema.items, name, subject);
        const bool repeated = std::ranges::contains(
            array.children, item.text(), [](const JsonNode& other) { return other.text(); });
        if (!repeated) {
            array.children.push_back(std::move(item));
        }
    }
    return array;
}

std::string ValueMaker::make_number(const FlatSchema& schema, bool whole) {
    const double least = schema.least.value_or(0);
    const double most = std::min(schema.most.value_or(1000), least + 1'000'000);
    const double edge = dice_.one_in(2) ? least : schema.most.value_or(least);
    const double share = static_cast<double>(dice_.below(1001)) / 1000;
    const double value = dice_.one_in(4) ? edge : least + share * (most - least);
    return whole ? std::format("{}", static_cast<std::int64_t>(std::floor(value)))
                 : std::format("{:.3f}", value);
}

std::string ValueMaker::of_pattern(const FlatSchema& schema) {
    const auto known =
        std::ranges::find(patterns, schema.pattern, [](const auto& pair) { return pair.first; });
    if (known == patterns.end()) {
        throw std::runtime_error("no text is known for the pattern " + schema.pattern);
    }
    return std::string(known->second).substr(0, schema.length_max.value_or(std::string::npos));
}

std::string ValueMaker::make_formatted(const FlatSchema& schema, std::string_view name,
                                       const Subject& subject) {
    static const std::vector<std::string> offsets{"Z", "+00:00", "-05:00", ".5Z", ".123456+02:00"};
    if (schema.format == "uuid") {
        return subject.id_of(name);
    }
    if (schema.format == "email") {
        return subject.email();
    }
    if (schema.format == "date") {
        return std::format("2026-11-{:02}", 1 + dice_.below(22));
    }
    if (schema.format == "date-time") {
        return std::format("2026-11-{:02}T{:02}:{:02}:{:02}{}", 20 + dice_.below(3),
                           dice_.below(24), dice_.below(60), dice_.below(60), dice_.pick(offsets));
    }
    return "";
}

std::string ValueMaker::make_string(const FlatSchema& schema, std::string_view name,
                                    const Subject& subject) {
    static const std::vector<std::string> words{
        "a lamp",      "Z\u00FCrich", "\u65E5\u8A18", "e\u0301t\u00E9", "\U0001F33F leaf",
        "100% 'sure'", "<b>x</b>",    "%s%n",         "; DROP TABLE",   "\u202Eabc"};
    if (std::string formatted = make_formatted(schema, name, subject); !formatted.empty()) {
        return formatted;
    }
    if (name == "email") {
        return subject.email();
    }
    if (schema.format == "password" || name.ends_with("password")) {
        return "quiet-harbour-lamp";
    }
    if (name == "time_zone") {
        return dice_.one_in(2) ? "Europe/Zurich" : "UTC";
    }
    if (name == "mime_type") {
        return "audio/ogg";
    }
    if (name == "prompt_id") {
        return "TJ-EX-SPRINT-v1";
    }
    if (!schema.pattern.empty()) {
        return of_pattern(schema);
    }
    const std::string text =
        std::format("{} {} {}", subject.canary, dice_.next(), dice_.pick(words));
    // Short ones have no room for the canary, and are cut where every character is a byte.
    return schema.length_max.value_or(long_text_max) < 64
               ? std::format("w{}", dice_.next()).substr(0, *schema.length_max)
               : text;
}

std::string ValueMaker::make_text(const ApiParameter& parameter, const Subject& subject) {
    const std::vector<std::string> texts = make_texts(parameter, subject);
    return texts.empty() ? "" : texts.front();
}

std::vector<std::string> ValueMaker::make_texts(const ApiParameter& parameter,
                                                const Subject& subject) {
    const JsonNode value = make(parameter.schema, parameter.name, subject);
    const bool several = value.kind == JsonNode::Kind::array;
    std::vector<std::string> texts;
    for (const JsonNode& one : several ? value.children : std::vector{value}) {
        const std::string text = one.text();
        texts.push_back(text == "null"          ? ""
                        : text.starts_with('"') ? text.substr(1, text.size() - 2)
                                                : text);
    }
    return texts;
}

void ValueMaker::collect(std::vector<Site>& sites, JsonNode& node, yyjson_val* schema) const {
    FlatSchema flat = document_.flat(schema);
    if (node.kind == JsonNode::Kind::object) {
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            if (const auto known = flat.properties.find(node.names[i]);
                known != flat.properties.end()) {
                collect(sites, node.children[i], known->second);
            }
        }
    } else if (node.kind == JsonNode::Kind::array && flat.items != nullptr) {
        for (JsonNode& item : node.children) {
            collect(sites, item, flat.items);
        }
    }
    sites.push_back({.node = &node, .schema = std::move(flat)});
}

bool ValueMaker::break_object(Site& site) {
    JsonNode& node = *site.node;
    if (dice_.one_in(3) && !site.schema.required.empty()) {
        const std::string name =
            *std::next(site.schema.required.begin(),
                       static_cast<std::ptrdiff_t>(dice_.below(site.schema.required.size())));
        const auto found = std::ranges::find(node.names, name);
        if (found != node.names.end()) {
            node.children.erase(node.children.begin() + (found - node.names.begin()));
            node.names.erase(found);
            return true;
        }
    }
    if (dice_.one_in(2) && !node.names.empty() && !site.schema.properties.empty()) {
        node.names.push_back(node.names.front()); // twice
        JsonNode again = node.children.front();
        node.children.push_back(std::move(again));
        return true;
    }
    if (!site.schema.closed) {
        return false;
    }
    node.names.emplace_back(dice_.one_in(2) ? "no_such_member" : "");
    node.children.push_back(literal("1"));
    return true;
}

bool ValueMaker::break_string(Site& site) {
    const FlatSchema& schema = site.schema;
    std::string& text = site.node->literal;
    if (schema.format == "name") {
        text = "\"An\u202En\""; // most texts are names
        return true;
    }
    if (!schema.format.empty() && schema.format != "password") {
        text = dice_.one_in(2) ? "\"nonsense\"" : "\"2026-02-30T25:00:00Z\"";
        return true;
    }
    if (!schema.values.empty()) {
        text = "\"no_such_value\"";
        return true;
    }
    if (dice_.one_in(2) && schema.length_max.value_or(long_text_max + 1) <= long_text_max) {
        text = quoted(std::string(*schema.length_max + 1, 'a'));
        return true;
    }
    if (dice_.one_in(2) && schema.length_min.value_or(0) > 0) {
        text = "\"\"";
        return true;
    }
    text = R"("a\u0000b")";
    return true;
}

bool ValueMaker::break_site(Site& site) {
    static const std::vector<std::pair<std::string, std::string>> others{
        {"object", "{}"},    {"array", "[]"},   {"string", "\"x\""},
        {"boolean", "true"}, {"number", "1.5"}, {"null", "null"}};
    const FlatSchema& schema = site.schema;
    const bool number = schema.takes("integer") || schema.takes("number");
    if (dice_.one_in(2) && !schema.types.empty()) {
        const auto& [type, text] = dice_.pick(others);
        if (!schema.types.contains(type)) {
            *site.node = literal(text);
            return true;
        }
    }
    const std::string type = type_of(*site.node);
    if (type == "object") {
        return break_object(site);
    }
    if (type == "string") {
        return break_string(site);
    }
    if (type == "other" && number && !schema.types.empty() && (schema.least || schema.most)) {
        const bool below = schema.least && (!schema.most || dice_.one_in(2));
        site.node->literal = std::format("{}", below ? *schema.least - 1 : *schema.most * 2 + 1);
        return true;
    }
    return false;
}

Mutated ValueMaker::break_text(const std::string& text) {
    static const std::vector<std::string> wholes{"[]", "\"x\"", "1", "null", "true"};
    switch (dice_.below(5)) {
    case 0:
        return {.text = text.substr(0, dice_.below(text.size())), .expected = Expected::malformed};
    case 1:
        return {.text = "{\"\xFF\":1," + text.substr(1), .expected = Expected::malformed};
    case 2:
        return {.text = text + "}", .expected = Expected::malformed};
    case 3:
        return {.text = "{\"deep\":" + std::string(100, '[') + std::string(100, ']') + "}",
                .expected = Expected::refused,
                .of_the_whole = true};
    default:
        return {.text = dice_.pick(wholes), .expected = Expected::refused, .of_the_whole = true};
    }
}

Mutated ValueMaker::mutate(JsonNode value, yyjson_val* schema) {
    static const std::vector<std::string> odd_numbers{
        "-0", "1e2", "4.0", "1E400", "1e-9", "-1", "999999999999999999999"};
    if (dice_.one_in(5)) {
        return break_text(value.text());
    }
    std::vector<Site> sites;
    collect(sites, value, schema);
    Site& site = sites[dice_.below(sites.size())];
    if (dice_.one_in(10) && type_of(*site.node) == "other") {
        site.node->literal = dice_.pick(odd_numbers);
        return {.text = value.text(), .expected = Expected::anything, .of_the_whole = false};
    }
    const bool root = site.node == &value;
    const bool broken = break_site(site);
    return {.text = value.text(),
            .expected = broken ? Expected::refused : Expected::anything,
            .of_the_whole = root && value.kind != JsonNode::Kind::object};
}

} // namespace haven::test
