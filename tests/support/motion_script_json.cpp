#include "tests/support/motion_script.hpp"

#include "tests/support/process.hpp"

#include <yyjson.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <format>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

namespace {

/// Leaves this file only as the message of an expected failure: thirty fields of checks stay
/// readable this way.
class ScriptError : public std::runtime_error {
  public:
    ScriptError(const std::string& where, const std::string& what)
        : std::runtime_error(std::format("{}: {}", where.empty() ? "the document" : where, what)) {}
};

/// A value of the document and the way to it, for messages.
class Node {
  public:
    Node(yyjson_val* value, std::string where) : value_(value), where_(std::move(where)) {}

    [[nodiscard]] std::optional<Node> find(const char* name) const {
        yyjson_val* value = yyjson_obj_get(value_, name);
        return value == nullptr ? std::nullopt
                                : std::optional<Node>(Node(value, where_ + "/" + name));
    }
    [[nodiscard]] Node at(const char* name) const {
        if (auto found = find(name)) {
            return *found;
        }
        throw ScriptError(where_, std::format("\"{}\" is missing", name));
    }
    /// A misspelt name would otherwise be a silent default.
    void only(std::initializer_list<std::string_view> known) const {
        if (!yyjson_is_obj(value_)) {
            throw ScriptError(where_, "an object is expected");
        }
        std::size_t index = 0;
        std::size_t count = 0;
        yyjson_val* key = nullptr;
        yyjson_val* value = nullptr;
        yyjson_obj_foreach(value_, index, count, key, value) {
            if (std::ranges::find(known, std::string_view(yyjson_get_str(key))) == known.end()) {
                throw ScriptError(where_, std::format("unknown name \"{}\"", yyjson_get_str(key)));
            }
        }
    }
    [[nodiscard]] std::vector<Node> items() const {
        if (!yyjson_is_arr(value_)) {
            throw ScriptError(where_, "an array is expected");
        }
        std::vector<Node> nodes;
        nodes.reserve(yyjson_arr_size(value_));
        for (std::size_t i = 0; i < yyjson_arr_size(value_); ++i) {
            nodes.emplace_back(yyjson_arr_get(value_, i), std::format("{}/{}", where_, i));
        }
        return nodes;
    }
    [[nodiscard]] double number() const {
        if (!yyjson_is_num(value_)) {
            throw ScriptError(where_, "a number is expected");
        }
        return yyjson_get_num(value_);
    }
    [[nodiscard]] bool flag() const {
        if (!yyjson_is_bool(value_)) {
            throw ScriptError(where_, "true or false is expected");
        }
        return yyjson_get_bool(value_);
    }
    [[nodiscard]] std::string text() const {
        if (!yyjson_is_str(value_)) {
            throw ScriptError(where_, "a text is expected");
        }
        return yyjson_get_str(value_);
    }
    [[nodiscard]] glm::dvec3 vector() const {
        const auto parts = items();
        if (parts.size() != 3) {
            throw ScriptError(where_, "three numbers are expected");
        }
        return {parts[0].number(), parts[1].number(), parts[2].number()};
    }
    [[nodiscard]] const std::string& where() const { return where_; }

  private:
    yyjson_val* value_;
    std::string where_;
};

void read(const Node& node, const char* name, double& into) {
    if (const auto found = node.find(name)) {
        into = found->number();
    }
}
void read(const Node& node, const char* name, bool& into) {
    if (const auto found = node.find(name)) {
        into = found->flag();
    }
}
void read(const Node& node, const char* name, glm::dvec3& into) {
    if (const auto found = node.find(name)) {
        into = found->vector();
    }
}

Curve read_curve(const Node& node) {
    Curve curve;
    read(node, "centre_m", curve.centre_m);
    read(node, "turn_deg", curve.turn_deg);
    read(node, "wave_m", curve.wave_m);
    read(node, "waves", curve.waves);
    const std::string shape = node.at("shape").text();
    if (shape == "polyline") {
        node.only({"shape", "centre_m", "turn_deg", "wave_m", "waves", "points_m"});
        Polyline line;
        for (const Node& point : node.at("points_m").items()) {
            line.points_m.push_back(point.vector());
        }
        if (line.points_m.empty()) {
            throw ScriptError(node.where() + "/points_m", "at least one point is expected");
        }
        curve.shape = std::move(line);
    } else if (shape == "circle" || shape == "spiral") {
        node.only({"shape", "centre_m", "turn_deg", "wave_m", "waves", "radius_m", "to_radius_m",
                   "turns", "start_turn"});
        Spiral spiral;
        spiral.from_radius_m = node.at("radius_m").number();
        spiral.to_radius_m = spiral.from_radius_m;
        if (shape == "spiral") {
            spiral.to_radius_m = node.at("to_radius_m").number();
        }
        read(node, "turns", spiral.turns);
        read(node, "start_turn", spiral.start_turn);
        curve.shape = spiral;
    } else if (shape == "lissajous" || shape == "figure_eight") {
        node.only({"shape", "centre_m", "turn_deg", "wave_m", "waves", "size_m", "frequency",
                   "phase_turns"});
        Lissajous lissajous;
        lissajous.size_m = node.at("size_m").vector();
        read(node, "frequency", lissajous.frequency);
        read(node, "phase_turns", lissajous.phase_turns);
        curve.shape = lissajous;
    } else if (shape == "blossom") {
        node.only({"shape", "centre_m", "turn_deg", "wave_m", "waves", "radius_m", "petals",
                   "depth", "turns", "start_turn"});
        Blossom blossom;
        blossom.radius_m = node.at("radius_m").number();
        read(node, "petals", blossom.petals);
        read(node, "depth", blossom.depth);
        read(node, "turns", blossom.turns);
        read(node, "start_turn", blossom.start_turn);
        curve.shape = blossom;
    } else {
        throw ScriptError(node.where() + "/shape",
                          std::format("\"{}\" is none of polyline, circle, spiral, lissajous, "
                                      "figure_eight, blossom",
                                      shape));
    }
    return curve;
}

Envelope read_envelope(const Node& node) {
    Envelope envelope;
    for (const Node& key : node.items()) {
        const auto pair = key.items();
        if (pair.size() != 2) {
            throw ScriptError(key.where(), "a pair of seconds and value is expected");
        }
        envelope.keys.emplace_back(pair[0].number(), pair[1].number());
        const glm::dvec2& added = envelope.keys.back();
        if (added.y < 0.0 || added.y > 1.0) {
            throw ScriptError(key.where(), "the value must lie between 0 and 1");
        }
        if (envelope.keys.size() > 1 && added.x < (envelope.keys.end() - 2)->x) {
            throw ScriptError(key.where(), "the times must not go back");
        }
    }
    return envelope;
}

Move read_move(const Node& node) {
    node.only({"note", "from_s", "to_s", "gentle", "curve", "trigger", "pinch"});
    Move move{.from_s = node.at("from_s").number(),
              .to_s = node.at("to_s").number(),
              .curve = read_curve(node.at("curve"))};
    read(node, "gentle", move.gentle);
    if (const auto trigger = node.find("trigger")) {
        move.trigger = read_envelope(*trigger);
    }
    if (const auto pinch = node.find("pinch")) {
        move.pinch = read_envelope(*pinch);
    }
    return move;
}

HandScript read_hand(const Node& node, double seconds) {
    node.only({"rest_m", "turn_deg", "sway_deg", "sway_seconds", "active", "tracked", "moves"});
    HandScript hand;
    read(node, "rest_m", hand.rest_m);
    read(node, "turn_deg", hand.turn_deg);
    read(node, "sway_deg", hand.sway_deg);
    read(node, "sway_seconds", hand.sway_seconds);
    read(node, "active", hand.active);
    read(node, "tracked", hand.tracked);
    double previous_s = 0.0;
    for (const Node& item : node.at("moves").items()) {
        hand.moves.push_back(read_move(item));
        const Move& move = hand.moves.back();
        if (move.from_s < previous_s || move.to_s <= move.from_s || move.to_s > seconds) {
            throw ScriptError(item.where(),
                              "moves must follow one another within the script's seconds");
        }
        previous_s = move.to_s;
    }
    return hand;
}

HandScript mirrored(HandScript hand) {
    constexpr glm::dvec3 across{-1.0, 1.0, 1.0};
    constexpr glm::dvec3 turned_across{-1.0, 1.0, -1.0}; // yaw and roll change sides, pitch stays
    hand.rest_m *= across;
    hand.turn_deg *= turned_across;
    hand.sway_deg *= turned_across;
    for (Move& move : hand.moves) {
        move.curve.mirrored = !move.curve.mirrored;
    }
    return hand;
}

MotionScript read_script(const Node& node) {
    node.only({"format", "name", "seconds", "head", "left", "right"});
    if (node.at("format").number() != 1.0) {
        throw ScriptError("/format", "only format 1 is known");
    }
    MotionScript script{.name = node.at("name").text(), .seconds = node.at("seconds").number()};
    if (script.seconds <= 0.0) {
        throw ScriptError("/seconds", "a positive duration is expected");
    }
    if (const auto head = node.find("head")) {
        head->only({"position_m", "turn_deg", "sway_m", "sway_deg", "sway_seconds"});
        read(*head, "position_m", script.head.position_m);
        read(*head, "turn_deg", script.head.turn_deg);
        read(*head, "sway_m", script.head.sway_m);
        read(*head, "sway_deg", script.head.sway_deg);
        read(*head, "sway_seconds", script.head.sway_seconds);
    }
    const Node right = node.at("right");
    script.hands[0] = read_hand(node.at("left"), script.seconds);
    if (const auto mirror = right.find("mirror")) {
        right.only({"mirror"});
        script.hands[1] = mirrored(script.hands[0]);
    } else {
        script.hands[1] = read_hand(right, script.seconds);
    }
    return script;
}

} // namespace

std::expected<MotionScript, std::string> parse_motion_script(std::string_view json) {
    yyjson_read_err error{};
    const std::string text(json);
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read_opts(const_cast<char*>(text.data()), text.size(), YYJSON_READ_NOFLAG, nullptr,
                         &error),
        &yyjson_doc_free);
    if (!document) {
        return std::unexpected(std::format("byte {}: {}", error.pos, error.msg));
    }
    try {
        return read_script(Node(yyjson_doc_get_root(document.get()), ""));
    } catch (const ScriptError& problem) {
        return std::unexpected(std::string(problem.what()));
    }
}

std::expected<MotionScript, std::string> load_motion_script(const std::filesystem::path& file) {
    const std::string text = read_text(file);
    if (text.empty()) {
        return std::unexpected(file.string() + ": no such motion script, or it is empty");
    }
    return parse_motion_script(text).transform_error(
        [&](const std::string& message) { return file.string() + ": " + message; });
}

} // namespace haven::test
