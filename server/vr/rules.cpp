#include "server/vr/rules.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/codec.hpp"
#include "net/api/error_code.hpp"
#include "net/api/records.hpp"
#include "server/http/digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven::vr {
namespace {

std::expected<std::vector<Stroke>, api::BodyError> read_hand(std::string_view json, Hand hand,
                                                             std::string_view member) {
    if (json.empty()) {
        return std::vector<Stroke>{};
    }
    auto document = decode_ink(json, hand);
    if (!document) {
        return std::unexpected(
            api::BodyError{.pointer = std::format("/{}{}", member, document.error().pointer),
                           .code = api::ErrorCode::malformed,
                           .detail = std::move(document.error().detail)});
    }
    return std::move(document->strokes);
}

std::int32_t kept_strokes(std::span<const Stroke> strokes) {
    return static_cast<std::int32_t>(std::ranges::count_if(
        strokes, [](const Stroke& stroke) { return !stroke.derived_from && !stroke.removed_ms; }));
}

Ink ink_of(std::vector<Stroke> left, std::vector<Stroke> right) {
    const std::int32_t stroke_count = kept_strokes(left) + kept_strokes(right);
    return {.left = std::move(left), .right = std::move(right), .stroke_count = stroke_count};
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::optional<Ink> read_written_ink(const api::BilateralDrawingView& drawing) {
    auto left = haven::read_written_ink(drawing.left_hand_strokes_json, Hand::left);
    auto right =
        left ? haven::read_written_ink(drawing.right_hand_strokes_json, Hand::right) : std::nullopt;
    return right ? std::optional(ink_of(std::move(*left), std::move(*right))) : std::nullopt;
}

std::expected<Ink, std::vector<api::BodyError>> read_ink(const api::BilateralDrawingView& drawing) {
    return read_ink(drawing.left_hand_strokes_json, drawing.right_hand_strokes_json);
}

std::expected<Ink, std::vector<api::BodyError>> read_ink(std::string_view left_json,
                                                         std::string_view right_json) {
    auto left = read_hand(left_json, Hand::left, "left_hand_strokes");
    auto right = read_hand(right_json, Hand::right, "right_hand_strokes");
    std::vector<api::BodyError> errors;
    if (!left) {
        errors.push_back(std::move(left.error()));
    }
    if (!right) {
        errors.push_back(std::move(right.error()));
    }
    if (!errors.empty()) {
        return std::unexpected(std::move(errors));
    }
    return ink_of(std::move(*left), std::move(*right));
}

CanvasKeys canvas_keys(const Uuid& user_id, const Uuid& drawing_id, const http::Digest& digest) {
    constexpr std::size_t digits_told = 24; // enough to tell contents apart in a name
    const std::string folder =
        std::format("drawings/{}/{}-{}", to_string(user_id), to_string(drawing_id),
                    http::hexadecimal(digest).substr(0, digits_told));
    return {.left = folder + "/left.png",
            .right = folder + "/right.png",
            .combined = folder + "/combined.png"};
}

std::optional<http::Digest> parse_content_digest(std::string_view field) {
    constexpr std::string_view name = "sha-256=:";
    constexpr std::size_t base64_size = 44; // of 32 bytes
    while (!field.empty()) {
        const std::string_view member = trimmed(field.substr(0, field.find(',')));
        field.remove_prefix(std::min(field.size(), field.find(',') == std::string_view::npos
                                                       ? field.size()
                                                       : field.find(',') + 1));
        if (!member.starts_with(name) || !member.ends_with(':') ||
            member.size() != name.size() + base64_size + 1) {
            continue;
        }
        std::array<unsigned char, 33> decoded{}; // the padding decodes to one byte more
        const std::string base64(member.substr(name.size(), base64_size));
        const int size =
            EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                            static_cast<int>(base64.size()));
        if (size != 33 || !base64.ends_with('=') || base64.ends_with("==")) {
            return std::nullopt;
        }
        http::Digest digest{};
        std::memcpy(digest.data(), decoded.data(), digest.size());
        return digest;
    }
    return std::nullopt;
}

std::optional<http::Digest> parse_sha256_hex(std::string_view hex) {
    http::Digest digest{};
    if (hex.size() != 2 * digest.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < digest.size(); ++i) {
        unsigned value = 0;
        const char* const end = hex.data() + 2 * i + 2;
        const auto parsed = std::from_chars(hex.data() + 2 * i, end, value, 16);
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return std::nullopt;
        }
        digest.at(i) = static_cast<std::byte>(value);
    }
    return digest;
}

std::optional<std::int64_t> parse_offset(std::string_view text) {
    std::int64_t offset = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || offset < 0 ||
        text.starts_with('-')) {
        return std::nullopt;
    }
    return offset;
}

} // namespace haven::vr
